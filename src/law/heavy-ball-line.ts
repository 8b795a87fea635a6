// SGD with momentum on the line, with Gaussian noise: E phi(x_k) along the way and the laws at steps, from the lattice laws of
// heavy-ball-chain.ts at two spacings, whose difference is the error. The law of x_k has the density of a normal mixture, as that of plain SGD
// (line-law.ts): x_k = x + beta v - eta f'(x) + eta sigma(x) Z over the law of (x, v) a step before.
import { type Estimate, estimate } from "../answer/estimate.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { type Curve, weakDefaults } from "./expectations.ts";
import { type HeavyBallLaw, type HeavyBallOptions, heavyBallMap, runHeavyBall } from "./heavy-ball-chain.ts";
import { type LineLaw, mixtureLaw } from "./line-law.ts";
import { lineProblem } from "./line-problem.ts";
import type { SgdLaws } from "./sgd-laws.ts";

/** Spacings over s, and shifts: the coarse one is good to 1e-11, the fine one to rounding. */
const lattices = [
  { fineness: 0.88, shift: 0 },
  { fineness: 0.75, shift: 0.5 },
] as const;

const defaults = {
  /** Cells with less are left out of a mixture. */
  inMixture: 1e-17,
  /** Mass that counts for the range of the law. */
  inRange: 1e-16,
};

/** Whether the method can be tried: one dimension, momentum, Gaussian noise. */
export function heavyBallLineApplies({ objective, momentum, noise }: SgdProblem): boolean {
  return momentum !== undefined && objective.d === 1 && noise.gaussian;
}

export interface HeavyBallExpectations {
  /** By test function; null where two spacings differ by more than figures may. */
  readonly curves: readonly (Curve | null)[];
  /** Standard deviation of phi(x_K). */
  readonly deviations: readonly (number | null)[];
}

/** E phi(x_k), k = 0 .. steps, for the problem's test functions; a reason where the law is not followed. */
export function heavyBallExpectations(problem: SgdProblem, signal?: AbortSignal): HeavyBallExpectations | { readonly reason: string } {
  const { steps, start, tests } = problem;
  const found = lattices.map((lattice) => sums(problem, { ...lattice, signal }));
  const [coarse, fine] = found as [(typeof found)[number], (typeof found)[number]];
  if ("reason" in coarse) return coarse;
  if ("reason" in fine) return fine;
  const curves = tests.map(({ value }, f): Curve | null => {
    const values = fine.values[f]!;
    const errors = values.map((own, k) =>
      // 1e-14: rounding of some hundred steps is below 5e-15 of the scale
      k === 0 ? 0 : Math.abs(own - coarse.values[f]![k]!) + fine.tails[f]![k]! + 1e-14 * fine.scales[f]![k]!,
    );
    values[0] = value(start);
    const good = errors.every((error, k) => error <= weakDefaults.acceptable * Math.max(1, fine.scales[f]![k]!));
    return good && values.every(Number.isFinite) ? { values, errors, kind: "bound" } : null;
  });
  const deviations = fine.squares.map((square, f) => {
    const variance = square - fine.values[f]![steps]! ** 2;
    return Number.isFinite(variance) ? Math.sqrt(Math.max(0, variance)) : null;
  });
  return { curves, deviations };
}

interface Sums {
  /** By function, at the steps 0 .. K. */
  readonly values: readonly Float64Array[];
  /** sum mass |phi|. */
  readonly scales: readonly Float64Array[];
  /** What the window leaves out, times the largest |phi| on it. */
  readonly tails: readonly Float64Array[];
  /** E phi(x_K)^2. */
  readonly squares: readonly number[];
}

function sums(problem: SgdProblem, options: HeavyBallOptions): Sums | { readonly reason: string } {
  const { steps, tests } = problem;
  const rows = () => tests.map(() => new Float64Array(steps + 1));
  const [values, scales, tails] = [rows(), rows(), rows()];
  const squares = tests.map(() => 0);
  const point = new Float64Array(1);
  const run = runHeavyBall(heavyBallMap(problem), steps, options, (law) => {
    const masses = positions(law);
    const total = masses.reduce((sum, mass) => sum + mass, 0);
    for (const [f, { value }] of tests.entries()) {
      let [sum, size, square, largest] = [0, 0, 0, 0];
      for (let r = 0; r < masses.length; r++) {
        const mass = masses[r]!;
        if (mass < 1e-20) continue;
        point[0] = law.x + law.spacing * r;
        const phi = value(point);
        sum += mass * phi;
        size += mass * Math.abs(phi);
        square += mass * phi * phi;
        largest = Math.max(largest, Math.abs(phi));
      }
      values[f]![law.step] = sum;
      scales[f]![law.step] = size;
      tails[f]![law.step] = Math.abs(1 - total) > 1e-13 ? Math.abs(1 - total) * largest : 0;
      squares[f] = square;
    }
  });
  return "reason" in run ? run : { values, scales, tails, squares };
}

/** The masses of x: sums over v. */
function positions({ rows, columns, masses }: HeavyBallLaw): Float64Array {
  const out = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += masses[r * columns + c]!;
    out[r] = sum;
  }
  return out;
}

/** Mean and covariance of (x, v) with what two spacings differ by. */
export interface HeavyBallMoments {
  readonly mean: Estimate[];
  readonly covariance: Estimate[][];
}

export interface HeavyBallLaws {
  /** The laws of x, in the form in which models are compared with plain SGD's. */
  readonly positions: SgdLaws;
  readonly moments: readonly HeavyBallMoments[];
}

/** The laws at these steps, ascending. */
export function heavyBallLaws(
  problem: SgdProblem,
  steps: readonly number[],
  signal?: AbortSignal,
): HeavyBallLaws | { readonly reason: string } {
  const last = steps.at(-1)!;
  const line = lineProblem(problem);
  const { beta, velocity } = problem.momentum!;
  const found = lattices.map((lattice) => {
    const laws = new Map<number, LineLaw>();
    const moments = new Map<number, Float64Array>();
    let [low, high] = [line.start, line.start];
    const first = line.mean(line.start) + beta * velocity[0]!;
    laws.set(1, mixtureLaw(Float64Array.of(first), Float64Array.of(line.deviation(line.start)), Float64Array.of(1)));
    const run = runHeavyBall(heavyBallMap(problem), last, { ...lattice, signal }, (law) => {
      for (const [r, mass] of positions(law).entries()) {
        if (mass <= defaults.inRange) continue;
        low = Math.min(low, law.x + law.spacing * r);
        high = Math.max(high, law.x + law.spacing * r);
      }
      if (steps.includes(law.step)) moments.set(law.step, momentsOf(law));
      if (steps.includes(law.step + 1)) laws.set(law.step + 1, nextPositions(law, beta, line));
    });
    return "reason" in run
      ? run
      : { laws: steps.map((step) => laws.get(step)!), moments: steps.map((step) => moments.get(step)!), low, high };
  });
  const [coarse, fine] = found as [(typeof found)[number], (typeof found)[number]];
  if ("reason" in coarse) return coarse;
  if ("reason" in fine) return fine;
  const range = { low: Math.min(coarse.low, fine.low), high: Math.max(coarse.high, fine.high) };
  return {
    positions: { coarse: coarse.laws, fine: fine.laws, range, samples: new Map() },
    moments: fine.moments.map((own, i) => compared(own, coarse.moments[i]!)),
  };
}

/** E x, E v, Var x, Cov(x, v), Var v. */
export function momentsOf({ x, v, spacing, rows, columns, masses }: HeavyBallLaw): Float64Array {
  let [total, mx, mv] = [0, 0, 0];
  for (let r = 0, at = 0; r < rows; r++)
    for (let c = 0; c < columns; c++, at++) {
      const mass = masses[at]!;
      total += mass;
      mx += mass * r;
      mv += mass * c;
    }
  [mx, mv] = [mx / total, mv / total];
  let [xx, xv, vv] = [0, 0, 0];
  for (let r = 0, at = 0; r < rows; r++)
    for (let c = 0; c < columns; c++, at++) {
      const mass = masses[at]!;
      xx += mass * (r - mx) * (r - mx);
      xv += mass * (r - mx) * (c - mv);
      vv += mass * (c - mv) * (c - mv);
    }
  const square = (spacing * spacing) / total;
  return Float64Array.of(x + spacing * mx, v + spacing * mv, square * xx, square * xv, square * vv);
}

function compared(fine: Float64Array, coarse: Float64Array): HeavyBallMoments {
  const [dx, dv] = [Math.sqrt(fine[2]!), Math.sqrt(fine[4]!)];
  // rounding of sums, relative to the scale of each
  const figure = (k: number, scale: number): Estimate => estimate(fine[k]!, Math.abs(fine[k]! - coarse[k]!) + 4e-14 * scale, "bound");
  const cross = figure(3, dx * dv);
  return {
    mean: [figure(0, Math.abs(fine[0]!) + dx), figure(1, Math.abs(fine[1]!) + dv)],
    covariance: [
      [figure(2, dx * dx), cross],
      [cross, figure(4, dv * dv)],
    ],
  };
}

/** The law of x a step later. */
function nextPositions(
  { x, v, spacing, rows, columns, masses }: HeavyBallLaw,
  beta: number,
  line: ReturnType<typeof lineProblem>,
): LineLaw {
  const [means, deviations, kept]: [number[], number[], number[]] = [[], [], []];
  for (let r = 0, at = 0; r < rows; r++) {
    const place = x + spacing * r;
    const [mean, deviation] = [line.mean(place), line.deviation(place)];
    for (let c = 0; c < columns; c++, at++) {
      if (masses[at]! <= defaults.inMixture) continue;
      means.push(mean + beta * (v + spacing * c));
      deviations.push(deviation);
      kept.push(masses[at]!);
    }
  }
  return mixtureLaw(Float64Array.from(means), Float64Array.from(deviations), Float64Array.from(kept));
}
