// Stationary excess loss E f(x) - f(optimum) = (1/2) tr(H C) of SGD and of each model at an optimum. Least squares with fresh minibatches:
// exact, from the stationary second moments (theory.md 8). Elsewhere H and Sigma are frozen at the optimum: then it is that of the
// quadratic with constant noise (theory.md 4), and the figure's error is rounding of that, not the error of freezing.
import type { Estimate } from "../answer/estimate.ts";
import { hasPole } from "../model/define.ts";
import { type LinearProblem, linearProblem, modelDiffusion, modelRates, modelStationary, sgdStationary } from "../model/linear-law.ts";
import type { SdeModel } from "../model/model.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { expm } from "../numerics/expm.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { coversModel, type LeastSquaresSystem, modelGenerator, pairIndex, sgdStep } from "./least-squares.ts";
import { stationarySecondMoments } from "./mean-square.ts";
import { momentLimits } from "./moments.ts";

/** Relative rounding of the figures: eigenvectors and linear solves. */
const rounding = 1e-12;

/** H and Sigma frozen at x, as a linear problem with x for its center. */
export function frozenAt(problem: SgdProblem, x: Vector, hessian: Matrix): LinearProblem {
  const { objective, noise } = problem;
  const covariance = noise.covariance(x, new Float64Array(objective.d * objective.d));
  return linearProblem({ matrix: hessian, center: x }, covariance, problem.learningRate, x, noise.isotropicVariance);
}

/** With H and Sigma frozen; null where there is no stationary law (unstable, flat, or no diffusion). */
export function frozenExcessLoss(linear: LinearProblem, model: SdeModel | "sgd", twoStep = false): Estimate | null {
  const { d, z, eigen } = linear;
  let covariance: Matrix | null;
  if (model === "sgd") covariance = sgdStationary(linear);
  else {
    if (hasPole(model) && (z.includes(1) || (z[d - 1]! > 1 && !twoStep))) return null;
    covariance = modelStationary(linear, modelRates(linear, model), modelDiffusion(linear, model));
  }
  return covariance && excess((i) => eigen.values[i]! * covariance[i * d + i]!, d);
}

/** On least squares with minibatches, exactly, at learning rate eta; null where E|x|^2 grows or there is no diffusion, or d is too large. */
export function leastSquaresExcessLoss(system: LeastSquaresSystem, model: SdeModel | "sgd", eta: number): Estimate | null {
  const { d, eigen } = system;
  if (d > momentLimits.dense) return null;
  let step: Matrix;
  if (model === "sgd") step = sgdStep(system, eta);
  else {
    if ((hasPole(model) && !(eta * eigen.values[d - 1]! < 1)) || !coversModel(model)) return null;
    step = expm(modelGenerator(system, model, eta), system.size);
  }
  const second = stationarySecondMoments(system, step);
  return second && excess((i) => eigen.values[i]! * second[pairIndex(i, i)]!, d);
}

function excess(part: (i: number) => number, d: number): Estimate | null {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += part(i);
  return Number.isFinite(sum) ? { value: sum / 2, error: rounding * Math.abs(sum), kind: "rounding" } : null;
}
