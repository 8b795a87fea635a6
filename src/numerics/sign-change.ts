// Where a function changes sign on an interval: a scan at equal distances, then bisection to the last bit.
// Does not do: pairs of zeros between two neighbouring points of the scan, or zeros without a change of sign.
import { bisect } from "./quadrature.ts";

/**
 * @param points  of the scan, both ends included
 * @returns ascending; a point of the scan where f is 0 counts as positive
 */
export function signChanges(f: (x: number) => number, low: number, high: number, points: number): number[] {
  const found: number[] = [];
  let before = low;
  let positive = f(low) >= 0;
  for (let i = 1; i < points; i++) {
    const x = i === points - 1 ? high : low + ((high - low) * i) / (points - 1);
    const now = f(x) >= 0;
    if (now !== positive) found.push(bisect((y) => (f(y) >= 0 ? 1 : -1), before, x));
    before = x;
    positive = now;
  }
  return found;
}
