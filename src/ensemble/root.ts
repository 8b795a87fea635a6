// A root L of a positive semidefinite matrix, L L^T = A: what turns standard normals into noise of covariance A. Cholesky's lower
// triangle where A is definite; where a pivot is lost in rounding, the symmetric root by eigenvalues, negative ones (rounding, or what a
// caller has not projected) taken as 0. Both depend continuously on A, so that paths that lie close get noise that is close.
import type { Matrix } from "../numerics/arrays.ts";
import { type SymmetricEigen, symmetricEigen, symmetricFunction } from "../numerics/eigen.ts";
import { defectOf } from "../numerics/semidefinite.ts";
import { eigenSolver } from "./eigenpairs.ts";

/** Pivots below this many units of rounding, relative to the diagonal, hold no digits. */
const lostPivot = 64 * 2 ** -52;

/**
 * Cholesky's lower triangle of A (d x d, row-major) in `out`, entries above the diagonal 0.
 * @returns whether every pivot is positive beyond rounding (or belongs to a row of zeros); where it is not, `out` is unfinished
 */
export function choleskyInto(a: Matrix, d: number, out: Matrix): boolean {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      let sum = a[i * d + j]!;
      for (let k = 0; k < j; k++) sum -= out[i * d + k]! * out[j * d + k]!;
      const pivot = out[j * d + j]!;
      if (pivot === 0 && sum !== 0) return false;
      out[i * d + j] = pivot === 0 ? 0 : sum / pivot;
      out[j * d + i] = 0;
    }
    const diagonal = a[i * d + i]!;
    if (diagonal === 0) {
      // a row of exact zeros (a coordinate without noise) is no loss of digits; that its entries vanish is seen as they are met
      for (let k = 0; k < i; k++) if (out[i * d + k] !== 0) return false;
      out[i * d + i] = 0;
      continue;
    }
    let pivot = diagonal;
    for (let k = 0; k < i; k++) pivot -= out[i * d + k]! * out[i * d + k]!;
    if (!(pivot > lostPivot * diagonal)) return false;
    out[i * d + i] = Math.sqrt(pivot);
  }
  return true;
}

/** Up to this size Jacobi's rotations are as fast, and more accurate than what is needed here. */
const largestForJacobi = 8;
const solvers = new Map<number, { readonly solver: ReturnType<typeof eigenSolver>; readonly eigen: SymmetricEigen }>();

/** Eigenpairs to rounding of the norm, until the next call. */
function eigenOf(a: Matrix, d: number): SymmetricEigen {
  if (d <= largestForJacobi) return symmetricEigen(a, d);
  let own = solvers.get(d);
  if (!own) {
    own = { solver: eigenSolver(d), eigen: { values: new Float64Array(d), vectors: new Float64Array(d * d) } };
    solvers.set(d, own);
  }
  own.solver.solve(a, own.eigen.values, own.eigen.vectors);
  return own.eigen;
}

/** A root of the positive semidefinite A in `out`: L L^T = A to rounding. */
export function psdRoot(a: Matrix, d: number, out: Matrix): Matrix {
  if (choleskyInto(a, d, out)) return out;
  return symmetricFunction(eigenOf(a, d), (lambda) => Math.sqrt(Math.max(lambda, 0)), out);
}

/**
 * The nearest positive semidefinite matrix (Frobenius norm), in place, where A is indefinite.
 * @returns the defect |sum of negative eigenvalues| / trace before, 0 where A is semidefinite (numerics/semidefinite.ts)
 */
export function projectToPsd(a: Matrix, d: number, scratch: Matrix): number {
  if (choleskyInto(a, d, scratch)) return 0;
  const eigen = eigenOf(a, d);
  const defect = defectOf(eigen.values);
  if (defect > 0) symmetricFunction(eigen, (lambda) => Math.max(lambda, 0), a);
  return defect;
}
