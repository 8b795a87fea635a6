// The graphs of a one-step map's modified equation. A step S = :exp(sum of species): moves the state by cumulants of several species; a
// vertex of a species has legs, each of which differentiates the test function or a vertex of a later step (graph.ts, generator.ts). Legs are
// of kinds where the state has parts, as (x, v) has: a leg that differentiates x reaches only what depends on x. Connected graphs of a weight
// (a power of the expansion's parameter) grow from those of lower weights, one vertex at a time.
import { canonical, emptyGraph, type Graph, relabel } from "./graph.ts";
import { orderLinear } from "./order-polynomial.ts";
import { multiply, rational } from "./rational.ts";
import type { Rational } from "./term.ts";

export interface Species {
  /** Told apart by this in Graph.orders: a small number. */
  readonly colour: number;
  /** Number of legs of each kind. */
  readonly legs: readonly number[];
  /** Power of the expansion's parameter. */
  readonly weight: number;
  /** The kind of legs that can differentiate it, and at most how many of them: 0 for a constant, 1 for what is linear. */
  readonly kind: number;
  readonly most: number;
}

/** By colour. */
export type SpeciesTable = ReadonlyMap<number, Species>;

export const speciesTable = (list: readonly Species[]): SpeciesTable => new Map(list.map((one) => [one.colour, one]));

/**
 * Connected graphs of the weights 1, 2, .., one of each kind; each call of the result gives those of the next weight.
 * @param speciesOf  the species of weight at most `weight`, in a fixed order
 */
export function graphsByWeight(speciesOf: (weight: number) => readonly Species[]): () => { graphs: readonly Graph[]; table: SpeciesTable } {
  const byWeight: Graph[][] = [[emptyGraph]];
  return () => {
    const weight = byWeight.length;
    const list = speciesOf(weight);
    const table = speciesTable(list);
    const found = new Map<string, Graph>();
    for (const species of list) {
      for (const graph of byWeight[weight - species.weight]!) {
        grow(graph, species, table, (grown) => {
          const { key, order } = canonical(grown);
          if (!found.has(key)) found.set(key, relabel(grown, order));
        });
      }
    }
    byWeight.push([...found.values()]);
    return { graphs: byWeight[weight]!, table };
  };
}

/** omega / |Aut|; the symmetries are those of the vertices and, for each vertex, of the legs that do the same. */
export function weightOf(graph: Graph, table: SpeciesTable): Rational {
  let symmetries = canonical(graph).automorphisms;
  const open = graph.orders.flatMap((_, u) => openLegs(graph, u, table));
  for (const count of [...graph.arcs, ...open]) for (let k = 2; k <= count; k++) symmetries *= k;
  return multiply(orderLinear(graph), rational(1, symmetries));
}

/** Open legs of vertex u by kind: those of its species that no arc has taken. An arc is of the kind that its target takes. */
export function openLegs({ n, orders, arcs }: Graph, u: number, table: SpeciesTable): number[] {
  const left = [...table.get(orders[u]!)!.legs];
  for (let v = 0; v < n; v++) left[table.get(orders[v]!)!.kind]! -= arcs[u * n + v]!;
  return left;
}

/** Adds a vertex in every way: its legs fall on some vertices, and open legs of others are turned on it. */
function grow(graph: Graph, species: Species, table: SpeciesTable, visit: (grown: Graph) => void): void {
  const { n, arcs } = graph;
  const below = reachability(graph);
  const out = new Array<number>(n).fill(0);
  const into = new Array<number>(n).fill(0);
  const targets = graph.orders.map((colour, u) => {
    const { kind, most } = table.get(colour)!;
    let free = most;
    for (let w = 0; w < n; w++) free -= arcs[w * n + u]!;
    return { kind, free };
  });
  const left = [...species.legs];
  const chooseOut = (u: number): void => {
    if (u === n) {
      chooseInto(0, species.most);
      return;
    }
    const { kind, free } = targets[u]!;
    const most = Math.min(left[kind]!, free);
    for (let count = 0; count <= most; count++) {
      out[u] = count;
      left[kind]! -= count;
      chooseOut(u + 1);
      left[kind]! += count;
    }
    out[u] = 0;
  };
  const chooseInto = (w: number, free: number): void => {
    if (w === n) {
      if (n === 0 || out.some(Boolean) || into.some(Boolean)) visit(withVertex(graph, species, out, into));
      return;
    }
    // An arc from w would close a cycle if a leg of the new vertex leads to w.
    const cyclic = out.some((count, u) => count > 0 && below[u * n + w]);
    const most = cyclic || free === 0 ? 0 : Math.min(free, openLegs(graph, w, table)[species.kind]!);
    for (let count = 0; count <= most; count++) {
      into[w] = count;
      chooseInto(w + 1, free - count);
    }
    into[w] = 0;
  };
  chooseOut(0);
}

function withVertex({ n, orders, open, arcs }: Graph, { colour, legs }: Species, out: readonly number[], into: readonly number[]): Graph {
  const grown: number[] = [];
  for (let u = 0; u < n; u++) {
    for (let v = 0; v < n; v++) grown.push(arcs[u * n + v]!);
    grown.push(into[u]!);
  }
  grown.push(...out, 0);
  const own = legs.reduce((sum, count) => sum + count, 0);
  const stillOpen = [...open.map((count, u) => count - into[u]!), out.reduce((left, count) => left - count, own)];
  return { n: n + 1, orders: [...orders, colour], open: stillOpen, arcs: grown };
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
