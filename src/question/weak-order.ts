// The order of a weak error in the learning rate: the slope of log |error| over log eta, least squares. A slope is given only where it
// means something: errors well above their own uncertainty, of one sign, at two rates or more.
import type { FittedOrder } from "../answer/weak.ts";
import { log } from "../numerics/elementary.ts";

/** Errors below this many times their uncertainty are rounding: they would move a slope by more than 0.1 an octave. */
const resolved = 10;

export interface OrderPoint {
  readonly eta: number;
  /** Signed weak error of largest size, and the bound on its error. */
  readonly weakError: number;
  readonly error: number;
}

/** The fit, or in words why there is none. */
export function fitOrder(points: readonly OrderPoint[]): FittedOrder | { readonly reason: string } {
  if (points.length < 2) return { reason: "at least two learning rates are needed" };
  if (points.some((p) => !(Math.abs(p.weakError) > resolved * p.error))) return { reason: "errors are at the level of rounding" };
  if (points.some((p) => p.weakError > 0 !== points[0]!.weakError > 0)) return { reason: "the largest error changes sign" };
  const sorted = [...points].sort((a, b) => b.eta - a.eta);
  const x = sorted.map((p) => log(p.eta));
  const y = sorted.map((p) => log(Math.abs(p.weakError)));
  const n = sorted.length;
  const slopes = x.slice(1).map((_, i) => (y[i + 1]! - y[i]!) / (x[i + 1]! - x[i]!));
  const meanX = x.reduce((a, b) => a + b, 0) / n;
  const meanY = y.reduce((a, b) => a + b, 0) / n;
  let spread = 0;
  let product = 0;
  for (let i = 0; i < n; i++) {
    spread += (x[i]! - meanX) ** 2;
    product += (x[i]! - meanX) * (y[i]! - meanY);
  }
  const value = product / spread;
  let residual = 0;
  let uncertainty = 0;
  for (let i = 0; i < n; i++) {
    residual += (y[i]! - meanY - value * (x[i]! - meanX)) ** 2;
    uncertainty += (Math.abs(x[i]! - meanX) / spread) * (sorted[i]!.error / Math.abs(sorted[i]!.weakError));
  }
  const scatter = n > 2 ? Math.sqrt(residual / (n - 2) / spread) : 0;
  return { value, error: Math.sqrt(scatter * scatter + uncertainty * uncertainty), slopes };
}
