// Laws of SGD and of the models on quadratics with constant noise, in closed form (theory.md 4). Everything happens in the
// eigenbasis of H, y = U^T (x - center), z_i = eta lambda_i, r_i = 1 - z_i, S = U^T Sigma U:
//   SGD    E y_i = r_i^k y_i(0),        Cov_ij = eta^2 S_ij (q^k - 1)/(q - 1), q = r_i r_j (q = 1: k)
//   model  E y_i = exp(k B_i) y_i(0),   Cov_ij = eta C_ij expm1(k (B_i + B_j))/(B_i + B_j) (sum 0: k), B_i = eta b_i = -z_i c(z_i)
// with C = U^T D D^T U. z > 1 is the two-step form: the factors take |1 - z|, and the law is SGD's at even k only. Means and
// covariances hold for every noise of that covariance, the Gaussian law for Gaussian noise. No random numbers, no time steps; the
// error is that of the eigenvectors and of exp: a few 1e-16 of the largest entry, times k |log|r|| where a mode grows.
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { fromEigenbasis, knownEigen, type SymmetricEigen, toEigenbasis } from "../numerics/eigen.ts";
import { exp, expm1, log, log1p } from "../numerics/elementary.ts";
import { logProduct, numberOps, productMinusOne } from "../numerics/factors.ts";
import type { QuadraticForm } from "../problem/objective.ts";
import type { SdeModel } from "./model.ts";

/** A quadratic problem in the eigenbasis of H. */
export interface LinearProblem {
  readonly d: number;
  readonly eta: number;
  readonly center: Vector;
  readonly eigen: SymmetricEigen;
  /** z_i = eta lambda_i, ascending. */
  readonly z: Vector;
  /** S = U^T Sigma U. */
  readonly noise: Matrix;
  /** U^T (x_0 - center). */
  readonly start: Vector;
  /** Curvatures that are zero to the rounding of H count as zero where stability is asked. */
  readonly flat: readonly boolean[];
}

/** Mean and covariance in the eigenbasis, relative to the center. */
export interface Moments {
  readonly mean: Vector;
  readonly covariance: Matrix;
}

/** @param isotropicVariance Sigma = variance I: then S is exactly diagonal whatever the eigenvectors */
export function linearProblem(
  form: QuadraticForm,
  covariance: Matrix,
  eta: number,
  start: Vector,
  isotropicVariance?: number,
): LinearProblem {
  const d = start.length;
  const eigen = knownEigen(form.matrix, d);
  let noise: Matrix;
  if (isotropicVariance === undefined) {
    noise = toEigenbasis(Float64Array.from(covariance), eigen.vectors, d, new Float64Array(d * d));
    for (let i = 0; i < d; i++)
      for (let j = 0; j < i; j++) noise[i * d + j] = noise[j * d + i] = 0.5 * (noise[i * d + j]! + noise[j * d + i]!);
    clearRounding(noise, eigen.vectors, d);
  } else {
    noise = new Float64Array(d * d);
    for (let i = 0; i < d; i++) noise[i * d + i] = isotropicVariance;
  }
  const y = new Float64Array(d);
  for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) y[k]! += eigen.vectors[i * d + k]! * (start[i]! - form.center[i]!);
  let largest = 0;
  for (const lambda of eigen.values) largest = Math.max(largest, Math.abs(lambda));
  const flat = Array.from(eigen.values, (lambda) => Math.abs(lambda) <= 4 * d * Number.EPSILON * largest);
  return { d, eta, center: form.center, eigen, z: eigen.values.map((lambda) => eta * lambda), noise, start: y, flat };
}

/** Modes without noise get variance 0, not the rounding of the rotation, so that degenerate laws are recognised as such. */
function clearRounding(noise: Matrix, vectors: Matrix, d: number): void {
  if (vectors.every((v) => v === 0 || v === 1)) return;
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, noise[i * d + i]!);
  for (let i = 0; i < d; i++) {
    if (noise[i * d + i]! > 16 * Number.EPSILON * largest) continue;
    for (let j = 0; j < d; j++) noise[i * d + j] = noise[j * d + i] = 0;
  }
}

/** SGD's moments after k steps. */
export function sgdMoments(problem: LinearProblem, k: number): Moments {
  const { d, eta, z, noise, start } = problem;
  const mean = start.map((y, i) => (y === 0 ? 0 : y * power1Minus(z[i]!, k)));
  const covariance = fillSymmetric(d, (i, j) => {
    const s = eta * eta * noise[i * d + j]!;
    return s === 0 ? 0 : s * geometricSum(z[i]!, z[j]!, k);
  });
  return { mean, covariance };
}

/** D D^T of a model in the eigenbasis (the correction vanishes here). */
export function modelDiffusion(problem: LinearProblem, model: SdeModel): Matrix {
  const { d, eta, z, noise } = problem;
  return fillSymmetric(d, (i, j) => {
    const s = eta * noise[i * d + j]!;
    return s === 0 ? 0 : s * model.diffusionFactor(numberOps, z[i]!, z[j]!);
  });
}

/** B_i = eta b_i: the logarithm of the factor by which mode i is multiplied in one step. */
export function modelRates(problem: LinearProblem, model: SdeModel): Vector {
  return problem.z.map((z) => -z * model.driftFactor(numberOps, z));
}

/** A linear SDE's moments at t = k eta, from its rates and its D D^T, both in the eigenbasis. */
export function modelMoments(problem: LinearProblem, rates: Vector, diffusion: Matrix, k: number): Moments {
  const { d, eta, start } = problem;
  const mean = start.map((y, i) => (y === 0 ? 0 : y * exp(k * rates[i]!)));
  const covariance = fillSymmetric(d, (i, j) => {
    const c = eta * diffusion[i * d + j]!;
    if (c === 0) return 0;
    const rate = rates[i]! + rates[j]!;
    return rate === 0 ? c * k : (c * expm1(k * rate)) / rate;
  });
  return { mean, covariance };
}

/** SGD's stationary covariance; null unless every |1 - z_i| < 1. */
export function sgdStationary(problem: LinearProblem): Matrix | null {
  const { d, eta, z, noise, flat } = problem;
  if (!z.every((value, i) => value > 0 && value < 2 && !flat[i])) return null;
  return fillSymmetric(d, (i, j) => {
    const s = eta * eta * noise[i * d + j]!;
    return s === 0 ? 0 : -s / productMinusOne(z[i]!, z[j]!);
  });
}

/** A linear SDE's stationary covariance; null unless every rate is below 0. */
export function modelStationary(problem: LinearProblem, rates: Vector, diffusion: Matrix): Matrix | null {
  const { d, eta, flat } = problem;
  if (!rates.every((rate, i) => rate < 0 && !flat[i])) return null;
  return fillSymmetric(d, (i, j) => {
    const c = eta * diffusion[i * d + j]!;
    return c === 0 ? 0 : -c / (rates[i]! + rates[j]!);
  });
}

/** Moments in the problem's own coordinates. */
export function toCoordinates(problem: LinearProblem, moments: Moments): Moments {
  const { d, center, eigen } = problem;
  const mean = Float64Array.from(center);
  for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) mean[i]! += eigen.vectors[i * d + k]! * moments.mean[k]!;
  return { mean, covariance: matrixToCoordinates(problem, moments.covariance) };
}

/** U a U^T. */
export function matrixToCoordinates(problem: LinearProblem, a: Matrix): Matrix {
  const { d, eigen } = problem;
  if (d === 1) return Float64Array.from(a);
  return fromEigenbasis(a, eigen.vectors, d, new Float64Array(d * d), new Float64Array(d * d));
}

/** (1 - z)^k for an integer k: |1 - z|^k = exp(k log|1 - z|) with the logarithm's own accuracy near z = 0 and 2. */
function power1Minus(z: number, k: number): number {
  const r = 1 - z;
  if (k === 1) return r;
  if (r === 0) return 0;
  const size = exp(k * logAbs1Minus(z));
  return r < 0 && k % 2 === 1 ? -size : size;
}

/** log|1 - z|, relative error a few units of rounding, also near z = 2. */
function logAbs1Minus(z: number): number {
  if (z < 0.5) return log1p(-z);
  if (z < 1.5) return log(Math.abs(1 - z));
  return log1p(z - 2);
}

/** (q^k - 1)/(q - 1) with q = (1-u)(1-v), k at q = 1. */
function geometricSum(u: number, v: number, k: number): number {
  if (k === 1) return 1;
  const q = (1 - u) * (1 - v);
  const less = productMinusOne(u, v);
  if (less === 0) return k;
  const logarithm = logProduct(u, v);
  if (q >= 0 || k % 2 === 0) return expm1(k * logarithm) / less;
  return -(1 + exp(k * logarithm)) / less;
}

function fillSymmetric(d: number, entry: (i: number, j: number) => number): Matrix {
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) out[i * d + j] = out[j * d + i] = entry(i, j);
  return out;
}
