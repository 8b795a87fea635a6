// The generator of the heavy ball's modified equation: SBEA of the step on the state (x, p), p = v/h, h = sqrt(eta), gamma = (1 - beta)/h
// (theory.md 7, limits), at fixed gamma:
//
//     p+ = p - h (gamma p + g(x)),   x+ = x + h p+,        L = (1/h) log S = L_0 + h L_1 + h^2 L_2 + ...
//
// g frozen at x, S = :exp( h p.dx - h^2 gamma p.dx - h gamma p.dp + sum_r (-1)^r/r! kappa_r.(h^2 dx + h dp)^r ):, kappa_1 = grad f. So there are
// vertices p (three species; linear, so that one leg dp at most differentiates them and passes through) and cumulants with legs dx (weight 2) and
// dp (weight 1); legs dx differentiate what depends on x. Coefficients are those of generator.ts: omega/|Aut| times the species' signs and
// powers of gamma. Afterwards each p that is differentiated is contracted away, and what remains is a contraction of f, Sigma.. and p.
//
// Checked in test/sbea/heavy-ball.test.ts by jets of log S and, on quadratics, by log P. The series in h need not converge; each order is exact.

import type { NoiseLaw } from "./generator.ts";
import { canonical, type Graph, relabel } from "./graph.ts";
import { add, isZero, negate, rational } from "./rational.ts";
import { graphsByWeight, openLegs, type Species, type SpeciesTable, weightOf } from "./step-graphs.ts";
import type { Rational, Term } from "./term.ts";
import { mergeGradients, readingOrder, termOf } from "./term-of-graph.ts";

/** The part of the state that a derivative is along. */
export type StatePart = "x" | "p";

/**
 * One term of L_p: coefficient gamma^gammaPower (contraction) d_{free}, each free index along x or p. The velocity stands in `term` as the
 * cumulant of order 1; term.etaPower is the power of h.
 */
export interface HeavyBallTerm {
  readonly term: Term;
  readonly gammaPower: number;
  /** By free index of `term`. */
  readonly along: readonly StatePart[];
  readonly operatorOrder: number;
  /** Power of 1/B with minibatches of B samples drawn with replacement. */
  readonly batchPower: number;
  readonly key: string;
}

export interface HeavyBallOrder {
  readonly order: number;
  readonly terms: readonly HeavyBallTerm[];
}

const [alongX, alongP] = [0, 1];
/** Species of the velocity. */
const velocity = { move: 1, damping: 2, lag: 3 };
/** First colours of gradients and cumulants: + r for those with a leg or more along p, see `colourOf`. */
const firstCumulant = 4;
/** What a velocity is called among orders of cumulants when terms are read off: behind all others. */
const velocityOrder = 20;

/**
 * L_0 .. L_order of the heavy ball.
 * @param order  highest p, an integer >= 0; the number of graphs grows sevenfold an order (heavyBallOrders)
 */
export function heavyBallGenerator(order: number, law: NoiseLaw): readonly HeavyBallOrder[] {
  const next = graphsByWeight((weight) => speciesOf(weight, law));
  return Array.from({ length: order + 1 }, (_, p) => {
    const { graphs, table } = next();
    return { order: p, terms: collect(graphs, table, p) };
  });
}

function speciesOf(weight: number, law: NoiseLaw): Species[] {
  const list: Species[] = [
    { colour: velocity.move, legs: [1, 0], weight: 1, kind: alongP, most: 1 },
    { colour: velocity.damping, legs: [0, 1], weight: 1, kind: alongP, most: 1 },
    { colour: velocity.lag, legs: [1, 0], weight: 2, kind: alongP, most: 1 },
  ];
  const highest = law === "gaussian" || law === "constant" ? 2 : weight;
  for (let r = 1; r <= Math.min(highest, weight); r++) {
    const most = r === 1 || law !== "constant" ? Number.POSITIVE_INFINITY : 0;
    for (let a = 0; a <= r; a++) list.push({ colour: colourOf(r, a), legs: [a, r - a], weight: r + a, kind: alongX, most });
  }
  return list.filter((species) => species.weight <= weight);
}

/** Cumulant r with a legs along x: colours 4, 5; 6, 7, 8; .. */
function colourOf(r: number, a: number): number {
  return firstCumulant + ((r - 1) * (r + 2)) / 2 + a;
}

/** r of a colour; 0 for velocities. */
function cumulantOrder(colour: number): number {
  if (colour < firstCumulant) return 0;
  let r = 1;
  while (colourOf(r + 1, 0) <= colour) r++;
  return r;
}

interface Sum {
  readonly coefficient: Rational;
  readonly graph: Graph;
  /** Open legs along x of each vertex of `graph`. */
  readonly openX: readonly number[];
  readonly gammaPower: number;
}

/** Adds up the graphs that are the same contraction with the same power of gamma. */
function collect(graphs: readonly Graph[], table: SpeciesTable, p: number): HeavyBallTerm[] {
  const sums = new Map<string, Sum>();
  for (const graph of graphs) {
    const { contracted, openX, gammaPower, negative } = contract(graph, table);
    // open legs along x are part of the colour: a key tells them from those along p
    const coloured = { ...contracted, orders: contracted.orders.map((r, u) => 32 * openX[u]! + r) };
    const { key: name, order } = canonical(coloured);
    const key = `${gammaPower} ${name}`;
    const weight = weightOf(graph, table);
    const known = sums.get(key);
    const coefficient = add(known?.coefficient ?? rational(0), negative ? negate(weight) : weight);
    sums.set(
      key,
      known
        ? { ...known, coefficient }
        : { coefficient, graph: relabel(contracted, order), openX: order.map((u) => openX[u]!), gammaPower },
    );
  }
  const terms: HeavyBallTerm[] = [];
  for (const [key, { coefficient, graph, openX, gammaPower }] of sums) {
    if (isZero(coefficient)) continue;
    const along = readingOrder(graph).flatMap((u) =>
      Array.from({ length: graph.open[u]! }, (_, k): StatePart => (k < openX[u]! ? "x" : "p")),
    );
    terms.push({
      term: termOf(graph, coefficient, p),
      gammaPower,
      along,
      operatorOrder: along.length,
      batchPower: graph.orders.reduce((sum, r) => sum + (r > 1 && r !== velocityOrder ? r - 1 : 0), 0),
      key,
    });
  }
  return terms.sort(compareTerms);
}

/** Without the velocities that are differentiated; orders are r, and `velocityOrder`; arcs between gradients without direction. */
function contract(graph: Graph, table: SpeciesTable) {
  const { n, orders, arcs } = graph;
  const isVelocity = (u: number): boolean => orders[u]! < firstCumulant;
  const hit = orders.map((_, v) => isVelocity(v) && orders.some((_, u) => arcs[u * n + v]! > 0));
  const kept = orders.flatMap((_, u) => (hit[u] ? [] : [u]));
  const joined = new Array<number>(kept.length * kept.length).fill(0);
  const open = kept.map(() => [0, 0]);
  /** A leg of the vertex in place `from` on v passes through velocities until it ends on a cumulant or on the test function. */
  const follow = (from: number, v: number): void => {
    if (!hit[v]) {
      joined[from * kept.length + kept.indexOf(v)]!++;
      return;
    }
    const on = orders.findIndex((_, w) => arcs[v * n + w]! > 0);
    if (on >= 0) follow(from, on);
    else open[from]![table.get(orders[v]!)!.legs[alongX] === 1 ? alongX : alongP]!++;
  };
  for (const [place, u] of kept.entries()) {
    for (const [kind, count] of openLegs(graph, u, table).entries()) open[place]![kind]! += count;
    for (let v = 0; v < n; v++) for (let k = 0; k < arcs[u * n + v]!; k++) follow(place, v);
  }
  const contracted = mergeGradients({
    n: kept.length,
    orders: kept.map((u) => (isVelocity(u) ? velocityOrder : cumulantOrder(orders[u]!))),
    open: open.map(([x, p]) => x! + p!),
    arcs: joined,
  });
  const damped = orders.filter((colour) => colour === velocity.damping || colour === velocity.lag).length;
  const kicks = orders.reduce((sum, colour) => sum + cumulantOrder(colour), 0);
  return { contracted, openX: open.map(([x]) => x!), gammaPower: damped, negative: (damped + kicks) % 2 === 1 };
}

/** By operators, x before p, then number of cumulants, highest derivative of f, power of gamma. */
function compareTerms(a: HeavyBallTerm, b: HeavyBallTerm): number {
  const rank = ({ term: { factors }, along, gammaPower }: HeavyBallTerm) => [
    along.length,
    along.filter((part) => part === "p").length,
    factors.filter((factor) => factor.tensor === "cumulant" && factor.indices.length > 1).length,
    Math.max(0, ...factors.map((factor) => (factor.tensor === "f" ? factor.indices.length : 0))),
    gammaPower,
  ];
  const [left, right] = [rank(a), rank(b)];
  for (const [k, value] of left.entries()) if (value !== right[k]) return value - right[k]!;
  return a.key < b.key ? -1 : 1;
}
