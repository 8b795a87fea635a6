// Directed multigraphs of a modified equation, and their canonical labelling, by which equal graphs meet.
// A vertex of order r is a cumulant of the gradient g: grad f (r = 1), Sigma (2), K (3), ... It has r legs, each of which
// differentiates another vertex (an arc) or the test function (an open leg). An arc u -> v raises the order of derivative
// of v by one. Labelling: colour refinement, then individualisation; twins (vertices that may be exchanged) are not branched on.

/** Plain data, at most 15 vertices; graphs are never changed once made. */
export interface Graph {
  readonly n: number;
  /** Order of each vertex. */
  readonly orders: readonly number[];
  /** Number of legs of each vertex that differentiate the test function. */
  readonly open: readonly number[];
  /** arcs[u * n + v]: number of legs of u that differentiate v. */
  readonly arcs: readonly number[];
}

export interface Canonical {
  /** Equal if and only if the graphs are isomorphic. */
  readonly key: string;
  /** order[k] is the vertex in place k of the canonical labelling. */
  readonly order: readonly number[];
  /** Number of vertex permutations that keep the graph. */
  readonly automorphisms: number;
}

export const emptyGraph: Graph = { n: 0, orders: [], open: [], arcs: [] };

/** Canonical key, labelling and number of automorphisms. */
export function canonical(graph: Graph): Canonical {
  const search = { graph, key: "", order: [] as number[], automorphisms: 0 };
  branch(search, refine(graph, new Array<number>(graph.n).fill(0)), 1);
  return search;
}

interface Search extends Canonical {
  readonly graph: Graph;
  key: string;
  order: number[];
  automorphisms: number;
}

function branch(search: Search, colours: number[], weight: number): void {
  const { graph } = search;
  const cell = firstCell(colours);
  if (cell.length === 0) {
    const order = new Array<number>(graph.n);
    for (const [u, colour] of colours.entries()) order[colour] = u;
    const key = keyOf(graph, order);
    if (search.automorphisms === 0 || key < search.key) {
      search.key = key;
      search.order = order;
      search.automorphisms = weight;
    } else if (key === search.key) search.automorphisms += weight;
    return;
  }
  // Twins first: all ways to tell them apart look the same, so one is followed for all.
  if (cell.every((v) => areTwins(graph, cell[0]!, v))) {
    let ways = weight;
    const told = colours.slice();
    for (const [k, v] of cell.entries()) {
      told[v] = colours[v]! + k;
      ways *= k + 1;
    }
    branch(search, refine(graph, told), ways);
    return;
  }
  for (const chosen of cell) {
    const told = colours.slice();
    for (const v of cell) if (v !== chosen) told[v] = told[v]! + 1;
    branch(search, refine(graph, told), weight);
  }
}

/** Vertices of the first colour that is not alone; colours are places: a cell of k vertices at place c leaves c + 1 .. c + k - 1 unused. */
function firstCell(colours: readonly number[]): number[] {
  for (let c = 0; c < colours.length; c++) {
    const cell: number[] = [];
    for (let v = 0; v < colours.length; v++) if (colours[v] === c) cell.push(v);
    if (cell.length > 1) return cell;
  }
  return [];
}

/** Exchanging u and v keeps the graph. */
function areTwins({ n, orders, open, arcs }: Graph, u: number, v: number): boolean {
  if (u === v) return true;
  if (orders[u] !== orders[v] || open[u] !== open[v] || arcs[u * n + v] !== arcs[v * n + u]) return false;
  for (let w = 0; w < n; w++) {
    if (w !== u && w !== v && (arcs[u * n + w] !== arcs[v * n + w] || arcs[w * n + u] !== arcs[w * n + v])) return false;
  }
  return true;
}

/** Splits colours by order, open legs and by the colours across arcs until nothing changes; the result does not depend on the labelling. */
function refine({ n, orders, open, arcs }: Graph, colours: number[]): number[] {
  let cells = new Set(colours).size;
  for (;;) {
    const signatures = colours.map((colour, u) => {
      const seen: number[] = [];
      for (let v = 0; v < n; v++) {
        const across = arcs[u * n + v]! * 16 + arcs[v * n + u]!;
        if (across > 0) seen.push(colours[v]! * 256 + across);
      }
      seen.sort((a, b) => a - b);
      return String.fromCharCode(colour, orders[u]!, open[u]!, ...seen);
    });
    const sorted = signatures.slice().sort();
    const next = signatures.map((signature) => sorted.indexOf(signature));
    const count = new Set(next).size;
    if (count === cells || count === n) return next;
    cells = count;
    colours = next;
  }
}

function keyOf({ n, orders, open, arcs }: Graph, order: readonly number[]): string {
  let key = "";
  for (const u of order) key += digit(orders[u]!) + digit(open[u]!);
  for (const u of order) {
    key += "|";
    for (const v of order) key += digit(arcs[u * n + v]!);
  }
  return key;
}

/** One character for each order and count. */
function digit(value: number): string {
  return String.fromCharCode(48 + value);
}

/** The graph with its vertices in canonical order. */
export function relabel({ n, orders, open, arcs }: Graph, order: readonly number[]): Graph {
  const pick = (list: readonly number[]) => order.map((u) => list[u]!);
  return { n, orders: pick(orders), open: pick(open), arcs: order.flatMap((u) => order.map((v) => arcs[u * n + v]!)) };
}
