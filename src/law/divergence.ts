// Kullback-Leibler divergence and squared Wasserstein-2 distance of two Gaussian laws, without cancellation where they are close
// and with singular covariances.
//   KL(N0 || N1) = (1/2) [ sum_i (g_i - log(1 + g_i)) + dm^T S1^-1 dm ],  g_i the eigenvalues of S1^(-1/2) (S0 - S1) S1^(-1/2):
//   differences are formed once, between the covariances; KL does not depend on scales, so coordinates are scaled by S1 first.
//   W2^2 = |dm|^2 + min_Q |L0 - L1 Q|_F^2 over orthogonal Q, S = L L^T: the Bures distance as a sum of squares of
//   differences; Q is the polar factor of L1^T L0.
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { symmetricEigen, symmetricEigenvalues } from "../numerics/eigen.ts";
import { log, log1p } from "../numerics/elementary.ts";
import { cholesky, identity, maxAbs, multiply, multiplyRectangular, transpose } from "../numerics/linear.ts";
import { polarFactor, singularValues } from "../numerics/svd.ts";

const defaults = {
  /** Eigenvalues of a correlation matrix below d times this are rounding: the law is degenerate there. */
  rank: 1e-14,
  /** Relative accuracy of the laws that are compared. */
  equal: 1e-13,
  /** A KL whose error is larger than this (relative above 1, absolute below) is not given. */
  certain: 0.1,
  /** Below this least eigenvalue of S1^-1 S0 law0 counts as narrow. */
  narrow: 1e-3,
  /** Up to this size the polar factor is always formed; above, only where the traces would cancel by more than `cancels`. */
  largestForPolar: 80,
  cancels: 1e-6,
  /** Above this ratio of squared singular values their roots are good to 1e-13 of the largest. */
  gram: 1e-6,
};

export interface GaussianLaw {
  readonly mean: Vector;
  readonly covariance: Matrix;
}

export interface Divergence {
  readonly value: number;
  /** Bound on the absolute error that comes of the rounding of the covariances. */
  readonly error: number;
}

/**
 * KL(law0 || law1) with the error that rounding of the laws makes (their condition times 1e-16). Null where it is infinite (law0 not
 * absolutely continuous, or degenerate where law1 is not), where a covariance is not psd, or where nothing of it is certain.
 * Laws that agree to 1e-13 have 0, degenerate ones too.
 */
export function gaussianKl(law0: GaussianLaw, law1: GaussianLaw): Divergence | null {
  const scaled = scaleBySecond(law0, law1);
  if (scaled === null) return null;
  if (scaled.d === 0) return { value: 0, error: 0 };
  const found = scaled.d === 1 ? lineKl(scaled) : whitenedKl(scaled);
  if (found !== null && found.error <= defaults.certain * Math.max(1, found.value)) return found;
  const same = maxAbs(scaled.difference) <= defaults.equal && law0.mean.every((m, i) => sameToRounding(m, law1.mean[i]!));
  return same ? { value: 0, error: 0 } : null;
}

function whitenedKl(scaled: Scaled): Divergence | null {
  const { d } = scaled;
  const whitened = whiten(scaled);
  if (whitened === null) return null;
  const { g, shift, rank, condition } = whitened;
  const values = symmetricEigenvalues(g, rank);
  let twice = 0;
  let perturbation = 8 * rank * Number.EPSILON * condition;
  if (1 + values[0]! > defaults.narrow) {
    for (const value of values) twice += minusLog1p(value);
    perturbation /= Math.min(1, 1 + values[0]!);
  } else {
    // law0 is narrow: the determinants themselves, each of a matrix scaled by its own diagonal, so that it keeps its digits.
    const own = rank === d ? logDeterminant(scaled.s0, d) : null;
    const other = logDeterminant(scaled.s1, d);
    if (own === null || other === null) return null;
    for (const value of values) twice += value;
    twice += other.value - own.value;
    perturbation += 8 * rank * Number.EPSILON * own.condition;
  }
  for (const z of shift) twice += z * z;
  const value = Math.max(twice / 2, 0);
  // First order in the perturbation where the laws differ (sum |g| <= 2 sqrt(KL rank) for small g), second order where they do not.
  return { value, error: perturbation * (2 * Math.sqrt(value * rank) + 2 * value + rank * perturbation) };
}

/** One dimension: from the ratio of the variances, whatever its size. */
function lineKl({ s0, difference, shift }: Scaled): Divergence | null {
  if (!(s0[0]! > 0)) return null;
  const g = difference[0]!;
  const z = shift[0]!;
  const value = ((g > -0.5 ? minusLog1p(g) : g - log(s0[0]!)) + z * z) / 2;
  return { value, error: 8 * Number.EPSILON * (Math.sqrt(value) + value) };
}

/** log det, and the condition of the correlation matrix; null where that is not positive definite to rounding. */
function logDeterminant(a: Matrix, d: number): { value: number; condition: number } | null {
  const scale = Float64Array.from({ length: d }, (_, i) => a[i * d + i]!);
  if (!scale.every((v) => v > 0)) return null;
  const l = cholesky(
    a.map((v, k) => v / Math.sqrt(scale[Math.floor(k / d)]!) / Math.sqrt(scale[k % d]!)),
    d,
  );
  if (l === null) return null;
  let value = 0;
  let least = 1;
  for (let i = 0; i < d; i++) {
    const pivot = l[i * d + i]! * l[i * d + i]!;
    least = Math.min(least, pivot);
    value += log(scale[i]!) + log(pivot);
  }
  return { value, condition: inverseTrace(l, d) };
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

/** Both laws in coordinates divided by the standard deviations of law1. */
interface Scaled {
  readonly d: number;
  readonly s0: Matrix;
  readonly s1: Matrix;
  /** S0 - S1, formed before scaling. */
  readonly difference: Matrix;
  readonly shift: Vector;
}

/** Coordinates in which law1 has no spread are dropped if law0 has none either and the same mean (null if not). */
function scaleBySecond(law0: GaussianLaw, law1: GaussianLaw): Scaled | null {
  const all = law0.mean.length;
  const kept: number[] = [];
  for (let i = 0; i < all; i++) {
    if (law1.covariance[i * all + i]! > 0) kept.push(i);
    else if (law1.covariance[i * all + i] !== 0 || law0.covariance[i * all + i] !== 0 || !sameToRounding(law0.mean[i]!, law1.mean[i]!))
      return null;
  }
  const d = kept.length;
  const scale = kept.map((i) => Math.sqrt(law1.covariance[i * all + i]!));
  const [s0, s1, difference] = [new Float64Array(d * d), new Float64Array(d * d), new Float64Array(d * d)];
  kept.forEach((i, a) => {
    kept.forEach((j, b) => {
      const at = i * all + j;
      const scaled = (value: number): number => value / scale[a]! / scale[b]!;
      s0[a * d + b] = scaled(law0.covariance[at]!);
      s1[a * d + b] = scaled(law1.covariance[at]!);
      difference[a * d + b] = scaled(law0.covariance[at]! - law1.covariance[at]!);
    });
  });
  const shift = Float64Array.from(kept, (i, a) => (law1.mean[i]! - law0.mean[i]!) / scale[a]!);
  return { d, s0, s1, difference, shift };
}

/** Means without any spread around them count as equal up to the accuracy of the laws. */
function sameToRounding(a: number, b: number): boolean {
  return Math.abs(a - b) <= defaults.equal * Math.max(Math.abs(a), Math.abs(b));
}

/** W (S0 - S1) W^T and W dm with W S1 W^T = I on S1's range; null where law0 leaves the range, or S1 is not psd. */
function whiten({ d, s1, difference, shift }: Scaled): { g: Matrix; shift: Vector; rank: number; condition: number } | null {
  const l = cholesky(s1, d);
  const floor = d * defaults.rank;
  let least = 1;
  if (l) for (let i = 0; i < d; i++) least = Math.min(least, l[i * d + i]! * l[i * d + i]!);
  if (l && least > 100 * floor) {
    const half = forward(l, Float64Array.from(difference), d, d);
    return {
      g: forward(l, transpose(half, d), d, d),
      shift: forward(l, Float64Array.from(shift), d, 1),
      rank: d,
      condition: inverseTrace(l, d),
    };
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
    condition: rank === 0 ? 1 : 1 / values[range[0]!]!,
  };
}

/** tr (L L^T)^-1, at least 1/(smallest eigenvalue) and at most d times that. */
function inverseTrace(l: Matrix, d: number): number {
  let sum = 0;
  for (const v of forward(l, identity(d), d, d)) sum += v * v;
  return sum;
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
    for (const s of rootsOfGram(cross, d)) sum += s;
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

/** Singular values: roots of the eigenvalues of A^T A, at a third of the cost, where these are far enough from 0 to keep their digits. */
function rootsOfGram(a: Matrix, d: number): Vector {
  const squares = symmetricEigenvalues(multiply(transpose(a, d), a, d), d);
  return squares[0]! > defaults.gram * squares[d - 1]! ? squares.map(Math.sqrt) : singularValues(a, d);
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
