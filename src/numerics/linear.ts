// Dense linear algebra on row-major Float64Arrays: products, LU, Cholesky and the matrix exponential. Loops run i-k-j, so that
// the innermost one walks along rows; sums have a fixed order, so figures are the same on every engine. Sizes of interest are
// d <= a few hundred; no blocking, no sparsity. Only + - * / sqrt.
import { DomainError } from "../errors.ts";
import type { Matrix, Vector } from "./arrays.ts";

/** P A = L U with partial pivoting: unit lower L and U packed into one n x n matrix. */
export interface Lu {
  readonly n: number;
  readonly factors: Matrix;
  /** Row of A that stands in row i of P A. */
  readonly pivots: Int32Array;
  /** A pivot was exactly zero: A is singular and luSolve refuses. */
  readonly singular: boolean;
}

/** The n x n identity. */
export function identity(n: number): Matrix {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * n + i] = 1;
  return out;
}

/** The transpose of an n x n matrix, or of a rows x columns one when `columns` is given. */
export function transpose(a: Matrix, rows: number, columns = rows): Matrix {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = a[i * columns + j]!;
  return out;
}

/** a b for n x n matrices; `out` must be neither a nor b. */
export function multiply(a: Matrix, b: Matrix, n: number, out: Matrix = new Float64Array(n * n)): Matrix {
  return multiplyRectangular(a, b, n, n, n, out);
}

/** a b for a rows x inner matrix and an inner x columns one; `out` must be neither a nor b. */
export function multiplyRectangular(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  out: Float64Array = new Float64Array(rows * columns),
): Float64Array {
  out.fill(0);
  // Four rows of b at a time: a quarter of the loads and stores of the row of the result.
  const quads = inner - (inner % 4);
  for (let i = 0; i < rows; i++) {
    const to = i * columns;
    const from = i * inner;
    for (let k = 0; k < quads; k += 4) {
      const s0 = a[from + k]!;
      const s1 = a[from + k + 1]!;
      const s2 = a[from + k + 2]!;
      const s3 = a[from + k + 3]!;
      if (s0 === 0 && s1 === 0 && s2 === 0 && s3 === 0) continue;
      const b0 = k * columns;
      const b1 = b0 + columns;
      const b2 = b1 + columns;
      const b3 = b2 + columns;
      for (let j = 0; j < columns; j++) out[to + j]! += s0 * b[b0 + j]! + s1 * b[b1 + j]! + (s2 * b[b2 + j]! + s3 * b[b3 + j]!);
    }
    for (let k = quads; k < inner; k++) {
      const s = a[from + k]!;
      if (s === 0) continue;
      const b0 = k * columns;
      for (let j = 0; j < columns; j++) out[to + j]! += s * b[b0 + j]!;
    }
  }
  return out;
}

/** a x for an n x n matrix; `out` must not be x. */
export function multiplyVector(a: Matrix, x: Vector, n: number, out: Vector = new Float64Array(n)): Vector {
  for (let i = 0; i < n; i++) {
    let sum = 0;
    const offset = i * n;
    for (let j = 0; j < n; j++) sum += a[offset + j]! * x[j]!;
    out[i] = sum;
  }
  return out;
}

/** sum_i a_i b_i, in order. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Largest absolute entry, 0 of none; NaN if there is one. */
export function maxAbs(a: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]!));
  return largest;
}

/** LU factors of an n x n matrix, partial pivoting; never throws, `singular` says whether luSolve can be called. */
export function luFactor(a: Matrix, n: number): Lu {
  const f = Float64Array.from(a);
  const pivots = new Int32Array(n);
  for (let i = 0; i < n; i++) pivots[i] = i;
  let singular = false;
  for (let k = 0; k < n; k++) {
    let p = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(f[i * n + k]!) > Math.abs(f[p * n + k]!)) p = i;
    if (f[p * n + k]! === 0) {
      singular = true;
      continue;
    }
    if (p !== k) {
      for (let j = 0; j < n; j++) {
        const t = f[k * n + j]!;
        f[k * n + j] = f[p * n + j]!;
        f[p * n + j] = t;
      }
      const t = pivots[k]!;
      pivots[k] = pivots[p]!;
      pivots[p] = t;
    }
    const pivot = f[k * n + k]!;
    for (let i = k + 1; i < n; i++) {
      const s = f[i * n + k]! / pivot;
      f[i * n + k] = s;
      if (s === 0) continue;
      const to = i * n;
      const from = k * n;
      for (let j = k + 1; j < n; j++) f[to + j]! -= s * f[from + j]!;
    }
  }
  return { n, factors: f, pivots, singular };
}

/**
 * Solves A X = B. B is n x columns, row-major: right-hand sides are its columns (one of them: a plain vector).
 * @throws DomainError `numerics/singular` where A is exactly singular
 */
export function luSolve(lu: Lu, b: Float64Array, columns = 1, out: Float64Array = new Float64Array(lu.n * columns)): Float64Array {
  const { n, factors, pivots } = lu;
  if (lu.singular) {
    throw new DomainError("numerics/singular", "A linear system with an exactly singular matrix has no unique solution.", { n });
  }
  const x = out === b ? new Float64Array(n * columns) : out;
  for (let i = 0; i < n; i++) {
    const to = i * columns;
    const from = pivots[i]! * columns;
    for (let c = 0; c < columns; c++) x[to + c] = b[from + c]!;
    for (let k = 0; k < i; k++) {
      const s = factors[i * n + k]!;
      if (s === 0) continue;
      for (let c = 0; c < columns; c++) x[to + c]! -= s * x[k * columns + c]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    const to = i * columns;
    for (let k = i + 1; k < n; k++) {
      const s = factors[i * n + k]!;
      if (s === 0) continue;
      for (let c = 0; c < columns; c++) x[to + c]! -= s * x[k * columns + c]!;
    }
    const pivot = factors[i * n + i]!;
    for (let c = 0; c < columns; c++) x[to + c]! /= pivot;
  }
  if (out === b) out.set(x);
  return out;
}

/** Solves A X = B once; the same conventions and errors as luSolve. */
export function solve(a: Matrix, b: Float64Array, n: number, columns = 1): Float64Array {
  return luSolve(luFactor(a, n), b, columns);
}

/** Lower L with A = L L^T, or null where A is not numerically positive definite. */
export function cholesky(a: Matrix, n: number): Matrix | null {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (i !== j) l[i * n + j] = sum / l[j * n + j]!;
      else if (sum > 0) l[i * n + i] = Math.sqrt(sum);
      else return null;
    }
  }
  return l;
}

/** Largest absolute column sum. */
export function norm1(a: Matrix, n: number): number {
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sums[j]! += Math.abs(a[i * n + j]!);
  return maxAbs(sums);
}
