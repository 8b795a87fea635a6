// Exits watched at all times, between the points of a path. Over a substep with frozen coefficients the distance to a smooth boundary is, near
// it, a Brownian bridge (theory.md 6): with a, b the distances at both ends over the root of the variance of the distance's increment in unit
// time, it touches 0 within time h with probability exp(-2 a b/h) if both ends are inside, and surely if the end is outside. The first touch comes
// on average after
//
//     a (pi h/2)^{1/2} erfcx((a + b)/(2 h)^{1/2}),   erfcx(u) = exp(u^2) erfc(u)
//
// (the bridge from a to -b; that from a to b is its mirror image after the touch). A path leaves when the probability that it has stayed so far,
// the product over its substeps, falls below a number that is uniform and drawn once a path, so that all levels of a path share it. Several
// boundaries count as independent over a substep. All of this is exact for flat boundaries and constant coefficients; else its error falls with
// the substep.
import { erfc, exp } from "../numerics/elementary.ts";

/** exp(u^2) erfc(u) for u >= 0. */
export function erfcx(u: number): number {
  if (u < 10) return exp(u * u) * erfc(u);
  // asymptotic; the next term is 105/(16 u^8) < 1e-7
  const w = 1 / (u * u);
  return (1 + w * (-0.5 + w * (0.75 - w * 1.875))) / (u * Math.sqrt(Math.PI));
}

/**
 * Probability that the bridge within time h stays inside.
 * @param here, there  distances at both ends, >= 0
 * @param variance     of the distance's increment in unit time
 */
export function stayingProbability(here: number, there: number, variance: number, h: number): number {
  return 1 - exp((-2 / h) * ((here * there) / variance));
}

/** Mean time of the first touch, given that there is one: from distance a to b behind the boundary, or to b and touched, within time h. */
export function meanTouch(a: number, b: number, h: number): number {
  // without noise a and b are infinite, their ratio is the caller's business
  return a * Math.sqrt((Math.PI * h) / 2) * erfcx((a + b) / Math.sqrt(2 * h));
}

/** The same from distances and the variance; `there` <= 0: ends outside. Without noise, or with hardly any, the path is a straight line. */
export function touchAfter(here: number, there: number, variance: number, h: number): number {
  const spread = Math.sqrt(variance);
  const [a, b] = [here / spread, Math.abs(there) / spread];
  if (!(there > 0) && !(a + b < 1e8)) return (h * here) / (here + Math.abs(there));
  return meanTouch(a, b, h);
}
