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
// graph is a product, divisible by m^2, so connected graphs suffice (step-graphs.ts).
// What is not done here: evaluating (contract.ts, apply.ts), choosing an SDE (models.ts), printing (print.ts).
import { canonical, type Graph, relabel } from "./graph.ts";
import { add, isZero, negate, rational } from "./rational.ts";
import { graphsByWeight, type Species, type SpeciesTable, weightOf } from "./step-graphs.ts";
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
  const next = graphsByWeight((weight) => cumulants(weight, law));
  return Array.from({ length: order + 1 }, (_, p) => {
    const { graphs, table } = next();
    return { order: p, terms: collect(graphs, table, p) };
  });
}

/** Cumulants of order r = 1 .. weight: r legs, differentiated as often as one likes, or never where they are constant. */
function cumulants(weight: number, law: NoiseLaw): Species[] {
  const highest = law === "gaussian" || law === "constant" ? Math.min(2, weight) : weight;
  return Array.from({ length: highest }, (_, k) => {
    const r = k + 1;
    return { colour: r, legs: [r], weight: r, kind: 0, most: r === 1 || law !== "constant" ? Number.POSITIVE_INFINITY : 0 };
  });
}

/** Adds up the graphs that are the same contraction: a derivative of f does not tell its own leg from those that fell on it. */
function collect(graphs: readonly Graph[], table: SpeciesTable, p: number): GeneratorTerm[] {
  const sums = new Map<string, { coefficient: Rational; graph: Graph }>();
  for (const graph of graphs) {
    const merged = mergeGradients(graph);
    const { key, order } = canonical(merged);
    const known = sums.get(key);
    const coefficient = add(known?.coefficient ?? rational(0), weightOf(graph, table));
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
