// The Chebyshev series that steps by polynomials in the Hessian need (polynomial-steps.ts): what the frozen linear SDE asks of z = eta lambda
// (ensemble/frozen.ts), on the interval where the eigenvalues lie along pilot paths.
import { liveTerms, shapeOf } from "../../model/correction.ts";
import { haSme } from "../../model/ha-sme.ts";
import type { SdeModel } from "../../model/model.ts";
import { chebyshevSeries } from "../../numerics/chebyshev.ts";
import { exp } from "../../numerics/elementary.ts";
import { numberOps } from "../../numerics/factors.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import { relativeExpm1 } from "../frozen.ts";
import { type SpectralInterval, spectralIntervals } from "./spectral-interval.ts";

/** What the coefficients that are left out add up to, relative to the largest: the readable form is met to 1e-10. */
const tolerance = 1e-12;

/** A function of z for every vector of a step: the gradient, the model's corrections of the drift, the normals of each piece. */
interface StepFunctions {
  readonly gradient: (z: number) => number;
  readonly correction: ((z: number) => number) | undefined;
  readonly normals: readonly ((z: number) => number)[];
}

/** Chebyshev coefficients of a step, [k][vector], vectors in the order of StepFunctions. */
export interface StepSeries {
  readonly degreeCount: number;
  readonly width: number;
  readonly coefficients: Float64Array;
}

/** Numbers alone: the nodes that use them are in polynomial-steps.ts. */
export interface PolynomialPlan {
  readonly interval: SpectralInterval;
  readonly fine: number;
  readonly sgd: StepSeries;
  /** By model and level. */
  readonly models: ReadonlyMap<SdeModel, ReadonlyMap<number, StepSeries>>;
}

/**
 * The series of SGD and of models at these levels; undefined where a problem or a model is none for polynomials: noise that is not isotropic,
 * corrections of D D^T or of the drift beyond HA-SME-3's, eigenvalues too close to where a factor is singular.
 */
export function polynomialPlan(
  problem: SgdProblem,
  models: readonly SdeModel[],
  fine: number,
  substeps: readonly number[],
): PolynomialPlan | undefined {
  const { noise, objective } = problem;
  if (noise.kind !== "gaussian" || noise.isotropicVariance === undefined || !objective.formula) return undefined;
  for (const model of models) {
    const { drift, diffusion } = liveTerms(model, problem);
    if (diffusion.length > 0 || drift.some((term) => shapeOf(term) === "other")) return undefined;
  }
  for (const interval of spectralIntervals(problem)) {
    const plan = planOn(interval, problem, models, fine, substeps);
    if (plan) return plan;
  }
  return undefined;
}

function planOn(
  interval: SpectralInterval,
  problem: SgdProblem,
  models: readonly SdeModel[],
  fine: number,
  substeps: readonly number[],
): PolynomialPlan | undefined {
  const sgd = seriesOf(interval, sgdFunctions(problem, fine));
  if (!sgd) return undefined;
  const found = new Map<SdeModel, ReadonlyMap<number, StepSeries>>();
  for (const model of models) {
    const byLevel = new Map<number, StepSeries>();
    for (const level of substeps) {
      const series = seriesOf(interval, modelFunctions(problem, model, fine, level));
      if (!series) return undefined;
      byLevel.set(level, series);
    }
    found.set(model, byLevel);
  }
  return { interval, fine, sgd, models: found };
}

/** sqrt of the variance of a piece's noise along an eigenvector, and how it grows over the pieces after it. */
function pieceNoise(problem: SgdProblem, model: SdeModel, fine: number, pieces: number): ((z: number) => number)[] {
  const { learningRate: eta, noise } = problem;
  const deviation = eta * Math.sqrt(noise.isotropicVariance!);
  return Array.from({ length: pieces }, (_, q) => (z: number) => {
    const rate = -z * model.driftFactor(numberOps, z);
    const variance = (relativeExpm1((2 * rate) / fine) * model.diffusionFactor(numberOps, z, z)) / fine;
    return -deviation * Math.sqrt(variance) * exp((rate * (pieces - 1 - q)) / fine);
  });
}

/** SGD on the normals of `fine` substeps (coupled-sgd.ts). */
function sgdFunctions(problem: SgdProblem, fine: number): StepFunctions {
  return { gradient: () => -problem.learningRate, correction: undefined, normals: pieceNoise(problem, haSme, fine, fine) };
}

function modelFunctions(problem: SgdProblem, model: SdeModel, fine: number, level: number): StepFunctions {
  const { learningRate: eta } = problem;
  const push = (z: number): number => (eta * relativeExpm1((-z * model.driftFactor(numberOps, z)) / level)) / level;
  return {
    gradient: (z) => -push(z) * model.driftFactor(numberOps, z),
    correction: liveTerms(model, problem).drift.length > 0 ? push : undefined,
    normals: pieceNoise(problem, model, fine, fine / level),
  };
}

function seriesOf({ middle, radius }: SpectralInterval, { gradient, correction, normals }: StepFunctions): StepSeries | undefined {
  const series: Float64Array[] = [];
  for (const f of [gradient, ...(correction ? [correction] : []), ...normals]) {
    const found = chebyshevSeries(f, middle, radius, tolerance);
    if (!found) return undefined;
    series.push(found);
  }
  const width = series.length;
  // two at least: b_1 is then the first that the recurrence makes
  const degreeCount = Math.max(2, ...series.map((own) => own.length));
  const coefficients = new Float64Array(degreeCount * width);
  for (const [v, own] of series.entries()) for (const [k, c] of own.entries()) coefficients[k * width + v] = c;
  return { degreeCount, width, coefficients };
}
