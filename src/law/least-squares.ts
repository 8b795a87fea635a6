// Least squares with minibatches as a closed linear system in (E e e^T, E e, 1), e = U^T (x - minimiser) (theory.md 8; own).
// Sigma is quadratic in x, so its mean is an affine function of those moments, here a matrix in coordinates in which the space of
// symmetric matrices has its own inner product (off-diagonal entries times sqrt 2):
//   Sigma(e) = kappa [ mean a a^T (a.e + rho)^2 - (L e + m)(L e + m)^T ],  a = U^T a_i, rho the residual at the minimiser,
//   L = mean a a^T (without l2), m = mean a rho, kappa = 1/B or (n - B)/(B (n - 1)).
// One step of SGD and exp(eta x generator) of every model are then matrices on the moments. l2 is part of every f_i: it moves the
// spectrum and the minimiser and makes no noise. Sizes: d (d+1)/2 + d + 1 unknowns; moments.ts says up to which d.
import { DomainError } from "../errors.ts";
import { shapeOf } from "../model/correction.ts";
import type { SdeModel } from "../model/model.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { type SymmetricEigen, symmetricEigen } from "../numerics/eigen.ts";
import { numberOps } from "../numerics/factors.ts";
import { covarianceFactor } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";

export interface LeastSquaresSystem {
  readonly d: number;
  /** d (d+1)/2. */
  readonly pairs: number;
  /** pairs + d + 1: second moments, means, the number 1. */
  readonly size: number;
  readonly center: Vector;
  readonly eigen: SymmetricEigen;
  /** E Sigma / kappa as a linear function of the state: pairs x size, row-major. */
  readonly covarianceMap: Float64Array;
  /** kappa of the problem's batches. */
  readonly kappa: number;
}

/** Place of entry (i, j) in the vector of a symmetric matrix. */
export const pairIndex = (i: number, j: number): number => (i >= j ? (i * (i + 1)) / 2 + j : (j * (j + 1)) / 2 + i);

/** The system of a least-squares problem with fresh minibatches; costs n d^4 / 8 operations. */
export function leastSquaresSystem(problem: SgdProblem): LeastSquaresSystem {
  const { objective, noise } = problem;
  const { leastSquares: form, quadratic } = objective;
  if (!form || !quadratic || !noise.minibatch)
    throw new DomainError("law/least-squares", "Closed moments need least squares with minibatches.");
  const { d } = objective;
  const { n, a: features, y, l2 } = form;
  const eigen = symmetricEigen(quadratic.matrix, d);
  const center = quadratic.center;
  const pairs = (d * (d + 1)) / 2;
  const size = pairs + d + 1;
  const map = new Float64Array(pairs * size);
  const mean = new Float64Array(d);
  const a = new Float64Array(d);
  const w = new Float64Array(pairs);
  for (let s = 0; s < n; s++) {
    let rho = -y[s]!;
    for (let i = 0; i < d; i++) rho += features[s * d + i]! * center[i]!;
    a.fill(0);
    for (let i = 0; i < d; i++) {
      const value = features[s * d + i]!;
      if (value === 0) continue;
      for (let k = 0; k < d; k++) a[k]! += eigen.vectors[i * d + k]! * value;
    }
    outer(a, a, 0.5 / n, w, true);
    for (let i = 0; i < d; i++) mean[i]! += (a[i]! * rho) / n;
    for (let p = 0; p < pairs; p++) {
      const row = p * size;
      const weight = w[p]! * n;
      if (weight === 0) continue;
      for (let q = 0; q <= p; q++) map[row + q]! += weight * w[q]!;
      const linear = 2 * w[p]! * rho;
      for (let j = 0; j < d; j++) map[row + pairs + j]! += linear * a[j]!;
      map[row + pairs + d]! += w[p]! * rho * rho;
    }
  }
  for (let p = 0; p < pairs; p++) for (let q = p + 1; q < pairs; q++) map[p * size + q] = map[q * size + p]!;
  const data = eigen.values.map((lambda) => lambda - l2);
  subtractMean(map, data, mean, d, pairs, size);
  return { d, pairs, size, center, eigen, covarianceMap: map, kappa: covarianceFactor(noise.minibatch, n) };
}

/** Takes (L e + m)(L e + m)^T off. */
function subtractMean(map: Float64Array, data: Vector, mean: Vector, d: number, pairs: number, size: number): void {
  const square = new Float64Array(pairs);
  outer(mean, mean, 0.5, square, true);
  for (let p = 0; p < pairs; p++) map[p * size + pairs + d]! -= square[p]!;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const p = pairIndex(i, j);
      map[p * size + p]! -= data[i]! * data[j]!;
    }
    // L e m^T + m e^T L: column i of L is data_i e_i.
    const unit = new Float64Array(d);
    unit[i] = data[i]!;
    outer(unit, mean, 1, square, true);
    for (let p = 0; p < pairs; p++) map[p * size + pairs + i]! -= square[p]!;
  }
}

/** scale (u v^T + v u^T) in the coordinates of symmetric matrices; overwrites or adds to `out`. */
function outer(u: Vector, v: Vector, scale: number, out: Float64Array, overwrite = false): void {
  let p = 0;
  for (let i = 0; i < u.length; i++) {
    for (let j = 0; j <= i; j++, p++) {
      const value = scale * (u[i]! * v[j]! + v[i]! * u[j]!) * (i === j ? 1 : Math.SQRT2);
      out[p] = overwrite ? value : out[p]! + value;
    }
  }
}

/** The state of a deterministic start: (e e^T, e, 1). */
export function stateAt(system: LeastSquaresSystem, x: Vector): Vector {
  const { d, pairs, size, center, eigen } = system;
  const e = new Float64Array(d);
  for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) e[k]! += eigen.vectors[i * d + k]! * (x[i]! - center[i]!);
  const state = new Float64Array(size);
  outer(e, e, 0.5, state);
  state.set(e, pairs);
  state[size - 1] = 1;
  return state;
}

/** The symmetric matrix of the first d (d+1)/2 coordinates. */
export function unpack(coordinates: Float64Array, d: number): Matrix {
  const out = new Float64Array(d * d);
  for (let i = 0, p = 0; i < d; i++) {
    for (let j = 0; j <= i; j++, p++) out[i * d + j] = out[j * d + i] = i === j ? coordinates[p]! : coordinates[p]! / Math.SQRT2;
  }
  return out;
}

/** One step of SGD on the state: E e+ = R E e, E e+ e+^T = R E e e^T R + eta^2 E Sigma, R = I - eta Lambda. */
export function sgdStep(system: LeastSquaresSystem, eta: number): Matrix {
  const r = system.eigen.values.map((lambda) => 1 - eta * lambda);
  return assemble(
    system,
    (i, j) => r[i]! * r[j]!,
    (i) => r[i]!,
    (row, out) => axpy(eta * eta * system.kappa, row, out),
    1,
  );
}

/**
 * eta times the generator of a model on the state: d/dt E e = b, d/dt E e e^T = b e^T + e b^T + E D D^T.
 * @throws DomainError `law/least-squares-model` for a model with a correction whose mean is no function of these moments
 */
export function modelGenerator(system: LeastSquaresSystem, model: SdeModel, eta: number): Matrix {
  const { values } = system.eigen;
  const z = values.map((lambda) => eta * lambda);
  const rates = z.map((value) => -value * model.driftFactor(numberOps, value));
  const diffusion = diffusionMap(system, model, eta);
  return assemble(
    system,
    (i, j) => rates[i]! + rates[j]!,
    (i) => rates[i]!,
    (_row, out, p) => axpy(eta, diffusion.subarray(p * system.size, (p + 1) * system.size), out),
    0,
  );
}

/** E D D^T as a linear function of the state, pairs x size. */
export function diffusionMap(system: LeastSquaresSystem, model: SdeModel, eta: number): Float64Array {
  const { d, pairs, size, covarianceMap, kappa } = system;
  const { values } = system.eigen;
  const weight = correctionWeight(model, eta);
  const out = new Float64Array(pairs * size);
  // D Sigma[L e] is Sigma's linear map applied to (L e e^T + e e^T L, L e, 0), L the whole Hessian.
  const along = new Float64Array(size);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) along[pairIndex(i, j)] = values[i]! + values[j]!;
    along[pairs + i] = values[i]!;
  }
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const row = pairIndex(i, j) * size;
      const factor = eta * model.diffusionFactor(numberOps, eta * values[i]!, eta * values[j]!);
      for (let q = 0; q < size; q++) out[row + q] = kappa * covarianceMap[row + q]! * (factor + weight * along[q]!);
    }
  }
  return out;
}

/** Whether closed moments cover the model: its correction may hold third derivatives (zero here) and D Sigma[grad f]. */
export function coversModel(model: SdeModel): boolean {
  const live = [...(model.correction?.drift ?? []), ...(model.correction?.diffusion ?? [])].filter(
    (term) => !term.factors.some((factor) => factor.tensor === "f" && factor.indices.length > 2),
  );
  return live.every((term) => shapeOf(term) === "covariance along gradient");
}

/** The sum of the weights of D Sigma[grad f] in the model's D D^T. */
function correctionWeight(model: SdeModel, eta: number): number {
  if (!coversModel(model)) {
    throw new DomainError("law/least-squares-model", `${model.title} has terms of which closed moments know nothing.`, { model: model.id });
  }
  let weight = 0;
  for (const term of model.correction?.diffusion ?? []) {
    if (shapeOf(term) !== "covariance along gradient") continue;
    let w = Number(term.coefficient[0]) / Number(term.coefficient[1]);
    for (let p = 0; p < term.etaPower; p++) w *= eta;
    weight += w;
  }
  return weight;
}

function axpy(factor: number, row: Float64Array, out: Float64Array): void {
  for (let q = 0; q < row.length; q++) out[q]! += factor * row[q]!;
}

function assemble(
  system: LeastSquaresSystem,
  second: (i: number, j: number) => number,
  first: (i: number) => number,
  addNoise: (row: Float64Array, out: Float64Array, p: number) => void,
  constant: number,
): Matrix {
  const { d, pairs, size, covarianceMap } = system;
  const out = new Float64Array(size * size);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const p = pairIndex(i, j);
      const row = out.subarray(p * size, (p + 1) * size);
      addNoise(covarianceMap.subarray(p * size, (p + 1) * size), row, p);
      row[p]! += second(i, j);
    }
    out[(pairs + i) * size + pairs + i] = first(i);
  }
  out[size * size - 1] = constant;
  return out;
}
