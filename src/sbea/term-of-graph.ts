// From graphs to terms: legs become indices. A derivative of f is symmetric in all its indices, so the leg of a gradient
// and the legs that fell on it are alike, and graphs that differ only in the direction of arcs between gradients are the
// same contraction; a cumulant keeps its own legs (`indices`) apart from those that differentiate it (`along`).
import { canonical, type Graph } from "./graph.ts";
import type { Factor, Rational, Term } from "./term.ts";

/** The graph with arcs between gradients (order 1) made undirected: both directions count the same legs. */
export function mergeGradients(graph: Graph): Graph {
  const { n, orders, arcs } = graph;
  const merged = arcs.map((count, place) => {
    const u = Math.floor(place / n);
    const v = place % n;
    return orders[u] === 1 && orders[v] === 1 ? count + arcs[v * n + u]! : count;
  });
  return { ...graph, arcs: merged };
}

/**
 * The contraction of a merged graph. Open legs are the free indices 0, 1, ..; the others follow in reading order: factors
 * from the first free index on, neighbour by neighbour, derivatives of f before cumulants.
 */
export function termOf(graph: Graph, coefficient: Rational, etaPower: number): Term {
  const { n, orders, arcs } = graph;
  const vertices = readingOrder(graph);
  const own: number[][] = orders.map(() => []);
  const along: number[][] = orders.map(() => []);
  let labels = 0;
  for (const u of vertices) for (let k = 0; k < graph.open[u]!; k++) own[u]!.push(labels++);
  const free = Array.from({ length: labels }, (_, label) => label);
  const join = (u: number, v: number): void => {
    for (let k = 0; k < arcs[u * n + v]!; k++) {
      own[u]!.push(labels);
      (orders[v] === 1 ? own : along)[v]!.push(labels++);
    }
  };
  for (const [place, u] of vertices.entries()) {
    for (const v of vertices.slice(place + 1)) {
      join(u, v);
      if (orders[u] !== 1 || orders[v] !== 1) join(v, u);
    }
  }
  const factors = vertices.map(
    (u): Factor => (orders[u] === 1 ? { tensor: "f", indices: own[u]! } : { tensor: "cumulant", indices: own[u]!, along: along[u]! }),
  );
  return { coefficient, etaPower, factors, free };
}

export function readingOrder({ n, orders, open, arcs }: Graph): number[] {
  const seen: number[] = [];
  const first = orders.findIndex((r, u) => open[u]! > 0 && r === 1);
  const queue = [first >= 0 ? first : open.findIndex((count) => count > 0)];
  for (const u of queue) {
    if (seen.includes(u)) continue;
    seen.push(u);
    for (let v = 0; v < n; v++) if (arcs[u * n + v]! + arcs[v * n + u]! > 0) queue.push(v);
  }
  return seen.sort((u, v) => orders[u]! - orders[v]!);
}

/** The merged graph of a term: the inverse of termOf, up to the order of vertices. */
export function graphOfTerm({ factors, free }: Term): Graph {
  const n = factors.length;
  const orders = factors.map((factor) => (factor.tensor === "f" ? 1 : factor.indices.length));
  const open = factors.map((factor) => factor.indices.filter((label) => free.includes(label)).length);
  const arcs = new Array<number>(n * n).fill(0);
  for (const [u, from] of factors.entries()) {
    for (const label of from.indices) {
      for (const [v, to] of factors.entries()) {
        const legs = to.tensor === "f" ? to.indices : to.along;
        if (v !== u && legs.includes(label)) arcs[u * n + v]!++;
      }
    }
  }
  // A leg of f on a cumulant's own leg is the cumulant's: it differentiates f, not the other way round.
  return { n, orders, open, arcs };
}

/** Canonical name of a term's contraction, without coefficient and power of eta: equal names are equal contractions. */
export function termKey(term: Term): string {
  return canonical(graphOfTerm(term)).key;
}
