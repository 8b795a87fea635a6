// Follows a process in the plane (plane-chain.ts, plane-diffusion.ts) with higher and higher degrees until E phi at every step agrees
// between two of them. The frame's width differs between neighbouring degrees, so that what a frame cannot hold shows as well; and at
// the last step E phi is formed once more on an even grid, at places that chose nothing, so that a phi too sharp for the nodes shows.
import { InterruptedError } from "../errors.ts";
import { type Curve, weakDefaults } from "./expectations.ts";
import { planeBasis, planeGrid } from "./plane-basis.ts";
import { fitsFrame, frameAround, narrowest, type PlaneResolution } from "./plane-frame.ts";
import { expectation, lawOfSources, momentsInFrame, onGrid, type PlaneLaw, pointSource } from "./plane-law.ts";
import { LostLawError } from "./plane-pull.ts";

export const followDefaults = {
  /** Wanted: differences between degrees below this times sqrt(E phi^2). */
  tolerance: 1e-10,
  /** Multiplications that may be spent on a process; about a nanosecond each. */
  work: 2e9,
};

const defaults = {
  degrees: [9, 13, 18, 24, 31, 40, 52, 66],
  /** For even and odd places in the list; the second pair is for laws that a far reach makes explode, as steps on a quartic do. */
  resolutions: [
    [
      { widening: 1.25, reach: Number.POSITIVE_INFINITY },
      { widening: 1.4, reach: Number.POSITIVE_INFINITY },
    ],
    [
      { widening: 1.25, reach: 6.6 },
      { widening: 1.4, reach: 7.3 },
    ],
  ] as const,
  /** Even grid at the last step: points a direction, and reach in standard deviations of the frame (1e-15 of a Gaussian lies beyond). */
  grid: 160,
  reach: 8,
  /** It is used where the law's variances in its frame are at least this: series of narrower laws have not died out at its border. */
  gridVariance: 0.5,
  /** Errors of every phi above this part of its scale mean that a law exploded, not that it converges slowly. */
  exploded: 0.1,
  /** From this place in the list on it is asked whether the degrees that are left will do. */
  judgedFrom: 4,
  /** Laws kept on the way, for weighing places. */
  snapshots: 10,
};

export interface FollowOptions {
  readonly tolerance?: number;
  readonly work?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What is known of E phi at the steps 0 .. K. */
export interface AlongTheWay extends Curve {
  /** sqrt(max_k E phi(x_k)^2): what the tolerance is relative to. */
  readonly scale: number;
  /** Standard deviation of phi(x_K). */
  readonly standardDeviation: number;
}

export interface Followed {
  /** One for each phi. */
  readonly along: readonly AlongTheWay[];
  /** The law at some steps, the last included. */
  readonly laws: readonly PlaneLaw[];
  readonly degree: number;
}

export interface NotFollowed {
  readonly reason: string;
}

/** A process: a function that takes a law one step on, and says what it cost. */
export type PlaneProcess = (resolution: PlaneResolution, work: { done: number }) => (law: PlaneLaw) => PlaneLaw;

/** E phi(x_k) for k = 0 .. steps, started at (x, y), to the tolerance if the degrees at hand reach it; the errors say what was reached. */
export function follow(
  process: PlaneProcess,
  start: Float64Array,
  steps: number,
  phis: readonly ((point: Float64Array) => number)[],
  options: FollowOptions = {},
): Followed | NotFollowed {
  const [far, near] = defaults.resolutions;
  const found = followWith(far, process, start, steps, phis, options);
  if ("along" in found && found.along.some((a) => worst(a) <= defaults.exploded * a.scale)) return found;
  const again = followWith(near, process, start, steps, phis, options);
  return "along" in again ? again : found;
}

/** Finite, and as good as figures must be that are given at all. */
export function isAcceptable(along: AlongTheWay): boolean {
  return worst(along) <= weakDefaults.acceptable * Math.max(1, along.scale);
}

function followWith(
  resolutions: readonly PlaneResolution[],
  process: PlaneProcess,
  start: Float64Array,
  steps: number,
  phis: readonly ((point: Float64Array) => number)[],
  options: FollowOptions,
): Followed | NotFollowed {
  const tolerance = options.tolerance ?? followDefaults.tolerance;
  const work = { done: 0, limit: options.work ?? followDefaults.work };
  let before: Level | undefined;
  let best: Followed | undefined;
  let errorsBefore: number[] = [];
  let reason = "";
  for (const [place, degree] of defaults.degrees.entries()) {
    let level: Level;
    try {
      level = followAt(degree, process(resolutions[place % 2]!, work), start, steps, phis, work, options);
    } catch (error) {
      if (!(error instanceof LostLawError)) throw error;
      reason = error.message;
      if (work.done > work.limit) break;
      before = undefined; // a law may be too far from a Gaussian for a low degree
      continue;
    }
    if (before) {
      // Higher degrees can explode where lower ones did not: the better figure of each phi is kept.
      const fresh = compareLevels(level, before);
      const along = fresh.map((a, p) => (best && worst(best.along[p]!) <= worst(a) ? best.along[p]! : a));
      if (best === undefined || along.some((a, p) => a === fresh[p])) best = { along, laws: level.laws, degree };
      if (along.every((a) => worst(a) <= tolerance * a.scale)) break;
      const errors = fresh.map(worst);
      const left = defaults.degrees.length - 1 - place;
      if (
        place >= defaults.judgedFrom &&
        along.every((a, p) => worst(a) <= tolerance * a.scale || isHopeless(errors[p]!, errorsBefore[p], left, a.scale))
      )
        break;
      errorsBefore = errors;
    }
    before = level;
  }
  return best ?? { reason };
}

/** Largest error on the way; Infinity where something is not finite. */
function worst({ values, errors }: AlongTheWay): number {
  return values.every(Number.isFinite) && errors.every(Number.isFinite) ? Math.max(...errors) : Number.POSITIVE_INFINITY;
}

/** At the rate of the last two differences an acceptable error is out of reach. */
function isHopeless(error: number, before: number | undefined, levelsLeft: number, scale: number): boolean {
  if (before === undefined) return false;
  let predicted = error;
  for (let k = 0; k < levelsLeft; k++) predicted *= error / before;
  return !(predicted <= weakDefaults.acceptable * Math.max(1, scale));
}

interface Level {
  readonly values: Float64Array[];
  readonly squares: Float64Array[];
  /** sum |mass phi|, what rounding is relative to. */
  readonly sizes: Float64Array[];
  /** |E phi - E phi on the even grid| at the last step. */
  readonly offGrid: Float64Array;
  readonly laws: PlaneLaw[];
}

function followAt(
  degree: number,
  step: (law: PlaneLaw) => PlaneLaw,
  start: Float64Array,
  steps: number,
  phis: readonly ((point: Float64Array) => number)[],
  work: { done: number; limit: number },
  options: FollowOptions,
): Level {
  const make = () => phis.map(() => new Float64Array(steps + 1));
  const level: Level = { values: make(), squares: make(), sizes: make(), offGrid: new Float64Array(phis.length), laws: [] };
  const basis = planeBasis(degree);
  const point = { x: start[0]!, y: start[1]!, xx: 0, xy: 0, yy: 0 };
  let law = lawOfSources(basis, frameAround(point, point, 1), pointSource(point.x, point.y));
  let phiValues = phis.map((phi) => valuesAt(phi, law));
  record(level, 0, law, phiValues);
  const every = Math.max(1, Math.ceil(steps / defaults.snapshots));
  for (let k = 1; k <= steps; k++) {
    if (options.signal?.aborted) throw new InterruptedError("law/plane-follow", "interrupted");
    const next = step(law);
    // One passage over all nodes and coefficients, whatever the step did besides.
    work.done += next.masses.length * basis.size * 5;
    if (work.done > work.limit) throw new LostLawError(`degree ${degree} would take too long`);
    if (next.frame !== law.frame) phiValues = phis.map((phi) => valuesAt(phi, next));
    const settled = next.frame === law.frame && change(next, law) * (steps - k) <= 1e-15;
    law = next;
    record(level, k, law, phiValues);
    if (k % every === 0 || k === steps) level.laws.push(law);
    options.onProgress?.(k, steps);
    if (settled) {
      for (let j = k + 1; j <= steps; j++) record(level, j, law, phiValues);
      if (level.laws.at(-1) !== law) level.laws.push(law);
      break;
    }
  }
  const moments = momentsInFrame(basis, law.coefficients);
  if (!fitsFrame(moments) || narrowest(moments) < defaults.gridVariance) return level;
  const fine = onGrid(law, planeGrid(degree, defaults.grid, defaults.reach));
  phis.forEach((phi, p) => {
    level.offGrid[p] = Math.abs(expectation(fine, valuesAt(phi, fine)) - level.values[p]![steps]!);
  });
  return level;
}

function valuesAt(phi: (point: Float64Array) => number, law: PlaneLaw): Float64Array {
  const point = new Float64Array(2);
  return law.x.map((x, i) => {
    point[0] = x;
    point[1] = law.y[i]!;
    const value = phi(point);
    // far out phi may overflow or not exist; in the bulk the comparison of degrees tells
    return Number.isFinite(value) ? value : 0;
  });
}

function record(level: Level, k: number, law: PlaneLaw, phiValues: readonly Float64Array[]): void {
  phiValues.forEach((values, p) => {
    let [sum, square, size] = [0, 0, 0];
    for (let i = 0; i < values.length; i++) {
      const term = law.masses[i]! * values[i]!;
      sum += term;
      square += term * values[i]!;
      size += Math.abs(term);
    }
    level.values[p]![k] = sum;
    level.squares[p]![k] = square;
    level.sizes[p]![k] = size;
  });
}

function change(a: PlaneLaw, b: PlaneLaw): number {
  let largest = 0;
  for (let i = 0; i < a.coefficients.length; i++) largest = Math.max(largest, Math.abs(a.coefficients[i]! - b.coefficients[i]!));
  return largest;
}

/** The finer level's values, with the largest difference along the way as every step's error: it is the coarser level's, and differences change sign on the way. */
function compareLevels(fine: Level, coarse: Level): AlongTheWay[] {
  return fine.values.map((values, p) => {
    let difference = fine.offGrid[p]!;
    let largestSquare = 0;
    for (let k = 0; k < values.length; k++) {
      difference = Math.max(difference, Math.abs(values[k]! - coarse.values[p]![k]!));
      largestSquare = Math.max(largestSquare, fine.squares[p]![k]!);
    }
    const steps = values.length - 1;
    // each step rounds sums of terms of size sum |mass phi|
    const errors = fine.sizes[p]!.map((size, k) => (k === 0 ? 0 : difference) + Number.EPSILON * (8 + k) * size);
    const variance = fine.squares[p]![steps]! - values[steps]! * values[steps]!;
    return { values, errors, kind: "bound", scale: Math.sqrt(largestSquare), standardDeviation: Math.sqrt(Math.max(variance, 0)) };
  });
}
