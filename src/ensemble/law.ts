// Laws by sampling: mean and covariance of x_k and of each model at t = k eta, from coupled paths (coupled.ts). Second moments are taken about
// means found beforehand from the first block of paths, so that nothing cancels and the standard error of a covariance is that of a mean of
// products. Not here: densities, stationary laws (no horizon is long enough by itself) and divergences of laws that are not Gaussian.
import type { Estimate } from "../answer/estimate.ts";
import type { LawAtStep, LawResult, ModelLaw } from "../answer/law.ts";
import { type Warning, warning } from "../answer/warning.ts";
import type { SdeModel } from "../model/model.ts";
import { toRows } from "../numerics/arrays.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { fitControl } from "./control-fit.ts";
import { type CoupledProgram, correctionFigure, coupledProgram, valueFigure } from "./coupled.ts";
import { pathsPerBlock } from "./ensemble.ts";
import { estimateOf, methodText, pathRounding, stepBias } from "./figure.ts";
import type { Headline } from "./forecast.ts";
import { judgePaths, judgeStart, overflowWarnings } from "./judge.ts";
import { type Moments, standardErrorOf } from "./moments.ts";
import { startState, stateDimension } from "./momentum-sgd.ts";
import type { SampleOptions } from "./options.ts";
import { runBlock } from "./run.ts";
import { pathsAsked, sample } from "./sample.ts";

export interface SampledLaw {
  readonly result: LawResult;
  readonly warnings: readonly Warning[];
  readonly paths: number;
  readonly substeps: number;
}

/**
 * Laws of SGD and of `models` at the problem's steps `at`.
 * `stationary` is null throughout, divergences are null; a warning says so.
 */
export async function sampleLaw(problem: SgdProblem, models: readonly SdeModel[], options: SampleOptions = {}): Promise<SampledLaw> {
  const { seed = 1 } = options;
  const d = stateDimension(problem);
  const starts = models.map((model) => judgeStart(model, problem, options));
  const warnings: Warning[] = starts.flatMap((start) => start.warnings);
  const sampledModels = models.filter((_, i) => starts[i]!.answered);
  const twin = problem.noise.kind !== "gaussian";
  const companions = [...sampledModels, ...(twin ? (["sgd-gaussian"] as const) : [])];
  const centers = findCenters(problem, companions, seed);
  const observation = { kind: "moments", centers: centers.map((places) => places.map((center) => Array.from(center))) } as const;
  const last = problem.at.length - 1;
  const control = fitControl(problem, {
    companions,
    observation,
    steps: problem.at,
    paths: pathsAsked(options),
    seed,
    normals: options.normals,
    values: true,
  });
  const { ensemble, program, met } = await sample(
    (fine) => coupledProgram(problem, companions, observation, problem.at, fine, seed, 2, options.normals, control),
    (made) => headlines(made, companions.length, last, d),
    "laws",
    options,
  );
  warnings.push(...overflowWarnings(ensemble, 0, "SGD"));
  if (!met)
    warnings.push(
      warning("not-converged", `The tolerance ${options.tolerance} was not met with ${ensemble.paths} paths; the errors are as stated.`, {
        tolerance: options.tolerance,
        paths: ensemble.paths,
      }),
    );
  warnings.push(
    warning(
      "not-applicable",
      "Sampled laws come without stationary laws and divergences; on quadratics and least squares, and in one dimension, method auto has them.",
    ),
  );

  const lawsOf = (process: number): LawAtStep[] =>
    problem.at.map((step, place) => {
      const indices = (v: number) => figuresOf(program, process, place, v);
      return {
        step,
        ...momentsFrom(ensemble.moments, indices, centers[process]![place]!, d, step, control !== undefined),
        ...(process === 0 ? {} : { klFromSgd: null, w2SquaredFromSgd: null }),
      };
    });
  const results: { [id: string]: ModelLaw } = {};
  models.forEach((model, m) => {
    const { start, answered } = starts[m]!;
    let laws = noLaws(problem);
    if (answered) {
      const process = 1 + sampledModels.indexOf(model);
      const judged = judgePaths(model, start, ensemble, process, options);
      warnings.push(...judged.warnings);
      if (judged.answered) laws = lawsOf(process);
    }
    results[model.id] = {
      exists: start.exists,
      regime: "one-step",
      defect: finite(start.defect),
      diffusion: start.diffusion && toRows(start.diffusion, problem.objective.d),
      laws,
      stationary: null,
    };
  });
  if (twin)
    results["sgd-gaussian"] = {
      exists: true,
      regime: "one-step",
      defect: 0,
      diffusion: null,
      laws: lawsOf(companions.length),
      stationary: null,
    };
  return {
    result: {
      method: methodText(ensemble.paths, program.levels.fine, { control }),
      sgd: { laws: lawsOf(0), stationary: null },
      models: results,
    },
    warnings,
    paths: ensemble.paths,
    substeps: program.levels.fine,
  };
}

const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

function noLaws(problem: SgdProblem): LawAtStep[] {
  return problem.at.map((step) => ({ step, mean: null, covariance: null, klFromSgd: null, w2SquaredFromSgd: null }));
}

/** Approximate means, [process][place][coordinate]: from the first block, about the start. */
function findCenters(problem: SgdProblem, companions: Parameters<typeof coupledProgram>[1], seed: number): Float64Array[][] {
  const d = stateDimension(problem);
  const places = problem.at.map(() => startState(problem));
  const aboutStart = Array.from({ length: 1 + companions.length }, () => places);
  const program = coupledProgram(problem, companions, { kind: "state" }, problem.at, 2, seed);
  const { moments } = runBlock(program, 0, pathsPerBlock / 4);
  return aboutStart.map((starts, process) =>
    starts.map((start, place) =>
      Float64Array.from({ length: d }, (_, i) => {
        const mean = moments.mean[figuresOf(program, process, place, i).value]!;
        return Number.isFinite(mean) ? mean : start[i]!;
      }),
    ),
  );
}

interface FigureIndices {
  readonly value: number;
  readonly correction?: number;
}

function figuresOf(program: CoupledProgram, process: number, place: number, v: number): FigureIndices {
  if (process === 0) return { value: program.sgd(place, v) };
  return {
    value: program.companion(process - 1, place, v, valueFigure),
    correction: program.companion(process - 1, place, v, correctionFigure),
  };
}

/** The covariance's diagonal of every process, at the last step. */
function headlines(program: CoupledProgram, companions: number, last: number, d: number): Headline[] {
  const found: Headline[] = [];
  for (let process = 0; process <= companions; process++) {
    for (let i = 0; i < d; i++) {
      const { value, correction } = figuresOf(program, process, last, d + (i * (i + 1)) / 2 + i);
      found.push({ figure: value, correction: process > 0 && program.refines(process - 1) ? correction : undefined });
    }
  }
  return found;
}

/**
 * Mean and covariance with errors, from the figures of the observation "moments".
 * @param controlled  by control variates: means are then not those of the sample, and n/(n - 1) is not what a covariance lacks. What it lacks is
 *   the variance of the mean that is left, far below its error
 */
export function momentsFrom(
  moments: Moments,
  indices: (v: number) => FigureIndices,
  center: Float64Array,
  d: number,
  steps: number,
  controlled = false,
): { mean: Estimate[] | null; covariance: Estimate[][] | null } {
  const shift = Array.from({ length: d }, (_, i) => moments.mean[indices(i).value]!);
  const unbiased = moments.count > 1 && !controlled ? moments.count / (moments.count - 1) : 1;
  const mean: (Estimate | null)[] = [];
  for (let i = 0; i < d; i++) {
    const { value, correction } = indices(i);
    const rounding = Math.max(pathRounding(moments, value, steps), 8 * Number.EPSILON * Math.abs(center[i]!) * Math.sqrt(steps));
    const estimate = estimateOf(moments, value, correction, rounding);
    mean.push(estimate && { ...estimate, value: center[i]! + estimate.value });
  }
  const covariance: (Estimate | null)[][] = Array.from({ length: d }, () => []);
  let v = d;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++, v++) {
      const { value, correction } = indices(v);
      const product = estimateOf(moments, value, correction, pathRounding(moments, value, steps));
      // E y_i y_j - E y_i E y_j; the centers are good to a few hundredths of a standard deviation, so that the second term's error hardly counts
      const byMeans = Math.abs(shift[i]!) * errorOf(moments, indices(j)) + Math.abs(shift[j]!) * errorOf(moments, indices(i));
      const entry = product && {
        value: unbiased * (product.value - shift[i]! * shift[j]!),
        error: Math.sqrt(product.error * product.error + byMeans * byMeans),
        kind: product.kind,
      };
      covariance[i]![j] = entry;
      covariance[j]![i] = entry;
    }
  }
  const complete = <T>(values: readonly (T | null)[]): T[] | null => (values.every((value) => value !== null) ? (values as T[]) : null);
  return { mean: complete(mean), covariance: complete(covariance.map((row) => complete(row))) };
}

function errorOf(moments: Moments, { value, correction }: FigureIndices): number {
  const statistical = moments.count > 1 ? standardErrorOf(moments, value) : 0;
  const bias = correction === undefined ? 0 : stepBias(moments, correction);
  return Math.sqrt(statistical * statistical + bias * bias);
}
