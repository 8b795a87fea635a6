// The generator L = b d + (1/2) c d² on spectral elements, and its semigroup acting on measures from the left: w^T exp(t L).
// Galerkin with Gauss-Lobatto quadrature and natural ends (Canuto et al.; theory.md 5):
//   L_ij = b_i G_ij - (1/2) c_i (M^-1 K)_ij,   M lumped mass, K_ij = int l_i' l_j', G = M^-1 int l_i l_j'.
// c multiplies the Laplacian by rows, so no derivative of c is needed; L 1 = 0. A row vector w with w_0 = the unit vector at the start
// carries E phi(X_t) = w . phi for every phi at once (by duality this is the backward equation with natural ends, evaluated at the start),
// and w_i / M_i is the density. exp(t L) is applied by the L-stable factors of numerics/rational-exponential.ts, each one complex
// block-tridiagonal LU. Elimination needs no pivoting: theta - t L has a positive definite Hermitian part up to scaling of rows.
import { lobatto } from "../numerics/lobatto.ts";
import { exponentialFactors, type PoleFactor } from "../numerics/rational-exponential.ts";
import type { LineMesh } from "./line-mesh.ts";

/** L by elements: blocks[e (N+1)² + i (N+1) + j] adds to row eN + i, column eN + j. */
export interface LineOperator {
  readonly mesh: LineMesh;
  readonly blocks: Float64Array;
}

/** Assembles L for drift b and squared diffusion c, both evaluated at nodes only. */
export function lineOperator(mesh: LineMesh, drift: (x: number) => number, diffusion: (x: number) => number): LineOperator {
  const { degree, nodes, weights, edges } = mesh;
  const n = degree + 1;
  const { differentiation, weights: reference } = lobatto(degree);
  const stiffness = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let q = 0; q < n; q++) sum += reference[q]! * differentiation[q * n + i]! * differentiation[q * n + j]!;
      stiffness[i * n + j] = sum;
    }
  }
  const b = nodes.map(drift);
  const c = nodes.map(diffusion);
  const elements = edges.length - 1;
  const blocks = new Float64Array(elements * n * n);
  for (let e = 0; e < elements; e++) {
    const width = edges[e + 1]! - edges[e]!;
    for (let i = 0; i < n; i++) {
      const node = e * degree + i;
      const along = (reference[i]! * b[node]!) / weights[node]!;
      const across = -c[node]! / width / weights[node]!;
      let sum = 0;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        const entry = along * differentiation[i * n + j]! + across * stiffness[i * n + j]!;
        blocks[(e * n + i) * n + j] = entry;
        sum += entry;
      }
      blocks[(e * n + i) * n + i] = -sum;
    }
  }
  return { mesh, blocks };
}

/** w^T -> w^T exp(time L), in place; `pieces` equal steps of the rational exponential. */
export interface Propagator {
  readonly time: number;
  apply(w: Float64Array): Float64Array;
  /** From now on another time, in the same memory: some megabytes anew for each of many times take longer than the work. */
  retime(time: number): void;
}

export function propagator(operator: LineOperator, time: number, pieces = 1): Propagator {
  const { mesh } = operator;
  const size = mesh.nodes.length;
  const solvers = exponentialFactors.map((factor) => factorization(operator, factor));
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  let current = time;
  const retime = (next: number): void => {
    current = next;
    for (const { set } of solvers) set(next / pieces);
  };
  retime(time);
  return {
    get time() {
      return current;
    },
    retime,
    apply(w) {
      for (let piece = 0; piece < pieces; piece++) {
        for (const { factor, solve } of solvers) {
          re.set(w);
          im.fill(0);
          solve(re, im);
          for (let i = 0; i < size; i++) w[i] = factor.kappa * w[i]! + 2 * (factor.residueRe * re[i]! - factor.residueIm * im[i]!);
        }
        trimEnds(w);
      }
      return w;
    },
  };
}

/** What is below this at either end of a measure is dropped: laws that are narrow beside the mesh are carried on a part of it. */
const unseen = 1e-30;

function trimEnds(w: Float64Array): void {
  for (let i = 0; i < w.length && Math.abs(w[i]!) < unseen; i++) w[i] = 0;
  for (let i = w.length - 1; i >= 0 && Math.abs(w[i]!) < unseen; i--) w[i] = 0;
}

/** Entries of exp(t L) below this are below the rounding of their row, whose entries sum to 1; at the ends of rows they are dropped. */
const negligible = 1e-19;

/** P = exp(time L), n x n, row-major, by 2^squarings equal pieces. Entries far from the diagonal, below 1e-19, are 0. */
export function stepMatrix(operator: LineOperator, time: number, squarings: number): Float64Array {
  const n = operator.mesh.nodes.length;
  let matrix = new Float64Array(n * n);
  const first = propagator(operator, time / 2 ** squarings);
  for (let i = 0; i < n; i++) {
    const row = matrix.subarray(i * n, (i + 1) * n);
    row[i] = 1;
    first.apply(row);
  }
  for (let s = 0; s < squarings; s++) matrix = squared(matrix, n);
  trim(matrix, n);
  return matrix;
}

/** First and last entry of each row that counts; what lies outside is set to 0. */
function trim(matrix: Float64Array, n: number): { begin: Int32Array; end: Int32Array } {
  const begin = new Int32Array(n);
  const end = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const row = matrix.subarray(i * n, (i + 1) * n);
    let first = 0;
    let last = n - 1;
    while (first < i && Math.abs(row[first]!) < negligible) row[first++] = 0;
    while (last > i && Math.abs(row[last]!) < negligible) row[last--] = 0;
    begin[i] = first;
    end[i] = last;
  }
  return { begin, end };
}

function squared(matrix: Float64Array, n: number): Float64Array<ArrayBuffer> {
  const { begin, end } = trim(matrix, n);
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const target = out.subarray(i * n, (i + 1) * n);
    for (let k = begin[i]!; k <= end[i]!; k++) {
      const weight = matrix[i * n + k]!;
      const last = end[k]!;
      for (let j = begin[k]!; j <= last; j++) target[j]! += weight * matrix[k * n + j]!;
    }
  }
  return out;
}

interface Factorization {
  readonly factor: PoleFactor;
  set(tau: number): void;
  /** Overwrites w (real and imaginary part) with w^T (theta - tau L)^-1. */
  solve(re: Float64Array, im: Float64Array): void;
}

/**
 * LU of theta - tau L, element after element: the last pivot of one is the first of the next. L and U lie in one array by rows, both read row
 * after row by the transposed solves, which are the only ones needed. Rows are eliminated by two pivots at a time, which loads and stores
 * each entry half as often (a third of the time).
 */
function factorization({ mesh, blocks }: LineOperator, factor: PoleFactor): Factorization {
  const { degree } = mesh;
  const n = degree + 1;
  const elements = mesh.edges.length - 1;
  const size = n * n;
  const re = new Float64Array(elements * size);
  const im = new Float64Array(elements * size);
  // Reciprocals of the pivots, by node.
  const pivotRe = new Float64Array(mesh.nodes.length);
  const pivotIm = new Float64Array(mesh.nodes.length);
  const last = elements * degree;
  const set = (tau: number): void => {
    im.fill(0);
    let carryRe = factor.re;
    let carryIm = factor.im;
    for (let e = 0; e < elements; e++) {
      const base = e * size;
      const node = e * degree;
      for (let i = 0; i < n; i++) {
        const row = base + i * n;
        for (let j = 0; j < n; j++) re[row + j] = -tau * blocks[row + j]!;
        re[row + i]! += i === 0 ? carryRe : factor.re;
        im[row + i]! += i === 0 ? carryIm : factor.im;
        let k = 0;
        for (; k + 1 < i; k += 2) {
          const upper = base + k * n;
          const next = upper + n;
          const ar = re[row + k]! * pivotRe[node + k]! - im[row + k]! * pivotIm[node + k]!;
          const ai = re[row + k]! * pivotIm[node + k]! + im[row + k]! * pivotRe[node + k]!;
          const br = re[row + k + 1]! - (ar * re[upper + k + 1]! - ai * im[upper + k + 1]!);
          const bi = im[row + k + 1]! - (ar * im[upper + k + 1]! + ai * re[upper + k + 1]!);
          const cr = br * pivotRe[node + k + 1]! - bi * pivotIm[node + k + 1]!;
          const ci = br * pivotIm[node + k + 1]! + bi * pivotRe[node + k + 1]!;
          re[row + k] = ar;
          im[row + k] = ai;
          re[row + k + 1] = cr;
          im[row + k + 1] = ci;
          for (let j = k + 2; j < n; j++) {
            const ur = re[upper + j]!;
            const ui = im[upper + j]!;
            const vr = re[next + j]!;
            const vi = im[next + j]!;
            re[row + j] = re[row + j]! - (ar * ur - ai * ui) - (cr * vr - ci * vi);
            im[row + j] = im[row + j]! - (ar * ui + ai * ur) - (cr * vi + ci * vr);
          }
        }
        if (k < i) {
          const upper = base + k * n;
          const ar = re[row + k]! * pivotRe[node + k]! - im[row + k]! * pivotIm[node + k]!;
          const ai = re[row + k]! * pivotIm[node + k]! + im[row + k]! * pivotRe[node + k]!;
          re[row + k] = ar;
          im[row + k] = ai;
          for (let j = k + 1; j < n; j++) {
            const ur = re[upper + j]!;
            const ui = im[upper + j]!;
            re[row + j]! -= ar * ur - ai * ui;
            im[row + j]! -= ar * ui + ai * ur;
          }
        }
        // The last pivot enters the next element with its diagonal still to come; that of the last element closes the matrix.
        if (i < degree || e === elements - 1) {
          const norm = 1 / (re[row + i]! * re[row + i]! + im[row + i]! * im[row + i]!);
          pivotRe[node + i] = re[row + i]! * norm;
          pivotIm[node + i] = -im[row + i]! * norm;
        }
      }
      carryRe = re[base + size - 1]!;
      carryIm = im[base + size - 1]!;
    }
  };

  return {
    factor,
    set,
    solve(wRe, wIm) {
      // Nothing comes from where there is nothing, and what goes on through a shared node may be too little to be followed.
      let begin = 0;
      while (begin < last && wRe[begin] === 0) begin++;
      let end = last;
      while (end > begin && wRe[end] === 0) end--;
      const fades = (node: number): boolean => Math.abs(wRe[node]!) + Math.abs(wIm[node]!) < unseen;
      let e = Math.min(elements - 1, Math.floor(begin / degree));
      for (; e < elements && !(e * degree > end && fades(e * degree)); e++) {
        const node = e * degree;
        for (let k = 0; k < degree; k++) {
          const xr = wRe[node + k]!;
          const xi = wIm[node + k]!;
          const yr = xr * pivotRe[node + k]! - xi * pivotIm[node + k]!;
          const yi = xr * pivotIm[node + k]! + xi * pivotRe[node + k]!;
          wRe[node + k] = yr;
          wIm[node + k] = yi;
          const row = e * size + k * n;
          for (let j = k + 1; j < n; j++) {
            const ur = re[row + j]!;
            const ui = im[row + j]!;
            wRe[node + j]! -= ur * yr - ui * yi;
            wIm[node + j]! -= ur * yi + ui * yr;
          }
        }
      }
      if (e === elements) {
        const xr = wRe[last]!;
        const xi = wIm[last]!;
        wRe[last] = xr * pivotRe[last]! - xi * pivotIm[last]!;
        wIm[last] = xr * pivotIm[last]! + xi * pivotRe[last]!;
      } else {
        wRe[e * degree] = 0;
        wIm[e * degree] = 0;
      }
      for (e--; e >= 0 && !((e + 1) * degree < begin && fades((e + 1) * degree)); e--) {
        const node = e * degree;
        for (let i = degree; i > 0; i--) {
          const vr = wRe[node + i]!;
          const vi = wIm[node + i]!;
          const row = e * size + i * n;
          for (let k = 0; k < i; k++) {
            const lr = re[row + k]!;
            const li = im[row + k]!;
            wRe[node + k]! -= lr * vr - li * vi;
            wIm[node + k]! -= lr * vi + li * vr;
          }
        }
      }
    },
  };
}
