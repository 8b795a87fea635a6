// E phi(X_{k eta}) of SDE models on the line, for all k and all phi at once: the row vector w^T exp(k eta L) of line-operator.ts, that
// is, the backward Kolmogorov equation on spectral elements with natural ends, evaluated at the start (theory.md 5). phi, b and D² are
// smooth on the scale of f, so that few elements do, whatever the noise. Kinks of phi are ends of elements, with elements of
// the width of one step's noise round them. Every figure is had at two resolutions or more that differ in degree of refinement, in the
// width of the domain and in the number of substeps; their difference is the error that is stated.
// Does not do: densities (fokker-planck.ts), two dimensions, models without noise (line-expectations.ts).
import { hasPole } from "../model/define.ts";
import { maxAbs } from "../numerics/linear.ts";
import { type Curve, weakDefaults } from "./expectations.ts";
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
  /** Elements for the sake of their width alone are no more than this over that width in deviations: vanishing noise needs none. */
  elements: 1440,
  /** Margin at least, over the range. */
  margin: 0.1,
  /** b times the margin over D² at the ends: layers are a quarter of it or so. */
  spongePeclet: 4,
  /** The margin beyond the range ends where z is larger. */
  nearPole: 0.9,
};

export interface Range {
  readonly low: number;
  readonly high: number;
}

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
  const results: (Curve | null)[][] = sdes.map(() => functions.map(() => null));
  const before: (Run | null)[][] = sdes.map(() => functions.map(() => null));
  // Between two steps a model wanders off from the start by about one step's noise, also where SGD has left it for good.
  const wander = 8 * line.deviation(line.start);
  const wide = { low: Math.min(range.low, line.start - wander), high: Math.max(range.high, line.start + wander) };
  const usable = functions.map((phi) => finiteOn(phi, wide));
  const rough = functions.map((phi, f) => (usable[f] ? roughPoints(phi, wide.low, wide.high, degree, 1e-9) : []));
  let open = sdes.flatMap((_, s) => functions.map((_, f) => [s, f] as const).filter(([, f]) => usable[f]));
  for (const level of levels) {
    if (open.length === 0) break;
    const models = [...new Set(open.map(([s]) => s))];
    const phis = [...new Set(open.map(([, f]) => f))];
    const runs = runLevel(
      line,
      models.map((s) => sdes[s]!),
      phis.map((f) => functions[f]!),
      phis.flatMap((f) => rough[f]!),
      steps,
      wide,
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

function compared(coarse: Run, fine: Run): { curve: Curve; worst: number } {
  let worst = 0;
  const errors = fine.values.map((value, k) => {
    const scale = Math.max(1, fine.scales[k]!);
    const error = k === 0 ? 0 : Math.abs(value - coarse.values[k]!) + fine.rounding * fine.scales[k]!;
    // Not Math.max: a NaN must not vanish.
    if (!(error / scale <= worst)) worst = error / scale;
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
  const coefficients = sdes.map((sde) => withSponge(sde, range, low, high));
  const mesh = lineMesh({
    low,
    high,
    breaks: [start, range.low, range.high, ...rough, ...edges],
    functions: [...coefficients.flatMap((c) => [c.drift, c.diffusion]), ...functions],
    degree,
    tolerance: level.tolerance,
    maxWidth: rough.length > 0 ? elementWidth(line, range, rough, level.width) : smoothWidth(line, range, level.width),
    narrowest: (level.narrowest * smallestDeviation(line, range)) / (high - low),
  });
  const nodal = functions.map((phi) => mesh.nodes.map(phi));
  const every = rough.length > 0 ? level.every * Math.max(1, Math.ceil(3 * passages(line, range, rough))) : level.every;
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
        const pieces = Math.max(every, Math.ceil(level.first / k));
        let step = propagators.get(pieces);
        if (step === undefined) propagators.set(pieces, (step = propagator(operator, eta, pieces)));
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

/**
 * The range and a margin, in standard deviations: natural ends disturb their neighbourhood. The margin ends early where f or phi is not
 * defined or a model comes near z = 1: there is no mass, and nothing to be gained from resolving a singularity. (Functions that are
 * smooth up to the end matter: a kink in the margin would send waves back that the elements do not resolve.)
 */
function domainRound(
  line: LineProblem,
  sdes: readonly LineSde[],
  functions: readonly ((x: number) => number)[],
  range: Range,
  margin: number,
): [number, number] {
  const unit = elementWidth(line, range, [], 1);
  const least = defaults.margin * (range.high - range.low);
  const pole = sdes.some((sde) => hasPole(sde.model));
  const regular = (x: number): boolean =>
    !(pole && line.eta * line.curvature(x) > defaults.nearPole) &&
    sdes.every(
      (sde) => Number.isFinite(sde.drift(x)) && sde.diffusion(x) > 0 && Number.isFinite(sde.diffusion(x)) && !(sde.defect(x) > 0),
    ) &&
    functions.every((phi) => Number.isFinite(phi(x)));
  const end = (from: number, direction: 1 | -1): number => {
    const reach = Math.max(margin * unit(from), least);
    let last = from;
    for (let i = 1; i <= 32; i++) {
      const x = from + (direction * reach * i) / 32;
      if (!regular(x)) return last;
      last = x;
    }
    return last;
  };
  return [end(range.low, -1), end(range.high, 1)];
}

/**
 * The coefficients, changed in the margins, where no mass comes, so that nothing sharp arises there. A natural end that the drift points to
 * is a wall, and the kink that walls make in E phi(X_t) wanders in along the characteristics: so the drift is turned inwards. An end
 * that the drift leaves has a boundary layer as thin as D²/b, and elements that do not resolve it send waves inwards: so D² grows until
 * the layer is a good part of the margin. Both over the whole margin, with two continuous derivatives.
 */
function withSponge(sde: LineSde, range: Range, low: number, high: number): { drift(x: number): number; diffusion(x: number): number } {
  const margin = (end: number, width: number, direction: 1 | -1) => {
    const outwards = direction * sde.drift(end);
    const speed = Math.max(Math.abs(outwards), (4 * sde.diffusion(end)) / width);
    return {
      turned: outwards > 0,
      drift: -direction * speed,
      diffusion: Math.max(sde.diffusion(end), (speed * width) / defaults.spongePeclet),
    };
  };
  const above = high > range.high ? margin(range.high, high - range.high, 1) : null;
  const below = low < range.low ? margin(range.low, range.low - low, -1) : null;
  const place = (x: number): { part: number; side: NonNullable<typeof above> } | null => {
    if (above && x > range.high) return { part: (x - range.high) / (high - range.high), side: above };
    if (below && x < range.low) return { part: (range.low - x) / (range.low - low), side: below };
    return null;
  };
  const blend = (own: number, other: number, part: number): number =>
    own + part * part * part * (10 - 15 * part + 6 * part * part) * (other - own);
  return {
    drift: (x) => {
      const at = place(x);
      return at?.side.turned ? blend(sde.drift(x), at.side.drift, at.part) : sde.drift(x);
    },
    diffusion: (x) => {
      const at = place(x);
      return at ? blend(sde.diffusion(x), at.side.diffusion, at.part) : sde.diffusion(x);
    },
  };
}

/**
 * Elements are no wider than a few standard deviations (eta Sigma/(2 |f''|))^(1/2): the scale of layers between wells and at the ends. Near
 * rough points they are as narrow as the noise of one step.
 */
export function elementWidth(line: LineProblem, range: Range, rough: readonly number[], width: number): (x: number) => number {
  const curvature = largestCurvature(line, range);
  const floor = ((range.high - range.low) * width) / defaults.elements;
  return (x) => {
    const inner = Math.min(Math.max(x, range.low), range.high);
    let allowed = curvature > 0 ? width * Math.sqrt((line.eta * line.variance(inner)) / (2 * curvature)) : Number.POSITIVE_INFINITY;
    allowed = Math.max(allowed, floor);
    for (const point of rough) allowed = Math.min(allowed, Math.max(0.7 * width * line.deviation(point), 0.5 * Math.abs(x - point)));
    return allowed;
  };
}

/**
 * The same for smooth phi: E phi(X_t) is then smooth as a function of the start on the scale of f and phi, but for layers where paths
 * separate (f'' < 0) and at the ends; away from these, elements may grow with the distance.
 */
function smoothWidth(line: LineProblem, range: Range, width: number): (x: number) => number {
  const narrow = elementWidth(line, range, [], width);
  const points = 256;
  const at = (i: number): number => range.low + ((range.high - range.low) * i) / points;
  const separating = Array.from({ length: points + 1 }, (_, i) => at(i)).filter((x) => line.curvature(x) < 0);
  const sensitive = [range.low, range.high, ...separating];
  return (x) => Math.max(narrow(x), 0.35 * sensitive.reduce((least, y) => Math.min(least, Math.abs(x - y)), Number.POSITIVE_INFINITY));
}

/** Largest |f''| at 65 points of the range. */
export function largestCurvature(line: LineProblem, { low, high }: Range): number {
  let largest = 0;
  for (let i = 0; i <= 64; i++) largest = Math.max(largest, Math.abs(line.curvature(low + ((high - low) * i) / 64)) || 0);
  return largest;
}

/** Smallest standard deviation of one step at 65 points of the range, zeros left out. */
export function smallestDeviation(line: LineProblem, { low, high }: Range): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= 64; i++) {
    const deviation = line.deviation(low + ((high - low) * i) / 64);
    if (deviation > 0) smallest = Math.min(smallest, deviation);
  }
  return smallest;
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
