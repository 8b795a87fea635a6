// A symmetric positive semidefinite matrix as a sum of squares, S = sum_k v_k v_k^T, by Cholesky's method with pivots: a tenth of the work of eigenvectors
// where any such sum will do. It ends where what is left is rounding, so that singular matrices have as many terms as their rank
// (Higham, "Analysis of the Cholesky decomposition of a semi-definite matrix", 1990: the rest is below d eps of the trace).
import type { Matrix, Vector } from "./arrays.ts";

/**
 * The v_k, largest pivot first. The sum is S to about d epsilon times its largest diagonal entry (test/numerics/pivoted-cholesky.test.ts).
 * @param s  d x d, symmetric; positive semidefinite to rounding
 */
export function squaresOf(s: Matrix, d: number): Vector[] {
  const rest = Float64Array.from({ length: d }, (_, i) => s[i * d + i]!);
  let largest = 0;
  for (const v of rest) largest = Math.max(largest, v);
  const rounding = d * Number.EPSILON * largest;
  const found: Vector[] = [];
  while (found.length < d) {
    let pivot = 0;
    for (let i = 1; i < d; i++) if (rest[i]! > rest[pivot]!) pivot = i;
    const height = rest[pivot]!;
    if (!(height > rounding)) break;
    const v = Float64Array.from({ length: d }, (_, i) => s[i * d + pivot]!);
    for (const other of found) {
      const share = other[pivot]!;
      if (share === 0) continue;
      for (let i = 0; i < d; i++) v[i]! -= share * other[i]!;
    }
    const root = Math.sqrt(height);
    for (let i = 0; i < d; i++) {
      // pivots that are done have no rest
      v[i] = rest[i] === 0 ? 0 : v[i]! / root;
      rest[i] = Math.max(0, rest[i]! - v[i]! * v[i]!);
    }
    v[pivot] = root;
    rest[pivot] = 0;
    found.push(v);
  }
  return found;
}
