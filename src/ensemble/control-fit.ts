// How a control (control.ts) is found: A, c and Sigma are the averages of SGD's Hessian, gradient and noise over pilot paths at the last step, the
// coefficients are those of least squares of the figures on the features, over other pilot paths, at some of the places. The pilots' path numbers
// lie beyond those of any sample, so that coefficients and figures are independent: the mean of a figure less its psi is the figure's, exactly. What
// is spared is measured by the same pilots; a control that does not pay is none. Numbers of pilots are fixed: nothing depends on the clock.

import { toRows, type Vector } from "../numerics/arrays.ts";
import { symmetricEigenvalues } from "../numerics/eigen.ts";
import { solve } from "../numerics/linear.ts";
import type { NormalKind } from "../numerics/normals.ts";
import { normalSource } from "../numerics/random.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { atomControl, type ControlSpec, controlWalker, featureCount, normalControl } from "./control.ts";
import { coupledProgram, differenceFigure } from "./coupled.ts";
import { figureRows } from "./kernel/figure-rows.ts";
import type { ObservationSpec } from "./observation.ts";
import type { Companion } from "./process.ts";
import { type Fit, leastSquares, noFit } from "./regression.ts";
import { sgdWalker } from "./sgd.ts";
import { isFiniteState } from "./walker.ts";

export const controlDefaults = {
  /** Path numbers of the pilots start here: far above what anyone samples. */
  firstPath: 2 ** 50,
  /** Path numbers set aside for the pilots that tell A, c and Sigma. */
  locating: 1024,
  /** Pilots that tell the coefficients, by steps of all paths; half the fewest to an eighth of the most tell A, c and Sigma. */
  fitting: { steps: 2e5, fewest: 256, most: 1024 },
  /** Samples of fewer paths cost less than the pilots. */
  fewestPaths: 4096,
  /** Substeps of the pilots' models. */
  substeps: 2,
  /** Places at which coefficients are fitted, the last among them. */
  nodes: 16,
  /** Coefficients of all figures at one place. */
  mostCoefficients: 1024,
  /** The variance of some figure must fall by this factor, or there is no control; a figure whose variance falls by less than `least` has none. */
  worthwhile: 1.5,
  least: 1.1,
  /** Eigenvalues of A over the largest, at least: else the quadratic part has no minimum. */
  smallestCurvature: 1e-6,
  /** Digits of the coefficients: whatever they are, means stay what they are. */
  digits: 6,
};

export interface ControlAsk {
  readonly companions: readonly Companion[];
  readonly observation: ObservationSpec;
  readonly steps: readonly number[];
  /** Of the sample to come. */
  readonly paths: number;
  readonly seed: number;
  readonly normals?: NormalKind | undefined;
  /** Whether the values of SGD and its companions are wanted, or the companions' differences from SGD only. */
  readonly values: boolean;
}

/** The control of a coupled program's figures, where the problem has one that pays. */
export function fitControl(problem: SgdProblem, ask: ControlAsk): ControlSpec | undefined {
  const { companions, steps, paths, seed, normals = "fast" } = ask;
  const { objective, noise, momentum } = problem;
  if (momentum || paths < controlDefaults.fewestPaths || !objective.hessian) return undefined;
  if (noise.kind !== "gaussian" && !(noise.kind === "discrete" && noise.atoms)) return undefined;
  const last = steps.at(-1)!;
  const nodes = spread(steps.length, controlDefaults.nodes);
  const nodeSteps = nodes.map((place) => steps[place]!);
  const observation = atPlaces(ask.observation, nodes);
  const pilot = coupledProgram(problem, companions, observation, nodeSteps, controlDefaults.substeps, seed, 2, normals);
  // figures of a place: SGD's values, then three of each companion
  const size = pilot.size / nodes.length / (1 + 3 * companions.length);
  const width = featureCount(objective.d);
  const differs = noise.kind === "gaussian";
  if (size * width * (1 + (differs ? companions.length : 0)) > controlDefaults.mostCoefficients) return undefined;
  const part = locate(problem, last, seed, normals);
  if (!part) return undefined;

  const { steps: affordable, fewest, most } = controlDefaults.fitting;
  const count = Math.max(fewest, 4 * width, Math.min(most, Math.floor(affordable / last)));
  const first = controlDefaults.firstPath + controlDefaults.locating;
  const rows = figureRows(pilot, first, count);
  // an overflow has no mean to improve
  if (!rows || rows.some((value) => Number.isNaN(value))) return undefined;
  const bare: ControlSpec = { ...part, values: ask.values, nodes: [] };
  const features = featuresOfPilots(problem, bare, nodeSteps, seed, normals, first, count);
  const fitAt = (node: number, figures: readonly number[]): Fit =>
    leastSquares(features[node]!, width, count, (path, v) => rows[path * pilot.size + figures[v]!]!, figures.length);
  const places = Array.from({ length: size }, (_, v) => v);
  const fits = nodes.map((place, node) => ({
    place,
    values: fitAt(
      node,
      places.map((v) => pilot.sgd(node, v)),
    ),
    differences: companions.map((_, c) =>
      differs && !pilot.fixed(c)
        ? fitAt(
            node,
            places.map((v) => pilot.companion(c, node, v, differenceFigure)),
          )
        : noFit,
    ),
  }));
  const end = fits.at(-1)!;
  // with discrete noise differences take what values take
  const used = [...(ask.values || noise.kind === "discrete" ? [end.values] : []), ...end.differences];
  if (!used.some(({ gains }) => gains.some((gain) => gain >= controlDefaults.worthwhile))) return undefined;
  return {
    ...bare,
    nodes: fits.map(({ place, values, differences }) => ({
      place,
      values: kept(values),
      differences: differs ? differences.map(kept) : [],
    })),
  };
}

/** Moments are observed about centers that go with the places. */
function atPlaces(observation: ObservationSpec, nodes: readonly number[]): ObservationSpec {
  if (observation.kind !== "moments") return observation;
  return { kind: "moments", centers: observation.centers.map((places) => nodes.map((place) => places[place]!)) };
}

/** Features by node: [path][feature]. */
function featuresOfPilots(
  problem: SgdProblem,
  control: ControlSpec,
  steps: readonly number[],
  seed: number,
  kind: NormalKind,
  first: number,
  count: number,
): Float64Array[] {
  const { d } = problem.objective;
  const fine = controlDefaults.substeps;
  const width = featureCount(d);
  const process = control.atoms ? atomControl(problem, control, steps) : normalControl(problem, control, steps, fine);
  const walker = controlWalker(problem, process, seed);
  const source = normalSource(seed, d, kind);
  const normals = new Float64Array(fine * d);
  const features = steps.map(() => new Float64Array(count * width));
  for (let p = 0; p < count; p++) {
    walker.begin(first + p);
    for (let k = 0, node = 0; node < steps.length; k++) {
      source.fill(first + p, k, fine, normals);
      walker.advance(k, normals);
      if (steps[node] !== k + 1) continue;
      walker.features(node, features[node]!.subarray(p * width, (p + 1) * width));
      node++;
    }
  }
  return features;
}

/** SGD's own paths, one vector of normals a step. */
function pilots(problem: SgdProblem, seed: number, kind: NormalKind) {
  const walker = sgdWalker(problem, seed);
  const source = normalSource(seed, problem.objective.d, kind);
  const normals = new Float64Array(problem.objective.d);
  let path = 0;
  return {
    x: walker.x,
    normals,
    begin(number: number) {
      path = number;
      walker.begin(number);
    },
    advance(k: number) {
      source.fill(path, k, 1, normals);
      walker.advance(k, normals);
    },
  };
}

type Part = Omit<ControlSpec, "nodes" | "values">;

/** A, c and Sigma; undefined where A has no minimum, or where SGD on it does not stay. */
function locate(problem: SgdProblem, last: number, seed: number, kind: NormalKind): Part | undefined {
  const { objective, noise, learningRate: eta } = problem;
  const { d } = objective;
  const { fewest, most, steps: affordable } = controlDefaults.fitting;
  const count = Math.max(fewest / 2, Math.min(most / 8, Math.floor(affordable / last)));
  const [x, g] = [new Float64Array(d), new Float64Array(d)];
  const [hessian, covariance] = [new Float64Array(d * d), new Float64Array(d * d)];
  const pilot = pilots(problem, seed, kind);
  const addTo = (sum: Float64Array, more: Float64Array): void => {
    for (let i = 0; i < sum.length; i++) sum[i]! += more[i]! / count;
  };
  for (let p = 0; p < count; p++) {
    pilot.begin(controlDefaults.firstPath + p);
    for (let k = 0; k < last; k++) pilot.advance(k);
    if (!isFiniteState(pilot.x)) return undefined;
    addTo(x, pilot.x);
    addTo(g, objective.gradient(pilot.x, new Float64Array(d)));
    addTo(hessian, objective.hessian!(pilot.x, new Float64Array(d * d)));
    addTo(covariance, noise.covariance(pilot.x, new Float64Array(d * d)));
  }
  // descending or not: the extremes count
  const values = Array.from(symmetricEigenvalues(hessian, d)).sort((a, b) => a - b);
  const [low, high] = [values[0]!, values.at(-1)!];
  if (!(low > controlDefaults.smallestCurvature * high) || !(eta * high < 2)) return undefined;
  const shift = solve(hessian, g, d);
  const center = Array.from(x, (mean, i) => mean - shift[i]!);
  const part = { matrix: toRows(hessian, d), center };
  if (noise.kind === "gaussian") return { ...part, covariance: toRows(covariance, d) };
  const { values: flat, probabilities } = noise.atoms!(x);
  return { ...part, ...centeredAtoms(flat, probabilities, d) };
}

/** Atoms at one place: probabilities that add up to 1, values of mean zero, to rounding; their covariance. */
function centeredAtoms(flat: Vector, weights: Vector, d: number): Pick<ControlSpec, "atoms" | "covariance"> {
  const total = weights.reduce((a, b) => a + b, 0);
  const probabilities = Array.from(weights, (weight) => weight / total);
  const rows = toRows(flat, d);
  const mean = Array.from({ length: d }, (_, i) => rows.reduce((sum, row, m) => sum + probabilities[m]! * row[i]!, 0));
  const values = rows.map((row) => row.map((entry, i) => entry - mean[i]!));
  const covariance = mean.map((_, i) =>
    mean.map((_m, j) => values.reduce((sum, row, m) => sum + probabilities[m]! * row[i]! * row[j]!, 0)),
  );
  return { atoms: { values, probabilities }, covariance };
}

/** At most `most` of the places 0 .. count - 1, evenly spaced, the last among them. */
function spread(count: number, most: number): number[] {
  const number = Math.min(count, most);
  return Array.from({ length: number }, (_, i) => Math.round(((i + 1) * count) / number) - 1);
}

/** The coefficients that pay, short; zeros for the rest. */
function kept({ coefficients, gains }: Fit): number[][] {
  return coefficients.map((row, v) =>
    row.map((c) => (gains[v]! >= controlDefaults.least ? Number(c.toPrecision(controlDefaults.digits)) : 0)),
  );
}
