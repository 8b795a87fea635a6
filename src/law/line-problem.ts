// A one-dimensional problem and its models as functions of a number: the form in which the line's solvers take them.
// Does not do: decide whether a model exists (model/existence.ts); it only says how D² is taken where it does not.

import type { Warning } from "../answer/warning.ts";
import { bind } from "../model/bind.ts";
import { lackingFor } from "../model/correction.ts";
import { hasPole, isDeterministic } from "../model/define.ts";
import { lackingWarning } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import { signChanges } from "../numerics/sign-change.ts";
import type { SgdProblem } from "../problem/problem.ts";

export const lineDefaults = {
  /** Where the law hardly goes and z >= 1, z is held here: close to 1, yet with a drift that polynomials resolve. */
  heldZ: 0.999,
  /** Likewise D² is held above this part of eta Sigma where it would be negative: elliptic, and off by less than SGD's own noise. */
  heldDiffusion: 1e-3,
};

/** SGD on the line: x -> mean(x) + deviation(x) Z. */
export interface LineProblem {
  readonly problem: SgdProblem;
  readonly eta: number;
  readonly start: number;
  /** f'. */
  slope(x: number): number;
  /** f''. */
  curvature(x: number): number;
  /** Sigma, the noise's variance. */
  variance(x: number): number;
  /** x - eta f'(x). */
  mean(x: number): number;
  /** eta Sigma^(1/2). */
  deviation(x: number): number;
}

/** dX = b dt + D dW with b and c = D². */
export interface LineSde {
  readonly id: string;
  readonly model: SdeModel;
  readonly eta: number;
  drift(x: number): number;
  diffusion(x: number): number;
  /** No noise at all: an ODE. */
  readonly deterministic: boolean;
  /** Psd defect of D² before it was mended: 0 where the model exists, NaN where z >= 1. */
  defect(x: number): number;
}

export function lineProblem(problem: SgdProblem): LineProblem {
  const { objective, noise, learningRate: eta } = problem;
  const point = new Float64Array(1);
  const out = new Float64Array(1);
  const at = (x: number): Float64Array => {
    point[0] = x;
    return point;
  };
  const slope = (x: number): number => objective.gradient(at(x), out)[0]!;
  const variance = (x: number): number => Math.max(0, noise.covariance(at(x), out)[0]!);
  return {
    problem,
    eta,
    start: problem.start[0]!,
    slope,
    curvature: (x) => (objective.hessian ? objective.hessian(at(x), out)[0]! : Number.NaN),
    variance,
    mean: (x) => x - eta * slope(x),
    deviation: (x) => eta * Math.sqrt(variance(x)),
  };
}

/** The models on the line; those that need derivatives which the problem lacks are left out, with a warning. */
export function lineSdes(models: readonly SdeModel[], line: LineProblem, warnings: Warning[]): LineSde[] {
  return models.flatMap((model) => {
    const lacks = lackingFor(model, line.problem);
    if (lacks === undefined) return [lineSde(model, line)];
    warnings.push(lackingWarning(model, lacks));
    return [];
  });
}

/** A model on the line, one-step; mended where it does not exist as lineDefaults say. */
export function lineSde(model: SdeModel, line: LineProblem): LineSde {
  const { problem, eta } = line;
  const held = bind(model, problem, { largestZ: lineDefaults.heldZ });
  const formal = bind(model, problem);
  const point = new Float64Array(1);
  const out = new Float64Array(1);
  const deterministic = isDeterministic(model);
  const drift = (x: number): number => {
    point[0] = x;
    return held.drift(point, out)[0]!;
  };
  const diffusion = (x: number): number => {
    if (deterministic) return 0;
    point[0] = x;
    held.diffusionMatrix(point, out);
    return Math.max(out[0]!, lineDefaults.heldDiffusion * eta * line.variance(x));
  };
  const defect = (x: number): number => {
    if (deterministic) return 0;
    point[0] = x;
    const found = formal.diffusionMatrix(point, out);
    // A model without a pole in its diffusion may have one in its drift (SPF).
    return Number.isNaN(formal.drift(point, out)[0]!) ? Number.NaN : found;
  };
  return { id: model.id, model, eta, drift, diffusion, deterministic, defect };
}

/** Points in (low, high) where a model begins or ceases to be mended: its coefficients have kinks there. */
export function mendedEdges(sde: LineSde, line: LineProblem, low: number, high: number): number[] {
  if (sde.deterministic) return [];
  const { eta } = line;
  const pole = hasPole(sde.model);
  const conditions = [
    (x: number) => (pole ? eta * line.curvature(x) - lineDefaults.heldZ : -1),
    (x: number) => {
      const floor = lineDefaults.heldDiffusion * eta * line.variance(x);
      return sde.diffusion(x) > floor ? 1 : -1;
    },
  ];
  return conditions.flatMap((condition) => signChanges(condition, low, high, 257));
}
