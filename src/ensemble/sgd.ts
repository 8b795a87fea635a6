// SGD itself: x_{k+1} = x_k - eta g(x_k, xi_k) (theory.md 1), with the problem's own noise or (`sgd-gaussian`) with Gaussian noise of the
// same covariance. Gaussian noise comes from the step's normals, one vector of them a step; SGD driven by the normals of an SDE's substeps
// (theory.md 6) is in coupled-sgd.ts. Discrete and minibatch noise come from streams of their own (numerics/philox.ts, purposes).
import type { Vector } from "../numerics/arrays.ts";
import { batches } from "../numerics/batches.ts";
import { createStream, normalSource } from "../numerics/random.ts";
import { covarianceFactor } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { heavyBallWalker } from "./momentum-sgd.ts";
import { psdRoot } from "./root.ts";
import { isSvag, type SvagId, svagWalker } from "./svag.ts";
import { newEncounters, type StepGradient, type Walker } from "./walker.ts";

export type SgdKind = "sgd" | "sgd-gaussian" | SvagId;

/** SGD, or SGD with Gaussian noise of the same covariance; normals: one vector a step, used by Gaussian noise only. */
export function sgdWalker(problem: SgdProblem, seed: number, kind: SgdKind = "sgd"): Walker {
  const step = stepGradient(problem, seed, kind);
  if (isSvag(kind)) return svagWalker(problem, kind, step);
  return problem.momentum ? heavyBallWalker(problem, problem.momentum, step) : descent(problem, step);
}

/** The gradient of a step with the problem's own noise, or with Gaussian noise of the same covariance. */
function stepGradient(problem: SgdProblem, seed: number, kind: SgdKind): StepGradient {
  const { noise } = problem;
  if (noise.kind === "gaussian" || kind === "sgd-gaussian")
    return noise.minibatch && problem.objective.samples?.combination ? combinedGradient(problem, seed) : gaussianGradient(problem);
  if (noise.minibatch && problem.objective.samples) return minibatchGradient(problem, seed);
  return sampledGradient(problem, seed);
}

/** x+ = x - eta g. */
function descent({ objective: { d }, learningRate: eta, start }: SgdProblem, step: StepGradient): Walker {
  const x = Float64Array.from(start);
  const gradient = new Float64Array(d);
  return {
    x,
    encounters: newEncounters(d),
    begin(path) {
      step.begin(path);
      x.set(start);
    },
    advance(k, normals) {
      step.at(x, k, normals, gradient);
      for (let i = 0; i < d; i++) x[i] = x[i]! - eta * gradient[i]!;
    },
  };
}

/** Multiplies a vector of standard normals by a root of Sigma(x); computes the root once where Sigma is constant. */
export function gaussianNoise(problem: SgdProblem): (x: Vector, normals: Float64Array, at: number, out: Vector) => Vector {
  const { noise, objective, start } = problem;
  const { d } = objective;
  if (noise.isotropicVariance !== undefined) {
    const deviation = Math.sqrt(noise.isotropicVariance);
    return (_x, normals, at, out) => {
      for (let i = 0; i < d; i++) out[i] = deviation * normals[at + i]!;
      return out;
    };
  }
  const covariance = new Float64Array(d * d);
  const root = new Float64Array(d * d);
  if (noise.constant) psdRoot(noise.covariance(start, covariance), d, root);
  return (x, normals, at, out) => {
    if (!noise.constant) psdRoot(noise.covariance(x, covariance), d, root);
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += root[i * d + j]! * normals[at + j]!;
      out[i] = sum;
    }
    return out;
  };
}

function gaussianGradient(problem: SgdProblem): StepGradient {
  const { objective } = problem;
  const { d } = objective;
  const noise = gaussianNoise(problem);
  const draw = new Float64Array(d);
  return {
    begin() {},
    at(x, _step, normals, out) {
      objective.gradient(x, out);
      noise(x, normals, 0, draw);
      for (let i = 0; i < d; i++) out[i]! += draw[i]!;
      return out;
    },
  };
}

/**
 * Gaussian noise with the covariance of minibatches, without a root of it: sum w_i (g_i - mean g) (factor/n)^(1/2) with n standard normals w_i, a pass
 * over the samples.
 */
function combinedGradient(problem: SgdProblem, seed: number): StepGradient {
  const { objective, noise } = problem;
  const { d } = objective;
  const samples = objective.samples!;
  const { n } = samples;
  const scale = Math.sqrt(covarianceFactor(noise.minibatch!, n) / n);
  const source = normalSource(seed, n);
  const weights = new Float64Array(n);
  const draw = new Float64Array(d);
  let path = 0;
  return {
    begin(number) {
      path = number;
    },
    at(x, step, _normals, out) {
      source.fill(path, step, 1, weights);
      let mean = 0;
      for (let i = 0; i < n; i++) mean += weights[i]! / n;
      for (let i = 0; i < n; i++) weights[i] = scale * (weights[i]! - mean);
      samples.combination!(x, weights, draw);
      objective.gradient(x, out);
      for (let i = 0; i < d; i++) out[i]! += draw[i]!;
      return out;
    },
  };
}

/** Batches of a finite sum: the gradient of the batch is the step's, so that the full gradient is never needed. */
function minibatchGradient(problem: SgdProblem, seed: number): StepGradient {
  const { objective, noise } = problem;
  const { d } = objective;
  const samples = objective.samples!;
  const source = batches(samples.n, noise.minibatch!, seed);
  const gradient = new Float64Array(d);
  let path = 0;
  return {
    begin(number) {
      path = number;
    },
    at(x, step, _normals, out) {
      const picked = source.pick(path, step);
      if (samples.batchGradient) return samples.batchGradient(picked, x, out);
      out.fill(0);
      for (let b = 0; b < picked.length; b++) {
        samples.gradient(picked[b]!, x, gradient);
        for (let i = 0; i < d; i++) out[i]! += gradient[i]!;
      }
      for (let i = 0; i < d; i++) out[i]! /= picked.length;
      return out;
    },
  };
}

function sampledGradient(problem: SgdProblem, seed: number): StepGradient {
  const { objective, noise } = problem;
  const { d } = objective;
  const stream = createStream(seed);
  const draw = new Float64Array(d);
  let path = 0;
  return {
    begin(number) {
      path = number;
    },
    at(x, step, _normals, out) {
      objective.gradient(x, out);
      noise.sample(x, stream.moveTo(path, step, "gradientNoise"), draw);
      for (let i = 0; i < d; i++) out[i]! += draw[i]!;
      return out;
    },
  };
}

/**
 * A few whole paths of SGD, for pictures: [path][step][coordinate], the start included.
 * @param options.steps  default: the problem's
 */
export function sgdPaths(
  problem: SgdProblem,
  options: { readonly seed?: number; readonly paths: number; readonly steps?: number },
): number[][][] {
  const { seed = 1, paths, steps = problem.steps } = options;
  const walker = sgdWalker(problem, seed);
  const source = normalSource(seed, problem.objective.d);
  const normals = new Float64Array(problem.objective.d);
  const gaussian = problem.noise.kind === "gaussian";
  const result: number[][][] = [];
  for (let path = 0; path < paths; path++) {
    walker.begin(path);
    const states = [Array.from(walker.x)];
    for (let k = 0; k < steps; k++) {
      if (gaussian) source.fill(path, k, 1, normals);
      walker.advance(k, normals);
      states.push(Array.from(walker.x));
    }
    result.push(states);
  }
  return result;
}
