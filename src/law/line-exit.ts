// Exits from an interval on the line, for SGD and the models: which solver serves which process (exit-sgd.ts, exit-models.ts). Does not do:
// discrete or minibatch noise of SGD's own (sampling answers those; a trapped path is recognised), regions that are left over several steps
// through other pieces of themselves (a warning says so).
import type { ModelExit, WatchedLikeSgd } from "../answer/exit.ts";
import { type Warning, warning } from "../answer/warning.ts";
import type { ExistenceOptions } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { withoutFigures } from "./exit-figures.ts";
import { alwaysExits, flowExits, isAnswered, watchedExits } from "./exit-models.ts";
import { gaussianExits, noiselessExits, sgdExits } from "./exit-sgd.ts";
import { type LineProblem, lineProblem, lineSdes } from "./line-problem.ts";

const defaults = {
  /** Survival is asked at these multiples of the mean where no steps are given. */
  survival: [1 / 16, 1 / 4, 1 / 2, 1, 2, 4],
  /** Steps of a path without noise. */
  maxSteps: 1e7,
};

export interface LineExitOptions extends ExistenceOptions {
  readonly survival?: readonly number[];
  readonly maxSteps?: number;
}

export interface LineExits {
  readonly method: string;
  readonly sgd: WatchedLikeSgd;
  readonly models: { readonly [id: string]: ModelExit };
  readonly warnings: readonly Warning[];
}

/** Exits from the interval round the start; `problem.inside` must be set, with an interval that holds the start. */
export function lineExits(problem: SgdProblem, models: readonly SdeModel[], options: LineExitOptions): LineExits {
  const line = lineProblem(problem);
  const { a, b } = problem.inside!.intervalAround!(line.start);
  const warnings: Warning[] = [];
  if (hasAnotherPiece(line, problem, a, b)) {
    warnings.push(
      warning(
        "not-applicable",
        `The region ${problem.inside!.text} has another piece within reach of one step: a path that lands there counts as having left (a, b) = (${a}, ${b}), the piece round the start.`,
        { a, b },
      ),
    );
  }
  const noisy = line.deviation(line.start) > 0 || line.deviation(line.mean(line.start)) > 0;
  const gaussian = noisy ? gaussianExits(line, a, b) : null;
  const steps = survivalSteps(options.survival, gaussian?.mean ?? null);
  const sgd = noisy
    ? sgdExits(line, gaussian, steps, a, b, warnings)
    : noiselessExits(line, a, b, steps, options.maxSteps ?? defaults.maxSteps, warnings);
  const nothing: ModelExit = { watchedLikeSgd: withoutFigures(steps), watchedAlways: { meanSteps: null } };
  const results: Record<string, ModelExit> = Object.fromEntries(models.map(({ id }) => [id, nothing]));
  const sdes = lineSdes(models, line, warnings);
  for (const sde of sdes) if (sde.deterministic || !noisy) results[sde.id] = flowExits(sde, line.start, a, b, steps, warnings);
  const diffusions = sdes.filter((sde) => !sde.deterministic && noisy && isAnswered(sde, line, gaussian, a, b, options, warnings));
  const watchedAlways = new Map(diffusions.map((sde) => [sde.id, alwaysExits(sde, line, a, b, warnings)]));
  const recurrent = diffusions.filter((sde) => watchedAlways.get(sde.id) !== "never");
  const watched = watchedExits(recurrent, line, a, b, steps, warnings);
  for (const sde of recurrent) {
    const always = watchedAlways.get(sde.id)!;
    results[sde.id] = {
      watchedLikeSgd: watched.get(sde.id) ?? nothing.watchedLikeSgd,
      watchedAlways: { meanSteps: always === "never" ? null : always },
    };
  }
  return { method: "Nystrom (SGD), semigroup on spectral elements, scale function", sgd, models: results, warnings };
}

/** Some point within ten deviations beyond an end is inside the region again. */
function hasAnotherPiece(line: LineProblem, { inside }: SgdProblem, a: number, b: number): boolean {
  for (const [end, direction] of [
    [a, -1],
    [b, 1],
  ] as const) {
    if (!Number.isFinite(end)) continue;
    const reach = 10 * line.deviation(end) + Math.abs(line.mean(end) - end);
    for (let i = 1; i <= 64; i++) if (inside!.contains(Float64Array.of(end + (direction * reach * i) / 64))) return true;
  }
  return false;
}

function survivalSteps(asked: readonly number[] | undefined, mean: number | null): readonly number[] {
  if (asked) return [...new Set(asked)].sort((x, y) => x - y);
  if (mean === null) return [1, 10, 100, 1000];
  // Beyond the integers that doubles hold, no step can be named.
  const around = [...new Set(defaults.survival.map((part) => Math.max(1, Math.round(part * mean))))].filter((k) => Number.isSafeInteger(k));
  return around.length > 0 ? around : [1, 1000, 1e6];
}
