// Figures of laws on the line, from two resolutions each: moments, densities on a grid, stationary moments.
import { type Estimate, estimate } from "../answer/estimate.ts";
import type { Density, StationaryLaw } from "../answer/law.ts";
import type { Range } from "./line-domain.ts";
import type { LineLaw } from "./line-law.ts";
import type { StationaryMoments } from "./line-stationary.ts";

const defaults = {
  /** Points of a density on its grid, and the part of the largest density where the grid ends. */
  gridPoints: 241,
  gridEnd: 1e-8,
  /** Of a density over its largest value: sums, as of the moments. */
  rounding: 4e-14,
  /** A density whose resolutions differ by more of its largest value is none. */
  unresolved: 1e-3,
  /** Mean and variance are given up to this difference of two resolutions, over the standard deviation (squared). */
  acceptable: 1e-7,
};

/** What is asked of two resolutions; defaults are those of full answers. */
export interface FigureLimits {
  /** Largest difference of moments over the standard deviation. */
  readonly acceptable?: number | undefined;
  /** Error of densities at least, over the largest. */
  readonly floor?: number | undefined;
}

/** Mean and variance of the finer law; null where the two are not close. */
export function moments(
  coarse: LineLaw,
  fine: LineLaw,
  acceptable: number = defaults.acceptable,
): { mean: Estimate[] | null; covariance: Estimate[][] | null } {
  const deviation = Math.sqrt(fine.variance);
  // 4e-14 of the scales: some hundred sums and as many pieces of time (two ways of cutting it differ by half of that).
  const meanError = Math.abs(fine.mean - coarse.mean) + 4e-14 * (Math.abs(fine.mean) + deviation);
  const varianceError = Math.abs(fine.variance - coarse.variance) + 1e-13 * fine.variance;
  const good = meanError <= acceptable * (deviation + Math.abs(fine.mean)) && varianceError <= acceptable * fine.variance;
  if (!good) return { mean: null, covariance: null };
  return { mean: [estimate(fine.mean, meanError, "bound")], covariance: [[estimate(fine.variance, varianceError, "bound")]] };
}

/** The finer law's density where it is above 1e-8 of its largest value, at equal distances; undefined where the two are far apart. */
export function grid(coarse: LineLaw, fine: LineLaw, range: Range, floor: number = defaults.rounding): Density | undefined {
  const points = 400;
  let top = 0;
  const at = (i: number): number => range.low + ((range.high - range.low) * i) / points;
  const values = Array.from({ length: points + 1 }, (_, i) => fine.density(at(i)));
  const deviation = Math.sqrt(fine.variance);
  for (const value of [...values, fine.density(fine.mean)]) top = Math.max(top, value);
  let i = 0;
  let j = points;
  while (i < points && !(values[i]! > defaults.gridEnd * top)) i++;
  while (j > 0 && !(values[j]! > defaults.gridEnd * top)) j--;
  // A law narrower than the scan is found by its moments.
  const [low, high] =
    j > i + 8 ? [at(Math.max(0, i - 1)), at(Math.min(points, j + 1))] : [fine.mean - 6 * deviation, fine.mean + 6 * deviation];
  const x = Array.from({ length: defaults.gridPoints }, (_, k) => low + ((high - low) * k) / (defaults.gridPoints - 1));
  const p = x.map((y) => Math.max(0, fine.density(y)));
  // `floor` is what two resolutions may have in common; the place in deviations is rounded, too.
  const rounding = (floor + (4 * Number.EPSILON * Math.max(Math.abs(low), Math.abs(high))) / deviation) * top;
  const error = x.reduce((worst, y, k) => Math.max(worst, Math.abs(p[k]! - coarse.density(y))), rounding);
  return error <= defaults.unresolved * top ? { x, p, error } : undefined;
}

/** The answer's form of stationary moments. */
export function stationaryAnswer(found: StationaryMoments | null): StationaryLaw | null {
  return (
    found && {
      mean: [estimate(found.mean, found.meanError, "bound")],
      covariance: [[estimate(found.variance, found.varianceError, "bound")]],
    }
  );
}
