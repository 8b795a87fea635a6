// SGD with momentum on the line, with Gaussian noise and without sampling: the law of (x, v) on a lattice, step by step,
//   v+ = N(beta v - eta f'(x), eta^2 sigma(x)^2),   x+ = x + v+;
// any map of this form will do (HeavyBallMap): Langevin dynamics is a composition of such (langevin-line.ts).
// Both lattices have the same spacing h, so that x+ falls on its lattice again; each step spreads the masses along v by the trapezoidal rule.
// The error of k steps is that of one rule in k variables: for linear steps the Fourier transform of the joint law of v_1 .. v_k at the dual
// lattice, exp(-2 pi^2 |n^T L|^2 s^2/h^2), L unit lower triangular, at least exp(-2 pi^2 s^2/h^2) (s = eta sigma): spacing 0.8 s leaves
// 4e-14, 0.95 s 3e-10, whatever the curvature (compare chain.ts). The law may have any shape; the window is as wide as the law, no more.
// Does not do: noise that is not Gaussian, or that vanishes where the law is; averages of functions with kinks (they show as a difference
// between two spacings).
import { InterruptedError } from "../errors.ts";
import { exp } from "../numerics/elementary.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { lineProblem } from "./line-problem.ts";

const defaults = {
  /** Mass at a cell that is not carried on: what is lost so is told by the total. */
  negligible: 1e-20,
  /** Standard deviations of one step that are carried: beyond 9.2 lies 3e-20 of a normal law. */
  reach: 9.2,
  /** Cells of a window; more means a law too wide, or a noise too small, for a lattice. */
  maxCells: 4e6,
  /** Kernel values in all: the work of some seconds. */
  maxWork: 3e9,
  /** Mass of a cell that has a say in the spacing. */
  heard: 1e-13,
};

/** The law at a step: the mass at (x + h r, v + h c) stands at r * columns + c. */
export interface HeavyBallLaw {
  readonly step: number;
  readonly spacing: number;
  readonly x: number;
  readonly v: number;
  readonly rows: number;
  readonly columns: number;
  readonly masses: Float64Array;
}

/** v+ = N(beta v + force(x), deviation(x)^2), x+ = x + v+, from the point (start, velocity). */
export interface HeavyBallMap {
  readonly start: number;
  readonly velocity: number;
  readonly beta: number;
  force(x: number): number;
  deviation(x: number): number;
}

/** SGD's step with momentum; `problem.momentum` must be set. */
export function heavyBallMap(problem: SgdProblem): HeavyBallMap {
  const line = lineProblem(problem);
  const { beta, velocity } = problem.momentum!;
  return { start: line.start, velocity: velocity[0]!, beta, force: (x) => -line.eta * line.slope(x), deviation: line.deviation };
}

export interface HeavyBallRun {
  readonly spacing: number;
  /** Kernel values that were computed: what the run cost. */
  readonly work: number;
  /** Largest |1 - total mass| of any step. */
  readonly massDefect: number;
}

/** Why the law is not followed, for people. */
export interface HeavyBallFailure {
  readonly reason: string;
}

export interface HeavyBallOptions {
  /** h/s. */
  readonly fineness: number;
  /** Shifts the lattice of v by this part of its spacing, so that two runs share no point. */
  readonly shift: number;
  /** Kernel values in all; some seconds' work if not given. */
  readonly maxWork?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Carries the law from the point (start, velocity) through `steps` steps.
 * @param visit  called after every step, in order; a run that begins anew on a finer lattice begins with step 1 again
 */
export function runHeavyBall(
  map: HeavyBallMap,
  steps: number,
  options: HeavyBallOptions,
  visit: (law: HeavyBallLaw) => void,
): HeavyBallRun | HeavyBallFailure {
  let spacing = options.fineness * map.deviation(map.start);
  const budget = { work: options.maxWork ?? defaults.maxWork };
  for (let attempt = 0; attempt < 20; attempt++) {
    const run = attemptRun(map, steps, spacing, options, visit, budget);
    if (!("finer" in run)) return run;
    spacing = Math.min(run.finer, 0.9 * spacing);
  }
  return { reason: "the noise varies too much for one lattice" };
}

function attemptRun(
  map: HeavyBallMap,
  steps: number,
  spacing: number,
  options: HeavyBallOptions,
  visit: (law: HeavyBallLaw) => void,
  budget: { work: number },
): HeavyBallRun | HeavyBallFailure | { readonly finer: number } {
  const available = budget.work;
  if (!(spacing > 0)) return { reason: "there is no noise at the start" };
  const shift = options.shift * spacing;
  // the start is a point, off the lattice of v
  let law: HeavyBallLaw = { step: 0, spacing, x: map.start, v: map.velocity, rows: 1, columns: 1, masses: Float64Array.of(1) };
  let massDefect = 0;
  for (let step = 1; step <= steps; step++) {
    if (options.signal?.aborted) throw new InterruptedError("law/heavy-ball-chain", "Interrupted.");
    const rows = rowsOf(law, map, shift, options.fineness);
    if ("reason" in rows || "finer" in rows) return rows;
    for (const { first, last, half } of rows.list) budget.work -= (last - first + 1) * (2 * half + 8);
    if (budget.work < 0) return { reason: "its lattice takes too long" };
    const next = moved(law, rows, shift);
    if (next === null) return { reason: "its law is too wide, or its noise too small, for a lattice" };
    law = next;
    let total = 0;
    for (let i = 0; i < law.masses.length; i++) total += law.masses[i]!;
    massDefect = Math.max(massDefect, Math.abs(1 - total));
    visit(law);
  }
  return { spacing, work: available - budget.work, massDefect };
}

/** What a row of the law, all at one x, does in a step. */
interface Row {
  readonly row: number;
  /** Columns that carry a mass. */
  readonly first: number;
  readonly last: number;
  /** Where column 0 goes on average, in spacings from the new lattice's origin; column c goes beta c further. */
  readonly mean: number;
  /** h/s, and how many points a kernel reaches on either side. */
  readonly unit: number;
  readonly half: number;
}

interface Rows {
  readonly list: readonly Row[];
  readonly beta: number;
}

function rowsOf(
  law: HeavyBallLaw,
  map: HeavyBallMap,
  shift: number,
  fineness: number,
): Rows | HeavyBallFailure | { readonly finer: number } {
  const { spacing, columns, masses } = law;
  const list: Row[] = [];
  for (let r = 0; r < law.rows; r++) {
    let [first, last, heard] = [-1, -1, 0];
    for (let c = 0, at = r * columns; c < columns; c++, at++) {
      const mass = masses[at]!;
      if (!(mass > defaults.negligible)) continue;
      if (first < 0) first = c;
      last = c;
      if (mass > heard) heard = mass;
    }
    if (first < 0) continue;
    const x = law.x + spacing * r;
    const mean = (map.beta * law.v + map.force(x) - shift) / spacing;
    const deviation = map.deviation(x);
    if (!(Math.abs(mean) < 1e9) || !Number.isFinite(deviation)) return { reason: `its law runs away from about x = ${x.toPrecision(3)}` };
    if (deviation === 0) return { reason: `there is no noise at x = ${x.toPrecision(3)}` };
    // 7 % of slack: the rule's error changes from exp(-31) to exp(-27)
    if (heard > defaults.heard && fineness * deviation < spacing / 1.07) return { finer: fineness * deviation };
    list.push({ row: r, first, last, mean, unit: spacing / deviation, half: Math.ceil((defaults.reach * deviation) / spacing) });
  }
  return { list, beta: map.beta };
}

/** One step: column c of a row is spread along v, and what lands on j goes to row r + j. Null where the window would be too large. */
function moved(law: HeavyBallLaw, { list, beta }: Rows, shift: number): HeavyBallLaw | null {
  const { spacing } = law;
  let [low, high, top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { row, first, last, mean, half } of list) {
    const from = Math.round(mean + beta * first) - half;
    const to = Math.round(mean + beta * last) + half;
    low = Math.min(low, from);
    high = Math.max(high, to);
    top = Math.min(top, row + from);
    bottom = Math.max(bottom, row + to);
  }
  const [rows, columns] = [bottom - top + 1, high - low + 1];
  if (!(rows * columns <= defaults.maxCells)) return null;
  const masses = new Float64Array(rows * columns);
  const stride = columns + 1;
  for (const { row, first, last, mean, unit, half } of list) {
    // N(j; m, 1/unit^2) by two products a point: g(c + i) = peak up^i curve^(i (i-1)/2), as in lattice-kernel.ts
    const curve = exp(-unit * unit);
    const height = unit / Math.sqrt(2 * Math.PI);
    for (let c = first; c <= last; c++) {
      const mass = law.masses[row * law.columns + c]!;
      if (!(mass > defaults.negligible)) continue;
      const place = mean + beta * c;
      const centre = Math.round(place);
      const gap = (centre - place) * unit;
      const at = (row + centre - top) * columns + centre - low;
      const peak = mass * height * exp(-0.5 * gap * gap);
      const up = exp(-unit * (gap + 0.5 * unit));
      masses[at]! += peak;
      let [value, ratio] = [peak, up];
      for (let i = 1, to = at + stride; i <= half; i++, to += stride) {
        value *= ratio;
        ratio *= curve;
        masses[to]! += value;
      }
      value = peak;
      ratio = curve / up;
      for (let i = 1, to = at - stride; i <= half; i++, to -= stride) {
        value *= ratio;
        ratio *= curve;
        masses[to]! += value;
      }
    }
  }
  // x+ = x + v+: the lattice of x moves with that of v
  return { step: law.step + 1, spacing, x: law.x + shift + spacing * top, v: shift + spacing * low, rows, columns, masses };
}
