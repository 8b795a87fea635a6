// E phi(X_{k eta}) of SDE models on the line, for all k and all phi at once: the row vector w^T exp(k eta L) of line-operator.ts, that
// is, the backward Kolmogorov equation on spectral elements with natural ends, evaluated at the start (theory.md 5). phi, b and D² are
// smooth on the scale of f, so that few elements do, whatever the noise. Kinks of phi are ends of elements, with elements of
// the width of one step's noise round them. Every figure is had at two resolutions or more that differ in degree of refinement, in the
// width of the domain and in the number of substeps; their difference is the error that is stated.
// Does not do: densities (fokker-planck.ts), two dimensions, models without noise (line-expectations.ts).
import { maxAbs } from "../numerics/linear.ts";
import { type Curve, weakDefaults } from "./expectations.ts";
import { domainRound, elementWidth, type Range, smallestDeviation, smoothWidth, withSponge } from "./line-domain.ts";
import { lineMesh, nodeAt, roughPoints } from "./line-mesh.ts";
import { lineOperator, type Propagator, propagator } from "./line-operator.ts";
import { type LineProblem, type LineSde, mendedEdges } from "./line-problem.ts";

interface Level {
  readonly tolerance: number;
  /** Width of elements in standard deviations of the law near a minimum. */
  readonly width: number;
  /** What the domain has beyond the law's range, at each end, in standard deviations of the law near a minimum. */
  readonly margin: number;
  /** Narrowest element in standard deviations of one step: what is finer in phi is not seen, and far finer ones would spoil L by rounding. */
  readonly narrowest: number;
  /** Substeps of the first step (shared out over the next ones) and of every step. */
  readonly first: number;
  readonly every: number;
}

/** Found by experiment on the problems of test/reference/weak1d.json: level 1 is good to 1e-12 there. */
const levels: readonly Level[] = [
  { tolerance: 1e-8, width: 9, margin: 4, narrowest: 0.4, first: 8, every: 1 },
  { tolerance: 1e-10, width: 6, margin: 8, narrowest: 0.2, first: 12, every: 2 },
  { tolerance: 1e-12, width: 3, margin: 11, narrowest: 0.1, first: 24, every: 3 },
  { tolerance: 1e-13, width: 1.5, margin: 15, narrowest: 0.05, first: 48, every: 6 },
];
const degree = 16;
const defaults = {
  /** Nodes times pieces of time in one level, over all models: the work of some seconds. */
  work: 1e7,
};

/**
 * Curves of each model for each function.
 * @param range  where the laws are, up to masses of 1e-16 (line-models.ts)
 * @returns by model and function; null where the resolutions do not agree to weakDefaults.acceptable, or phi is not finite
 */
export function kolmogorov(
  line: LineProblem,
  sdes: readonly LineSde[],
  functions: readonly ((x: number) => number)[],
  steps: number,
  range: Range,
): (Curve | null)[][] {
  // Between two steps a model wanders off from the start by about one step's noise, also where SGD has left it for good.
  const wander = 8 * line.deviation(line.start);
  const wide = { low: Math.min(range.low, line.start - wander), high: Math.max(range.high, line.start + wander) };
  const results: (Curve | null)[][] = sdes.map(() => functions.map(() => null));
  const usable = functions.flatMap((phi, f) => (finiteOn(phi, wide) ? [f] : []));
  const rough = functions.map((phi, f) => (usable.includes(f) ? roughPoints(phi, wide.low, wide.high, degree, 1e-9) : []));
  // Smooth phi need few elements; they do not share those of the others.
  for (const group of [usable.filter((f) => rough[f]!.length === 0), usable.filter((f) => rough[f]!.length > 0)]) {
    const found = byLevels(
      line,
      sdes,
      group.map((f) => functions[f]!),
      group.flatMap((f) => rough[f]!),
      steps,
      wide,
    );
    found.forEach((curves, s) => {
      curves.forEach((curve, i) => {
        results[s]![group[i]!] = curve;
      });
    });
  }
  return results;
}

/** Level after level until two agree; what does not is null. */
function byLevels(
  line: LineProblem,
  sdes: readonly LineSde[],
  functions: readonly ((x: number) => number)[],
  rough: readonly number[],
  steps: number,
  range: Range,
): (Curve | null)[][] {
  const results: (Curve | null)[][] = sdes.map(() => functions.map(() => null));
  const before: (Run | null)[][] = sdes.map(() => functions.map(() => null));
  let open = sdes.flatMap((_, s) => functions.map((_, f) => [s, f] as const));
  for (const level of levels) {
    if (open.length === 0) break;
    const models = [...new Set(open.map(([s]) => s))];
    const phis = [...new Set(open.map(([, f]) => f))];
    const runs = runLevel(
      line,
      models.map((s) => sdes[s]!),
      phis.map((f) => functions[f]!),
      rough,
      steps,
      range,
      level,
    );
    if (runs === null) break;
    open = open.filter(([s, f]) => {
      const run = runs[models.indexOf(s)]![phis.indexOf(f)]!;
      const earlier = before[s]![f];
      before[s]![f] = run;
      if (!earlier) return true;
      const { curve, worst } = compared(earlier, run);
      if (worst <= weakDefaults.acceptable) results[s]![f] = curve;
      return !(worst <= weakDefaults.target);
    });
  }
  return results;
}

interface Run {
  readonly values: Float64Array;
  /** sum |w phi|: what rounding is relative to. */
  readonly scales: Float64Array;
  /** Rounding over that scale: of sums, and of solving with a generator whose entries are large where elements are narrow. */
  readonly rounding: number;
}

/**
 * At single steps two resolutions may agree by chance: the largest difference from half a step's number to twice it is taken, and twice
 * that, which covers the finer one wherever an error at least halves from level to level.
 */
function compared(coarse: Run, fine: Run): { curve: Curve; worst: number } {
  const last = fine.values.length - 1;
  const differences = fine.values.map((value, k) => Math.abs(value - coarse.values[k]!));
  let worst = 0;
  const errors = fine.scales.map((scale, k) => {
    if (k === 0) return 0;
    let difference = 0;
    // Not Math.max: a NaN must not vanish.
    for (let j = Math.ceil(k / 2); j <= Math.min(2 * k, last); j++) if (!(differences[j]! <= difference)) difference = differences[j]!;
    const error = 2 * difference + fine.rounding * scale;
    if (!(error / Math.max(1, scale) <= worst)) worst = error / Math.max(1, scale);
    return error;
  });
  return { curve: { values: fine.values, errors, kind: "bound" }, worst };
}

function runLevel(
  line: LineProblem,
  sdes: readonly LineSde[],
  functions: readonly ((x: number) => number)[],
  rough: readonly number[],
  steps: number,
  range: Range,
  level: Level,
): Run[][] | null {
  const { eta, start } = line;
  const [low, high] = domainRound(line, sdes, functions, range, level.margin);
  const edges = sdes.flatMap((sde) => mendedEdges(sde, line, low, high));
  // The margins' inner third is left as it is: the sponge begins farther from the mass.
  const calm = { low: range.low + (low - range.low) / 3, high: range.high + (high - range.high) / 3 };
  const coefficients = sdes.map((sde) => withSponge(sde, calm, low, high));
  const mesh = lineMesh({
    low,
    high,
    breaks: [start, calm.low, calm.high, ...rough, ...edges],
    functions: [...coefficients.flatMap((c) => [c.drift, c.diffusion]), ...functions],
    degree,
    tolerance: level.tolerance,
    maxWidth: rough.length > 0 ? elementWidth(line, range, rough, level.width) : smoothWidth(line, range, level.width),
    narrowest: (level.narrowest * smallestDeviation(line, range)) / (high - low),
  });
  const nodal = functions.map((phi) => mesh.nodes.map(phi));
  const every = rough.length > 0 ? level.every * Math.max(1, Math.ceil(3 * passages(line, range, rough))) : level.every;
  const pieces = (k: number): number => Math.max(every, Math.ceil(level.first / k));
  let work = 0;
  for (let k = 1; k <= steps; k++) work += pieces(k) * mesh.nodes.length * sdes.length;
  if (work > defaults.work) return null;
  const startNode = nodeAt(mesh, start);
  const runs: Run[][] = [];
  for (const { drift, diffusion } of coefficients) {
    const operator = lineOperator(mesh, drift, diffusion);
    if (!operator.blocks.every(Number.isFinite)) return null;
    const propagators = new Map<number, Propagator>();
    // 1e-14: a few hundred products and sums a step, damped by the semigroup (measured: below 5e-15 of the scale).
    const rounding = 1e-14 + 2e-16 * eta * maxAbs(operator.blocks);
    const results = functions.map(() => ({ values: new Float64Array(steps + 1), scales: new Float64Array(steps + 1), rounding }));
    const w = new Float64Array(mesh.nodes.length);
    w[startNode] = 1;
    for (let k = 0; k <= steps; k++) {
      if (k > 0) {
        // What is rough in phi has died out by the later steps: exp(k eta L) is smooth, and the order of factors is free.
        const count = pieces(k);
        let step = propagators.get(count);
        if (step === undefined) propagators.set(count, (step = propagator(operator, eta, count)));
        step.apply(w);
      }
      for (let f = 0; f < functions.length; f++) {
        const phi = nodal[f]!;
        let sum = 0;
        let size = 0;
        for (let i = 0; i < w.length; i++) {
          const term = w[i]! * phi[i]!;
          sum += term;
          size += Math.abs(term);
        }
        results[f]!.values[k] = sum;
        results[f]!.scales[k] = size;
      }
    }
    runs.push(results);
  }
  return runs;
}

/** How many of its own widths a law moves in one step where phi is rough: a kink passes it in that part of a step. */
function passages(line: LineProblem, range: Range, rough: readonly number[]): number {
  const unit = elementWidth(line, range, [], 1);
  return rough.reduce((most, x) => Math.max(most, (line.eta * Math.abs(line.slope(x))) / unit(x)), 0);
}

/** phi is finite at 257 points of the range, ends included. */
export function finiteOn(phi: (x: number) => number, { low, high }: Range): boolean {
  for (let i = 0; i <= 256; i++) if (!Number.isFinite(phi(low + ((high - low) * i) / 256))) return false;
  return true;
}
