// Problems that claims are measured on, as problem files; all are ours (the paper's experiments are not public).
import { modelById } from "../model/index.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { readProblem } from "../problem/read.ts";

/** A model's name in sentences. */
export const modelTitle = (id: string): string => modelById(id).title;

/** A problem on formulas with Gaussian noise. */
export function formulaProblem(fields: {
  formula: string;
  variables: readonly string[];
  /** A number or a formula; or a covariance, rows of either. */
  sigma?: number | string;
  covariance?: readonly (readonly (number | string)[])[];
  eta: number;
  start: readonly number[];
  steps: number;
  tests?: readonly string[];
  inside?: string;
}): SgdProblem {
  const { formula, variables, sigma, covariance, eta, start, steps, tests, inside } = fields;
  return readProblem({
    objective: { formula, variables },
    noise: { gaussian: covariance ? { covariance } : { sigma } },
    learningRate: eta,
    start,
    steps,
    ...(tests ? { tests } : {}),
    ...(inside ? { inside } : {}),
  });
}

/** x^T A x/2 with Gaussian noise of constant covariance. */
export function quadraticProblem(
  matrix: readonly (readonly number[])[],
  covariance: readonly (readonly number[])[],
  eta: number,
  start: readonly number[],
  steps: number,
  inside?: string,
): SgdProblem {
  return readProblem({
    objective: { quadratic: { matrix } },
    noise: { gaussian: { covariance } },
    learningRate: eta,
    start,
    steps,
    ...(inside ? { inside } : {}),
  });
}

/** The models of the literature that HA-SME is compared with, and HA-SME. */
export const earlierModels = ["gradient-flow", "sme1", "sme2", "spf"] as const;
/** Models with noise: those that can leave a stationary point. */
export const earlierSdes = ["sme1", "sme2", "spf"] as const;

export const smoothDoubleWell = "x^2/2 + 1.5*exp(-x^2)";
/** Its left minimum, -sqrt(log 3). */
export const smoothDoubleWellMinimum = -1.0481470739682048;
