// Elements of the line: intervals on which given smooth functions are resolved by polynomials of degree N, with prescribed
// ends at kinks, starts and borders, and narrow elements where asked (near jumps, near unstable points).
// Resolution is measured at points between the nodes, that is, at points not used to interpolate.
// Does not do: operators (line-operator.ts). Elements are refined by bisection only, so that a mesh is the same on every machine.
import { interpolationRow, lobatto } from "../numerics/lobatto.ts";

const defaults = {
  /** An element narrower than this part of the whole is not split any more: what it holds is a kink or a jump. */
  narrowest: 1e-6,
  /** More elements than this are a problem that is not resolved here. */
  maxElements: 4000,
};

export interface MeshRequest {
  readonly low: number;
  readonly high: number;
  /** Points that must be ends of elements, the most important first; those outside (low, high), or almost on an earlier one, are left out. */
  readonly breaks: readonly number[];
  /** Functions to resolve. */
  readonly functions: readonly ((x: number) => number)[];
  /** Polynomial degree N. */
  readonly degree: number;
  /** Allowed interpolation error over the function's largest magnitude on the mesh's nodes. */
  readonly tolerance: number;
  /** Largest width of an element that holds x. */
  readonly maxWidth?: (x: number) => number;
  readonly narrowest?: number;
  readonly maxElements?: number;
}

export interface LineMesh {
  readonly degree: number;
  /** Ends of the elements, ascending, one more than there are elements. */
  readonly edges: Float64Array;
  /** All nodes, ascending, neighbours share theirs: elements * degree + 1. */
  readonly nodes: Float64Array;
  /** Lumped quadrature weights of the nodes. */
  readonly weights: Float64Array;
  /** False where an element reached the narrowest width, or there were too many. */
  readonly resolved: boolean;
}

/** Builds a mesh; see MeshRequest. */
export function lineMesh(request: MeshRequest): LineMesh {
  const { low, high, degree } = request;
  const table = lobatto(degree);
  const n = degree + 1;
  const probes = probePoints(degree);
  const narrowest = (request.narrowest ?? defaults.narrowest) * (high - low);
  const scales = magnitudes(request);
  const values = new Float64Array(n);
  let resolved = true;

  const isResolved = (a: number, b: number): boolean => {
    const half = 0.5 * (b - a);
    const middle = 0.5 * (a + b);
    return request.functions.every((f, index) => {
      for (let i = 0; i < n; i++) values[i] = f(middle + half * table.nodes[i]!);
      const allowed = request.tolerance * scales[index]!;
      return probes.every(({ at, row }) => {
        let interpolated = 0;
        for (let i = 0; i < n; i++) interpolated += row[i]! * values[i]!;
        return Math.abs(interpolated - f(middle + half * at)) <= allowed;
      });
    });
  };

  const edges: number[] = [];
  const place = (a: number, b: number): void => {
    // Just inside the ends: a width may jump there.
    const inset = 1e-6 * (b - a);
    const wide =
      request.maxWidth !== undefined &&
      b - a > Math.min(request.maxWidth(a + inset), request.maxWidth(0.5 * (a + b)), request.maxWidth(b - inset));
    if (edges.length >= (request.maxElements ?? defaults.maxElements)) {
      resolved = false;
    } else if (b - a > narrowest) {
      if (wide || !isResolved(a, b)) {
        place(a, 0.5 * (a + b));
        place(0.5 * (a + b), b);
        return;
      }
    } else if (!isResolved(a, b)) resolved = false;
    edges.push(b);
  };
  const ends = breakpoints(request);
  edges.push(ends[0]!);
  for (let i = 1; i < ends.length; i++) place(ends[i - 1]!, ends[i]!);
  return { ...meshFromEdges(Float64Array.from(edges), degree), resolved };
}

/** Nodes and weights of elements with given ends. */
export function meshFromEdges(edges: Float64Array, degree: number): LineMesh {
  const table = lobatto(degree);
  const elements = edges.length - 1;
  const nodes = new Float64Array(elements * degree + 1);
  const weights = new Float64Array(nodes.length);
  for (let e = 0; e < elements; e++) {
    const a = edges[e]!;
    const b = edges[e + 1]!;
    for (let i = 0; i <= degree; i++) {
      nodes[e * degree + i] = 0.5 * (a + b) + 0.5 * (b - a) * table.nodes[i]!;
      weights[e * degree + i]! += 0.5 * (b - a) * table.weights[i]!;
    }
    nodes[e * degree] = a;
  }
  nodes[elements * degree] = edges[elements]!;
  return { degree, edges, nodes, weights, resolved: true };
}

/**
 * Points where a function fails to be smooth: kinks and jumps. Bisection of elements leaves a cluster of narrow ones there; within it the
 * half with the larger second difference is followed to the rounding of f.
 * @returns ascending, to about 1e-12 of the interval for kinks of f's own size; empty where polynomials resolve f
 */
export function roughPoints(f: (x: number) => number, low: number, high: number, degree: number, tolerance: number): number[] {
  const { edges } = lineMesh({ low, high, breaks: [], functions: [f], degree, tolerance, narrowest: 1e-13 });
  // Smooth functions have elements far wider than this part of the interval.
  const narrow = 1e-6 * (high - low);
  const clusters: [number, number][] = [];
  let inside = false;
  for (let e = 0; e + 1 < edges.length; e++) {
    const isNarrow = edges[e + 1]! - edges[e]! <= narrow;
    if (isNarrow && inside) clusters.at(-1)![1] = edges[e + 1]!;
    else if (isNarrow) clusters.push([edges[e]!, edges[e + 1]!]);
    inside = isNarrow;
  }
  return clusters.map(([a, b]) => kinkWithin(f, a, b));
}

function kinkWithin(f: (x: number) => number, low: number, high: number): number {
  const bend = (a: number, b: number): number => Math.abs(f(a) - 2 * f(0.5 * (a + b)) + f(b));
  let [a, b] = [low, high];
  for (let pass = 0; pass < 60; pass++) {
    const middle = 0.5 * (a + b);
    const [left, right] = [bend(a, middle), bend(middle, b)];
    // Both at rounding: the kink is at the middle, or not to be told apart from it.
    if (Math.max(left, right) <= 4 * Number.EPSILON * (Math.abs(f(a)) + Math.abs(f(b)))) return middle;
    if (left > right) b = middle;
    else a = middle;
  }
  return 0.5 * (a + b);
}

/** The element that holds x (the left one at a shared end, except at the far left). */
export function elementOf(mesh: LineMesh, x: number): number {
  let low = 0;
  let high = mesh.edges.length - 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x <= mesh.edges[middle + 1]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The value at x of the piecewise polynomial with these values at the nodes. */
export function interpolate(mesh: LineMesh, values: Float64Array, x: number): number {
  const e = elementOf(mesh, x);
  const a = mesh.edges[e]!;
  const b = mesh.edges[e + 1]!;
  const { nodes, barycentric } = lobatto(mesh.degree);
  const at = (2 * x - a - b) / (b - a);
  let numerator = 0;
  let denominator = 0;
  for (let i = 0; i <= mesh.degree; i++) {
    const gap = at - nodes[i]!;
    if (gap === 0) return values[e * mesh.degree + i]!;
    const weight = barycentric[i]! / gap;
    numerator += weight * values[e * mesh.degree + i]!;
    denominator += weight;
  }
  return numerator / denominator;
}

/** The index of the node at a prescribed break. */
export function nodeAt(mesh: LineMesh, x: number): number {
  for (let e = 0; e < mesh.edges.length; e++) if (mesh.edges[e] === x) return e * mesh.degree;
  throw new RangeError(`no element ends at ${x}`);
}

/** The breaks in the order of their importance, without those that lie closer to an earlier one than elements should be narrow. */
function breakpoints({ low, high, breaks, narrowest = defaults.narrowest }: MeshRequest): number[] {
  const apart = 0.05 * narrowest * (high - low);
  const kept = [low, high];
  for (const x of breaks) if (x > low && x < high && kept.every((y) => Math.abs(x - y) > apart)) kept.push(x);
  return kept.sort((a, b) => a - b);
}

/** Largest magnitude of each function on a coarse set of points; at least the smallest positive number that does not underflow. */
function magnitudes({ low, high, functions }: MeshRequest): number[] {
  const points = 65;
  return functions.map((f) => {
    let largest = 1e-300;
    for (let i = 0; i < points; i++) largest = Math.max(largest, Math.abs(f(low + ((high - low) * (i + 0.5)) / points)));
    return largest;
  });
}

const probeTables = new Map<number, { at: number; row: Float64Array }[]>();

/** Points halfway between neighbouring nodes, every third and the outermost: where interpolation is worst. */
function probePoints(degree: number): { at: number; row: Float64Array }[] {
  const kept = probeTables.get(degree);
  if (kept !== undefined) return kept;
  const table = lobatto(degree);
  const probes: { at: number; row: Float64Array }[] = [];
  for (let i = 0; i < degree; i += 3) {
    for (const k of [i, degree - 1 - i]) {
      const at = 0.5 * (table.nodes[k]! + table.nodes[k + 1]!);
      if (probes.some((p) => p.at === at)) continue;
      probes.push({ at, row: interpolationRow(table, at, new Float64Array(degree + 1)) });
    }
  }
  probeTables.set(degree, probes);
  return probes;
}
