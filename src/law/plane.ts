// E phi in the plane, for SGD and the models, without sampling: which solver serves which process. SGD: plane-chain.ts; models with
// noise: plane-diffusion.ts; without: the flow of their drift. The method is at its best where laws have one lump, as over short
// horizons and round a minimum; a law of several lumps, or a phi with kinks, is given up (`not-converged`) when it takes too long.
import { type Warning, warning } from "../answer/warning.ts";
import { bind } from "../model/bind.ts";
import { isDeterministic } from "../model/define.ts";
import type { SdeModel } from "../model/model.ts";
import type { Sde } from "../model/sde.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { Curve, ExpectationOptions, ExpectationSolver, Expectations } from "./expectations.ts";
import { lineDefaults } from "./line-problem.ts";
import { chainStep, planeChainApplies } from "./plane-chain.ts";
import { diffusionStep } from "./plane-diffusion.ts";
import { type Field, flow } from "./plane-flow.ts";
import { type FollowOptions, follow, isAcceptable } from "./plane-follow.ts";
import { decideInPlane } from "./plane-models.ts";
import { LostLawError } from "./plane-pull.ts";

type Phi = (x: Float64Array) => number;

export type PlaneOptions = ExpectationOptions & FollowOptions;

/**
 * E phi(x_k) and E phi(X_{k eta}), k = 0 .. steps, for the problem's test functions, in two dimensions.
 * Errors are bounds, measured between two resolutions (test/law/plane.test.ts); figures worse than weakDefaults.acceptable are null.
 */
export function planeExpectations(problem: SgdProblem, models: readonly SdeModel[], options: PlaneOptions = {}): Expectations {
  const { steps, start, tests } = problem;
  const phis: Phi[] = tests.map(({ value }) => value);
  const warnings: Warning[] = [];
  const isChain = planeChainApplies(problem);
  const sgd = follow((resolution) => chainStep(problem, isChain ? "own" : "gaussian", resolution), start, steps, phis, options);
  const along = "reason" in sgd ? phis.map(() => null) : sgd.along.map((curve) => (isAcceptable(curve) ? curve : null));
  const byModel: Record<string, (Curve | null)[]> = Object.fromEntries(models.map(({ id }) => [id, phis.map(() => null)]));
  const unresolved = (who: string, curves: readonly (Curve | null)[], reason: string, measures: Record<string, unknown>) => {
    const missing = tests.filter((_, i) => curves[i] === null).map(({ text }) => text);
    if (missing.length === 0) return;
    const why = reason === "" ? "two resolutions differ" : reason;
    warnings.push(
      warning("not-converged", `${who}: E phi is not resolved for ${missing.join(", ")} (${why}).`, { ...measures, tests: missing }),
    );
  };
  if (isChain) unresolved("SGD", along, "reason" in sgd ? sgd.reason : "", {});
  else
    warnings.push(
      warning(
        "not-applicable",
        "SGD with minibatch noise has no law without sampling in two dimensions, except on least squares: use --method sample.",
      ),
    );

  // A phi that SGD's law does not resolve will not be resolved by laws like it; a flow needs no law.
  const laws = "reason" in sgd ? [] : sgd.laws;
  const resolved = phis.flatMap((_, i) => (along[i] === null ? [] : [i]));
  for (const model of models) {
    const curves = byModel[model.id]!;
    const open = isDeterministic(model) || isNoiseless(problem) ? [...phis.keys()] : resolved;
    let reason = "SGD's law is not resolved, and with it where the models must exist";
    if (open.length > 0) {
      const asked = open.map((i) => phis[i]!);
      const found = modelCurves(model, problem, asked, laws, warnings, options);
      if (found === undefined) continue;
      open.forEach((i, at) => {
        curves[i] = found.curves[at]!;
      });
      reason = found.reason;
    }
    unresolved(model.title, curves, reason, { model: model.id });
  }
  return {
    method: "transfer operator and Kolmogorov equation (moving Hermite series)",
    sgd: isChain ? along : phis.map(() => null),
    deviations: along.map((curve) => curve?.standardDeviation ?? null),
    models: byModel,
    warnings,
  };
}

/** Two dimensions. SGD with minibatches has no figures here; the models have. */
export const planeSolver: ExpectationSolver = {
  covers: ({ objective }) => objective.d === 2 && objective.hessian !== undefined,
  givesSgd: (problem) => planeChainApplies(problem),
  solve: planeExpectations,
};

type Laws = Parameters<typeof decideInPlane>[2];

/** Curves of a model; undefined where it does not exist, and a warning says so. */
function modelCurves(model: SdeModel, problem: SgdProblem, phis: readonly Phi[], laws: Laws, warnings: Warning[], options: PlaneOptions) {
  if (isDeterministic(model) || isNoiseless(problem)) return flowCurves(bind(model, problem), phis);
  const decision = decideInPlane(model, problem, laws, options);
  warnings.push(...decision.warnings);
  if (!decision.answered) return undefined;
  const sde = bind(model, problem, { treatment: decision.treatment, largestZ: lineDefaults.heldZ });
  const followed = follow((resolution, work) => diffusionStep(sde, resolution, work), problem.start, problem.steps, phis, options);
  if ("reason" in followed) return { curves: phis.map(() => null), reason: followed.reason };
  return { curves: followed.along.map((curve) => (isAcceptable(curve) ? curve : null)), reason: "" };
}

function isNoiseless({ noise, start }: SgdProblem): boolean {
  return noise.constant && noise.covariance(start, new Float64Array(4)).every((entry) => entry === 0);
}

/** A model without noise follows its drift. */
function flowCurves(sde: Sde, phis: readonly Phi[]): { curves: (Curve | null)[]; reason: string } {
  const { start, steps, learningRate } = sde.problem;
  const drift: Field = (x, out) => sde.drift(x, out);
  const states: Float64Array[] = [start];
  const radii = [0];
  try {
    for (let k = 1; k <= steps; k++) {
      const next = flow(drift, states[k - 1]!, learningRate);
      states.push(next.x);
      radii.push(radii[k - 1]! * stretch(drift, states[k - 1]!, next.x, learningRate) + next.error);
    }
  } catch (error) {
    if (!(error instanceof LostLawError)) throw error;
    return { curves: phis.map(() => null), reason: error.message };
  }
  const curves = phis.map((phi): Curve | null => {
    const values = Float64Array.from(states, phi);
    const errors = Float64Array.from(states, (x, k) => slopeAt(phi, x) * radii[k]! + 4 * Number.EPSILON * Math.abs(values[k]!));
    return values.every(Number.isFinite) && errors.every(Number.isFinite) ? { values, errors, kind: "bound" } : null;
  });
  return { curves, reason: "" };
}

/** How much a small error grows over a time: the largest row sum of the flow's derivative, by differences. */
function stretch(drift: Field, from: Float64Array, to: Float64Array, time: number): number {
  const sums = new Float64Array(from.length);
  from.forEach((value, i) => {
    const step = 1e-6 * (1 + Math.abs(value));
    const moved = flow(
      drift,
      from.map((v, j) => (j === i ? v + step : v)),
      time,
    );
    for (let j = 0; j < to.length; j++) sums[j]! += Math.abs(moved.x[j]! - to[j]!) / step;
  });
  return Math.max(...sums);
}

/** |grad phi| by central differences: good enough to carry an error of rounding over. */
function slopeAt(phi: Phi, x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const step = 1e-5 * (1 + Math.abs(x[i]!));
    const moved = (by: number) => phi(x.map((v, j) => (j === i ? v + by : v)));
    sum += Math.abs(moved(step) - moved(-step)) / (2 * step);
  }
  return sum;
}
