// What a model adds to its drift and D D^T, given as terms. The three contractions that occur most need no tensors: D3f:Sigma is d
// products third(x, e_j, Sigma e_j), D3f[g, g] one, D Sigma[g] is the noise's own derivative along g. Every other term goes to the
// one evaluator (sbea/contract.ts) with whole tensors.
import type { Matrix, Vector } from "../numerics/arrays.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { evaluateTerm } from "../sbea/contract.ts";
import type { Term } from "../sbea/term.ts";
import type { SdeModel } from "./model.ts";
import { tensorsAt } from "./tensors.ts";

export interface Correction {
  /** Adds to the drift at x, where the gradient is g. */
  addDrift(x: Vector, g: Vector, drift: Vector): void;
  /** Adds to D D^T at x, where the gradient is g. */
  addDiffusion(x: Vector, g: Vector, diffusion: Matrix): void;
}

type Shape = "third:covariance" | "third[gradient,gradient]" | "covariance along gradient" | "other";

/** The correction of a model for a problem; undefined where it vanishes identically or the model has none. */
export function bindCorrection(model: SdeModel, problem: SgdProblem): Correction | undefined {
  if (!model.correction) return undefined;
  const { objective, noise } = problem;
  const { d } = objective;
  const eta = problem.learningRate;
  const live = (term: Term) => !vanishes(term, objective.quadratic !== undefined, noise.constant, noise.gaussian);
  const driftTerms = model.correction.drift.filter(live).map((term) => weighed(term, eta));
  const diffusionTerms = model.correction.diffusion.filter(live).map((term) => weighed(term, eta));
  if (driftTerms.length === 0 && diffusionTerms.length === 0) return undefined;
  const vector = new Float64Array(d);
  const unit = new Float64Array(d);
  const column = new Float64Array(d);
  const matrix = new Float64Array(d * d);

  return {
    addDrift(x, g, drift) {
      for (const { term, shape, weight } of driftTerms) {
        if (shape === "third:covariance" && objective.third) {
          noise.covariance(x, matrix);
          for (let j = 0; j < d; j++) {
            unit.fill(0)[j] = 1;
            for (let k = 0; k < d; k++) column[k] = matrix[j * d + k]!;
            objective.third(x, unit, column, vector);
            for (let i = 0; i < d; i++) drift[i]! += weight * vector[i]!;
          }
        } else {
          if (shape === "third[gradient,gradient]" && objective.third) objective.third(x, g, g, vector);
          else evaluateTerm(term, tensorsAt(objective, noise, x), vector);
          for (let i = 0; i < d; i++) drift[i]! += weight * vector[i]!;
        }
      }
    },
    addDiffusion(x, g, diffusion) {
      for (const { term, shape, weight } of diffusionTerms) {
        if (shape === "covariance along gradient") noise.covarianceAlong(x, g, matrix);
        else evaluateTerm(term, tensorsAt(objective, noise, x), matrix);
        for (let k = 0; k < d * d; k++) diffusion[k]! += weight * matrix[k]!;
      }
    },
  };
}

/** Whether a term is zero for every x because a tensor of it is. */
function vanishes(term: Term, quadratic: boolean, constantNoise: boolean, gaussian: boolean): boolean {
  return term.factors.some((factor) =>
    factor.tensor === "f"
      ? quadratic && factor.indices.length > 2
      : (constantNoise && factor.along.length > 0) || (gaussian && factor.indices.length > 2),
  );
}

function weighed(term: Term, eta: number): { term: Term; shape: Shape; weight: number } {
  let weight = Number(term.coefficient[0]) / Number(term.coefficient[1]);
  for (let p = 0; p < term.etaPower; p++) weight *= eta;
  // The evaluator keeps its plan by the term, so this one is made once.
  return { term: { ...term, coefficient: [1n, 1n] }, shape: shapeOf(term), weight };
}

/** Which of the contractions that need no tensors this is, whatever its labels are called. */
export function shapeOf(term: Term): Shape {
  const third = term.factors.find((factor) => factor.tensor === "f" && factor.indices.length === 3);
  const gradients = term.factors.filter((factor) => factor.tensor === "f" && factor.indices.length === 1);
  const covariances = term.factors.filter((factor) => factor.tensor === "cumulant" && factor.indices.length === 2);
  const covariance = covariances[0];
  if (term.free.length === 1 && third?.indices.includes(term.free[0]!)) {
    const [a, b] = third.indices.filter((label) => label !== term.free[0]);
    if (a === undefined || b === undefined || a === b) return "other";
    if (
      term.factors.length === 3 &&
      gradients.length === 2 &&
      sameLabels(
        gradients.flatMap((factor) => factor.indices),
        [a, b],
      )
    ) {
      return "third[gradient,gradient]";
    }
    if (
      term.factors.length === 2 &&
      covariance?.tensor === "cumulant" &&
      covariance.along.length === 0 &&
      sameLabels(covariance.indices, [a, b])
    ) {
      return "third:covariance";
    }
  }
  if (
    term.free.length === 2 &&
    term.factors.length === 2 &&
    gradients.length === 1 &&
    covariance?.tensor === "cumulant" &&
    covariance.along.length === 1 &&
    covariance.along[0] === gradients[0]!.indices[0] &&
    sameLabels(covariance.indices, term.free)
  ) {
    return "covariance along gradient";
  }
  return "other";
}

function sameLabels(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((label) => b.includes(label)) && b.every((label) => a.includes(label));
}
