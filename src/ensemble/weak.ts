// Weak errors by sampling: E phi(x_k) of SGD, E phi(X_{k eta}) of the models and their differences, from coupled paths (coupled.ts), at the
// horizon and along the way. The largest |weak error| is picked among noisy figures and so comes out too large; what it loses when the step is
// picked by one half of the paths and the figure taken from the other is counted as error.
import type { Estimate, EstimateAtStep } from "../answer/estimate.ts";
import { type Warning, warning } from "../answer/warning.ts";
import type { ModelWeak, WeakRow } from "../answer/weak.ts";
import type { SdeModel } from "../model/model.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { fitControl } from "./control-fit.ts";
import { type CoupledProgram, correctionFigure, coupledProgram, differenceFigure, valueFigure } from "./coupled.ts";
import { pathsPerBlock } from "./ensemble.ts";
import { estimateOf, methodText, pathRounding } from "./figure.ts";
import { judgePaths, judgeStart, overflowWarnings } from "./judge.ts";
import { worthMirroring } from "./mirrored.ts";
import { varianceOf } from "./moments.ts";
import type { SampleOptions } from "./options.ts";
import { pathsAsked, type Sampled, sample } from "./sample.ts";

export const weakDefaults = {
  /** Steps looked at for the largest weak error, evenly spaced where the horizon has more. */
  mostSteps: 2000,
  /** Steps shown along the way. */
  shownSteps: 60,
};

/** E phi at the steps 0 .. K by index; NaN at steps that were not looked at. */
export interface SampledCurve {
  readonly values: Float64Array;
  readonly errors: Float64Array;
  readonly kind: "standard-error";
  /** Models: E phi(X) - E phi(x) from coupled paths, whose error is far below that of the two values. */
  readonly fromSgd?: { readonly values: Float64Array; readonly errors: Float64Array };
  /** Models: the largest |difference|, its pick judged by the other half of the paths. */
  readonly largest?: EstimateAtStep | null;
}

/** The same figures as curves over the steps, in the shape that ways without sampling return. */
export interface SampledExpectations {
  readonly method: string;
  /** By test function. */
  readonly sgd: readonly (SampledCurve | null)[];
  readonly deviations: readonly (number | null)[];
  readonly models: { readonly [id: string]: readonly (SampledCurve | null)[] };
  readonly warnings: readonly Warning[];
}

export interface SampledWeak {
  /** One row a test function of the problem, in its order. */
  readonly rows: readonly WeakRow[];
  readonly warnings: readonly Warning[];
  readonly paths: number;
  readonly substeps: number;
  readonly expectations: SampledExpectations;
}

/**
 * Weak errors of `models` on `problem` at its learning rate and horizon, for its test functions.
 * Errors are standard errors, statistical and step bias together (test/ensemble/weak.test.ts, test/slow/coverage.test.ts).
 * Discrete and minibatch noise add the process `sgd-gaussian`.
 */
export async function sampleWeak(problem: SgdProblem, models: readonly SdeModel[], options: SampleOptions = {}): Promise<SampledWeak> {
  const { seed = 1 } = options;
  const warnings: Warning[] = [];
  const starts = models.map((model) => judgeStart(model, problem, options));
  for (const start of starts) warnings.push(...start.warnings);
  const sampledModels = models.filter((_, i) => starts[i]!.answered);
  const twin = problem.noise.kind !== "gaussian";
  const companions = [...sampledModels, ...(twin ? (["sgd-gaussian"] as const) : [])];
  const steps = spaced(problem.steps, weakDefaults.mostSteps);
  const last = steps.length - 1;
  const observation = { kind: "tests" } as const;
  // Without a tolerance the paths are as many as the differences want, and SGD's own mean is as good as these make it: the measure of what a
  // difference is worth (sampleDefaults.differenceShare). With one, values are what is waited for.
  const values = options.tolerance !== undefined;
  const paths = pathsAsked(options);
  const control = fitControl(problem, { companions, observation, steps, paths, seed, normals: options.normals, values });
  const mirrored = worthMirroring(problem, { companions, observation, seed, normals: options.normals, control, paths, values });
  // as many paths, in pairs
  const asked = mirrored && !values ? { ...options, paths: Math.max(pathsPerBlock, Math.ceil(paths / 2)) } : options;
  const sampled = await sample(
    (fine) => coupledProgram(problem, companions, observation, steps, fine, seed, 2, options.normals, control, mirrored),
    (program) =>
      problem.tests.flatMap((_, v) => [
        { figure: program.sgd(last, v) },
        ...companions.flatMap((_companion, c) => {
          const correction = program.refines(c) ? program.companion(c, last, v, correctionFigure) : undefined;
          return [
            { figure: program.companion(c, last, v, valueFigure), correction },
            { figure: program.companion(c, last, v, differenceFigure), correction, differenceFrom: program.plain(last, v) },
          ];
        }),
      ]),
    "weak errors",
    asked,
  );
  const { ensemble, program } = sampled;
  warnings.push(...overflowWarnings(ensemble, 0, "SGD"));
  if (!sampled.met)
    warnings.push(
      warning(
        "not-converged",
        `The tolerance ${options.tolerance} was not met with ${ensemble.paths} ${mirrored ? "pairs of paths" : "paths"} and ${program.levels.fine} substeps; the errors are as stated.`,
        {
          tolerance: options.tolerance,
          paths: ensemble.paths,
          substeps: program.levels.fine,
        },
      ),
    );
  const judged = new Map<string, number>();
  sampledModels.forEach((model, c) => {
    const start = starts[models.indexOf(model)]!.start;
    const { answered, warnings: met } = judgePaths(model, start, ensemble, c + 1, options);
    warnings.push(...met);
    if (answered) judged.set(model.id, c);
  });
  if (twin) judged.set("sgd-gaussian", sampledModels.length);
  const ids = [...models.map((model) => model.id), ...(twin ? ["sgd-gaussian"] : [])];
  const rows = problem.tests.map((_, v): WeakRow => {
    const results: { [id: string]: ModelWeak } = {};
    for (const id of ids) {
      const companion = judged.get(id);
      results[id] = companion === undefined ? noFigures : modelWeak(sampled, steps, companion, v);
    }
    const figure = program.sgd(last, v);
    const variance = varianceOf(ensemble.moments, program.plain(last, v));
    return {
      eta: problem.learningRate,
      steps: problem.steps,
      sgd: rounded(sampled, steps, last, v, figure),
      sgdStandardDeviation: Number.isFinite(variance) ? Math.sqrt(variance) : null,
      models: results,
    };
  });
  const expectations: SampledExpectations = {
    method: methodText(ensemble.paths, program.levels.fine, { control, mirrored }),
    sgd: problem.tests.map((_, v) => curve(problem, steps, v, (place) => rounded(sampled, steps, place, v, program.sgd(place, v)))),
    deviations: rows.map((row) => row.sgdStandardDeviation ?? null),
    models: Object.fromEntries(
      ids.map((id) => [
        id,
        problem.tests.map((_, v) =>
          judged.has(id) ? modelCurve(problem, sampled, steps, judged.get(id)!, v, rows[v]!.models[id]!) : null,
        ),
      ]),
    ),
    warnings,
  };
  return { rows, warnings, paths: ensemble.paths, substeps: program.levels.fine, expectations };
}

/** The figures of sampleWeak as curves. */
export async function sampleExpectations(
  problem: SgdProblem,
  models: readonly SdeModel[],
  options: SampleOptions = {},
): Promise<SampledExpectations> {
  return (await sampleWeak(problem, models, options)).expectations;
}

function rounded(
  { ensemble: { moments }, program }: Sampled<CoupledProgram>,
  steps: readonly number[],
  place: number,
  v: number,
  figure: number,
  correction?: number,
): Estimate | null {
  return estimateOf(moments, figure, correction, pathRounding(moments, program.plain(place, v), steps[place]!));
}

function curve(problem: SgdProblem, steps: readonly number[], v: number, at: (place: number) => Estimate | null): SampledCurve | null {
  const values = new Float64Array(problem.steps + 1).fill(Number.NaN);
  const errors = new Float64Array(problem.steps + 1).fill(Number.NaN);
  values[0] = problem.tests[v]!.value(problem.start);
  errors[0] = 0;
  steps.forEach((step, place) => {
    const estimate = at(place);
    if (estimate) [values[step], errors[step]] = [estimate.value, estimate.error];
  });
  return Number.isNaN(values[problem.steps]!) ? null : { values, errors, kind: "standard-error" };
}

function modelCurve(
  problem: SgdProblem,
  sampled: Sampled<CoupledProgram>,
  steps: readonly number[],
  companion: number,
  v: number,
  found: ModelWeak,
): SampledCurve | null {
  const { program } = sampled;
  const figure = (which: number) => (place: number) =>
    rounded(
      sampled,
      steps,
      place,
      v,
      program.companion(companion, place, v, which),
      program.companion(companion, place, v, correctionFigure),
    );
  const values = curve(problem, steps, v, figure(valueFigure));
  const fromSgd = curve(problem, steps, v, figure(differenceFigure));
  if (fromSgd) fromSgd.values[0] = 0;
  return values && { ...values, fromSgd: fromSgd ?? undefined, largest: found.maxWeakError };
}

const noFigures: ModelWeak = { value: null, weakError: null, maxWeakError: null };

/** At most `most` of the whole numbers 1 .. count, evenly spaced, `count` among them. */
function spaced(count: number, most: number): number[] {
  const number = Math.min(count, most);
  return Array.from({ length: number }, (_, i) => Math.round(((i + 1) * count) / number));
}

function modelWeak(sampled: Sampled<CoupledProgram>, steps: readonly number[], companion: number, v: number): ModelWeak {
  const { program } = sampled;
  const at = (place: number, figure: number) =>
    rounded(
      sampled,
      steps,
      place,
      v,
      program.companion(companion, place, v, figure),
      program.companion(companion, place, v, correctionFigure),
    );
  const last = steps.length - 1;
  const differences = steps.map((_, place) => at(place, differenceFigure));
  const shown = spaced(steps.length, weakDefaults.shownSteps).map((place) => place - 1);
  return {
    value: at(last, valueFigure),
    weakError: differences[last]!,
    maxWeakError: largest(sampled, steps, differences, (place) => program.companion(companion, place, v, differenceFigure)),
    alongTheWay: shown.flatMap((place) => {
      const weakError = differences[place];
      return weakError ? [{ step: steps[place]!, weakError }] : [];
    }),
  };
}

function largest(
  sampled: Sampled<CoupledProgram>,
  steps: readonly number[],
  differences: readonly (Estimate | null)[],
  figure: (place: number) => number,
): EstimateAtStep | null {
  if (differences.some((difference) => difference === null)) return null;
  const place = placeOfLargest(differences.map((difference) => difference!.value));
  const found = differences[place]!;
  const value = Math.abs(found.value);
  const [lower, upper] = sampled.halves;
  let optimism = 0;
  if (upper) {
    const halves = [lower, upper].map((half) => steps.map((_, p) => half.moments.mean[figure(p)]!));
    // each half's pick, its sign included, judged by the other
    const judged = halves.map((half, h) => {
      const pick = placeOfLargest(half);
      return Math.sign(half[pick]!) * halves[1 - h]![pick]!;
    });
    optimism = value - (judged[0]! + judged[1]!) / 2;
  }
  return { value, error: Math.sqrt(found.error * found.error + optimism * optimism), kind: found.kind, step: steps[place]! };
}

function placeOfLargest(values: readonly number[]): number {
  let place = 0;
  for (let p = 1; p < values.length; p++) if (Math.abs(values[p]!) > Math.abs(values[place]!)) place = p;
  return place;
}
