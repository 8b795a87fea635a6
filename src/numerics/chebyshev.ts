// Chebyshev series of a smooth function on an interval (Trefethen, Approximation Theory and Approximation Practice, ch. 3 and 4), from its
// values at Chebyshev points of the first kind. For f analytic in the ellipse of foci -1, 1 and semiaxes' sum rho the coefficients fall as rho^-k.
import { cos } from "./elementary.ts";

const points = 128;

/** cos(pi (j + 1/2) k / points), by (2 j + 1) k modulo 4 points. */
const cosines = Float64Array.from({ length: 4 * points }, (_, n) => cos((n * Math.PI) / (2 * points)));

/**
 * c_0 .. c_(n-1) with f(middle + radius t) = sum_k c_k T_k(t) for |t| <= 1, the first coefficient whole.
 * @param tolerance  what the coefficients left out add up to at most, relative to the largest one
 * @returns as few coefficients as that takes, or undefined where 64 do not reach it or f is not finite on the interval
 */
export function chebyshevSeries(f: (x: number) => number, middle: number, radius: number, tolerance: number): Float64Array | undefined {
  const values = Float64Array.from({ length: points }, (_, j) => f(middle + radius * cosines[2 * j + 1]!));
  const series = new Float64Array(points);
  for (let k = 0; k < points; k++) {
    let sum = 0;
    for (let j = 0; j < points; j++) sum += values[j]! * cosines[((2 * j + 1) * k) % (4 * points)]!;
    series[k] = (k === 0 ? 1 : 2) * (sum / points);
  }
  const largest = series.reduce((most, c) => Math.max(most, Math.abs(c)), 0);
  if (!Number.isFinite(largest)) return undefined;
  let count = points;
  for (let tail = 0; count > 1; count--) {
    tail += Math.abs(series[count - 1]!);
    if (!(tail <= tolerance * largest)) break;
  }
  return count > points / 2 ? undefined : series.slice(0, count);
}
