// Whether a process's figures may be shown, from what its paths met: the one rule of model/existence.ts, with fractions of the paths for masses,
// and overflow.
import { type Warning, warning } from "../answer/warning.ts";
import { decideProcess, type ExistenceOptions, existenceAt, type Met, mendableDefect, type PointExistence } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import { closedFormOnly, withoutVelocity } from "../model/momentum.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { Ensemble } from "./ensemble.ts";
import { event, eventsPerProcess, extreme, extremesPerProcess, mendedDefect } from "./events.ts";

export interface Judgement {
  /** False: every figure of the process is null. */
  readonly answered: boolean;
  readonly warnings: readonly Warning[];
}

/** What the start alone says: where it refuses, nothing is sampled. */
export function judgeStart(
  model: SdeModel,
  problem: SgdProblem,
  options: ExistenceOptions,
): Judgement & { readonly start: PointExistence } {
  const start = existenceAt(model, withoutVelocity(problem), problem.start);
  const closed = closedFormOnly(model);
  if (closed) return { start, answered: false, warnings: [closed] };
  const { answered, warnings } = decideProcess(model, start, undefined, options);
  return { start, answered, warnings: answered ? [] : warnings };
}

/** What the paths of process number `process` of an ensemble say. */
export function judgePaths(
  model: SdeModel,
  start: PointExistence,
  ensemble: Ensemble,
  process: number,
  options: ExistenceOptions,
): Judgement {
  const { answered, warnings } = decideProcess(model, start, metOnPaths(ensemble, process, options), options);
  return { answered, warnings: [...warnings, ...overflowWarnings(ensemble, process, model.title, model.id)] };
}

function metOnPaths(ensemble: Ensemble, process: number, options: ExistenceOptions): Met {
  const { counts, extremes, paths } = ensemble;
  const limit = mendableDefect(options);
  const from = process * eventsPerProcess;
  const largest = extremes[process * extremesPerProcess + extreme.defect] ?? null;
  const farthest = extremes[process * extremesPerProcess + extreme.z] ?? null;
  // the limit is rounding (strict), what is mended, or none: the counts are kept for the first two
  const tooLarge =
    limit === Number.POSITIVE_INFINITY ? 0 : counts[from + (limit < mendedDefect ? event.indefinite : event.veryIndefinite)]!;
  return {
    noDiffusionMass: counts[from + event.noDiffusion]! / paths,
    noDiffusionPlace: farthest && Float64Array.from(farthest.place),
    largeDefectMass: tooLarge / paths,
    largeDefectPlace: tooLarge > 0 && largest ? Float64Array.from(largest.place) : null,
    mendedDefect: Math.min(largest?.value ?? 0, limit),
  };
}

/** `unstable`, where paths of a process overflowed. */
export function overflowWarnings(ensemble: Ensemble, process: number, title: string, model?: string): Warning[] {
  const overflowed = ensemble.counts[process * eventsPerProcess + event.overflow]!;
  if (overflowed === 0) return [];
  const rate = overflowed / ensemble.paths;
  return [
    warning("unstable", `${title}: ${overflowed} of ${ensemble.paths} paths overflow; averages over them do not exist.`, {
      ...(model === undefined ? {} : { model }),
      rate,
      paths: ensemble.paths,
    }),
  ];
}
