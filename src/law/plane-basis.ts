// Orthonormal Hermite polynomials of total degree <= n in two variables, and the tensor Gauss-Hermite nodes that go with them:
//
//     h_ab(u, v) = He_a(u) He_b(v) / sqrt(a! b!),   sum_i W_i h_ab(u_i) h_cd(u_i) = [a = c][b = d]   (W_i: weights of N(0, I))
//
// The recurrence sqrt(a+1) h_{a+1} = u h_a - sqrt(a) h_{a-1} is stable for all arguments. Coefficients c_ab with a + b <= n lie row by
// row in one array: c_ab at offset[a] + b. Functions of position are given by their values at the N x N nodes, N = n + 4: products of
// two polynomials of degree n are integrated exactly, with some room for what is not a polynomial.
import { InternalError } from "../errors.ts";
import { exp } from "../numerics/elementary.ts";

const defaults = {
  /** Nodes a direction beyond the degree. */
  extraNodes: 4,
};

export interface PlaneBasis {
  readonly degree: number;
  /** (n+1)(n+2)/2 coefficients. */
  readonly size: number;
  readonly offset: Int32Array;
  /** sqrt(0) .. sqrt(n+1). */
  readonly roots: Float64Array;
  /** N nodes a direction, ascending. */
  readonly nodes: Float64Array;
  /** Their weights; sum 1. */
  readonly weights: Float64Array;
  /** h_a(nodes[i]) at i (n+1) + a. */
  readonly table: Float64Array;
  /** n+1 rows of N: room for the transforms. */
  readonly room: Float64Array;
}

const made = new Map<number, PlaneBasis>();

/** The basis of total degree `degree` with its Gauss-Hermite nodes; made once. */
export function planeBasis(degree: number): PlaneBasis {
  const known = made.get(degree);
  if (known) return known;
  const { nodes, weights } = gaussHermite(degree + defaults.extraNodes);
  const basis = basisOn(degree, nodes, weights);
  made.set(degree, basis);
  return basis;
}

/** The same polynomials on an even grid of midpoints in (-reach, reach), weighted by the normal density: masses of cells, for looking at a law at other places than its nodes. */
export function planeGrid(degree: number, count: number, reach: number): PlaneBasis {
  const step = (2 * reach) / count;
  const nodes = Float64Array.from({ length: count }, (_, i) => (i + 0.5) * step - reach);
  return basisOn(
    degree,
    nodes,
    nodes.map((u) => (step * exp(-0.5 * u * u)) / Math.sqrt(2 * Math.PI)),
  );
}

function basisOn(degree: number, nodes: Float64Array, weights: Float64Array): PlaneBasis {
  const count = nodes.length;
  const roots = Float64Array.from({ length: degree + 2 }, (_, i) => Math.sqrt(i));
  const offset = new Int32Array(degree + 2);
  for (let a = 0; a <= degree; a++) offset[a + 1] = offset[a]! + degree - a + 1;
  const table = new Float64Array(count * (degree + 1));
  for (let i = 0; i < count; i++) hermiteValues(nodes[i]!, table.subarray(i * (degree + 1), (i + 1) * (degree + 1)));
  return { degree, size: offset[degree + 1]!, offset, roots, nodes, weights, table, room: new Float64Array((degree + 1) * count) };
}

/** h_0(u) .. h_n(u) into `out` (length n + 1). */
function hermiteValues(u: number, out: Float64Array): void {
  out[0] = 1;
  if (out.length > 1) out[1] = u;
  for (let a = 1; a + 1 < out.length; a++) out[a + 1] = (u * out[a]! - Math.sqrt(a) * out[a - 1]!) / Math.sqrt(a + 1);
}

/**
 * Gauss-Hermite nodes and weights for the standard normal density: nodes by bisection on the Sturm sequence of the Jacobi matrix (to
 * the last bit, in any arithmetic the same), weights 1 / sum_a h_a(node)^2, which has no cancellation.
 */
function gaussHermite(count: number): { nodes: Float64Array; weights: Float64Array } {
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  const values = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    let low = -2 * Math.sqrt(count) - 1; // all nodes lie within +-2 sqrt(count)
    let high = -low;
    for (;;) {
      const middle = 0.5 * (low + high);
      if (middle <= low || middle >= high) break;
      if (nodesBelow(middle, count) > k) high = middle;
      else low = middle;
    }
    nodes[k] = 2 * k + 1 === count ? 0 : 0.5 * (low + high);
    hermiteValues(nodes[k]!, values);
    let sum = 0;
    for (let a = 0; a < count; a++) sum += values[a]! * values[a]!;
    weights[k] = 1 / sum;
  }
  return { nodes, weights };
}

/** How many eigenvalues of the Jacobi matrix (zero diagonal, off-diagonal sqrt(a)) lie below t: negative pivots of J - t. */
function nodesBelow(t: number, count: number): number {
  let below = 0;
  let pivot = 1;
  for (let a = 0; a < count; a++) {
    pivot = -t - (a > 0 ? a / pivot : 0);
    if (pivot === 0) pivot = 1e-300; // an exact zero pivot counts as positive: moves an eigenvalue by less than rounding
    if (pivot < 0) below++;
  }
  return below;
}

/** Masses W_i sum_ab c_ab h_ab(u_i) at the nodes: `out` is N x N, first variable first. */
export function massesAtNodes(basis: PlaneBasis, coefficients: Float64Array, out: Float64Array): Float64Array {
  const { degree, offset, weights, table, room } = basis;
  const count = weights.length;
  const stride = degree + 1;
  for (let a = 0; a <= degree; a++) {
    const first = offset[a]!;
    const terms = degree - a + 1;
    for (let j = 0; j < count; j++) {
      let sum = 0;
      for (let b = 0, at = j * stride; b < terms; b++) sum += coefficients[first + b]! * table[at + b]!;
      room[a * count + j] = sum * weights[j]!;
    }
  }
  for (let i = 0; i < count; i++) {
    const row = i * count;
    out.fill(0, row, row + count);
    for (let a = 0; a <= degree; a++) {
      const factor = table[i * stride + a]! * weights[i]!;
      for (let j = 0, at = a * count; j < count; j++) out[row + j]! += factor * room[at + j]!;
    }
  }
  return out;
}

/** Coefficients sum_i masses_i h_ab(u_i) of masses at the nodes: the transpose of the sum over ab. */
export function coefficientsOfMasses(basis: PlaneBasis, masses: Float64Array, out: Float64Array): Float64Array {
  const { degree, offset, weights, table, room } = basis;
  const count = weights.length;
  const stride = degree + 1;
  if (masses.length !== count * count) throw new InternalError("law/plane-basis", `${masses.length} masses for ${count} x ${count} nodes`);
  room.fill(0);
  for (let i = 0; i < count; i++) {
    const row = i * count;
    for (let a = 0; a <= degree; a++) {
      const factor = table[i * stride + a]!;
      for (let j = 0, at = a * count; j < count; j++) room[at + j]! += factor * masses[row + j]!;
    }
  }
  out.fill(0);
  for (let a = 0; a <= degree; a++) {
    const first = offset[a]!;
    const terms = degree - a + 1;
    for (let j = 0; j < count; j++) {
      const factor = room[a * count + j]!;
      for (let b = 0, at = j * stride; b < terms; b++) out[first + b]! += factor * table[at + b]!;
    }
  }
  return out;
}
