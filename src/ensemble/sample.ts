// How many substeps and how many paths: a pilot run over the first paths picks the substeps, a fixed schedule grows the number of paths
// where a tolerance is asked for. Nothing depends on the clock. The paths come in two halves by number, so that what is chosen by one half can
// be judged by the other.
import { type Ensemble, pathsPerBlock } from "./ensemble.ts";
import { estimateOf, stepBias } from "./figure.ts";
import { type Headline, pathsToTolerance, stepsOfPath } from "./forecast.ts";
import { threadEngine } from "./kernel/engine.ts";
import { standardErrorOf, varianceOf } from "./moments.ts";
import { halfWidth95, type SampleOptions } from "./options.ts";
import type { PathProgram } from "./program.ts";
import { blocksFor } from "./run.ts";

export const sampleDefaults = {
  paths: 65536,
  /** With a tolerance and no number of paths. */
  mostPaths: 2 ** 24,
  firstPaths: 8 * pathsPerBlock,
  /** A quarter of the paths to come, within these bounds: a pilot must not cost as much as the run. */
  pilotPaths: { fewest: pathsPerBlock, most: 4 * pathsPerBlock },
  /** The most that a pilot picks. */
  mostSubsteps: 16,
  /**
   * Stated bias wanted, in standard errors s. Twice the substeps cost as much as twice the paths, which leave the bias b: they pay while
   * s^2 < s^2/2 + b^2, that is b > 0.71 s, and what is stated is about twice what is left (levels.ts). It is in the stated error.
   */
  biasShare: 1.45,
  /** Differences from SGD need not be known better than this share of SGD's own standard error. */
  differenceShare: 0.1,
};

export interface Sampled<P extends PathProgram> {
  readonly program: P;
  readonly ensemble: Ensemble;
  /** First and second half of the paths; the second is missing where there is one block only. */
  readonly halves: readonly [Ensemble, Ensemble | undefined];
  /** With a tolerance: whether it was met. */
  readonly met: boolean;
}

/** Paths of a sample, at most; what is decided before hangs on it. */
export function pathsAsked({ paths, tolerance }: SampleOptions, defaults: { readonly paths: number } = sampleDefaults): number {
  return paths ?? (tolerance === undefined ? defaults.paths : sampleDefaults.mostPaths);
}

export async function sample<P extends PathProgram>(
  make: (fine: number) => P,
  headlines: (program: P) => readonly Headline[],
  what: string,
  options: SampleOptions,
  defaults: { readonly paths: number; readonly firstSubsteps?: number } = sampleDefaults,
): Promise<Sampled<P>> {
  const { tolerance, engine = threadEngine(), signal, onProgress, onSampleForecast, clock } = options;
  const most = pathsAsked(options, defaults);
  const first = tolerance === undefined ? most : Math.min(most, sampleDefaults.firstPaths);

  /** Paths that are expected, for progress; what one took when some were last run. */
  let expected = most;
  let secondsAPath: number | undefined;
  const extend = async (program: P, ensemble: Ensemble | undefined, toPath: number): Promise<Ensemble> => {
    const have = ensemble?.paths ?? 0;
    if (have >= toPath) return ensemble!;
    const progress = onProgress && ((done: number) => onProgress(have + done, Math.max(toPath, expected), what));
    const started = clock?.();
    const more = await engine(program, have / pathsPerBlock, toPath, { signal, onProgress: progress });
    if (started !== undefined) secondsAPath = (clock!() - started) / (toPath - have);
    return ensemble ? ensemble.merge(more) : more;
  };

  const { fewest, most: mostPilots } = sampleDefaults.pilotPaths;
  const quarter = Math.floor(first / 4 / pathsPerBlock) * pathsPerBlock;
  const pilotPaths = Math.min(first, Math.max(fewest, Math.min(mostPilots, quarter)));
  let fine = options.substeps ?? defaults.firstSubsteps ?? 2;
  let program = make(fine);
  let done: Ensemble | undefined;
  while (options.substeps === undefined && fine < sampleDefaults.mostSubsteps) {
    done = await extend(program, undefined, pilotPaths);
    if (biasIsSmall(done, headlines(program), most, tolerance)) break;
    fine *= 2;
    program = make(fine);
    done = undefined;
  }
  let toPath = first;
  if (tolerance !== undefined && onSampleForecast) {
    // up to the middle, so that the halves are what they are without a forecast; the second part is timed without compiling
    const half = Math.ceil(blocksFor(first) / 2) * pathsPerBlock;
    done = await extend(program, done, Math.min(half, pilotPaths));
    done = await extend(program, done, Math.min(half, 2 * pilotPaths));
    const needed = pathsToTolerance(done, headlines(program), tolerance);
    expected = first;
    while (expected < needed && expected < most) expected = Math.min(most, 2 * expected);
    onSampleForecast({
      what,
      paths: expected,
      enough: needed <= expected,
      pathSteps: expected * stepsOfPath(program, done),
      seconds: secondsAPath && secondsAPath * (expected - done.paths),
    });
  }
  for (;;) {
    const middle = Math.ceil(blocksFor(toPath) / 2) * pathsPerBlock;
    let halves: readonly [Ensemble, Ensemble | undefined];
    if (done && done.paths > middle) {
      done = await extend(program, done, toPath);
      halves = [done, undefined];
    } else {
      const lower = await extend(program, done, Math.min(middle, toPath));
      if (middle < toPath) {
        const upper = await engine(program, middle / pathsPerBlock, toPath, {
          signal,
          onProgress: onProgress && ((n) => onProgress(middle + n, Math.max(toPath, expected), what)),
        });
        done = lower.merge(upper);
        halves = [lower, upper];
      } else {
        done = lower;
        halves = [lower, undefined];
      }
    }
    const met = tolerance === undefined || meets(done, headlines(program), tolerance);
    if (met || toPath >= most) return { program, ensemble: done, halves, met };
    toPath = Math.min(most, 2 * toPath);
  }
}

/** Whether the step bias is small beside the standard errors to come. */
function biasIsSmall(pilot: Ensemble, headlines: readonly Headline[], paths: number, tolerance: number | undefined): boolean {
  const { moments } = pilot;
  return headlines.every(({ figure, correction, differenceFrom }) => {
    if (correction === undefined) return true;
    const byPaths = (f: number) => Math.sqrt(varianceOf(moments, f) / paths);
    let wanted = byPaths(figure);
    if (differenceFrom !== undefined) wanted = Math.max(wanted, sampleDefaults.differenceShare * byPaths(differenceFrom));
    else if (tolerance !== undefined) wanted = Math.max(wanted, (tolerance * Math.abs(moments.mean[figure]!)) / halfWidth95);
    const bias = stepBias(moments, correction);
    // a bias within the pilot's noise is not seen here; the final run judges it anew. Overflows are not mended by substeps.
    return !(bias > sampleDefaults.biasShare * wanted) || bias < standardErrorOf(moments, correction);
  });
}

function meets(ensemble: Ensemble, headlines: readonly Headline[], tolerance: number): boolean {
  return headlines.every(({ figure, correction, differenceFrom }) => {
    if (differenceFrom !== undefined) return true;
    const estimate = estimateOf(ensemble.moments, figure, correction);
    // what does not exist (an overflow) does not come into being with more paths
    return !estimate || halfWidth95 * estimate.error <= tolerance * Math.abs(estimate.value);
  });
}
