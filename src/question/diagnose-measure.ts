// SGD's stationary excess loss by running it (diagnose --measure): paths from Gaussian draws of the frozen stationary law, where there is one,
// a time to forget that law, then averages of f over time. The error is the standard error over paths, which are independent. A path that
// leaves for good (loss above `escape` times the predicted excess, or no number) has no stationary excess loss: null.
import type { Estimate } from "../answer/estimate.ts";
import { meanOf } from "../law/trace-estimate.ts";
import { type LinearProblem, sgdStationary } from "../model/linear-law.ts";
import type { Vector } from "../numerics/arrays.ts";
import { cholesky } from "../numerics/linear.ts";
import { createStream } from "../numerics/random.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { DiagnoseOptions } from "./diagnose-options.ts";
import { type ExcessJob, networkPathsHere } from "./network-paths.ts";

export const measureDefaults = {
  paths: 16,
  /** Values of f on each path. */
  values: 100,
  /** Steps of a path: this many relaxation times of the slowest mode, within bounds. */
  relaxations: 3,
  leastSteps: 200,
  mostSteps: 4000,
  /** Losses beyond this many times the predicted excess are an escape. */
  escape: 1e3,
};

export async function measuredExcessLoss(
  problem: SgdProblem,
  optimum: Vector,
  linear: LinearProblem | null,
  options: DiagnoseOptions,
): Promise<Estimate | null> {
  const { objective, learningRate: eta } = problem;
  const seed = options.seed ?? 1;
  const paths = Math.max(2, Math.min(options.paths ?? measureDefaults.paths, 1000));
  const stationary = linear && sgdStationary(linear);
  const slowest = linear ? Math.max(eta * linear.eigen.values[0]!, 1e-12) : 0;
  const wanted = slowest > 0 ? measureDefaults.relaxations / slowest : measureDefaults.mostSteps;
  const steps = Math.round(Math.min(measureDefaults.mostSteps, Math.max(measureDefaults.leastSteps, wanted)));
  const burn = Math.ceil(steps / 2);
  const every = Math.max(1, Math.floor((steps - burn) / measureDefaults.values));
  const value = objective.value(optimum);
  let predicted = 0;
  if (stationary) for (let i = 0; i < linear.d; i++) predicted += (linear.eigen.values[i]! * stationary[i * linear.d + i]!) / 2;
  const limit = measureDefaults.escape * (predicted > 0 ? predicted : Math.max(Math.abs(value), 1));
  const job: ExcessJob = {
    kind: "excess",
    learningRate: eta,
    batch: problem.noise.minibatch?.size ?? null,
    optimum,
    value,
    starts: stationary && linear ? startsOf(linear, stationary, optimum, seed, paths) : null,
    steps,
    burn,
    every,
    limit,
    seed,
  };
  const { signal, onProgress, networkPaths = networkPathsHere } = options;
  const { rows } = await networkPaths(problem, job, paths, {
    signal,
    onProgress: (done, total) => onProgress?.(done, total, `SGD at eta ${eta}`),
  });
  // one path that has left for good leaves no average
  if (rows.some(Number.isNaN)) return null;
  const { mean, error } = meanOf(rows);
  return { value: mean, error, kind: "standard-error" };
}

/** Draws from N(optimum, C), C in the eigenbasis: one a path; null where C has no root. */
function startsOf(linear: LinearProblem, covariance: Float64Array, optimum: Vector, seed: number, paths: number): Float64Array | null {
  const { d, eigen } = linear;
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, covariance[i * d + i]!);
  // fewer samples than directions leave C singular: lifted by its rounding, so that it has a root
  const lifted = covariance.map((v, k) => (k % (d + 1) === 0 ? v + 1e-12 * largest : v));
  const root = cholesky(lifted, d);
  if (root === null) return null;
  const stream = createStream(seed);
  const out = new Float64Array(paths * d);
  for (let path = 0; path < paths; path++) {
    const start = out.subarray(path * d, (path + 1) * d);
    start.set(optimum);
    stream.moveTo(path, 1, "start");
    const normals = Float64Array.from({ length: d }, () => stream.normal());
    for (let k = 0; k < d; k++) {
      let y = 0;
      for (let j = 0; j <= k; j++) y += root[k * d + j]! * normals[j]!;
      for (let i = 0; i < d; i++) start[i]! += eigen.vectors[i * d + k]! * y;
    }
  }
  return out;
}
