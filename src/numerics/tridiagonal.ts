// Eigenvalues alone of larger symmetric matrices: Householder reduction to tridiagonal form, then implicit QL (EISPACK tred1 and tql1).
// A third of the time of the full decomposition; eigen.ts decides who uses it. Only + - * / sqrt.
import { InternalError } from "../errors.ts";
import type { Matrix, Vector } from "./arrays.ts";

/** QL iterations an eigenvalue; two or three are usual. */
const maxIterations = 60;

/**
 * After so many an entry counts as zero beside the whole matrix, not beside its neighbours: of a matrix with many eigenvalues 0 the rest of the
 * diagonal is rounding, too, which each sweep makes anew.
 */
const patience = 20;

/** Householder reduction to tridiagonal form, similarity only (Golub and Van Loan, 8.3.1), on the lower triangle. */
export function tridiagonal(matrix: Matrix, d: number): { diagonal: Vector; beside: Vector } {
  const a = Float64Array.from(matrix);
  const beside = new Float64Array(d);
  const v = new Float64Array(d);
  const p = new Float64Array(d);
  for (let k = 0; k < d - 2; k++) {
    let scale = 0;
    for (let i = k + 1; i < d; i++) scale = Math.max(scale, Math.abs(a[i * d + k]!));
    if (scale === 0) continue;
    let square = 0;
    for (let i = k + 1; i < d; i++) {
      v[i] = a[i * d + k]! / scale;
      square += v[i]! * v[i]!;
    }
    const norm = v[k + 1]! > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    // v^T v / 2 = |x|^2 - norm x_1, without cancellation by the choice of the sign.
    const half = square - norm * v[k + 1]!;
    beside[k] = norm * scale;
    v[k + 1]! -= norm;
    // p = A v / half by rows of the lower triangle, then A -= v w^T + w v^T with w = p - (v^T p / (2 half)) v.
    p.fill(0, k + 1);
    for (let i = k + 1; i < d; i++) {
      const row = i * d;
      const vi = v[i]!;
      let sum = a[row + i]! * vi;
      for (let j = k + 1; j < i; j++) {
        sum += a[row + j]! * v[j]!;
        p[j]! += a[row + j]! * vi;
      }
      p[i]! += sum;
    }
    let overlap = 0;
    for (let i = k + 1; i < d; i++) {
      p[i]! /= half;
      overlap += p[i]! * v[i]!;
    }
    const shift = overlap / (2 * half);
    for (let i = k + 1; i < d; i++) p[i]! -= shift * v[i]!;
    for (let i = k + 1; i < d; i++) {
      const row = i * d;
      const vi = v[i]!;
      const wi = p[i]!;
      for (let j = k + 1; j <= i; j++) a[row + j]! -= vi * p[j]! + wi * v[j]!;
    }
  }
  if (d > 1) beside[d - 2] = a[(d - 1) * d + d - 2]!;
  return { diagonal: Float64Array.from({ length: d }, (_, i) => a[i * d + i]!), beside };
}

/** Implicit QL with Wilkinson's shift on a symmetric tridiagonal matrix (EISPACK tql1); overwrites and returns the diagonal. */
export function implicitQl(diagonal: Vector, beside: Vector): Vector {
  const n = diagonal.length;
  let norm = 0;
  for (let i = 0; i < n; i++) norm = Math.max(norm, Math.abs(diagonal[i]!) + Math.abs(beside[i]!) + Math.abs(beside[i - 1] ?? 0));
  for (let l = 0; l < n; l++) {
    for (let iteration = 0; ; iteration++) {
      let m = l;
      while (m < n - 1) {
        const size = Math.abs(diagonal[m]!) + Math.abs(diagonal[m + 1]!);
        if (Math.abs(beside[m]!) <= 1.1102230246251565e-16 * (iteration < patience ? size : norm)) break;
        m++;
      }
      if (m === l) break;
      if (iteration >= maxIterations) throw new InternalError("numerics/eigen", `QL iterations did not converge for a ${n} x ${n} matrix.`);
      let g = (diagonal[l + 1]! - diagonal[l]!) / (2 * beside[l]!);
      let r = length(g, 1);
      g = diagonal[m]! - diagonal[l]! + beside[l]! / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * beside[i]!;
        const b = c * beside[i]!;
        r = length(f, g);
        beside[i + 1] = r;
        if (r === 0) {
          diagonal[i + 1]! -= p;
          beside[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = diagonal[i + 1]! - p;
        r = (diagonal[i]! - g) * s + 2 * c * b;
        p = s * r;
        diagonal[i + 1] = g + p;
        g = c * r - b;
      }
      if (r === 0 && i >= l) continue;
      diagonal[l]! -= p;
      beside[l] = g;
      beside[m] = 0;
    }
  }
  return diagonal;
}

/** sqrt(a^2 + b^2) without overflow. */
function length(a: number, b: number): number {
  const x = Math.abs(a);
  const y = Math.abs(b);
  const large = Math.max(x, y);
  if (large === 0) return 0;
  const ratio = Math.min(x, y) / large;
  return large * Math.sqrt(1 + ratio * ratio);
}
