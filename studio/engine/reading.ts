// What a problem is, in a few milliseconds: its normal form, what holds at the start, and f where SGD will go. The range that is drawn
// is that of a few SGD paths: a picture's frame, not a figure.
import {
  type Answer,
  type DiagnoseResult,
  diagnose,
  EscapementError,
  models,
  pathBlocks,
  printTex,
  readProblem,
  type SgdProblem,
  symmetricEigen,
} from "../../src/index.ts";
import type { LineLandscape, Plane, PlaneLandscape, Raw, Reading } from "./jobs.ts";
import { problemOf } from "./problem.ts";

const defaults = {
  paths: 96,
  /** On a line a frame is seen with fewer, and a slider waits for it. */
  linePaths: 32,
  /** Of the paths' steps, so many are looked at. */
  steps: 24,
  /** Points farther from the start than this many times the median of the first step are those of paths that run away: no frame holds them. */
  runaway: 1e5,
  /** Beyond so many steps of all paths the frame is taken from fewer paths. */
  work: 4e4,
  linePoints: 400,
  /** How far beyond the paths a second well is looked for, in widths of their range. */
  beyond: 1.2,
  planePoints: 128,
  /** Beyond this many dimensions no Hessian is decomposed for a picture. */
  largestHessian: 60,
  /** Entries of the start that are tried where a formula has gained or lost variables. */
  mostVariables: 8,
} as const;

export async function readingOf(raw: Raw, fit: boolean): Promise<Reading> {
  const problem = fit ? readFitting(raw) : problemOf(raw);
  const { objective, noise } = problem;
  return {
    json: problem.json,
    d: objective.d,
    variables: objective.variables,
    closedForm: objective.quadratic !== undefined && noise.constant,
    densities: objective.d === 1 && noise.kind === "gaussian",
    tex: objective.formula ? printTex(objective.formula) : null,
    models: models.map(({ id, title, ours, tex }) => ({ id, title, ours, drift: tex.drift, diffusion: tex.diffusion })),
    diagnose: await diagnosed(problem),
    landscape: await landscapeOf(problem),
  };
}

/** A formula that gained or lost a variable keeps its start as far as it goes: zeros are added, the rest is dropped. */
function readFitting(raw: Raw): SgdProblem {
  try {
    return readProblem(raw);
  } catch (error) {
    const start = raw["start"];
    if (!(error instanceof EscapementError) || !Array.isArray(start) || !String(error.details["field"] ?? "").startsWith("start"))
      throw error;
    for (let d = 1; d <= defaults.mostVariables; d++) {
      try {
        return readProblem({ ...raw, start: Array.from({ length: d }, (_, i) => start[i] ?? 0) });
      } catch {
        // another number of entries, or a fault that the first error tells as well
      }
    }
    throw error;
  }
}

async function diagnosed(problem: SgdProblem): Promise<Answer<DiagnoseResult> | null> {
  try {
    return await diagnose(problem, { point: "start" });
  } catch (error) {
    // no Hessian, say: the page lives without
    if (error instanceof EscapementError && error.exitCode === 3) return null;
    throw error;
  }
}

async function landscapeOf(problem: SgdProblem): Promise<LineLandscape | PlaneLandscape | null> {
  const { objective } = problem;
  if (objective.d === 1) {
    const [low, high] = withNextWells(problem, (await framesOf(problem, [[1]], [0]))[0]!);
    const x = Array.from({ length: defaults.linePoints + 1 }, (_, i) => low + ((high - low) * i) / defaults.linePoints);
    return { kind: "line", x, f: x.map((at) => objective.value(Float64Array.of(at))) };
  }
  const plane = planeOf(problem);
  const [a, b] = await framesOf(problem, [plane.u, plane.v], plane.origin);
  const n = defaults.planePoints;
  const f = new Float32Array(n * n);
  const x = new Float64Array(objective.d);
  for (let j = 0; j < n; j++)
    for (let i = 0; i < n; i++) {
      const along = a![0] + ((a![1] - a![0]) * i) / (n - 1);
      const across = b![0] + ((b![1] - b![0]) * j) / (n - 1);
      for (let k = 0; k < x.length; k++) x[k] = plane.origin[k]! + along * plane.u[k]! + across * plane.v[k]!;
      f[j * n + i] = objective.value(x);
    }
  return { kind: "plane", plane, n, low: [a![0], b![0]], high: [a![1], b![1]], f };
}

/** The range with what lies behind a hill: outward to where f is again as high as its highest within, if that is near. */
function withNextWells({ objective }: SgdProblem, [low, high]: [number, number]): [number, number] {
  const value = (x: number): number => objective.value(Float64Array.of(x));
  const notch = (high - low) / defaults.linePoints;
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0; i <= defaults.linePoints; i++) top = Math.max(top, value(low + i * notch));
  const outward = (from: number, sign: 1 | -1): number => {
    for (let i = 1; i <= defaults.beyond * defaults.linePoints; i++) {
      const x = from + sign * i * notch;
      // not to be had, or as high as the other side: the wall behind
      if (!(value(x) < top)) return i < 2 ? from : x;
    }
    return from;
  };
  return [outward(low, -1), outward(high, 1)];
}

/** The coordinates in two dimensions; else the start and the directions of the largest and the smallest curvature. */
function planeOf({ objective, start }: SgdProblem): Plane {
  const { d, variables } = objective;
  const unit = (at: number): number[] => Array.from({ length: d }, (_, i) => (i === at ? 1 : 0));
  if (d === 2) return { origin: [0, 0], u: unit(0), v: unit(1), labels: [variables[0]!, variables[1]!] };
  const origin = Array.from(start);
  if (!objective.hessian || d > defaults.largestHessian)
    return { origin, u: unit(0), v: unit(1), labels: [`${variables[0]} from the start`, `${variables[1]} from the start`] };
  const { vectors } = symmetricEigen(objective.hessian(start, new Float64Array(d * d)), d);
  const column = (j: number): number[] => Array.from({ length: d }, (_, i) => vectors[i * d + j]!);
  return { origin, u: column(d - 1), v: column(0), labels: ["along the steepest curvature", "along the flattest curvature"] };
}

/** The range of SGD's paths along each direction, a little widened. */
async function framesOf(
  problem: SgdProblem,
  directions: readonly (readonly number[])[],
  origin: readonly number[],
): Promise<[number, number][]> {
  const { d } = problem.objective;
  const paths = Math.max(8, Math.min(d === 1 ? defaults.linePaths : defaults.paths, Math.floor(defaults.work / problem.steps)));
  const horizon = Math.min(problem.steps, Math.ceil(defaults.work / paths));
  const steps = [...new Set([0, 1, ...Array.from({ length: defaults.steps }, (_, i) => Math.round((horizon * (i + 1)) / defaults.steps))])];
  const from = directions.map((direction) => dot(direction, problem.start) - dot(direction, origin));
  /** How far the paths are after one step, in the middle of them, along each direction; filled by the first block. */
  let stride: number[] | undefined;
  const seen = directions.map((): number[] => []);
  // of the paths at the last of the steps, along each direction
  const last = directions.map((): number[] => []);
  for await (const { count, x } of pathBlocks(problem, { models: ["sgd"], paths, seed: 1, steps })) {
    const after = (direction: readonly number[], p: number): number =>
      dot(direction, x.subarray((p * steps.length + 1) * d, (p * steps.length + 2) * d)) - dot(direction, origin);
    stride ??= directions.map((direction, j) => median(Array.from({ length: count }, (_, p) => Math.abs(after(direction, p) - from[j]!))));
    for (let p = 0; p < count * steps.length; p++)
      directions.forEach((direction, j) => {
        let along = 0;
        for (let i = 0; i < d; i++) along += direction[i]! * (x[p * d + i]! - origin[i]!);
        if (!(Math.abs(along - from[j]!) <= defaults.runaway * stride![j]!)) return;
        seen[j]!.push(along);
        if (p % steps.length === steps.length - 1) last[j]!.push(along);
      });
  }
  return seen.map((values, j) => {
    values.sort((p, q) => p - q);
    // a path in a thousand that runs away must not shrink the picture to nothing
    const cut = Math.floor(values.length / 1000);
    const [low, high] = [values[cut]!, values[values.length - 1 - cut]!];
    const margin = high > low ? 0.18 * (high - low) : 1;
    // few paths do not reach the ends of a density
    const [left, right] = d === 1 ? spreadOf(last[j]!) : [low, high];
    return [Math.min(low - margin, left), Math.max(high + margin, right)];
  });
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Three standard deviations to both sides of the mean. */
function spreadOf(values: readonly number[]): [number, number] {
  if (values.length === 0) return [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
  return [mean - 3 * deviation, mean + 3 * deviation];
}
