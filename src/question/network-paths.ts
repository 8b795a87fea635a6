// Paths on a network for the questions about networks: SGD with real minibatches, models on normals shared with SGD's Gaussian twin, and excess
// losses over time. What is done is data (`NetworkJob`), and row i of the result hangs on (problem, job, i) alone, so that a pool of threads
// gives the same rows as this thread, however it cuts them. Rows are kept, not averaged: they are few, since every look at a loss or a gradient
// is a pass over all samples.
import { coupledProgram } from "../ensemble/coupled.ts";
import { type Extreme, larger } from "../ensemble/ensemble.ts";
import { companionOf } from "../ensemble/process.ts";
import { otherTasks } from "../ensemble/run.ts";
import { type SgdKind, sgdWalker } from "../ensemble/sgd.ts";
import { schemeWalker } from "../ensemble/single.ts";
import { isFiniteState } from "../ensemble/walker.ts";
import { InterruptedError } from "../errors.ts";
import { norm } from "../law/krylov.ts";
import type { Vector } from "../numerics/arrays.ts";
import { minibatchNoise } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { TestFunction } from "../problem/test-function.ts";

/** Figures that every network has: means of squares stand in the rows where the name says root mean square. */
export const ownFigures = ["loss", "rms distance", "rms gradient norm"] as const;

/** SGD (or its twin with Gaussian noise) seen at steps: [step][figure]. NaN: the path has overflowed. */
export interface AveragesJob {
  readonly kind: "averages";
  readonly process: SgdKind;
  readonly figures: readonly string[];
  readonly steps: readonly number[];
  readonly seed: number;
}

/** Models and SGD with Gaussian noise of the same covariance, on the same normals (ensemble/coupled.ts): a coupled program's rows. */
export interface ModelsJob {
  readonly kind: "models";
  readonly models: readonly string[];
  readonly figures: readonly string[];
  readonly steps: readonly number[];
  readonly substeps: number;
  readonly seed: number;
}

/** The mean excess loss of a path over time; NaN where it exceeds `limit`. */
export interface ExcessJob {
  readonly kind: "excess";
  readonly learningRate: number;
  readonly batch: number | null;
  readonly optimum: Float64Array;
  readonly value: number;
  /** Where the paths begin, d numbers each; none: at the optimum. */
  readonly starts: Float64Array | null;
  readonly steps: number;
  readonly burn: number;
  readonly every: number;
  readonly limit: number;
  readonly seed: number;
}

export type NetworkJob = AveragesJob | ModelsJob | ExcessJob;

export interface NetworkRows {
  /** [path][figure]. */
  readonly rows: Float64Array;
  /** Of models: events over the paths, as ensembles have them. */
  readonly counts: Float64Array;
  readonly extremes: readonly (Extreme | null)[];
}

/** Runs paths 0 .. count - 1. */
export type NetworkPaths = (
  problem: SgdProblem,
  job: NetworkJob,
  count: number,
  by: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, total: number) => void },
) => Promise<NetworkRows>;

/** One path after the other: writes its row, and adds to the counts. */
export interface NetworkRun {
  readonly size: number;
  path(number: number, row: Float64Array): void;
  readonly counts: Float64Array;
  readonly extremes: readonly (Extreme | null)[];
}

export function networkRun(problem: SgdProblem, job: NetworkJob): NetworkRun {
  if (job.kind === "averages") return averages(problem, job);
  return job.kind === "models" ? models(problem, job) : excess(problem, job);
}

/** In this thread, giving way to others between paths. */
export const networkPathsHere: NetworkPaths = async (problem, job, count, { signal, onProgress }) => {
  const run = networkRun(problem, job);
  const rows = new Float64Array(count * run.size);
  for (let path = 0; path < count; path++) {
    if (signal?.aborted) throw new InterruptedError("question/network-paths", "Interrupted.");
    run.path(path, rows.subarray(path * run.size, (path + 1) * run.size));
    onProgress?.(path + 1, count);
    await otherTasks();
  }
  return { rows, counts: run.counts, extremes: run.extremes };
};

/** Rows of neighbouring parts joined, in their order. */
export function joinRows(parts: readonly NetworkRows[]): NetworkRows {
  const rows = new Float64Array(parts.reduce((sum, part) => sum + part.rows.length, 0));
  let at = 0;
  for (const part of parts) {
    rows.set(part.rows, at);
    at += part.rows.length;
  }
  const [first] = parts as [NetworkRows];
  return {
    rows,
    counts: first.counts.map((_, i) => parts.reduce((sum, part) => sum + part.counts[i]!, 0)),
    extremes: first.extremes.map((_, i) => parts.reduce<Extreme | null>((worst, part) => larger(worst, part.extremes[i]!), null)),
  };
}

/** The figures as test functions; those of the problem first, by their texts. */
export function figureTests(problem: SgdProblem, figures: readonly string[]): TestFunction[] {
  const { objective, start } = problem;
  const scratch = new Float64Array(objective.d);
  const squared = (v: Vector): number => norm(v) * norm(v);
  return figures.map((text): TestFunction => {
    const test = problem.tests.find((each) => each.text === text);
    if (test) return test;
    if (text === "loss") return { text, value: (x) => objective.value(x) };
    if (text === "rms gradient norm") return { text, value: (x) => squared(objective.gradient(x, scratch)) };
    return {
      text,
      value(x) {
        for (let i = 0; i < x.length; i++) scratch[i] = x[i]! - start[i]!;
        return squared(scratch);
      },
    };
  });
}

/** What H, Sigma and their eigenvectors take at one point, in multiplications of passes (calibrated at d = 15, n = 150). */
export const frozenWork = (n: number, d: number): number => 8 * n * d * d + 40 * d * d * d;

const none = new Float64Array(0);
const withoutEvents = { counts: none, extremes: [] };

function averages(problem: SgdProblem, { process, figures, steps, seed }: AveragesJob): NetworkRun {
  const tests = figureTests(problem, figures);
  const runner = schemeWalker({ problem, process, substeps: 1 }, seed);
  const { x } = runner.walker;
  return {
    ...withoutEvents,
    size: steps.length * figures.length,
    path(number, row) {
      runner.begin(number);
      let done = 0;
      steps.forEach((step, s) => {
        for (; done < step; done++) runner.advance(done);
        const gone = !isFiniteState(x);
        tests.forEach((test, f) => {
          row[s * figures.length + f] = gone ? Number.NaN : test.value(x);
        });
      });
    },
  };
}

/** The program whose rows a ModelsJob has: companions are the models, then the twin. */
export function modelsProgram(problem: SgdProblem, { models: ids, figures, steps, substeps, seed }: ModelsJob) {
  const seen: SgdProblem = { ...problem, tests: figureTests(problem, figures) };
  return coupledProgram(seen, [...ids, "sgd-gaussian"].map(companionOf), { kind: "tests" }, steps, substeps, seed);
}

function models(problem: SgdProblem, job: ModelsJob): NetworkRun {
  const { size, counts, extremes, run } = modelsProgram(problem, job);
  return { size, counts, extremes, path: (number, row) => run(firstCoupledPath + number, row) };
}

/** Coupled paths have numbers that the twin's own paths do not reach: their figures are independent. */
const firstCoupledPath = 2 ** 40;

function excess(problem: SgdProblem, job: ExcessJob): NetworkRun {
  const { objective, noise } = problem;
  const { d } = objective;
  const { learningRate, batch, optimum, value, starts, steps, burn, every, limit, seed } = job;
  const { minibatch } = noise;
  const varied: SgdProblem = {
    ...problem,
    learningRate,
    start: optimum,
    noise: batch !== null && minibatch ? minibatchNoise({ ...minibatch, size: batch }, objective.samples!, d) : noise,
  };
  const walker = sgdWalker(varied, seed);
  return {
    ...withoutEvents,
    size: 1,
    path(number, row) {
      walker.begin(number);
      if (starts) walker.x.set(starts.subarray(number * d, (number + 1) * d));
      let sum = 0;
      let count = 0;
      for (let k = 0; k < steps; k++) {
        walker.advance(k, none);
        if (k < burn || (k - burn) % every !== 0) continue;
        const own = objective.value(walker.x) - value;
        if (!(own < limit)) {
          row[0] = Number.NaN;
          return;
        }
        sum += own;
        count++;
      }
      row[0] = sum / count;
    },
  };
}
