// Underdamped Langevin dynamics on the line, without sampling, time in steps of SGD (theory.md 7):
//     dx = v dt,   dv = -((1 - beta) v + eta f'(x)) dt + eta sigma(x) dW.
// Strang's splitting over a substep h: half a drift x += v h/2, the kick with x held (an Ornstein-Uhlenbeck process in v, solved exactly,
// also where sigma varies), half a drift again. With w = h v the kick and the two halves about it are a map of the form of heavy-ball-chain.ts,
//     w+ = N(e^{-g h} w - h eta c(h) f'(y), (h eta sigma(y))^2 c(2 h)/2),   y+ = y + w+,   y = x + w/2,   g = 1 - beta,
// c(t) = (1 - e^{-g t})/g,
// so that the law of (y, w) lives on its lattice and x = y - w/2 on one of half the spacing. The splitting is symmetric: its error at a fixed
// time is a series in h^2, and extrapolation over 1, 2, 3, .. substeps a step removes it term by term. The error told is what the coarsest
// level still changes, with the difference of two lattices at that level.
// Does not do: noise that vanishes, functions with kinks; a level of n substeps costs n^3 as much as the first, so that strong curvature
// (z = eta f'' of 1 and more) is left unresolved.
import { type Estimate, estimate } from "../answer/estimate.ts";
import { exp, expm1 } from "../numerics/elementary.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { Curve } from "./expectations.ts";
import { type HeavyBallLaw, type HeavyBallMap, type HeavyBallOptions, runHeavyBall } from "./heavy-ball-chain.ts";
import { type HeavyBallMoments, momentsOf } from "./heavy-ball-line.ts";
import { lineProblem } from "./line-problem.ts";

const defaults = {
  /** Substeps a step. */
  levels: [1, 2, 3, 4, 5, 6],
  /** h/s and shift: the first two at the coarsest level, whose difference is the lattice's error; then the first. */
  fine: { fineness: 0.75, shift: 0.5 },
  coarse: { fineness: 0.88, shift: 0 },
  /** Kernel values of all levels together: the work of about ten seconds. */
  maxWork: 4e9,
  /** Levels are added until every figure is this good, over max(1, E|phi|). */
  target: 1e-7,
  /**
   * A figure this good, over max(1, E|phi|), is better than any that is sampled: a million coupled paths are good to 1e-5 or so. Its own error is
   * always told.
   */
  acceptable: 1e-5,
  /** What a sum of some hundred steps rounds to, over its scale. */
  rounding: 1e-14,
};

/** One substep h = 1/level of a step, in (y, w) = (x + h v/2, h v). */
export function langevinMap(problem: SgdProblem, level: number): HeavyBallMap {
  const line = lineProblem(problem);
  const { beta, velocity } = problem.momentum!;
  const [h, friction] = [1 / level, 1 - beta];
  // int_0^h e^{-friction t} dt, and of its square
  const pushed = -expm1(-friction * h) / friction;
  const spread = Math.sqrt(-expm1(-2 * friction * h) / (2 * friction));
  return {
    start: line.start + (h / 2) * velocity[0]!,
    velocity: h * velocity[0]!,
    beta: exp(-friction * h),
    force: (y) => -h * pushed * line.eta * line.slope(y),
    deviation: (y) => h * spread * line.deviation(y),
  };
}

interface Failure {
  readonly reason: string;
}

export interface LangevinExpectations {
  /** By test function; null where the levels differ by more than figures may. */
  readonly curves: readonly (Curve | null)[];
  /** Largest number of substeps a step. */
  readonly substeps: number;
}

/** E phi(x_k), k = 0 .. steps, of Langevin dynamics for the problem's test functions; a reason where the law is not followed. */
export function langevinExpectations(problem: SgdProblem, signal?: AbortSignal): LangevinExpectations | Failure {
  const found = refined((level, options) => averages(problem, level, options), 1, signal);
  if ("reason" in found) return found;
  const { values, errors, scales, substeps } = found;
  const curves = problem.tests.map(({ value }, f): Curve | null => {
    values[f]![0] = value(problem.start);
    return within(errors[f]!, scales[f]!, 1, defaults.acceptable) && values[f]!.every(Number.isFinite)
      ? { values: values[f]!, errors: errors[f]!, kind: "bound" }
      : null;
  });
  return { curves, substeps };
}

/** Mean and covariance of (x, v) at these steps, ascending; a reason where the law is not followed or its levels differ. */
export function langevinMoments(
  problem: SgdProblem,
  steps: readonly number[],
  signal?: AbortSignal,
): { readonly moments: readonly HeavyBallMoments[]; readonly substeps: number } | Failure {
  const found = refined((level, options) => momentFigures(problem, level, steps, options), 0, signal);
  if ("reason" in found) return found;
  const { values, errors, scales, substeps } = found;
  if (!values.every((row, f) => within(errors[f]!, scales[f]!, 0, defaults.acceptable) && row.every(Number.isFinite)))
    return { reason: "levels of substeps differ" };
  const moments = steps.map((_, i): HeavyBallMoments => {
    const [x, v, xx, xv, vv] = values.map((row, f) => estimate(row[i]!, errors[f]![i]!, "bound")) as [
      Estimate,
      Estimate,
      Estimate,
      Estimate,
      Estimate,
    ];
    return {
      mean: [x, v],
      covariance: [
        [xx, xv],
        [xv, vv],
      ],
    };
  });
  return { moments, substeps };
}

interface Refined {
  readonly values: readonly Float64Array[];
  readonly errors: readonly Float64Array[];
  readonly scales: readonly Float64Array[];
  readonly substeps: number;
}

/** Level after level, extrapolated, until every figure is as good as asked, over max(floor, its scale), or the work is done. */
function refined(
  run: (level: number, options: HeavyBallOptions) => Averages | Failure,
  floor: number,
  signal: AbortSignal | undefined,
): Refined | Failure {
  const check = run(1, { ...defaults.coarse, maxWork: 4e9, signal });
  if ("reason" in check) return check;
  const found: Averages[] = [];
  let left = defaults.maxWork - check.work;
  let answer: Refined | undefined;
  for (const [i, level] of defaults.levels.entries()) {
    // work grows like level^3
    if (i > 0 && found[0]!.work * level ** 3 > left) break;
    const own = run(level, { ...defaults.fine, maxWork: 4e9, signal });
    if ("reason" in own) {
      if (i < 2) return own;
      break;
    }
    left -= own.work;
    found.push(own);
    if (i === 0) continue;
    const all = extrapolationWeights(defaults.levels.slice(0, i + 1));
    const without = [0, ...extrapolationWeights(defaults.levels.slice(1, i + 1))];
    const amplified = all.reduce((sum, weight) => sum + Math.abs(weight), 0);
    const combine = (weights: readonly number[], f: number): Float64Array =>
      own.values[f]!.map((_, k) => weights.reduce((sum, weight, j) => sum + weight * found[j]!.values[f]![k]!, 0));
    const values = own.values.map((_, f) => combine(all, f));
    const errors = values.map((row, f) => {
      const rougher = combine(without, f);
      return row.map((value, k) => {
        const lattice = Math.abs(found[0]!.values[f]![k]! - check.values[f]![k]!);
        const tail = Math.max(...found.map(({ tails }) => tails[f]![k]!));
        return Math.abs(value - rougher[k]!) + amplified * (lattice + tail + defaults.rounding * own.scales[f]![k]!);
      });
    });
    answer = { values, errors, scales: own.scales, substeps: level };
    if (errors.every((row, f) => within(row, own.scales[f]!, floor, defaults.target))) break;
  }
  return answer ?? { reason: "its finer levels take too long" };
}

function within(errors: Float64Array, scales: Float64Array, floor: number, part: number): boolean {
  return errors.every((error, k) => error <= part * Math.max(floor, scales[k]!));
}

/** Weights at 1/n^2 = 0 of the polynomial in 1/n^2 through the levels n (Richardson). */
export function extrapolationWeights(levels: readonly number[]): number[] {
  return levels.map((n) => levels.reduce((product, m) => (m === n ? product : (product * n * n) / (n * n - m * m)), 1));
}

interface Averages {
  /** By function, at the steps 0 .. K. */
  readonly values: readonly Float64Array[];
  /** sum mass |phi|. */
  readonly scales: readonly Float64Array[];
  /** What the window leaves out, times the largest |phi| on it. */
  readonly tails: readonly Float64Array[];
  readonly work: number;
}

function averages(problem: SgdProblem, level: number, options: HeavyBallOptions): Averages | Failure {
  const { steps, tests } = problem;
  const rows = () => tests.map(() => new Float64Array(steps + 1));
  const [values, scales, tails] = [rows(), rows(), rows()];
  const point = new Float64Array(1);
  const run = runHeavyBall(langevinMap(problem, level), level * steps, options, (law) => {
    if (law.step % level !== 0) return;
    const k = law.step / level;
    const { first, spacing, masses } = positions(law);
    const total = masses.reduce((sum, mass) => sum + mass, 0);
    for (const [f, { value }] of tests.entries()) {
      let [sum, size, largest] = [0, 0, 0];
      for (let r = 0; r < masses.length; r++) {
        const mass = masses[r]!;
        if (mass < 1e-20) continue;
        point[0] = first + spacing * r;
        const phi = value(point);
        sum += mass * phi;
        size += mass * Math.abs(phi);
        largest = Math.max(largest, Math.abs(phi));
      }
      values[f]![k] = sum;
      scales[f]![k] = size;
      tails[f]![k] = Math.abs(1 - total) > 1e-13 ? Math.abs(1 - total) * largest : 0;
    }
  });
  return "reason" in run ? run : { values, scales, tails, work: run.work };
}

/** E x, E v, Var x, Cov(x, v), Var v at the steps asked about: x = y - w/2, v = level w. */
function momentFigures(problem: SgdProblem, level: number, steps: readonly number[], options: HeavyBallOptions): Averages | Failure {
  const rows = () => Array.from({ length: 5 }, () => new Float64Array(steps.length));
  const [values, scales, tails] = [rows(), rows(), rows()];
  const run = runHeavyBall(langevinMap(problem, level), level * steps.at(-1)!, options, (law) => {
    const at = steps.indexOf(law.step / level);
    if (at < 0) return;
    const [y, w, yy, yw, ww] = momentsOf(law) as unknown as [number, number, number, number, number];
    const own = [y - w / 2, level * w, yy - yw + ww / 4, level * (yw - ww / 2), level * level * ww] as const;
    const [dx, dv] = [Math.sqrt(own[2]), Math.sqrt(own[4])];
    const sizes = [Math.abs(own[0]) + dx, Math.abs(own[1]) + dv, own[2], dx * dv, own[4]];
    own.forEach((value, f) => {
      values[f]![at] = value;
      scales[f]![at] = sizes[f]!;
    });
  });
  return "reason" in run ? run : { values, scales, tails, work: run.work };
}

/** The masses of x = y - w/2, on a lattice of half the spacing. */
function positions({ x, v, spacing, rows, columns, masses }: HeavyBallLaw): { first: number; spacing: number; masses: Float64Array } {
  const out = new Float64Array(2 * rows + columns - 2);
  for (let r = 0, at = 0; r < rows; r++) for (let c = 0; c < columns; c++, at++) out[2 * r + columns - 1 - c]! += masses[at]!;
  return { first: x - (v + spacing * (columns - 1)) / 2, spacing: spacing / 2, masses: out };
}
