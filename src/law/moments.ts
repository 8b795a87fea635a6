// The answer of `law` on least squares with minibatches: exact means and covariances of SGD and the closed moments of every model at
// t = k eta (theory.md 8; own). SGD's moments are those of the chain itself (third and higher moments of the minibatch do not
// enter); `sgd-gaussian` has the same. The laws are not Gaussian: there is no KL, and of the Wasserstein distance only the lower bound
// that the moments give. Reshuffled epochs are another chain and are not covered.
import type { LawAtStep, LawResult, ModelLaw, StationaryLaw } from "../answer/law.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { hasPole } from "../model/define.ts";
import { existenceLimits, formalWarning, noDiffusionWarning } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import { type Matrix, toRows, type Vector } from "../numerics/arrays.ts";
import { fromEigenbasis } from "../numerics/eigen.ts";
import { expm } from "../numerics/expm.ts";
import { expmAction } from "../numerics/expm-action.ts";
import { multiply, multiplyVector } from "../numerics/linear.ts";
import { psdDefect } from "../numerics/semidefinite.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { gaussianW2Squared } from "./divergence.ts";
import {
  coversModel,
  diffusionMap,
  type LeastSquaresSystem,
  leastSquaresSystem,
  modelGenerator,
  sgdStep,
  stateAt,
  unpack,
} from "./least-squares.ts";
import { meanSquareThreshold, stationarySecondMoments } from "./mean-square.ts";

export const momentLimits = Object.freeze({
  /** Up to this d the one-step maps are matrices (276 unknowns); their powers reach any number of steps. */
  dense: 22,
  /** Up to this d models are stepped by exp(eta L) v (1035 unknowns), SGD by its matrix. */
  largest: 44,
  /** Operations of one law by stepping, beyond which it is not begun. */
  operations: 4e10,
});

/** Whether closed moments are to be had: least squares, fresh minibatches, not too large. */
export function coversProblem(problem: SgdProblem): boolean {
  const { objective, noise, momentum } = problem;
  return (
    momentum === undefined &&
    objective.leastSquares !== undefined &&
    noise.minibatch !== undefined &&
    !noise.minibatch.epochs &&
    objective.d <= momentLimits.largest
  );
}

/** Moments in the problem's coordinates. */
interface Moments {
  readonly mean: Vector;
  readonly covariance: Matrix;
}

/** Exact moments on least squares. Relative error about 1e-13 of the largest second moment. */
export function leastSquaresLaws(
  problem: SgdProblem,
  models: readonly SdeModel[],
  at: readonly number[],
): { result: LawResult; warnings: Warning[] } {
  const system = leastSquaresSystem(problem);
  const eta = problem.learningRate;
  const start = stateAt(system, problem.start);
  const warnings: Warning[] = [];
  const step = sgdStep(system, eta);
  const sgd = propagate(system, at, start, step).map((state) => momentsOf(system, state));
  const sgdLaws = sgd.map((moments, i): LawAtStep => {
    if (moments === null) warnings.push(warning("unstable", `SGD's second moments overflow at step ${at[i]}.`, { step: at[i] }));
    return plain(at[i]!, moments, system.d);
  });
  const stationary = stationaryLaw(system, system.d <= momentLimits.dense ? step : null);
  if (stationary === null) warnings.push(unsettledWarning(system, eta));
  const results = models.map((model): [string, ModelLaw] => [model.id, modelLaw(system, problem, model, at, start, sgd, warnings)]);
  return {
    result: {
      method: "closed moments (least squares; laws are not Gaussian)",
      sgd: { laws: sgdLaws, stationary },
      models: Object.fromEntries(results),
    },
    warnings,
  };
}

function unsettledWarning(system: LeastSquaresSystem, eta: number): Warning {
  if (system.d > momentLimits.dense) {
    return warning(
      "not-applicable",
      `Stationary moments are computed up to ${momentLimits.dense} dimensions; this problem has ${system.d}.`,
      { d: system.d },
    );
  }
  const threshold = meanSquareThreshold(system);
  const why =
    threshold === null
      ? "some direction is flat or falls"
      : eta >= threshold
        ? `E|x|^2 grows from eta = ${threshold} on`
        : "some direction is flat";
  return warning("not-applicable", `SGD has no stationary moments: ${why}.`, { meanSquare: threshold });
}

function modelLaw(
  system: LeastSquaresSystem,
  problem: SgdProblem,
  model: SdeModel,
  at: readonly number[],
  start: Vector,
  sgd: readonly (Moments | null)[],
  warnings: Warning[],
): ModelLaw {
  const { d } = system;
  const eta = problem.learningRate;
  const none = (w: Warning): ModelLaw => {
    warnings.push(w);
    return { exists: false, regime: "one-step", defect: null, diffusion: null, laws: at.map((k) => plain(k, null, d)), stationary: null };
  };
  const zMax = eta * system.eigen.values[d - 1]!;
  if (hasPole(model) && !(zMax < 1)) return none(noDiffusionWarning(model, zMax, "The two-step form is for constant noise."));
  if (!coversModel(model))
    return none(warning("not-applicable", `${model.title} has terms of which closed moments know nothing.`, { model: model.id }));
  const diffusion = unpack(multiplyRows(diffusionMap(system, model, eta), start, system.pairs, system.size), d);
  const defect = psdDefect(diffusion, d);
  const exists = defect <= existenceLimits.rounding;
  if (!exists) warnings.push(formalWarning(model, defect));
  const generator = modelGenerator(system, model, eta);
  const step = d <= momentLimits.dense ? expm(generator, system.size) : null;
  const states = step ? propagate(system, at, start, step) : advance(at, start, (state) => expmAction(generator, state, system.size));
  const laws = states.map((state, i): LawAtStep => {
    const moments = momentsOf(system, state);
    if (moments === null)
      warnings.push(warning("unstable", `${model.title}'s second moments overflow at step ${at[i]}.`, { model: model.id, step: at[i] }));
    const reference = sgd[i];
    const bound = moments && reference ? gaussianW2Squared(reference, moments) : Number.NaN;
    return {
      ...plain(at[i]!, moments, d),
      klFromSgd: null,
      w2SquaredFromSgd: null,
      ...(Number.isFinite(bound) ? { w2SquaredLowerBound: bound } : {}),
    };
  });
  const stationary = stationaryLaw(system, step);
  if (stationary === null && step !== null) {
    warnings.push(
      warning("not-applicable", `${model.title} has no stationary moments: E|X|^2 grows, or some direction is flat.`, { model: model.id }),
    );
  }
  return {
    exists,
    regime: "one-step",
    defect: Number.isFinite(defect) ? defect : null,
    diffusion: toRows(rotated(system, diffusion), d),
    laws,
    stationary,
  };
}

/** The state at each of the steps: by the matrix itself, or by its powers where these are fewer operations. */
function propagate(system: LeastSquaresSystem, at: readonly number[], start: Vector, step: Matrix): Vector[] {
  const n = system.size;
  const last = at[at.length - 1] ?? 0;
  if (last <= 4 * n || system.d > momentLimits.dense) return advance(at, start, (state) => multiplyVector(step, state, n));
  // Powers 2^0, 2^1, ... of the step, made as the gaps between the steps ask for them.
  const powers: Matrix[] = [step];
  let state = start;
  let k = 0;
  return at.map((target) => {
    for (let bit = 0, gap = target - k; gap > 0; bit++, gap = Math.floor(gap / 2)) {
      if (bit === powers.length) powers.push(multiply(powers[bit - 1]!, powers[bit - 1]!, n));
      if (gap % 2 === 1) state = multiplyVector(powers[bit]!, state, n);
    }
    k = target;
    return state;
  });
}

function advance(at: readonly number[], start: Vector, next: (state: Vector) => Vector): Vector[] {
  let state = start;
  let k = 0;
  return at.map((target) => {
    for (; k < target; k++) state = next(state);
    return state;
  });
}

function momentsOf(system: LeastSquaresSystem, state: Vector): Moments | null {
  const { d, pairs, center, eigen, kappa } = system;
  if (!state.every(Number.isFinite)) return null;
  const mean = Float64Array.from(center);
  for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) mean[i]! += eigen.vectors[i * d + k]! * state[pairs + k]!;
  // Full batches make no noise: no rounding of differences in place of 0.
  if (kappa === 0) return { mean, covariance: new Float64Array(d * d) };
  const covariance = unpack(state, d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) covariance[i * d + j]! -= state[pairs + i]! * state[pairs + j]!;
  return { mean, covariance: rotated(system, covariance) };
}

function stationaryLaw(system: LeastSquaresSystem, step: Matrix | null): StationaryLaw | null {
  const second = step && stationarySecondMoments(system, step);
  if (!second) return null;
  return { mean: Array.from(system.center), covariance: toRows(rotated(system, unpack(second, system.d)), system.d) };
}

function rotated(system: LeastSquaresSystem, a: Matrix): Matrix {
  const { d } = system;
  return fromEigenbasis(a, system.eigen.vectors, d, new Float64Array(d * d), new Float64Array(d * d));
}

function plain(step: number, moments: Moments | null, d: number): LawAtStep {
  return moments
    ? { step, mean: Array.from(moments.mean), covariance: toRows(moments.covariance, d) }
    : { step, mean: null, covariance: null };
}

function multiplyRows(map: Float64Array, state: Vector, rows: number, columns: number): Vector {
  const out = new Float64Array(rows);
  for (let p = 0; p < rows; p++) {
    let sum = 0;
    for (let q = 0; q < columns; q++) sum += map[p * columns + q]! * state[q]!;
    out[p] = sum;
  }
  return out;
}
