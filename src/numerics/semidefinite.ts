// Departure from positive semidefiniteness, and the nearest positive semidefinite matrix in the Frobenius norm (negative eigenvalues
// set to 0; Higham, Linear Algebra Appl. 103, 1988). Rounding of eigenvalues is left to the caller's tolerance.
import type { Matrix } from "./arrays.ts";
import { symmetricEigen, symmetricEigenvalues, symmetricFunction } from "./eigen.ts";

/**
 * |sum of negative eigenvalues| / trace of a symmetric matrix: 0 if it is psd, Infinity if it is not and its trace is not above
 * 0, NaN if an entry is not finite.
 */
export function psdDefect(a: Matrix, d: number): number {
  if (d === 1) return defectOf(a);
  if (d === 2) return defectOf(eigenvalues2(a));
  return defectOf(symmetricEigenvalues(a, d));
}

/** Writes the nearest psd matrix to `out` (which may be a); returns the defect before. */
export function projectPsd(a: Matrix, d: number, out: Matrix): number {
  const eigen = symmetricEigen(a, d);
  const defect = defectOf(eigen.values);
  if (defect === 0) out.set(a);
  else symmetricFunction(eigen, (lambda) => Math.max(lambda, 0), out);
  return defect;
}

/** Of these eigenvalues, as psdDefect. */
export function defectOf(eigenvalues: Float64Array): number {
  let negative = 0;
  let trace = 0;
  for (const v of eigenvalues) {
    if (!Number.isFinite(v)) return Number.NaN;
    trace += v;
    if (v < 0) negative -= v;
  }
  if (negative === 0) return 0;
  return trace > 0 ? negative / trace : Number.POSITIVE_INFINITY;
}

/** Both eigenvalues of a 2 x 2 symmetric matrix; the smaller in size from the determinant, so that it keeps its digits. */
function eigenvalues2(a: Matrix): Float64Array {
  const mean = 0.5 * (a[0]! + a[3]!);
  const half = 0.5 * (a[0]! - a[3]!);
  const beside = 0.5 * (a[1]! + a[2]!);
  const radius = Math.sqrt(half * half + beside * beside);
  const larger = mean >= 0 ? mean + radius : mean - radius;
  if (larger === 0) return Float64Array.of(0, 0);
  return Float64Array.of(larger, (a[0]! / larger) * a[3]! - (beside / larger) * beside);
}
