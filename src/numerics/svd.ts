// Singular values and the orthogonal polar factor of square matrices, by ml-matrix's Golub-Kahan SVD (+ - * / sqrt only).
import { SingularValueDecomposition, Matrix as WrappedMatrix } from "ml-matrix";
import type { Matrix, Vector } from "./arrays.ts";

/** Singular values of an n x n matrix, descending; errors about 1e-15 of the largest. */
export function singularValues(a: Matrix, n: number): Vector {
  const svd = new SingularValueDecomposition(wrap(a, n), { computeLeftSingularVectors: false, computeRightSingularVectors: false });
  return Float64Array.from(svd.diagonal);
}

/** The orthogonal Q = W V^T of a = W S V^T that maximises tr(Q^T a); one of several where a is singular. */
export function polarFactor(a: Matrix, n: number): Matrix {
  const svd = new SingularValueDecomposition(wrap(a, n));
  const w = svd.leftSingularVectors;
  const v = svd.rightSingularVectors;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += w.get(i, k) * v.get(j, k);
      out[i * n + j] = sum;
    }
  }
  return out;
}

function wrap(a: Matrix, n: number): WrappedMatrix {
  const out = WrappedMatrix.zeros(n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out.set(i, j, a[i * n + j]!);
  return out;
}
