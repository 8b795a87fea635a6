// When does the second moment of SGD near a minimum stay bounded? With samples whose Hessians differ, one step is x+ = (I - eta H_B) x + noise
// and E x x^T moves by M -> R M R + eta^2 kappa ( mean_i H_i M H_i - H M H ), R = I - eta H. As on least squares (mean-square.ts) the rate eta
// at which this map stops shrinking is 1 over the largest eigenvalue of the pencil
//     kappa (mean_i H_i M H_i - H M H) + H M H   against   H M + M H
// on symmetric matrices; here by Lanczos's method in H's eigenbasis, where the right side is diagonal. Linear stability only: H_i at the point.
import type { Vector } from "../numerics/arrays.ts";
import type { SymmetricEigen } from "../numerics/eigen.ts";
import { multiply } from "../numerics/linear.ts";
import type { Objective } from "../problem/objective.ts";
import { extremeEigenvalues } from "./extreme-eigenvalues.ts";
import type { Times } from "./krylov.ts";

export const meanSquareLimits = {
  /** Doubles for all H_i: n d^2. */
  entries: 2e7,
  /** Multiplications for one product: n d^3. */
  work: 3e8,
};

/** Whether the samples' Hessians are few and small enough. */
export function affordsMeanSquare(n: number, d: number): boolean {
  return n * d * d <= meanSquareLimits.entries && n * d * d * d <= meanSquareLimits.work;
}

/**
 * The learning rates at which E|x - minimiser|^2 starts to grow, one for each kappa (1/B, or (n-B)/(B (n-1)) without replacement); null
 * where it grows at every rate. Relative accuracy 1e-8.
 * @param eigen  of H at x, the mean of the samples' Hessians
 */
export function meanSquareThresholds(objective: Objective, x: Vector, eigen: SymmetricEigen, kappas: readonly number[]): (number | null)[] {
  const { d } = objective;
  const { values } = eigen;
  const samples = objective.samples!;
  const largest = values[d - 1]!;
  const flat = 8 * d * Number.EPSILON * largest;
  if (!(largest > 0) || values[0]! < -flat) return kappas.map(() => null);
  const hessians = sampleHessians(objective, x, eigen);
  return kappas.map((kappa) => {
    const top = largestRatio(values, hessians, samples.n, kappa, flat);
    return top > 0 ? 1 / top : null;
  });
}

/**
 * The largest eigenvalue of the pencil.
 * @param values  the mean of the Hessians, which is diagonal: d of them
 * @param hessians  of the samples, n x d x d
 * @param flat  rates below it are directions in which nothing moves, and have no threshold
 */
export function largestRatio(values: Vector, hessians: Float64Array, n: number, kappa: number, flat: number): number {
  const d = values.length;
  const pairs: [number, number, number][] = [];
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) {
      const rate = values[i]! + values[j]!;
      if (rate > 2 * flat) pairs.push([i, j, Math.sqrt(rate)]);
    }
  const m = new Float64Array(d * d);
  const product = new Float64Array(d * d);
  const sum = new Float64Array(d * d);
  const times: Times = (v, out) => {
    m.fill(0);
    pairs.forEach(([i, j, root], p) => {
      m[i * d + j] = m[j * d + i] = v[p]! / root / (i === j ? 1 : Math.SQRT2);
    });
    sum.fill(0);
    for (let s = 0; s < n; s++) {
      const h = hessians.subarray(s * d * d, (s + 1) * d * d);
      multiply(h, m, d, product);
      addProduct(product, h, d, sum);
    }
    pairs.forEach(([i, j, root], p) => {
      const mean = sum[i * d + j]! / n;
      const plain = values[i]! * m[i * d + j]! * values[j]!;
      out[p] = ((kappa * (mean - plain) + plain) * (i === j ? 1 : Math.SQRT2)) / root;
    });
    return out;
  };
  return extremeEigenvalues(times, pairs.length, { largest: 1, smallest: 0, maxProducts: 200 }).largest[0]!.value;
}

/** U^T H_i U of every sample, n x d x d. */
function sampleHessians(objective: Objective, x: Vector, { vectors }: SymmetricEigen): Float64Array {
  const { d, samples } = objective;
  const { n } = samples!;
  const out = new Float64Array(n * d * d);
  const rows = new Float64Array(n * d);
  const u = new Float64Array(d);
  for (let a = 0; a < d; a++) {
    for (let i = 0; i < d; i++) u[i] = vectors[i * d + a]!;
    samples!.allHessianTimes!(x, u, rows);
    for (let s = 0; s < n; s++)
      for (let b = 0; b < d; b++) {
        let along = 0;
        for (let i = 0; i < d; i++) along += vectors[i * d + b]! * rows[s * d + i]!;
        out[(s * d + a) * d + b] = along;
      }
  }
  return out;
}

/** out += a b. */
function addProduct(a: Float64Array, b: Float64Array, d: number, out: Float64Array): void {
  for (let i = 0; i < d; i++)
    for (let k = 0; k < d; k++) {
      const factor = a[i * d + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < d; j++) out[i * d + j]! += factor * b[k * d + j]!;
    }
}
