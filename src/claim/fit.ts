// Exponents from a few points: slopes of log |error| over log parameter, with what the points' errors make of them.
import { type Estimate, estimate } from "../answer/estimate.ts";
import { log } from "../numerics/elementary.ts";

export interface LogPoint {
  /** Learning rate or smoothness, > 0. */
  readonly at: number;
  readonly size: Estimate;
}

/** log size with its error, or null for what is not told from 0 (its logarithm would mean nothing). */
function logarithms(points: readonly LogPoint[]): { x: number; y: number; error: number }[] | null {
  const found = points.map(({ at, size }) => ({
    x: log(at),
    y: log(Math.abs(size.value)),
    error: size.error / Math.abs(size.value),
  }));
  return found.every(({ y, error }) => Number.isFinite(y) && error < 0.5) ? found : null;
}

/**
 * The slope towards small parameters. With three points or more of ratio 2 the last two slopes are extrapolated: errors c eta^p (1 + a eta + ...)
 * have slopes p + O(eta), and 2 s_2 - s_1 is free of that term.
 * @returns error: what the last step of the extrapolation changed, plus the points' errors; null where points are not resolved
 */
export function orderTowardsZero(points: readonly LogPoint[]): Estimate | null {
  const found = logarithms([...points].sort((a, b) => b.at - a.at));
  if (!found || found.length < 2) return null;
  const slope = (i: number) => (found[i]!.y - found[i + 1]!.y) / (found[i]!.x - found[i + 1]!.x);
  const noise = (i: number) =>
    Math.sqrt(found[i]!.error * found[i]!.error + found[i + 1]!.error * found[i + 1]!.error) / (found[i]!.x - found[i + 1]!.x);
  const last = found.length - 2;
  const kind = points.some(({ size }) => size.kind === "standard-error") ? "standard-error" : "bound";
  if (last === 0) return estimate(slope(0), noise(0), kind);
  const change = slope(last) - slope(last - 1);
  return estimate(slope(last) + change, Math.abs(change) + 2 * noise(last) + noise(last - 1), "bound");
}

/** The least-squares slope over all points, its error from scatter and the points' errors; null where points are not resolved. */
export function exponentOf(points: readonly LogPoint[]): Estimate | null {
  const found = logarithms(points);
  if (!found || found.length < 3) return null;
  const n = found.length;
  const [meanX, meanY] = [found.reduce((s, p) => s + p.x, 0) / n, found.reduce((s, p) => s + p.y, 0) / n];
  const spread = found.reduce((s, p) => s + (p.x - meanX) * (p.x - meanX), 0);
  const slope = found.reduce((s, p) => s + (p.x - meanX) * (p.y - meanY), 0) / spread;
  let [residual, carried] = [0, 0];
  for (const { x, y, error } of found) {
    const off = y - meanY - slope * (x - meanX);
    residual += off * off;
    carried += (Math.abs(x - meanX) / spread) * error;
  }
  return estimate(slope, Math.sqrt(residual / (n - 2) / spread) + carried, "bound");
}
