// What lattice points send on in one Gaussian step: N(y; mean, deviation²) at the points of a lattice, by two products a value, from five
// numbers a node that are made once. Does not do: decide which nodes there are (chain.ts).
import { exp } from "../numerics/elementary.ts";

/** Standard deviations of one step that are carried: beyond 9.2 lies 3e-20 of a normal law. */
const reach = 9.2;

export interface Lattice {
  readonly spacing: number;
  readonly origin: number;
}

/** States of a node. */
export const sends = 1;
export const runsAway = 2;

/** What a node sends on: values g0 at the target `centre`, then ratios up and down the lattice. */
export interface Nodes {
  base: number;
  centre: Int32Array;
  half: Int32Array;
  peak: Float64Array;
  up: Float64Array;
  down: Float64Array;
  curve: Float64Array;
  known: Uint8Array;
}

export function emptyNodes(): Nodes {
  return {
    base: 0,
    centre: new Int32Array(0),
    half: new Int32Array(0),
    peak: new Float64Array(0),
    up: new Float64Array(0),
    down: new Float64Array(0),
    curve: new Float64Array(0),
    known: new Uint8Array(0),
  };
}

/** Makes room for the indices from .. to, with some to spare. */
export function reserve(nodes: Nodes, from: number, to: number): void {
  const size = nodes.known.length;
  if (size > 0 && from >= nodes.base && to < nodes.base + size) return;
  const spare = Math.max(64, Math.ceil(0.5 * (to - from)));
  const base = size === 0 ? from - spare : Math.min(nodes.base, from - spare);
  const end = size === 0 ? to + spare : Math.max(nodes.base + size, to + spare + 1);
  const move = <A extends Int32Array | Float64Array | Uint8Array>(old: A, fresh: A): A => {
    fresh.set(old, size === 0 ? 0 : nodes.base - base);
    return fresh;
  };
  const length = end - base;
  nodes.centre = move(nodes.centre, new Int32Array(length));
  nodes.half = move(nodes.half, new Int32Array(length));
  nodes.peak = move(nodes.peak, new Float64Array(length));
  nodes.up = move(nodes.up, new Float64Array(length));
  nodes.down = move(nodes.down, new Float64Array(length));
  nodes.curve = move(nodes.curve, new Float64Array(length));
  nodes.known = move(nodes.known, new Uint8Array(length));
  nodes.base = base;
}

/** N(y; mean, deviation²) h at the lattice points: g(c + j) = peak up^j curve^{j(j-1)/2}, by two products a point. */
export function sender({ spacing, origin }: Lattice, mean: number, deviation: number, i: number, nodes: Nodes): void {
  const centre = Math.round((mean - origin) / spacing);
  nodes.known[i] = sends;
  nodes.centre[i] = centre;
  if (deviation === 0) {
    nodes.half[i] = 0;
    nodes.peak[i] = 1;
    return;
  }
  const gap = (origin + spacing * centre - mean) / deviation;
  const unit = spacing / deviation;
  // A deviation far below the spacing (where the law has no mass to speak of) sends to one point.
  nodes.half[i] = Math.ceil(reach / unit);
  nodes.peak[i] = (unit * exp(-0.5 * gap * gap)) / Math.sqrt(2 * Math.PI);
  nodes.up[i] = exp(-unit * (gap + 0.5 * unit));
  nodes.down[i] = exp(-unit * (0.5 * unit - gap));
  nodes.curve[i] = exp(-unit * unit);
}

/** Masses after one step. */
export function spread(nodes: Nodes, sources: readonly (readonly [number, number])[]): { first: number; masses: Float64Array } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const [index] of sources) {
    const i = index - nodes.base;
    first = Math.min(first, nodes.centre[i]! - nodes.half[i]!);
    last = Math.max(last, nodes.centre[i]! + nodes.half[i]!);
  }
  const masses = new Float64Array(last - first + 1);
  for (const [index, mass] of sources) {
    const i = index - nodes.base;
    const centre = nodes.centre[i]! - first;
    const half = nodes.half[i]!;
    const curve = nodes.curve[i]!;
    let value = mass * nodes.peak[i]!;
    masses[centre]! += value;
    let ratio = nodes.up[i]!;
    for (let j = 1; j <= half; j++) {
      value *= ratio;
      ratio *= curve;
      masses[centre + j]! += value;
    }
    value = mass * nodes.peak[i]!;
    ratio = nodes.down[i]!;
    for (let j = 1; j <= half; j++) {
      value *= ratio;
      ratio *= curve;
      masses[centre - j]! += value;
    }
  }
  return { first, masses };
}
