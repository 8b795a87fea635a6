// Mean-square stability of least squares with minibatches: where E|x|^2 starts to grow, and stationary moments (theory.md 8; own).
// On second moments about the minimiser one SGD step is I - eta A1 + eta^2 A2 with A1 = diag(lambda_i + lambda_j) and A2 = diag(lambda_i
// lambda_j) + kappa (covariance map), both symmetric in the coordinates of least-squares.ts, A2 psd. So it is stable iff eta A2 < A1,
// and the threshold is 1/(largest eigenvalue of A1^-1/2 A2 A1^-1/2): no search. Directions that neither curvature nor noise
// reaches are left out. Models are tested by squaring their one-step map until it shrinks or grows.
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { symmetricEigenvalues } from "../numerics/eigen.ts";
import { luFactor, luSolve, multiply, norm1 } from "../numerics/linear.ts";
import { type LeastSquaresSystem, pairIndex } from "./least-squares.ts";

/** The learning rate at which E|x - minimiser|^2 starts to grow, for batches of this kappa; null if it grows at every rate or at none. */
export function meanSquareThreshold(system: LeastSquaresSystem, kappa = system.kappa): number | null {
  const { d, pairs, size, covarianceMap } = system;
  const { values } = system.eigen;
  const largest = values[d - 1]!;
  if (!(largest > 0)) return null;
  const flat = 8 * d * Number.EPSILON * largest;
  if (values[0]! < -flat) return null;
  const kept: number[] = [];
  const rates = new Float64Array(pairs);
  const products = new Float64Array(pairs);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const p = pairIndex(i, j);
      rates[p] = values[i]! + values[j]!;
      products[p] = values[i]! * values[j]!;
      if (rates[p]! > 2 * flat) kept.push(p);
    }
  }
  const n = kept.length;
  const pencil = new Float64Array(n * n);
  kept.forEach((p, a) => {
    kept.forEach((q, b) => {
      const entry = kappa * covarianceMap[p * size + q]! + (p === q ? products[p]! : 0);
      pencil[a * n + b] = entry / Math.sqrt(rates[p]! * rates[q]!);
    });
  });
  const top = symmetricEigenvalues(pencil, n)[n - 1]!;
  return top > 0 ? 1 / top : null;
}

/** Second moments about the minimiser that one step (or exp(eta generator)) leaves as they are, in the system's coordinates; the mean is the minimiser. */
export function stationarySecondMoments(system: LeastSquaresSystem, step: Matrix): Vector | null {
  const { d, pairs, size } = system;
  for (let i = 0; i < d; i++) if (!(Math.abs(step[(pairs + i) * size + pairs + i]!) < 1 - 4 * Number.EPSILON)) return null;
  const block = new Float64Array(pairs * pairs);
  const constant = new Float64Array(pairs);
  for (let p = 0; p < pairs; p++) {
    for (let q = 0; q < pairs; q++) block[p * pairs + q] = step[p * size + q]!;
    constant[p] = step[p * size + size - 1]!;
  }
  if (!shrinks(block, pairs)) return null;
  const system1 = block.map((v, k) => (k % (pairs + 1) === 0 ? 1 : 0) - v);
  return luSolve(luFactor(system1, pairs), constant);
}

/** Whether the powers of a matrix tend to 0. Undecided after 2^40 steps counts as no: nothing stationary is reached in practice. */
function shrinks(matrix: Matrix, n: number): boolean {
  let power = matrix;
  for (let squarings = 0; squarings < 40; squarings++) {
    const norm = norm1(power, n);
    if (norm < 1) return true;
    if (!(norm < 1e100)) return false;
    power = multiply(power, power, n);
  }
  return false;
}
