// Eigenpairs of a small symmetric matrix at every substep of every path: no allocation, a few microseconds. Two dimensions by one rotation, more
// by Householder tridiagonalisation and implicit QL (tred2 and tql2 of EISPACK; Bowdler, Martin, Reinsch, Wilkinson, Numer. Math. 11, 1968),
// absolute errors a few units of rounding of the norm. Where relative accuracy of small eigenvalues counts, numerics/eigen.ts (Jacobi) is meant:
// here z = eta lambda enters functions that are smooth at 0.

import { InternalError } from "../errors.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";

export interface EigenSolver {
  /** Writes the eigenvalues, in no particular order, and the unit eigenvectors as columns of `vectors`; NaN throughout for entries that are not finite. */
  solve(a: Matrix, values: Vector, vectors: Matrix): void;
}

export function eigenSolver(d: number): EigenSolver {
  if (d === 1)
    return {
      solve(a, values, vectors) {
        values[0] = a[0]!;
        vectors[0] = 1;
      },
    };
  if (d === 2) return { solve: rotate };
  const beside = new Float64Array(d);
  const columns = new Float64Array(d * d);
  return {
    solve(a, values, vectors) {
      let check = 0;
      for (let k = 0; k < d * d; k++) check += a[k]! - a[k]!;
      if (check !== 0) {
        values.fill(Number.NaN);
        vectors.fill(Number.NaN);
        return;
      }
      columns.set(a);
      tridiagonalise(columns, values, beside, d);
      diagonalise(columns, values, beside, d);
      for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) vectors[i * d + j] = columns[j * d + i]!;
    },
  };
}

function rotate(a: Matrix, values: Vector, vectors: Matrix): void {
  const middle = 0.5 * (a[0]! + a[3]!);
  const difference = 0.5 * (a[0]! - a[3]!);
  const off = a[1]!;
  const radius = Math.sqrt(difference * difference + off * off);
  values[0] = middle + radius;
  values[1] = middle - radius;
  // (difference + radius, off) and (off, radius - difference) both point along the first eigenvector: this one has no cancellation.
  let p = difference >= 0 ? difference + radius : off;
  let q = difference >= 0 ? off : radius - difference;
  const length = Math.sqrt(p * p + q * q);
  p = length > 0 ? p / length : 1;
  q = length > 0 ? q / length : 0;
  vectors[0] = p;
  vectors[1] = -q;
  vectors[2] = q;
  vectors[3] = p;
}

/** V, column after column (what is done to it runs along columns), holds the symmetric matrix, then the orthogonal transformation; `diagonal` and `beside` (from index 1) the tridiagonal matrix. */
function tridiagonalise(v: Matrix, diagonal: Vector, beside: Vector, d: number): void {
  const end = d - 1;
  for (let j = 0; j < d; j++) diagonal[j] = v[j * d + end]!;
  for (let i = d - 1; i > 0; i--) {
    let scale = 0;
    let h = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(diagonal[k]!);
    if (scale === 0) {
      beside[i] = diagonal[i - 1]!;
      for (let j = 0; j < i; j++) {
        diagonal[j] = v[j * d + i - 1]!;
        v[j * d + i] = 0;
        v[i * d + j] = 0;
      }
    } else {
      for (let k = 0; k < i; k++) {
        diagonal[k]! /= scale;
        h += diagonal[k]! * diagonal[k]!;
      }
      const f = diagonal[i - 1]!;
      const g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
      beside[i] = scale * g;
      h -= f * g;
      diagonal[i - 1] = f - g;
      for (let j = 0; j < i; j++) beside[j] = 0;
      for (let j = 0; j < i; j++) {
        const fj = diagonal[j]!;
        v[i * d + j] = fj;
        const column = j * d;
        let gj = beside[j]! + v[column + j]! * fj;
        for (let k = j + 1; k < i; k++) {
          const entry = v[column + k]!;
          gj += entry * diagonal[k]!;
          beside[k]! += entry * fj;
        }
        beside[j] = gj;
      }
      let sum = 0;
      for (let j = 0; j < i; j++) {
        beside[j]! /= h;
        sum += beside[j]! * diagonal[j]!;
      }
      const half = sum / (h + h);
      for (let j = 0; j < i; j++) beside[j]! -= half * diagonal[j]!;
      for (let j = 0; j < i; j++) {
        const fj = diagonal[j]!;
        const gj = beside[j]!;
        const column = j * d;
        for (let k = j; k < i; k++) v[column + k]! -= fj * beside[k]! + gj * diagonal[k]!;
        diagonal[j] = v[column + i - 1]!;
        v[column + i] = 0;
      }
    }
    diagonal[i] = h;
  }
  for (let i = 0; i < d - 1; i++) {
    v[i * d + end] = v[i * d + i]!;
    v[i * d + i] = 1;
    const h = diagonal[i + 1]!;
    if (h !== 0) {
      const next = (i + 1) * d;
      for (let k = 0; k <= i; k++) diagonal[k] = v[next + k]! / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        const column = j * d;
        for (let k = 0; k <= i; k++) g += v[next + k]! * v[column + k]!;
        for (let k = 0; k <= i; k++) v[column + k]! -= g * diagonal[k]!;
      }
    }
    for (let k = 0; k <= i; k++) v[(i + 1) * d + k] = 0;
  }
  for (let j = 0; j < d; j++) {
    diagonal[j] = v[j * d + end]!;
    v[j * d + end] = 0;
  }
  v[end * d + end] = 1;
  beside[0] = 0;
}

/** Implicit QL; eigenvalues in `diagonal`, V becomes the eigenvectors, column after column. */
function diagonalise(v: Matrix, diagonal: Vector, beside: Vector, d: number): void {
  for (let i = 1; i < d; i++) beside[i - 1] = beside[i]!;
  beside[d - 1] = 0;
  let shift = 0;
  let size = 0;
  for (let l = 0; l < d; l++) {
    size = Math.max(size, Math.abs(diagonal[l]!) + Math.abs(beside[l]!));
    let m = l;
    while (m < d - 1 && Math.abs(beside[m]!) > Number.EPSILON * size) m++;
    if (m > l) {
      for (let round = 0; ; round++) {
        if (round === 60) throw new InternalError("ensemble/eigen", `QL iterations did not converge for a ${d} x ${d} matrix.`);
        let g = diagonal[l]!;
        let p = (diagonal[l + 1]! - g) / (2 * beside[l]!);
        let r = Math.sqrt(p * p + 1);
        if (p < 0) r = -r;
        diagonal[l] = beside[l]! / (p + r);
        diagonal[l + 1] = beside[l]! * (p + r);
        const next = diagonal[l + 1]!;
        let h = g - diagonal[l]!;
        for (let i = l + 2; i < d; i++) diagonal[i]! -= h;
        shift += h;
        p = diagonal[m]!;
        let c = 1;
        let c2 = 1;
        let c3 = 1;
        const following = beside[l + 1]!;
        let s = 0;
        let s2 = 0;
        for (let i = m - 1; i >= l; i--) {
          c3 = c2;
          c2 = c;
          s2 = s;
          g = c * beside[i]!;
          h = c * p;
          r = Math.sqrt(p * p + beside[i]! * beside[i]!);
          beside[i + 1] = s * r;
          s = beside[i]! / r;
          c = p / r;
          p = c * diagonal[i]! - s * g;
          diagonal[i + 1] = h + s * (c * g + s * diagonal[i]!);
          const [from, to] = [i * d, (i + 1) * d];
          for (let k = from; k < to; k++) {
            const right = v[k + d]!;
            const left = v[k]!;
            v[k + d] = s * left + c * right;
            v[k] = c * left - s * right;
          }
        }
        p = (-s * s2 * c3 * following * beside[l]!) / next;
        beside[l] = s * p;
        diagonal[l] = c * p;
        if (!(Math.abs(beside[l]!) > Number.EPSILON * size)) break;
      }
    }
    diagonal[l]! += shift;
    beside[l] = 0;
  }
}
