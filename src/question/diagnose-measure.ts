// SGD's stationary excess loss by running it (diagnose --measure): paths from Gaussian draws of the frozen stationary law, where there is one,
// a time to forget that law, then averages of f over time. The error is the standard error over paths, which are independent. A path that
// leaves for good (loss above `escape` times the predicted excess, or no number) has no stationary excess loss: null.
import type { Estimate } from "../answer/estimate.ts";
import { sgdWalker } from "../ensemble/sgd.ts";
import { meanOf } from "../law/trace-estimate.ts";
import { type LinearProblem, sgdStationary } from "../model/linear-law.ts";
import type { Vector } from "../numerics/arrays.ts";
import { cholesky } from "../numerics/linear.ts";
import { createStream } from "../numerics/random.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { DiagnoseOptions } from "./diagnose-options.ts";

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
  const draw = stationary && linear ? drawer(linear, stationary, optimum, seed) : (_path: number, out: Vector) => out.set(optimum);
  const walker = sgdWalker({ ...problem, start: optimum }, seed);
  const means = new Float64Array(paths);
  const none = new Float64Array(0);
  for (let path = 0; path < paths; path++) {
    walker.begin(path);
    draw(path, walker.x);
    let sum = 0;
    let count = 0;
    for (let k = 0; k < steps; k++) {
      walker.advance(k, none);
      if (k < burn || (k - burn) % every !== 0) continue;
      const excess = objective.value(walker.x) - value;
      if (!(excess < limit)) return null;
      sum += excess;
      count++;
    }
    means[path] = sum / count;
    options.onProgress?.(path + 1, paths, `SGD at eta ${eta}`);
    options.signal?.throwIfAborted();
  }
  const { mean, error } = meanOf(means);
  return { value: mean, error, kind: "standard-error" };
}

/** Draws from N(optimum, C), C in the eigenbasis. */
function drawer(linear: LinearProblem, covariance: Float64Array, optimum: Vector, seed: number) {
  const { d, eigen } = linear;
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, covariance[i * d + i]!);
  // fewer samples than directions leave C singular: lifted by its rounding, so that it has a root
  const lifted = covariance.map((v, k) => (k % (d + 1) === 0 ? v + 1e-12 * largest : v));
  const root = cholesky(lifted, d);
  const stream = createStream(seed);
  return (path: number, out: Vector): void => {
    out.set(optimum);
    if (root === null) return;
    stream.moveTo(path, 1, "start");
    const normals = Float64Array.from({ length: d }, () => stream.normal());
    for (let k = 0; k < d; k++) {
      let y = 0;
      for (let j = 0; j <= k; j++) y += root[k * d + j]! * normals[j]!;
      for (let i = 0; i < d; i++) out[i]! += eigen.vectors[i * d + k]! * y;
    }
  };
}
