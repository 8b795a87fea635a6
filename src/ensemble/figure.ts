// From moments over paths to estimates. The error is the root sum of squares of
//   the standard error of the mean,
//   the step bias: what the last extrapolation moved (levels.ts), less what of it is noise,
//   rounding along the path.
import type { Estimate } from "../answer/estimate.ts";
import type { ControlSpec } from "./control.ts";
import type { Moments } from "./moments.ts";
import { standardErrorOf, varianceOf } from "./moments.ts";

/** Step bias of a figure from the figure that holds its last correction. */
export function stepBias(moments: Moments, correction: number): number {
  const moved = moments.mean[correction]!;
  const noise = standardErrorOf(moments, correction);
  // one path (a process without noise) has no noise in it
  if (moments.count === 1) return Math.abs(moved);
  return Math.sqrt(Math.max(0, moved * moved - noise * noise));
}

/**
 * The estimate of a figure's expectation; null where a path has overflowed.
 * @param correction  index of the figure's last correction; left out where there is no step bias
 * @param rounding    absolute rounding error of one path's figure
 */
export function estimateOf(moments: Moments, figure: number, correction?: number, rounding = 0): Estimate | null {
  const value = moments.mean[figure]!;
  const statistical = moments.count === 1 ? 0 : standardErrorOf(moments, figure);
  const bias = correction === undefined ? 0 : stepBias(moments, correction);
  const error = Math.sqrt(statistical * statistical + bias * bias + rounding * rounding);
  return Number.isFinite(value) && Number.isFinite(error) ? { value, error, kind: "standard-error" } : null;
}

/** The estimate of a probability: with few or no events among n paths the sample's own error is too small; 1.5/n covers none in n at 95 %. */
export function probabilityOf(moments: Moments, figure: number, correction?: number): Estimate | null {
  const estimate = estimateOf(moments, figure, correction);
  return estimate && { ...estimate, error: Math.max(estimate.error, 1.5 / moments.count) };
}

/** Rounding of a figure after so many steps: each adds a few units of the last place, of either sign. */
export function pathRounding(moments: Moments, figure: number, steps: number): number {
  const mean = moments.mean[figure]!;
  const variance = moments.count > 1 ? varianceOf(moments, figure) : 0;
  return 8 * Number.EPSILON * Math.sqrt(steps * (mean * mean + variance));
}

/** `result.method` of coupled paths, with the estimators that were used. */
export function methodText(
  paths: number,
  substeps: number,
  { control, mirrored = false }: { readonly control: ControlSpec | undefined; readonly mirrored?: boolean },
): string {
  const what = mirrored ? "antithetic pairs of coupled paths" : "coupled paths";
  return `sampling (${paths} ${what}, ${substeps} substeps, extrapolated${control ? ", control variates from the quadratic part" : ""})`;
}
