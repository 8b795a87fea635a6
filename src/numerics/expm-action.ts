// exp(A) v for a dense matrix without forming exp(A): truncated Taylor series with as many substeps as the norm asks for
// (Al-Mohy and Higham, SIAM J. Sci. Comput. 33, 2011, without their choice of the degree). For matrices too large for expm.
import type { Matrix, Vector } from "./arrays.ts";
import { maxAbs, multiplyVector, norm1 } from "./linear.ts";

const defaults = {
  /** Norm of one substep: the series' terms then hardly grow before they fall, so nothing cancels. */
  norm: 1,
  /** Terms below this times the sum are left out. */
  tolerance: 1e-17,
  maxTerms: 60,
};

/** exp(a) v, n x n; relative error about 1e-15 of the largest entry met. */
export function expmAction(a: Matrix, v: Vector, n: number): Vector {
  const substeps = Math.max(1, Math.ceil(norm1(a, n) / defaults.norm));
  const sum = Float64Array.from(v);
  for (let s = 0; s < substeps; s++) {
    let term = Float64Array.from(sum);
    for (let p = 1; p <= defaults.maxTerms; p++) {
      const next = multiplyVector(a, term, n);
      for (let i = 0; i < n; i++) {
        next[i]! /= p * substeps;
        sum[i]! += next[i]!;
      }
      term = Float64Array.from(next);
      if (maxAbs(term) <= defaults.tolerance * maxAbs(sum)) break;
    }
  }
  return sum;
}
