// Eigenvalues and eigenvectors of symmetric matrices: cyclic Jacobi rotations for d <= 80 (most accurate, and exact on diagonal
// matrices), Householder tridiagonalisation with implicit QL (ml-matrix) above. Both use + - * / sqrt only, so that figures do not
// depend on the engine. Eigenvalues of general matrices (no vectors) by ml-matrix's Hessenberg QR.
import { EigenvalueDecomposition, Matrix as WrappedMatrix } from "ml-matrix";
import { InternalError } from "../errors.ts";
import type { Matrix, Vector } from "./arrays.ts";
import { multiply, transpose } from "./linear.ts";
import { implicitQl, tridiagonal } from "./tridiagonal.ts";

const defaults = {
  /** Above this size Jacobi's O(d^3) has too large a constant. */
  largestForJacobi: 80,
  maxSweeps: 60,
  /** From this size on the last matrix is remembered: 20 ms of work. */
  worthKnowing: 100,
};

export interface SymmetricEigen {
  /** Ascending. */
  readonly values: Vector;
  /** Row-major; column j is the unit eigenvector u_j of values[j]. */
  readonly vectors: Matrix;
}

/**
 * Eigenvalues and eigenvectors of a symmetric d x d matrix (only its symmetric part counts).
 * Errors are below 1e-14 of the norm, orthogonality below 1e-14 (test/numerics/eigen.test.ts). A matrix with entries that are not
 * finite gives NaN throughout.
 */
export function symmetricEigen(a: Matrix, d: number): SymmetricEigen {
  const symmetric = new Float64Array(d * d);
  let finite = true;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const v = i === j ? a[i * d + i]! : 0.5 * (a[i * d + j]! + a[j * d + i]!);
      finite &&= Number.isFinite(v);
      symmetric[i * d + j] = v;
      symmetric[j * d + i] = v;
    }
  }
  if (!finite) return { values: new Float64Array(d).fill(Number.NaN), vectors: new Float64Array(d * d).fill(Number.NaN) };
  if (d === 1) return { values: symmetric, vectors: Float64Array.of(1) };
  return d <= defaults.largestForJacobi ? jacobi(symmetric, d) : householder(symmetric, d);
}

/** The large matrix last asked about. */
let last: { readonly matrix: Matrix; readonly eigen: SymmetricEigen } | undefined;

/**
 * As symmetricEigen, for those who may ask about the same large matrix again (the Hessian at a point, by one question after another): two seconds at
 * d = 650, where comparing the matrix with the last one takes half a millisecond. Not to be written to.
 */
export function knownEigen(a: Matrix, d: number): SymmetricEigen {
  if (d < defaults.worthKnowing) return symmetricEigen(a, d);
  if (last?.matrix.length !== a.length || !last.matrix.every((v, i) => v === a[i]))
    last = { matrix: a.slice(), eigen: symmetricEigen(a, d) };
  return last.eigen;
}

/**
 * Eigenvalues alone, ascending; a third of the time above the size where Jacobi ends. Errors below 1e-14 of the norm.
 * NaN in, NaN out.
 */
export function symmetricEigenvalues(a: Matrix, d: number): Vector {
  if (d <= defaults.largestForJacobi) return symmetricEigen(a, d).values;
  if (!a.every(Number.isFinite)) return new Float64Array(d).fill(Number.NaN);
  const { diagonal, beside } = tridiagonal(a, d);
  return implicitQl(diagonal, beside).sort();
}

/** U diag(f(lambda)) U^T, symmetric. */
export function symmetricFunction(eigen: SymmetricEigen, f: (lambda: number) => number, out?: Matrix): Matrix {
  const d = eigen.values.length;
  const result = (out ?? new Float64Array(d * d)).fill(0);
  const { values, vectors } = eigen;
  const images = values.map(f);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += vectors[i * d + k]! * images[k]! * vectors[j * d + k]!;
      result[i * d + j] = sum;
      result[j * d + i] = sum;
    }
  }
  return result;
}

/** a <- U^T a U. */
export function toEigenbasis(a: Matrix, vectors: Matrix, d: number, scratch: Matrix): Matrix {
  multiply(a, vectors, d, scratch);
  a.fill(0);
  for (let k = 0; k < d; k++) {
    for (let i = 0; i < d; i++) {
      const s = vectors[k * d + i]!;
      if (s === 0) continue;
      for (let j = 0; j < d; j++) a[i * d + j]! += s * scratch[k * d + j]!;
    }
  }
  return a;
}

/** out <- U a U^T, symmetrised. */
export function fromEigenbasis(a: Matrix, vectors: Matrix, d: number, scratch: Matrix, out: Matrix): Matrix {
  multiply(vectors, a, d, scratch);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += scratch[i * d + k]! * vectors[j * d + k]!;
      out[i * d + j] = sum;
      out[j * d + i] = sum;
    }
  }
  return out;
}

/** Eigenvalues of a general n x n matrix, in no particular order; errors about 1e-15 of the norm times the eigenvalue's condition. */
export function generalEigenvalues(a: Matrix, n: number): { readonly real: Vector; readonly imaginary: Vector } {
  const rows = WrappedMatrix.zeros(n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) rows.set(i, j, a[i * n + j]!);
  const eigen = new EigenvalueDecomposition(rows);
  return { real: Float64Array.from(eigen.realEigenvalues), imaginary: Float64Array.from(eigen.imaginaryEigenvalues) };
}

/** Cyclic Jacobi (Golub and Van Loan, section 8.5; the update of Rutishauser). Rows of v are eigenvectors while it runs. */
function jacobi(a: Matrix, d: number): SymmetricEigen {
  const v = new Float64Array(d * d);
  for (let i = 0; i < d; i++) v[i * d + i] = 1;
  for (let sweep = 0; ; sweep++) {
    let rotations = 0;
    for (let p = 0; p < d - 1; p++) {
      for (let q = p + 1; q < d; q++) {
        const apq = a[p * d + q]!;
        if (apq === 0) continue;
        const app = a[p * d + p]!;
        const aqq = a[q * d + q]!;
        // What no longer changes either diagonal entry, with 7 bits to spare, is rounding.
        const small = 128 * Math.abs(apq);
        if (sweep > 3 && Math.abs(app) + small === Math.abs(app) && Math.abs(aqq) + small === Math.abs(aqq)) {
          a[p * d + q] = 0;
          a[q * d + p] = 0;
          continue;
        }
        rotations++;
        rotate(a, v, d, p, q, app, aqq, apq);
      }
    }
    if (rotations === 0) break;
    if (sweep >= defaults.maxSweeps)
      throw new InternalError("numerics/eigen", `Jacobi rotations did not converge for a ${d} x ${d} matrix.`);
  }
  return sorted(
    Float64Array.from({ length: d }, (_, i) => a[i * d + i]!),
    (i, j) => v[j * d + i]!,
  );
}

function rotate(a: Matrix, v: Matrix, d: number, p: number, q: number, app: number, aqq: number, apq: number): void {
  const difference = aqq - app;
  const ratio = (0.5 * difference) / apq;
  // tan of the rotation: the smaller root of t^2 + 2 ratio t - 1 = 0; 1/(2 ratio) where its square would overflow.
  const t = Math.abs(ratio) > 1e150 ? 0.5 / ratio : (ratio >= 0 ? 1 : -1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  const tau = s / (1 + c);
  for (let k = 0; k < d; k++) {
    const vp = v[p * d + k]!;
    const vq = v[q * d + k]!;
    v[p * d + k] = vp - s * (vq + tau * vp);
    v[q * d + k] = vq + s * (vp - tau * vq);
    if (k === p || k === q) continue;
    const kp = a[p * d + k]!;
    const kq = a[q * d + k]!;
    const newP = kp - s * (kq + tau * kp);
    const newQ = kq + s * (kp - tau * kq);
    a[p * d + k] = newP;
    a[k * d + p] = newP;
    a[q * d + k] = newQ;
    a[k * d + q] = newQ;
  }
  a[p * d + p] = app - t * apq;
  a[q * d + q] = aqq + t * apq;
  a[p * d + q] = 0;
  a[q * d + p] = 0;
}

function householder(a: Matrix, d: number): SymmetricEigen {
  const rows = WrappedMatrix.zeros(d, d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) rows.set(i, j, a[i * d + j]!);
  const eigen = new EigenvalueDecomposition(rows, { assumeSymmetric: true });
  const matrix = eigen.eigenvectorMatrix;
  const result = sorted(Float64Array.from(eigen.realEigenvalues), (i, j) => matrix.get(i, j));
  return { values: result.values, vectors: orthogonalised(result.vectors, d) };
}

/** One Newton-Schulz step V (3 I - V^T V)/2: squares the departure from orthogonality, which is about d times 1e-16 before. */
function orthogonalised(v: Matrix, d: number): Matrix {
  const gram = multiply(transpose(v, d), v, d);
  const correction = gram.map((g, k) => -0.5 * g + (k % (d + 1) === 0 ? 1.5 : 0));
  return multiply(v, correction, d);
}

function sorted(values: Vector, vector: (i: number, j: number) => number): SymmetricEigen {
  const d = values.length;
  const order = Array.from({ length: d }, (_, i) => i).sort((i, j) => values[i]! - values[j]! || i - j);
  const vectors = new Float64Array(d * d);
  for (let j = 0; j < d; j++) for (let i = 0; i < d; i++) vectors[i * d + j] = vector(i, order[j]!);
  return { values: Float64Array.from(order, (i) => values[i]!), vectors };
}
