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
}

export function propagator(operator: LineOperator, time: number, pieces = 1): Propagator {
  const { mesh } = operator;
  const size = mesh.nodes.length;
  const solvers = exponentialFactors.map((factor) => factorize(operator, time / pieces, factor));
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  return {
    time,
    apply(w) {
      for (let piece = 0; piece < pieces; piece++) {
        for (const { factor, solve } of solvers) {
          re.set(w);
          im.fill(0);
          solve(re, im);
          for (let i = 0; i < size; i++) w[i] = factor.kappa * w[i]! + 2 * (factor.residueRe * re[i]! - factor.residueIm * im[i]!);
        }
      }
      return w;
    },
  };
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
  /** Overwrites w (real and imaginary part) with w^T (theta - tau L)^-1. */
  solve(re: Float64Array, im: Float64Array): void;
}

/**
 * LU of theta - tau L, element after element: the last pivot of one is the first of the next. U is kept by rows, L by columns, both
 * contiguous for the transposed solves, which are the only ones needed.
 */
function factorize({ mesh, blocks }: LineOperator, tau: number, factor: PoleFactor): Factorization {
  const { degree } = mesh;
  const n = degree + 1;
  const elements = mesh.edges.length - 1;
  const size = n * n;
  const upperRe = new Float64Array(elements * size);
  const upperIm = new Float64Array(elements * size);
  const lowerRe = new Float64Array(elements * size);
  const lowerIm = new Float64Array(elements * size);
  // Reciprocals of the pivots, by node.
  const pivotRe = new Float64Array(mesh.nodes.length);
  const pivotIm = new Float64Array(mesh.nodes.length);
  const aRe = new Float64Array(size);
  const aIm = new Float64Array(size);
  let carryRe = factor.re;
  let carryIm = factor.im;
  for (let e = 0; e < elements; e++) {
    for (let k = 0; k < size; k++) {
      aRe[k] = -tau * blocks[e * size + k]!;
      aIm[k] = 0;
    }
    for (let i = 1; i < n; i++) {
      aRe[i * n + i]! += factor.re;
      aIm[i * n + i]! += factor.im;
    }
    aRe[0]! += carryRe;
    aIm[0]! += carryIm;
    for (let k = 0; k < degree; k++) {
      const pr = aRe[k * n + k]!;
      const pi = aIm[k * n + k]!;
      const norm = 1 / (pr * pr + pi * pi);
      const ir = pr * norm;
      const ii = -pi * norm;
      pivotRe[e * degree + k] = ir;
      pivotIm[e * degree + k] = ii;
      for (let i = k + 1; i < n; i++) {
        const xr = aRe[i * n + k]!;
        const xi = aIm[i * n + k]!;
        const fr = xr * ir - xi * ii;
        const fi = xr * ii + xi * ir;
        lowerRe[e * size + k * n + i] = fr;
        lowerIm[e * size + k * n + i] = fi;
        for (let j = k + 1; j < n; j++) {
          const ur = aRe[k * n + j]!;
          const ui = aIm[k * n + j]!;
          aRe[i * n + j]! -= fr * ur - fi * ui;
          aIm[i * n + j]! -= fr * ui + fi * ur;
        }
      }
    }
    upperRe.set(aRe, e * size);
    upperIm.set(aIm, e * size);
    carryRe = aRe[size - 1]!;
    carryIm = aIm[size - 1]!;
  }
  // The carry enters the next element with its diagonal still to come; the last one closes the matrix.
  const norm = 1 / (carryRe * carryRe + carryIm * carryIm);
  const last = elements * degree;
  pivotRe[last] = carryRe * norm;
  pivotIm[last] = -carryIm * norm;

  return {
    factor,
    solve(re, im) {
      for (let e = 0; e < elements; e++) {
        for (let k = 0; k < degree; k++) {
          const node = e * degree + k;
          const xr = re[node]!;
          const xi = im[node]!;
          const yr = xr * pivotRe[node]! - xi * pivotIm[node]!;
          const yi = xr * pivotIm[node]! + xi * pivotRe[node]!;
          re[node] = yr;
          im[node] = yi;
          const row = e * size + k * n;
          for (let j = k + 1; j < n; j++) {
            const ur = upperRe[row + j]!;
            const ui = upperIm[row + j]!;
            re[e * degree + j]! -= ur * yr - ui * yi;
            im[e * degree + j]! -= ur * yi + ui * yr;
          }
        }
      }
      const xr = re[last]!;
      const xi = im[last]!;
      re[last] = xr * pivotRe[last]! - xi * pivotIm[last]!;
      im[last] = xr * pivotIm[last]! + xi * pivotRe[last]!;
      for (let e = elements - 1; e >= 0; e--) {
        for (let k = degree - 1; k >= 0; k--) {
          const column = e * size + k * n;
          let sr = 0;
          let si = 0;
          for (let i = k + 1; i < n; i++) {
            const lr = lowerRe[column + i]!;
            const li = lowerIm[column + i]!;
            const vr = re[e * degree + i]!;
            const vi = im[e * degree + i]!;
            sr += lr * vr - li * vi;
            si += lr * vi + li * vr;
          }
          re[e * degree + k]! -= sr;
          im[e * degree + k]! -= si;
        }
      }
    },
  };
}
