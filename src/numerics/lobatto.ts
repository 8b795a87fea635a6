// Gauss-Legendre-Lobatto elements: nodes, weights, differentiation, interpolation and integration of the interpolating
// polynomial of degree N on [-1, 1], ends included (Canuto, Hussaini, Quarteroni & Zang, Spectral Methods, section 2.3).
// One set of tables a degree, computed once. Does not do: meshes and operators (law/line-mesh.ts, law/line-operator.ts).
import { cos } from "./elementary.ts";
import { gaussLegendre } from "./quadrature.ts";

export interface Lobatto {
  /** N; N + 1 nodes. */
  readonly degree: number;
  /** Ascending, from -1 to 1. */
  readonly nodes: Float64Array;
  /** Quadrature weights, exact for degree 2N - 1. */
  readonly weights: Float64Array;
  /** differentiation[i (N+1) + j] = l_j'(x_i); rows sum to 0 exactly up to the last rounding. */
  readonly differentiation: Float64Array;
  /** Barycentric weights, scaled to a largest magnitude of 1. */
  readonly barycentric: Float64Array;
  /** integration[i (N+1) + j] = integral of l_j from -1 to x_i. */
  readonly integration: Float64Array;
}

const tables = new Map<number, Lobatto>();

/** Tables for degree N >= 1; entries accurate to about N² epsilon. */
export function lobatto(degree: number): Lobatto {
  const kept = tables.get(degree);
  if (kept !== undefined) return kept;
  const n = degree + 1;
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    // Newton for (1 - x²) P_N'(x) = 0 from the Chebyshev-Lobatto points: x <- x - (x P_N - P_{N-1}) / ((N + 1) P_N).
    let x = -cos((Math.PI * i) / degree);
    let value = 1;
    for (let pass = 0; pass < 8; pass++) {
      let previous = 1;
      value = x;
      for (let k = 2; k <= degree; k++) [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k];
      x -= (x * value - previous) / (n * value);
    }
    nodes[i] = x;
    weights[i] = 2 / (degree * n * value * value);
  }
  nodes[0] = -1;
  nodes[degree] = 1;
  // Symmetric to the last bit, so that mirrored problems give mirrored answers.
  for (let i = 0; i < n / 2; i++) {
    const x = 0.5 * (nodes[degree - i]! - nodes[i]!);
    nodes[i] = -x;
    nodes[degree - i] = x;
    weights[i] = weights[degree - i] = 0.5 * (weights[i]! + weights[degree - i]!);
  }
  const barycentric = new Float64Array(n).fill(1);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) barycentric[i]! /= 2 * (nodes[i]! - nodes[j]!);
  const largest = barycentric.reduce((m, w) => Math.max(m, Math.abs(w)), 0);
  for (let i = 0; i < n; i++) barycentric[i]! /= largest;
  const differentiation = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const entry = barycentric[j]! / barycentric[i]! / (nodes[i]! - nodes[j]!);
      differentiation[i * n + j] = entry;
      sum += entry;
    }
    differentiation[i * n + i] = -sum;
  }
  const integration = integrationMatrix(nodes, barycentric);
  const table = { degree, nodes, weights, differentiation, barycentric, integration };
  tables.set(degree, table);
  return table;
}

/**
 * Weights r_j with p(x) = sum_j r_j p(x_j) for polynomials of the degree: the barycentric formula of the second kind.
 * @param x  on the reference element; a node gives a unit vector
 */
export function interpolationRow(table: Pick<Lobatto, "nodes" | "barycentric">, x: number, out: Float64Array): Float64Array {
  const n = table.nodes.length;
  let sum = 0;
  for (let j = 0; j < n; j++) {
    const gap = x - table.nodes[j]!;
    if (gap === 0) {
      out.fill(0, 0, n);
      out[j] = 1;
      return out;
    }
    sum += out[j] = table.barycentric[j]! / gap;
  }
  for (let j = 0; j < n; j++) out[j]! /= sum;
  return out;
}

/** Integrals of the cardinal functions from -1 to each node, by Gauss-Legendre on [-1, x_i]: exact for the degree. */
function integrationMatrix(nodes: Float64Array, barycentric: Float64Array): Float64Array {
  const n = nodes.length;
  const out = new Float64Array(n * n);
  const row = new Float64Array(n);
  const rule = gaussLegendre(Math.ceil(n / 2) + 1);
  for (let i = 1; i < n; i++) {
    const half = 0.5 * (nodes[i]! + 1);
    for (let q = 0; q < rule.nodes.length; q++) {
      interpolationRow({ nodes, barycentric }, -1 + half * (rule.nodes[q]! + 1), row);
      for (let j = 0; j < n; j++) out[i * n + j]! += half * rule.weights[q]! * row[j]!;
    }
  }
  return out;
}
