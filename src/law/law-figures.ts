// Figures of laws on the line, from two resolutions each: moments, densities on a grid, stationary moments.
import { type Estimate, estimate } from "../answer/estimate.ts";
import type { StationaryLaw } from "../answer/law.ts";
import type { Range } from "./line-domain.ts";
import type { LineLaw } from "./line-law.ts";
import type { StationaryMoments } from "./line-stationary.ts";

const defaults = {
  /** Points of a density on its grid, and the part of the largest density where the grid ends. */
  gridPoints: 241,
  gridEnd: 1e-8,
  /** Mean and variance are given up to this difference of two resolutions, over the standard deviation (squared). */
  acceptable: 1e-7,
};

/** Mean and variance of the finer law; null where the two are not close. */
export function moments(coarse: LineLaw, fine: LineLaw): { mean: Estimate[] | null; covariance: Estimate[][] | null } {
  const deviation = Math.sqrt(fine.variance);
  // 1e-14 of the scales: some hundred sums (as in chain-expectations.ts).
  const meanError = Math.abs(fine.mean - coarse.mean) + 1e-14 * (Math.abs(fine.mean) + deviation);
  const varianceError = Math.abs(fine.variance - coarse.variance) + 1e-13 * fine.variance;
  const good = meanError <= defaults.acceptable * (deviation + Math.abs(fine.mean)) && varianceError <= defaults.acceptable * fine.variance;
  if (!good) return { mean: null, covariance: null };
  return { mean: [estimate(fine.mean, meanError, "bound")], covariance: [[estimate(fine.variance, varianceError, "bound")]] };
}

/** The density where it is above 1e-8 of its largest value, at equal distances. */
export function grid(law: LineLaw, range: Range): { x: number[]; p: number[] } {
  const coarse = 400;
  let top = 0;
  const at = (i: number): number => range.low + ((range.high - range.low) * i) / coarse;
  const values = Array.from({ length: coarse + 1 }, (_, i) => law.density(at(i)));
  const deviation = Math.sqrt(law.variance);
  for (const value of [...values, law.density(law.mean)]) top = Math.max(top, value);
  let i = 0;
  let j = coarse;
  while (i < coarse && !(values[i]! > defaults.gridEnd * top)) i++;
  while (j > 0 && !(values[j]! > defaults.gridEnd * top)) j--;
  // A law narrower than the scan is found by its moments.
  const [low, high] =
    j > i + 8 ? [at(Math.max(0, i - 1)), at(Math.min(coarse, j + 1))] : [law.mean - 6 * deviation, law.mean + 6 * deviation];
  const x = Array.from({ length: defaults.gridPoints }, (_, k) => low + ((high - low) * k) / (defaults.gridPoints - 1));
  return { x, p: x.map((y) => Math.max(0, law.density(y))) };
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
