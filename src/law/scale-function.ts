// Mean exit time of dX = b dt + D dW from an interval when it is watched at all times, by scale function and speed measure (Karlin &
// Taylor, A Second Course in Stochastic Processes, 15.3): with W(x) = int 2b/c, c = D², s = exp(-W), m = (2/c) exp(W),
//   tau(x) = (J(x)/T) int_a^x I(y) m(y) dy + (I(x)/T) int_x^b J(y) m(y) dy,   I = int_a s,   J = int^b s,   T = I + J:
// positive terms only. Everything is kept as logarithms, so that barriers of any height neither overflow nor lose figures. At an end that
// is never reached I/T is 1 (s is not integrable there) and the measure m must be finite. Panels are so narrow that W moves by a
// few units in each, and integrals over them come from Gauss-Lobatto elements. Does not do: ends that are reached by accident of a
// vanishing c; watching at steps only (exit-diffusion.ts).
import { exp, log, log1p } from "../numerics/elementary.ts";
import { integrate } from "../numerics/integrate.ts";
import { lobatto } from "../numerics/lobatto.ts";
import { elementOf, lineMesh } from "./line-mesh.ts";

const defaults = {
  degree: 16,
  /** Two resolutions: interpolation of 2b/c and 1/c, change of W within a panel. */
  levels: [
    { tolerance: 1e-9, change: 6 },
    { tolerance: 1e-11, change: 4 },
  ],
  /** The speed measure has to fall by this power of e before an end counts as out of reach. */
  fall: 60,
  maxPanels: 600,
  /** Panels of the integrals: W may move by some 40000 units. */
  maxElements: 10_000,
};

/** A scalar diffusion with drift b and squared diffusion c > 0. */
export interface ScalarDiffusion {
  drift(x: number): number;
  diffusion(x: number): number;
}

/** Mean exit time (in time, not steps) and the relative difference of two resolutions; null where b or c is not resolved. */
export function meanExitTime(
  sde: ScalarDiffusion,
  start: number,
  ends: { readonly low: number; readonly high: number; readonly lowReached: boolean; readonly highReached: boolean },
  breaks: readonly number[],
): { readonly value: number; readonly relativeError: number } | null {
  const [coarse, fine] = defaults.levels.map((level) => logMeanTime(sde, start, ends, breaks, level));
  if (coarse === null || fine === null || coarse === undefined || fine === undefined) return null;
  const value = exp(fine);
  // W is a sum of panel integrals: its rounding is relative to its size, and exp turns it into a relative error.
  return { value, relativeError: Math.abs(fine - coarse) + 1e-14 * (1 + Math.abs(fine)) };
}

/**
 * A place in this direction beyond which the diffusion hardly ever comes: the speed measure has fallen by exp(-60) from its largest value,
 * the drift points back, and both are still so at twice the distance (behind a barrier there may be another, deeper well).
 * @param scale  a length to begin with
 * @returns null where there is none: paths run away, or wander without a finite mean time of return
 */
export function outOfReach(sde: ScalarDiffusion, start: number, direction: 1 | -1, scale: number): number | null {
  let x = start;
  let level = 0;
  let largest = Number.NEGATIVE_INFINITY;
  let h = 0.05 * scale;
  let found: number | null = null;
  for (let panel = 0; panel < defaults.maxPanels; panel++) {
    const slope = Math.abs((2 * sde.drift(x)) / sde.diffusion(x));
    const next = x + direction * Math.min(h, slope > 0 ? 20 / slope : h);
    level += direction * integrate((y) => (2 * sde.drift(y)) / sde.diffusion(y), Math.min(x, next), Math.max(x, next), 1e-6).value;
    x = next;
    const c = sde.diffusion(x);
    // The formula ends here (a logarithm, an overflow): what was found before is the end.
    if (!Number.isFinite(level) || !(c > 0)) return found;
    const height = level - log(c);
    largest = Math.max(largest, height);
    if (!(height < largest - defaults.fall && direction * sde.drift(x) < 0)) found = null;
    else if (found === null) found = x;
    else if (Math.abs(x - start) >= 2 * Math.abs(found - start)) return found;
    h *= 1.15;
  }
  return found;
}

function logMeanTime(
  sde: ScalarDiffusion,
  start: number,
  {
    low,
    high,
    lowReached,
    highReached,
  }: { readonly low: number; readonly high: number; readonly lowReached: boolean; readonly highReached: boolean },
  breaks: readonly number[],
  level: (typeof defaults.levels)[number],
): number | null {
  const steepness = (x: number): number => (2 * sde.drift(x)) / sde.diffusion(x);
  const inverse = (x: number): number => 2 / sde.diffusion(x);
  const mesh = lineMesh({
    low,
    high,
    breaks: [start, ...breaks],
    functions: [steepness, inverse],
    degree: defaults.degree,
    tolerance: level.tolerance,
    maxWidth: (x) => level.change / Math.abs(steepness(x)),
    maxElements: defaults.maxElements,
  });
  if (!mesh.resolved) return null;
  const { degree, nodes, edges } = mesh;
  const table = lobatto(degree);
  const n = degree + 1;
  const elements = edges.length - 1;
  // W at the nodes, from panel to panel; log I at nodes from the left, log J from the right.
  const W = new Float64Array(nodes.length);
  const panel = new Float64Array(n);
  for (let e = 0; e < elements; e++) {
    const half = 0.5 * (edges[e + 1]! - edges[e]!);
    for (let j = 0; j < n; j++) panel[j] = half * steepness(nodes[e * degree + j]!);
    for (let i = 1; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += table.integration[i * n + j]! * panel[j]!;
      W[e * degree + i] = W[e * degree]! + sum;
    }
  }
  const logI = new Float64Array(nodes.length).fill(Number.NEGATIVE_INFINITY);
  const logJ = new Float64Array(nodes.length).fill(Number.NEGATIVE_INFINITY);
  for (let e = 0; e < elements; e++) cumulate(W, logI, e * degree, 1, edges[e + 1]! - edges[e]!, degree);
  for (let e = elements - 1; e >= 0; e--) cumulate(W, logJ, (e + 1) * degree, -1, edges[e + 1]! - edges[e]!, degree);
  const last = nodes.length - 1;
  const origin = elementOf(mesh, start) * degree + (start === edges[elementOf(mesh, start)] ? 0 : degree);
  const logT = logI[last]!;
  const towardsLow = lowReached ? (highReached ? logJ[origin]! - logT : 0) : Number.NEGATIVE_INFINITY;
  const towardsHigh = highReached ? (lowReached ? logI[origin]! - logT : 0) : Number.NEGATIVE_INFINITY;
  // log of int weight(y) m(y) dy over the panels on one side of the start.
  const side = (from: number, to: number, logWeight: (i: number) => number): number => {
    let total = Number.NEGATIVE_INFINITY;
    for (let e = 0; e < elements; e++) {
      if (e * degree < from || (e + 1) * degree > to) continue;
      const half = 0.5 * (edges[e + 1]! - edges[e]!);
      for (let i = 0; i < n; i++) {
        const node = e * degree + i;
        total = logAdd(total, logWeight(node) + W[node]! + log(half * table.weights[i]! * inverse(nodes[node]!)));
      }
    }
    return total;
  };
  // A path that cannot reach the low end has to come through the start from below: I/T = 1 there, J stays as it is; and conversely.
  const below =
    lowReached && highReached
      ? towardsLow + side(0, origin, (i) => logI[i]!)
      : lowReached
        ? side(0, origin, (i) => logI[i]!)
        : side(0, origin, () => logJ[origin]!);
  const above =
    lowReached && highReached
      ? towardsHigh + side(origin, last, (i) => logJ[i]!)
      : highReached
        ? side(origin, last, (i) => logJ[i]!)
        : side(origin, last, () => logI[origin]!);
  return logAdd(below, above);
}

/** Adds int exp(-W) over one element to the running logarithm, at its nodes, in the direction of the integral. */
function cumulate(W: Float64Array, out: Float64Array, from: number, direction: 1 | -1, width: number, degree: number): void {
  const { integration } = lobatto(degree);
  const n = degree + 1;
  for (let i = 1; i < n; i++) {
    let sum = 0;
    // The reference element is symmetric: read backwards it integrates from the right.
    for (let j = 0; j < n; j++) sum += integration[i * n + j]! * exp(W[from]! - W[from + direction * j]!);
    const part = 0.5 * width * sum;
    out[from + direction * i] = logAdd(out[from]!, part > 0 ? log(part) - W[from]! : Number.NEGATIVE_INFINITY);
  }
}

/** log(e^a + e^b). */
function logAdd(a: number, b: number): number {
  const larger = Math.max(a, b);
  if (larger === Number.NEGATIVE_INFINITY) return larger;
  return larger + log1p(exp(Math.min(a, b) - larger));
}
