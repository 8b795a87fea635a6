// A figure chosen for being the largest of several is not as sure as each of them. With intervals value +- c error for all m at once, in 95 % of
// cases none is missed (Bonferroni: P(|normal| > c) = 0.05/m, whatever their correlations); then the largest |true value| lies within
// c (largest error) of the largest |value|.
import { erfc } from "../numerics/elementary.ts";

/** c/1.96: by how much errors grow so that value +- 1.96 error holds for all m figures at once in 95 % of cases; 1 for one figure. */
export function simultaneousFactor(m: number): number {
  if (m <= 1) return 1;
  let [low, high] = [1.96, 40];
  // P falls with c: halved to rounding
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (erfc(middle / Math.SQRT2) > 0.05 / m) low = middle;
    else high = middle;
  }
  return high / 1.96;
}
