// `paths`: an ensemble of paths of one process. Without a file its answer is the moments of the final state; the paths themselves come block by
// block from `pathBlocks`, for whoever writes them to a file. An SDE's paths are those of its scheme with the substeps asked for, not
// extrapolated; the step bias of their moments is estimated from a small coupled run at half and a quarter of the substeps and held in the error.
import type { Answer, Performance } from "../answer/answer.ts";
import type { Estimate } from "../answer/estimate.ts";
import type { PathMoments, PathsResult } from "../answer/paths.ts";
import type { Warning } from "../answer/warning.ts";
import { correctionFigure, coupledProgram } from "../ensemble/coupled.ts";
import type { Ensemble } from "../ensemble/ensemble.ts";
import { judgePaths, judgeStart, overflowWarnings } from "../ensemble/judge.ts";
import { blockRunner } from "../ensemble/kernel/backends.ts";
import { threadEngine } from "../ensemble/kernel/engine.ts";
import { momentsFrom } from "../ensemble/law.ts";
import { startState, stateDimension } from "../ensemble/momentum-sgd.ts";
import type { ObservationSpec } from "../ensemble/observation.ts";
import { type Engine, otherTasks, runBlock } from "../ensemble/run.ts";
import type { SgdKind } from "../ensemble/sgd.ts";
import { type Scheme, schemeWalker, singleProgram } from "../ensemble/single.ts";
import { isSvag } from "../ensemble/svag.ts";
import { InputError, InterruptedError, NoAnswerError } from "../errors.ts";
import { isDeterministic } from "../model/define.ts";
import { modelById } from "../model/index.ts";
import type { SdeModel } from "../model/model.ts";
import { anyModelById, hasVelocity } from "../model/momentum.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { version } from "../version.ts";
import type { QuestionOptions } from "./options.ts";

const defaults = {
  paths: 65536,
  substeps: 4,
  /** Paths that find the centers of the moments. */
  centerPaths: 256,
  /** Paths of the coupled run that estimates an SDE's step bias. */
  biasPaths: 2048,
  /** Paths a block of a file. */
  blockPaths: 256,
};

export interface PathsOptions extends QuestionOptions {
  readonly engine?: Engine;
  /** Seconds from any fixed time: lets the answer say how long sampling took. Figures do not depend on it. */
  readonly clock?: () => number;
}

/** Moments of the final state over paths of the one process that `models` names (default `sgd`). */
export async function paths(problem: SgdProblem, options: PathsOptions = {}): Promise<Answer<PathsResult>> {
  const { seed = 1, paths: count = defaults.paths, normals = "fast", engine = threadEngine(), signal, onProgress, clock } = options;
  checkCount(count);
  const scheme = schemeOf(problem, options);
  const model = typeof scheme.process === "string" ? undefined : scheme.process;
  const warnings: Warning[] = [...problem.warnings];
  const start = model && judgeStart(model, problem, options);
  if (start && !start.answered) return answer(problem, scheme, seed, count, null, [...warnings, ...start.warnings]);

  const begin = clock?.();
  const centers = runBlock(
    singleProgram(scheme, { kind: "state" }, [], [problem.steps], seed, normals),
    0,
    Math.min(count, defaults.centerPaths),
  ).moments.mean;
  const center = startState(problem).map((x, i) => (Number.isFinite(centers[i]!) ? centers[i]! : x));
  const observation = finalMoments(center);
  const program = singleProgram(scheme, observation, [], [problem.steps], seed, normals);
  await engine.prepare?.(program, count);
  const compiled = clock?.();
  const ensemble = await engine(program, 0, count, {
    signal,
    onProgress: onProgress && ((done, total) => onProgress(done, total, "paths")),
  });
  const sampled = clock?.();
  const performance =
    begin === undefined || compiled === undefined || sampled === undefined
      ? undefined
      : {
          paths: count,
          steps: problem.steps,
          seconds: sampled - compiled,
          compileSeconds: compiled - begin,
          normals,
          ...engine.performance?.(),
        };

  let answered = true;
  if (model) {
    const judged = judgePaths(model, start!.start, ensemble, 0, options);
    warnings.push(...judged.warnings);
    answered = judged.answered;
  } else warnings.push(...overflowWarnings(ensemble, 0, "SGD"));
  const moments = answered ? momentsOf(ensemble, scheme, center, seed) : null;
  return answer(problem, scheme, seed, count, moments, warnings, performance);
}

export interface PathBlock {
  /** Number of the first path. */
  readonly first: number;
  readonly count: number;
  /** [count][steps][d], row-major; NaN from the step on at which a path overflowed. */
  readonly x: Float64Array;
}

/**
 * The paths themselves, in blocks, in the order of their numbers.
 * @param options.steps  steps that are kept, ascending; default 0 .. the problem's
 */
export async function* pathBlocks(
  problem: SgdProblem,
  options: PathsOptions & { readonly steps?: readonly number[] } = {},
): AsyncGenerator<PathBlock> {
  const { seed = 1, paths: count = defaults.paths, signal, onProgress } = options;
  checkCount(count);
  const steps = options.steps ?? Array.from({ length: problem.steps + 1 }, (_, k) => k);
  const scheme = schemeAtStart(problem, options);
  const { d } = problem.objective;
  const runner = schemeWalker(scheme, seed, options.normals);
  const last = steps.at(-1) ?? 0;
  for (let first = 0; first < count; first += defaults.blockPaths) {
    if (signal?.aborted) throw new InterruptedError("question/paths", "Interrupted.");
    const size = Math.min(defaults.blockPaths, count - first);
    const x = new Float64Array(size * steps.length * d);
    let to = 0;
    for (let p = 0; p < size; p++) {
      runner.begin(first + p);
      for (let k = 0, place = 0; place < steps.length && k <= last; k++) {
        if (k > 0) runner.advance(k - 1);
        if (steps[place] !== k) continue;
        x.set(runner.walker.x, to);
        to += d;
        place++;
      }
    }
    yield { first, count: size, x };
    onProgress?.(first + size, count, "paths");
    await otherTasks();
  }
}

/** @throws NoAnswerError where the model is no process at the start; InputError for what no process is */
export function schemeAtStart(problem: SgdProblem, options: PathsOptions): Scheme {
  const scheme = schemeOf(problem, options);
  if (typeof scheme.process !== "string") {
    const { answered, warnings } = judgeStart(scheme.process, problem, options);
    if (!answered) throw new NoAnswerError("question/paths", `paths: ${warnings.map((w) => w.message).join(" ")}`, { warnings });
  }
  return scheme;
}

export function checkCount(count: number): void {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new InputError("question/paths", `paths (--paths): found ${count}; allowed: a whole number from 1, such as 1e6.`, {
      paths: count,
    });
}

function schemeOf(problem: SgdProblem, { models = ["sgd"], substeps = defaults.substeps }: PathsOptions): Scheme {
  if (models.length !== 1)
    throw new InputError(
      "question/paths",
      `models (--models): found ${models.join(", ")}; allowed: one process at a time, sgd, sgd-gaussian, svag-L (L parts a step) or a model.`,
      { models },
    );
  const id = models[0]!;
  if (id === "sgd" || id === "sgd-gaussian" || isSvag(id)) return { problem, process: id satisfies SgdKind, substeps: 1 };
  if (!Number.isInteger(substeps) || substeps < 1 || substeps > 255)
    throw new InputError("question/paths", `substeps (--substeps): found ${substeps}; allowed: a whole number from 1 to 255.`, {
      substeps,
    });
  return { problem, process: problem.momentum ? anyModelById(id) : modelById(id), substeps };
}

/** y = x - center and the products y_i y_j, j <= i, of a process and of a companion. */
function finalMoments(center: ArrayLike<number>): ObservationSpec {
  const centers = [[Array.from(center)]];
  return { kind: "moments", centers: [...centers, ...centers] };
}

function momentsOf({ moments }: Ensemble, scheme: Scheme, center: Float64Array, seed: number): PathMoments {
  const { problem, process } = scheme;
  const d = stateDimension(problem);
  const found = positions(
    scheme,
    momentsFrom(moments, (value) => ({ value }), center, d, problem.steps),
  );
  if (typeof process === "string" || !found.mean || !found.covariance) return found;
  const bias = stepBiases(process, scheme, center, seed);
  const widen = (estimate: Estimate, v: number): Estimate => ({
    ...estimate,
    error: Math.sqrt(estimate.error * estimate.error + bias[v]! * bias[v]!),
  });
  const place = (i: number, j: number) => d + (Math.max(i, j) * (Math.max(i, j) + 1)) / 2 + Math.min(i, j);
  return { mean: found.mean.map(widen), covariance: found.covariance.map((row, i) => row.map((entry, j) => widen(entry, place(i, j)))) };
}

/** With momentum the moments are of (x, v), those of models without a velocity of x alone. */
function positions({ problem, process }: Scheme, found: PathMoments): PathMoments {
  if (!problem.momentum || typeof process === "string" || hasVelocity(process)) return found;
  const cut = <T>(rows: readonly T[]): T[] => rows.slice(0, problem.objective.d);
  return { mean: found.mean && cut(found.mean), covariance: found.covariance && cut(found.covariance).map(cut) };
}

/** How far each value's mean at the scheme's substeps is from the extrapolated one, on a few coupled paths: noise included, so no under-estimate. */
function stepBiases(model: SdeModel, { problem, substeps }: Scheme, center: Float64Array, seed: number): number[] {
  const final = finalMoments(center);
  const d = stateDimension(problem);
  const values = Array.from({ length: d + (d * (d + 1)) / 2 }, (_, v) => v);
  if (isDeterministic(model)) {
    // the one path there is, against one of many more substeps
    const ends = [substeps, 64].map(
      (n) => runBlock(singleProgram({ problem, process: model, substeps: n }, final, [], [problem.steps], seed), 0, 1).moments.mean,
    );
    return values.map((v) => Math.abs(ends[0]![v]! - ends[1]![v]!));
  }
  const fine = powerBelow(substeps);
  const program = coupledProgram(problem, [model], final, [problem.steps], fine, seed, 0);
  const { moments } = blockRunner(program).run(0, defaults.biasPaths);
  // one substep has up to twice the bias of two; a number between two powers of two at most that of the lower one
  return values.map((v) => (substeps === 1 ? 2 : 1) * Math.abs(moments.mean[program.companion(0, 0, v, correctionFigure)]!));
}

/** The largest power of two up to n, at least 2. */
function powerBelow(n: number): number {
  let power = 2;
  while (2 * power <= Math.min(n, 128)) power *= 2;
  return power;
}

function answer(
  problem: SgdProblem,
  { process, substeps }: Scheme,
  seed: number,
  count: number,
  moments: PathMoments | null,
  warnings: readonly Warning[],
  performance?: Performance,
): Answer<PathsResult> {
  const id = typeof process === "string" ? process : process.id;
  if (!moments || (!moments.mean && !moments.covariance))
    throw new NoAnswerError("question/paths", `paths: no moments of ${id}. ${warnings.map((w) => w.message).join(" ")}`, { warnings });
  const result: PathsResult = { process: id, moments, paths: count, steps: problem.steps, substeps };
  return { command: "paths", version, problem: problem.json, seed, warnings, result, ...(performance ? { performance } : {}) };
}
