// Averages over paths on a network, of SGD with real minibatches and, where that is affordable, of the models themselves. A model's average is
//     E phi(X) = E phi(SGD with Gaussian noise of the same covariance)  +  E (phi(X) - phi(that twin on the same normals)),
// the first from many paths, which need no Hessian, the second from few, since coupled differences are small (theory.md 6). A path of a model takes
// the Hessian, Sigma and their eigenvectors at every substep. Models without noise are solved by the classical Runge-Kutta method, with the
// difference from half as many substeps for an error.
import type { Estimate } from "../answer/estimate.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { correctionFigure, valueFigure } from "../ensemble/coupled.ts";
import { ensembleOfBlock } from "../ensemble/ensemble.ts";
import { stepBias } from "../ensemble/figure.ts";
import { judgePaths, judgeStart, overflowWarnings } from "../ensemble/judge.ts";
import { accumulator, type Moments, standardErrorOf, varianceOf } from "../ensemble/moments.ts";
import { lackingFor } from "../model/correction.ts";
import { isDeterministic } from "../model/define.ts";
import type { SdeModel } from "../model/model.ts";
import type { Vector } from "../numerics/arrays.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { type AveragesJob, figureTests, frozenWork, type ModelsJob, modelsProgram, networkPathsHere } from "./network-paths.ts";
import type { QuestionOptions } from "./options.ts";

export const averagesDefaults = {
  /** Multiplications that SGD's paths, and those of the models, may take; paths are as many as fit, within the bounds. */
  work: 2e10,
  leastPaths: 16,
  mostPaths: 1024,
  mostTwins: 512,
  modelWork: 2.1e10,
  leastModelPaths: 8,
  mostModelPaths: 32,
  /** Parameters up to which models are sampled at all. */
  largestSampled: 100,
  substeps: 2,
  /** Substeps a step of models without noise. */
  flowSubsteps: 8,
};

/** One process's averages by [figure][step]. */
export interface Averages {
  at(figure: number, step: number): Estimate | null;
  deviation(figure: number, step: number): number | null;
}

export interface NetworkAverages {
  readonly sgd: Averages;
  readonly paths: number;
  /** By model's id, and `sgd-gaussian`; undefined where models are not sampled. */
  readonly models?: { readonly paths: number; readonly twins: number; readonly of: { readonly [id: string]: Averages } };
  readonly warnings: readonly Warning[];
}

export async function networkAverages(
  problem: SgdProblem,
  models: readonly SdeModel[],
  figures: readonly string[],
  steps: readonly number[],
  options: QuestionOptions,
): Promise<NetworkAverages> {
  const { seed = 1, networkPaths = networkPathsHere, signal, onProgress } = options;
  const { d } = problem.objective;
  const { n } = problem.objective.samples!;
  const horizon = problem.steps;
  const perPath = 3 * d * horizon * (problem.noise.minibatch?.size ?? n) + 8 * d * n * steps.length;
  const { work, leastPaths, mostPaths } = averagesDefaults;
  const fit = Math.max(leastPaths, Math.floor(work / perPath));
  const affordablePaths = Math.min(mostPaths, fit);
  // asked for, SGD has these paths, and everything else grows or shrinks with them: the error of a difference is that of its worst part
  const paths = Math.max(2, options.paths ?? affordablePaths);
  const scale = paths / affordablePaths;
  const job: AveragesJob = { kind: "averages", process: "sgd", figures, steps, seed };
  const progress = (what: string) => (done: number, total: number) => onProgress?.(done, total, what);
  const run = async (asked: AveragesJob, count: number, what: string): Promise<Moments> => {
    const { rows } = await networkPaths(problem, asked, count, { signal, onProgress: progress(what) });
    return momentsOf(rows, figures.length * steps.length);
  };
  const sgd = await run(job, paths, "paths of SGD");
  const warnings: Warning[] = [...gone(sgd, figures.length, steps.length, paths)];
  const shape = { figures, steps };
  const own = averagesOf(shape, (figure) => ({
    mean: sgd.mean[figure]!,
    variance: varianceOf(sgd, figure),
    error: standardErrorOf(sgd, figure),
  }));
  const sampled = affordable(problem, models, scale);
  if (!sampled) return { sgd: own, paths, warnings };
  // a path of the twin takes two passes and a normal for each sample at every step
  const perTwin = horizon * n * (6 * d + 20) + 8 * d * n * steps.length;
  const twins = Math.max(leastPaths, Math.round(scale * Math.min(affordablePaths, averagesDefaults.mostTwins, Math.floor(work / perTwin))));
  const twin = await run({ ...job, process: "sgd-gaussian" }, twins, "paths of SGD with Gaussian noise");
  const answered = sampled.models.map((model) => judgeStart(model, problem, options));
  for (const { warnings: met } of answered) warnings.push(...met);
  const kept = sampled.models.filter((_, i) => answered[i]!.answered);
  const modelsJob: ModelsJob = {
    kind: "models",
    models: kept.map(({ id }) => id),
    figures,
    steps,
    substeps: averagesDefaults.substeps,
    seed,
  };
  const program = modelsProgram(problem, modelsJob);
  const { rows, counts, extremes } = await networkPaths(problem, modelsJob, sampled.paths, {
    signal,
    onProgress: progress("paths of the models"),
  });
  // differences from the twin, whose figures are the last companion's
  const size = figures.length * steps.length;
  const differences = momentsOf(
    Float64Array.from({ length: sampled.paths * size * 2 * kept.length }, (_, at) => {
      const [path, c, which, figure] = [
        Math.floor(at / (size * 2 * kept.length)),
        Math.floor(at / (size * 2)) % kept.length,
        Math.floor(at / size) % 2,
        at % size,
      ];
      const [s, f] = [Math.floor(figure / figures.length), figure % figures.length];
      const value = (companion: number, kind: number): number => rows[path * program.size + program.companion(companion, s, f, kind)]!;
      return which === 0 ? value(c, valueFigure) - value(kept.length, valueFigure) : value(c, correctionFigure);
    }),
    size * 2 * kept.length,
  );
  const ensemble = ensembleOfBlock(program.job, 0, momentsOf(rows, program.size), counts, extremes);
  warnings.push(...overflowWarnings(ensemble, kept.length + 1, "SGD with Gaussian noise", "sgd-gaussian"));
  const of: { [id: string]: Averages } = {
    "sgd-gaussian": averagesOf(shape, (figure) => ({
      mean: twin.mean[figure]!,
      variance: varianceOf(twin, figure),
      error: standardErrorOf(twin, figure),
    })),
  };
  kept.forEach((model, c) => {
    const { answered: exists, warnings: met } = judgePaths(model, judgeStart(model, problem, options).start, ensemble, c + 1, options);
    warnings.push(...met);
    if (!exists) return;
    of[model.id] = averagesOf(shape, (figure) => {
      const [difference, correction] = [c * 2 * size + figure, (c * 2 + 1) * size + figure];
      return {
        mean: twin.mean[figure]! + differences.mean[difference]!,
        variance: varianceOf(twin, figure),
        error: rootOfSquares(standardErrorOf(twin, figure), standardErrorOf(differences, difference), stepBias(differences, correction)),
      };
    });
  });
  for (const model of models)
    if (isDeterministic(model)) {
      const flow = flowOf(problem, figures, steps);
      of[model.id] = averagesOf(shape, (figure) => ({ mean: flow.values[figure]!, variance: 0, error: flow.errors[figure]! }));
    }
  return { sgd: own, paths, models: { paths: sampled.paths, twins, of }, warnings };
}

/** Which models are sampled, and on how many paths; undefined where that would take too long. */
function affordable(problem: SgdProblem, models: readonly SdeModel[], scale: number) {
  const { d, samples } = problem.objective;
  const { largestSampled, leastModelPaths, mostModelPaths, modelWork } = averagesDefaults;
  if (d > largestSampled || problem.momentum || !problem.noise.minibatch) return undefined;
  const noisy = models.filter((model) => !isDeterministic(model) && lackingFor(model, problem) === undefined);
  const perPath = problem.steps * frozenWork(samples!.n, d) * (1 + 3 * noisy.length);
  const paths = Math.min(mostModelPaths, Math.floor(modelWork / perPath));
  if (paths < leastModelPaths) return undefined;
  return { models: noisy, paths: Math.max(leastModelPaths, Math.round(scale * paths)) };
}

function momentsOf(rows: Float64Array, size: number): Moments {
  const sums = accumulator(size);
  for (let at = 0; at < rows.length; at += size) sums.add(rows.subarray(at, at + size));
  return sums.moments();
}

interface Figure {
  readonly mean: number;
  readonly variance: number;
  readonly error: number;
}

/** `rms` figures are roots of means of squares; errors go through the root's slope. */
function averagesOf({ figures }: { readonly figures: readonly string[] }, figure: (index: number) => Figure): Averages {
  const found = (f: number, s: number): { value: number; error: number; deviation: number } => {
    const { mean, variance, error } = figure(s * figures.length + f);
    const deviation = Math.sqrt(variance);
    if (!figures[f]!.startsWith("rms ")) return { value: mean, error, deviation };
    const root = Math.sqrt(Math.max(0, mean));
    return root > 0
      ? { value: root, error: error / (2 * root), deviation: deviation / (2 * root) }
      : { value: 0, error: Math.sqrt(error), deviation: 0 };
  };
  return {
    at(f, s) {
      const { value, error } = found(f, s);
      return Number.isFinite(value) && Number.isFinite(error) ? { value, error, kind: "standard-error" } : null;
    },
    deviation(f, s) {
      const { deviation } = found(f, s);
      return Number.isFinite(deviation) ? deviation : null;
    },
  };
}

function rootOfSquares(...errors: readonly number[]): number {
  let sum = 0;
  for (const error of errors) sum += error * error;
  return Math.sqrt(sum);
}

function gone({ mean }: Moments, figures: number, steps: number, paths: number): Warning[] {
  const last = mean.subarray((steps - 1) * figures);
  if (last.every(Number.isFinite)) return [];
  return [warning("unstable", "Some paths of SGD overflow: averages over them do not exist.", { paths })];
}

/** x' = -grad f, seen at the steps: [step][figure]. */
function flowOf(problem: SgdProblem, figures: readonly string[], steps: readonly number[]): { values: Float64Array; errors: Float64Array } {
  const coarse = flowValues(problem, figures, steps, averagesDefaults.flowSubsteps / 2);
  const values = flowValues(problem, figures, steps, averagesDefaults.flowSubsteps);
  return { values, errors: values.map((v, i) => Math.abs(v - coarse[i]!)) };
}

function flowValues(problem: SgdProblem, figures: readonly string[], steps: readonly number[], substeps: number): Float64Array {
  const { objective, learningRate, start } = problem;
  const { d } = objective;
  const h = learningRate / substeps;
  const tests = figureTests(problem, figures);
  const x = Float64Array.from(start);
  const at = new Float64Array(d);
  const slopes = [0, 1, 2, 3].map(() => new Float64Array(d)) as [Vector, Vector, Vector, Vector];
  const out = new Float64Array(steps.length * figures.length);
  let done = 0;
  steps.forEach((step, s) => {
    for (; done < step * substeps; done++) {
      slopes.forEach((slope, stage) => {
        const before = stage === 0 ? undefined : slopes[(stage - 1) as 0 | 1 | 2];
        const share = stage === 3 ? h : h / 2;
        for (let i = 0; i < d; i++) at[i] = x[i]! - (before ? share * before[i]! : 0);
        objective.gradient(at, slope);
      });
      const [a, b, c, e] = slopes;
      for (let i = 0; i < d; i++) x[i]! -= (h / 6) * (a[i]! + 2 * b[i]! + 2 * c[i]! + e[i]!);
    }
    tests.forEach((test, f) => {
      out[s * figures.length + f] = test.value(x);
    });
  });
  return out;
}
