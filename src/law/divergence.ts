// Kullback-Leibler divergence and squared Wasserstein-2 distance of two Gaussian laws, without cancellation where they are close
// and with singular covariances.
//   KL(N0 || N1) = (1/2) [ sum_i (g_i - log(1 + g_i)) + dm^T S1^-1 dm ],  g_i the eigenvalues of S1^(-1/2) (S0 - S1) S1^(-1/2):
//   differences are formed once, between the covariances; KL does not depend on scales, so coordinates are scaled by S1 first.
//   W2^2 = |dm|^2 + min_Q |L0 - L1 Q|_F^2 over orthogonal Q, S = L L^T: the Bures distance as a sum of squares of
//   differences; Q is the polar factor of L1^T L0.
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { symmetricEigen, symmetricEigenvalues } from "../numerics/eigen.ts";
import { log1p } from "../numerics/elementary.ts";
import { cholesky, maxAbs, multiply, multiplyRectangular, transpose } from "../numerics/linear.ts";
import { polarFactor, singularValues } from "../numerics/svd.ts";

const defaults = {
  /** Eigenvalues of a correlation matrix below d times this are rounding: the law is degenerate there. */
  rank: 1e-14,
  /** Relative accuracy of the laws that are compared. */
  equal: 1e-13,
  /** Up to this size the polar factor is always formed; above, only where the traces would cancel by more than `cancels`. */
  largestForPolar: 80,
  cancels: 1e-6,
};

export interface GaussianLaw {
  readonly mean: Vector;
  readonly covariance: Matrix;
}

/**
 * KL(law0 || law1); null where it is infinite (law0 not absolutely continuous, or degenerate where law1 is not) or where a
 * covariance is not psd.
 */
export function gaussianKl(law0: GaussianLaw, law1: GaussianLaw): number | null {
  const scaled = scaleBySecond(law0, law1);
  if (scaled === null) return null;
  const { shift, s1, difference, d } = scaled;
  if (d === 0) return 0;
  const whitened = whiten(s1, difference, shift, d);
  if (whitened === null) return null;
  const { g, shift: z, rank } = whitened;
  let twice = 0;
  for (const value of symmetricEigenvalues(g, rank)) {
    if (!(1 + value > rank * defaults.rank)) return null;
    twice += minusLog1p(value);
  }
  for (const v of z) twice += v * v;
  return twice / 2;
}

/**
 * Squared Wasserstein-2 distance of two Gaussian laws, >= 0; NaN where a covariance is not psd to rounding. Error about 1e-15 of the
 * traces, far less where the laws are close. For other laws with these moments it is a lower bound (Gelbrich 1990).
 */
export function gaussianW2Squared(law0: GaussianLaw, law1: GaussianLaw): number {
  let sum = buresSquared(law0.covariance, law1.covariance, law0.mean.length);
  for (let i = 0; i < law0.mean.length; i++) {
    const difference = law0.mean[i]! - law1.mean[i]!;
    sum += difference * difference;
  }
  return sum;
}

/** Coordinates divided by the standard deviations of law1; those without any are dropped if law0 has none either (null if it has). */
function scaleBySecond(law0: GaussianLaw, law1: GaussianLaw): { shift: Vector; s1: Matrix; difference: Matrix; d: number } | null {
  const all = law0.mean.length;
  const kept: number[] = [];
  for (let i = 0; i < all; i++) {
    if (law1.covariance[i * all + i]! > 0) kept.push(i);
    else if (law1.covariance[i * all + i] !== 0 || law0.covariance[i * all + i] !== 0 || !sameToRounding(law0.mean[i]!, law1.mean[i]!))
      return null;
  }
  const d = kept.length;
  const scale = kept.map((i) => Math.sqrt(law1.covariance[i * all + i]!));
  const s1 = new Float64Array(d * d);
  const difference = new Float64Array(d * d);
  kept.forEach((i, a) => {
    kept.forEach((j, b) => {
      const at = i * all + j;
      s1[a * d + b] = law1.covariance[at]! / scale[a]! / scale[b]!;
      difference[a * d + b] = (law0.covariance[at]! - law1.covariance[at]!) / scale[a]! / scale[b]!;
    });
  });
  const shift = Float64Array.from(kept, (i, a) => (law1.mean[i]! - law0.mean[i]!) / scale[a]!);
  return { shift, s1, difference, d };
}

/** Means without any spread around them count as equal up to the accuracy of the laws. */
function sameToRounding(a: number, b: number): boolean {
  return Math.abs(a - b) <= defaults.equal * Math.max(Math.abs(a), Math.abs(b));
}

/** W (S0 - S1) W^T and W dm with W S1 W^T = I on S1's range; null where law0 leaves the range, or S1 is not psd. */
function whiten(s1: Matrix, difference: Matrix, shift: Vector, d: number): { g: Matrix; shift: Vector; rank: number } | null {
  const l = cholesky(s1, d);
  const floor = d * defaults.rank;
  let least = 1;
  if (l) for (let i = 0; i < d; i++) least = Math.min(least, l[i * d + i]! * l[i * d + i]!);
  if (l && least > 100 * floor) {
    const half = forward(l, Float64Array.from(difference), d, d);
    return { g: forward(l, transpose(half, d), d, d), shift: forward(l, Float64Array.from(shift), d, 1), rank: d };
  }
  const { values, vectors } = symmetricEigen(s1, d);
  if (values[0]! < -floor) return null;
  const range: number[] = [];
  const tolerance = Math.sqrt(floor);
  for (let k = 0; k < d; k++) {
    if (values[k]! > floor) {
      range.push(k);
      continue;
    }
    let along = 0;
    let square = 0;
    for (let i = 0; i < d; i++) {
      along += vectors[i * d + k]! * shift[i]!;
      for (let j = 0; j < d; j++) square += vectors[i * d + k]! * (s1[i * d + j]! + difference[i * d + j]!) * vectors[j * d + k]!;
    }
    // law0 has a mean or a spread where law1 has none.
    if (Math.abs(along) > tolerance || square > 10 * floor) return null;
  }
  const rank = range.length;
  const w = new Float64Array(rank * d);
  range.forEach((k, a) => {
    for (let i = 0; i < d; i++) w[a * d + i] = vectors[i * d + k]! / Math.sqrt(values[k]!);
  });
  const half = multiplyRectangular(w, difference, rank, d, d);
  return {
    g: multiplyRectangular(half, transpose(w, rank, d), rank, d, rank),
    shift: multiplyRectangular(w, shift, rank, d, 1),
    rank,
  };
}

/** b <- L^-1 b for a d x columns b. */
function forward(l: Matrix, b: Float64Array, d: number, columns: number): Float64Array {
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) {
      const s = l[i * d + k]!;
      if (s === 0) continue;
      for (let c = 0; c < columns; c++) b[i * columns + c]! -= s * b[k * columns + c]!;
    }
    for (let c = 0; c < columns; c++) b[i * columns + c]! /= l[i * d + i]!;
  }
  return b;
}

/** g - log(1 + g) >= 0, by its series where the difference would cancel. */
function minusLog1p(g: number): number {
  if (Math.abs(g) > 0.05) return g - log1p(g);
  // sum_{n >= 2} (-g)^n / n; 0.05^13 / 13 is below 1e-16 of g^2 / 2.
  let sum = 0;
  for (let n = 14; n >= 2; n--) sum = 1 / n - g * sum;
  return g * g * sum;
}

function buresSquared(a: Matrix, b: Matrix, d: number): number {
  if (d === 1) {
    if (!(a[0]! >= 0 && b[0]! >= 0)) return Number.NaN;
    const sum = Math.sqrt(a[0]!) + Math.sqrt(b[0]!);
    const difference = sum === 0 ? 0 : (a[0]! - b[0]!) / sum;
    return difference * difference;
  }
  const size = Math.max(maxAbs(a), maxAbs(b));
  let largest = 0;
  for (let k = 0; k < d * d; k++) largest = Math.max(largest, Math.abs(a[k]! - b[k]!));
  // Equal to the rounding of the covariances themselves.
  if (largest <= 4 * d * Number.EPSILON * size) return 0;
  if (isDiagonal(a, d) && isDiagonal(b, d)) {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += buresSquared(a.subarray(i * d + i, i * d + i + 1), b.subarray(i * d + i, i * d + i + 1), 1);
    return sum;
  }
  const l0 = root(a, d);
  const l1 = root(b, d);
  if (l0 === null || l1 === null) return Number.NaN;
  const cross = multiply(transpose(l1, d), l0, d);
  if (d > defaults.largestForPolar) {
    let sum = 0;
    let traces = 0;
    for (let i = 0; i < d; i++) traces += a[i * d + i]! + b[i * d + i]!;
    for (const s of singularValues(cross, d)) sum += s;
    if (traces - 2 * sum > defaults.cancels * traces) return traces - 2 * sum;
  }
  const turned = multiply(l1, polarFactor(cross, d), d);
  let square = 0;
  for (let k = 0; k < d * d; k++) {
    const difference = l0[k]! - turned[k]!;
    square += difference * difference;
  }
  return square;
}

function isDiagonal(a: Matrix, d: number): boolean {
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) if (i !== j && a[i * d + j] !== 0) return false;
  return true;
}

/** Some L with L L^T = a: Cholesky's, or from eigenvectors where a is singular; null where a is not psd to rounding. */
function root(a: Matrix, d: number): Matrix | null {
  const l = cholesky(a, d);
  if (l) {
    // A pivot far below its diagonal entry is rounding: then the eigenvectors' root, with rounding set to 0, is better.
    let safe = true;
    for (let i = 0; i < d; i++) safe &&= l[i * d + i]! * l[i * d + i]! > 1e3 * d * Number.EPSILON * a[i * d + i]!;
    if (safe) return l;
  }
  const { values, vectors } = symmetricEigen(a, d);
  const floor = 4 * d * Number.EPSILON * Math.max(values[d - 1]!, 0);
  if (values[0]! < -100 * floor - Number.MIN_VALUE) return null;
  return vectors.map((v, k) => (values[k % d]! > floor ? v * Math.sqrt(values[k % d]!) : 0));
}
