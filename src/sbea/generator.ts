// The generator of SGD's modified equation, L = (1/eta) log S = L_0 + eta L_1 + ..., S phi(x) = E phi(x - eta g) (theory.md 3).
//
// With kappa_1 = grad f and kappa_r the noise's cumulants, S = :exp(sum_r (-eta)^r/r! kappa_r . d^r):, where the colons say
// that derivatives act on phi alone. By Leibniz's rule S^m is a sum over graphs (graph.ts): each leg of a vertex of step t
// picks what it differentiates, phi or a vertex of a later step. So a graph's coefficient in S^m is the number of ways to
// give its vertices steps 1 .. m that increase along arcs - a polynomial in m, the strict order polynomial - over the
// graph's symmetries, and log S = d/dm S^m at m = 0 keeps the polynomial's linear coefficient:
//
//     L_p = (-1)^(p+1) sum_graphs omega(graph) / |Aut(graph)| (its contraction),   orders of the vertices adding up to p + 1
//
// This is log S = sum_m (-1)^(m+1) (S - I)^m / m term by term, without forming a power. The polynomial of a disconnected
// graph is a product, divisible by m^2, so connected graphs suffice; they grow one vertex at a time from those of lower orders.
// What is not done here: evaluating (contract.ts, apply.ts), choosing an SDE (models.ts), printing (print.ts).
import { canonical, emptyGraph, type Graph, relabel } from "./graph.ts";
import { orderLinear } from "./order-polynomial.ts";
import { add, isZero, multiply, negate, rational } from "./rational.ts";
import type { Rational, Term } from "./term.ts";
import { mergeGradients, termOf } from "./term-of-graph.ts";

/**
 * Which cumulants of the noise there are: `general` has all; `gaussian` only Sigma(x); `constant` is Gaussian with Sigma
 * independent of x; `minibatch` is general, read as the cumulants of one sample and averaged over B independent ones.
 */
export type NoiseLaw = "gaussian" | "general" | "constant" | "minibatch";
export const noiseLaws: readonly NoiseLaw[] = ["gaussian", "general", "constant", "minibatch"];

/** One term of L_p: term.free are the indices of the operator d_{i1..in}, term.etaPower is p. */
export interface GeneratorTerm {
  readonly term: Term;
  /** n: how many derivatives of phi. */
  readonly operatorOrder: number;
  /** Canonical name of the contraction; equal keys are equal terms. */
  readonly key: string;
  /** Power of 1/B with minibatches of B samples drawn with replacement: sum of (r - 1) over cumulants of order r. */
  readonly batchPower: number;
}

export interface GeneratorOrder {
  readonly order: number;
  /** By operator order, then number of cumulants, then highest derivative of f. */
  readonly terms: readonly GeneratorTerm[];
}

/**
 * L_0 .. L_order. Exact; order 5 takes a fraction of a second (docs/sbea.md has the numbers of terms).
 * @param order  highest p, an integer >= 0
 */
export function generator(order: number, law: NoiseLaw): readonly GeneratorOrder[] {
  const byWeight: Graph[][] = [[emptyGraph]];
  return Array.from({ length: order + 1 }, (_, p) => {
    byWeight.push(connectedGraphs(byWeight, p + 1, law));
    return { order: p, terms: collect(byWeight[p + 1]!, p) };
  });
}

/** Connected graphs of this weight (sum of vertex orders), one of each kind, from those of lower weights. */
function connectedGraphs(byWeight: readonly (readonly Graph[])[], weight: number, law: NoiseLaw): Graph[] {
  const found = new Map<string, Graph>();
  const highest = law === "gaussian" || law === "constant" ? 2 : weight;
  for (let r = 1; r <= Math.min(highest, weight); r++) {
    for (const graph of byWeight[weight - r]!) {
      grow(graph, r, law === "constant", (grown) => {
        const { key, order } = canonical(grown);
        if (!found.has(key)) found.set(key, relabel(grown, order));
      });
    }
  }
  return [...found.values()];
}

/** Adds a vertex of order r in every way: its legs fall on some vertices, and open legs of others are turned on it. */
function grow(graph: Graph, r: number, constantCovariance: boolean, visit: (grown: Graph) => void): void {
  const { n } = graph;
  const below = reachability(graph);
  const out = new Array<number>(n).fill(0);
  const into = new Array<number>(n).fill(0);
  const mayBeDifferentiated = (order: number) => order === 1 || !constantCovariance;
  const chooseOut = (u: number, left: number): void => {
    if (u === n) {
      chooseInto(0);
      return;
    }
    const most = mayBeDifferentiated(graph.orders[u]!) ? left : 0;
    for (out[u] = 0; out[u]! <= most; out[u]!++) chooseOut(u + 1, left - out[u]!);
    out[u] = 0;
  };
  const chooseInto = (w: number): void => {
    if (w === n) {
      if (n === 0 || out.some(Boolean) || into.some(Boolean)) visit(withVertex(graph, r, out, into));
      return;
    }
    // An arc from w would close a cycle if a leg of the new vertex leads to w.
    const cyclic = out.some((count, u) => count > 0 && below[u * n + w]);
    const most = mayBeDifferentiated(r) && !cyclic ? graph.open[w]! : 0;
    for (into[w] = 0; into[w]! <= most; into[w]!++) chooseInto(w + 1);
    into[w] = 0;
  };
  chooseOut(0, r);
}

function withVertex({ n, orders, open, arcs }: Graph, r: number, out: readonly number[], into: readonly number[]): Graph {
  const grown: number[] = [];
  for (let u = 0; u < n; u++) {
    for (let v = 0; v < n; v++) grown.push(arcs[u * n + v]!);
    grown.push(into[u]!);
  }
  grown.push(...out, 0);
  const stillOpen = [...open.map((count, u) => count - into[u]!), out.reduce((left, count) => left - count, r)];
  return { n: n + 1, orders: [...orders, r], open: stillOpen, arcs: grown };
}

/** reach[u * n + w]: w is u or is reached from u along arcs. */
function reachability({ n, arcs }: Graph): boolean[] {
  const reach = arcs.map((count, place) => count > 0 || place % (n + 1) === 0);
  for (let k = 0; k < n; k++) {
    for (let u = 0; u < n; u++) {
      if (reach[u * n + k]) for (let w = 0; w < n; w++) if (reach[k * n + w]) reach[u * n + w] = true;
    }
  }
  return reach;
}

/** Adds up the graphs that are the same contraction: a derivative of f does not tell its own leg from those that fell on it. */
function collect(graphs: readonly Graph[], p: number): GeneratorTerm[] {
  const sums = new Map<string, { coefficient: Rational; graph: Graph }>();
  for (const graph of graphs) {
    const merged = mergeGradients(graph);
    const { key, order } = canonical(merged);
    const known = sums.get(key);
    const coefficient = add(known?.coefficient ?? rational(0), weightOf(graph));
    sums.set(key, { coefficient, graph: known?.graph ?? relabel(merged, order) });
  }
  const sign = p % 2 === 0 ? negate : (a: Rational) => a;
  const terms: GeneratorTerm[] = [];
  for (const [key, { coefficient, graph }] of sums) {
    if (isZero(coefficient)) continue;
    const term = termOf(graph, sign(coefficient), p);
    const batchPower = graph.orders.reduce((sum, r) => sum + r - 1, 0);
    terms.push({ term, operatorOrder: term.free.length, key, batchPower });
  }
  return terms.sort(compareTerms);
}

/** omega / |Aut|; the symmetries are those of the vertices and, for each vertex, of the legs that do the same. */
function weightOf(graph: Graph): Rational {
  let symmetries = canonical(graph).automorphisms;
  for (const count of [...graph.arcs, ...graph.open]) for (let k = 2; k <= count; k++) symmetries *= k;
  return multiply(orderLinear(graph), rational(1, symmetries));
}

function compareTerms(a: GeneratorTerm, b: GeneratorTerm): number {
  const rank = ({ term, operatorOrder }: GeneratorTerm) => [
    operatorOrder,
    term.factors.filter((factor) => factor.tensor === "cumulant").length,
    Math.max(0, ...term.factors.map((factor) => (factor.tensor === "f" ? factor.indices.length : 0))),
  ];
  const [left, right] = [rank(a), rank(b)];
  for (const [k, value] of left.entries()) if (value !== right[k]) return value - right[k]!;
  return a.key < b.key ? -1 : 1;
}
