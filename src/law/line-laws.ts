// The answer of `law` in one dimension where there is no closed form: laws of SGD (sgd-laws.ts) and the models (model-laws.ts) at the steps asked
// about, divergences of the models' laws from SGD's, stationary laws (line-stationary.ts). Discrete noise has no density: SGD then has
// moments only, and no divergence is finite but W2, which is not computed.
import { estimate } from "../answer/estimate.ts";
import type { LawAtStep, LawResult, ModelLaw, SgdLaw } from "../answer/law.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { type ExistenceOptions, existenceAt } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import { toRows } from "../numerics/arrays.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { gaussianStep } from "./chain-expectations.ts";
import { densityLevels, draftLevels } from "./fokker-planck.ts";
import { type FigureLimits, stationaryAnswer } from "./law-figures.ts";
import { noiselessPath } from "./line-expectations.ts";
import { answeredModels, lawRange } from "./line-models.ts";
import { type LineProblem, type LineSde, lineProblem } from "./line-problem.ts";
import { chainStationary, diffusionStationary } from "./line-stationary.ts";
import { densitiesOf, flowLaws, type ModelDensities, modelAnswer, modelPicture } from "./model-laws.ts";
import { momentsAt, recurrentRange, type SgdLaws, sgdAnswer, sgdLaws, sgdMoments } from "./sgd-laws.ts";

export interface LineLaws extends LawResult {
  readonly warnings: readonly Warning[];
}

/**
 * How much is computed: everything; moments and densities alone (stationary laws and divergences are null); or these for a picture, at a
 * twentieth of the work, with errors that are mostly below 1e-3 of the largest density and are told as always.
 */
export type LawDetail = "all" | "densities" | "draft";

export interface LineLawOptions extends ExistenceOptions {
  readonly detail?: LawDetail;
  /** Laws from which the models' are told apart in place of SGD's own (as that of SGD with momentum): null for none. */
  readonly beside?: SgdLaws | null;
}

/** Drafts: moments are given up to such differences of two resolutions; both may have errors up to the floor in common (measured: 2e-9). */
const draftLimits: FigureLimits = { acceptable: 1e-3, floor: 1e-7 };

const defaults = {
  /** Two resolutions agree to this part of the largest density, else a third is tried. */
  target: 1e-9,
  draftTarget: 5e-4,
};

/** Laws at the steps (ascending, from 1). Errors of moments are mostly below 1e-11 of the standard deviation, but for drafts. */
export function lineLaws(
  problem: SgdProblem,
  models: readonly SdeModel[],
  steps: readonly number[],
  options: LineLawOptions = {},
): LineLaws {
  const { detail = "all", beside } = options;
  const draft = detail === "draft";
  const line = lineProblem(problem);
  const warnings: Warning[] = [];
  const last = steps.at(-1) ?? 1;
  const path = noiselessPath(line, last);
  if (path) return noiselessLaws(line, models, steps, path, options);
  const noisy = line.deviation(line.start) > 0;
  const sgd = noisy && problem.noise.gaussian ? sgdLaws(line, steps, warnings, draft) : null;
  const range = noisy ? lawRange(line, last, sgd ? sgd.range : problem.noise.gaussian ? null : undefined) : null;
  const from = beside === undefined ? sgd : beside;
  const reach = range && beside ? { low: Math.min(range.low, beside.range.low), high: Math.max(range.high, beside.range.high) } : range;
  const sgdResult = sgd ? sgdAnswer(sgd, steps, range, draft ? draftLimits : {}) : sgdMoments(line, steps, warnings);
  const settled = detail === "all" && noisy && problem.noise.gaussian ? recurrentRange(line) : null;
  const stationary = settled ? stationaryAnswer(chainStationary(gaussianStep(line), line.start, settled)) : null;

  const empty = (step: number): LawAtStep => ({ step, mean: null, covariance: null, klFromSgd: null, w2SquaredFromSgd: null });
  const results: Record<string, ModelLaw> = {};
  const answered = range ? answeredModels(line, models, last, range, options) : { sdes: [] as readonly LineSde[], warnings: [] };
  warnings.push(...answered.warnings);
  if (range === null)
    warnings.push(warning("not-converged", "The models: their laws are wider, or their noise smaller, than this method resolves."));
  const noisyModels = answered.sdes.filter((sde) => !sde.deterministic);
  const modelLaws = range
    ? densitiesOf(line, noisyModels, steps, reach!, draft ? draftLevels : densityLevels, draft ? defaults.draftTarget : defaults.target)
    : new Map<string, ModelDensities>();
  for (const model of models) {
    const sde = answered.sdes.find(({ id }) => id === model.id);
    const base = descriptionOf(model, problem);
    if (sde?.deterministic)
      results[model.id] = { ...base, laws: flowLaws(sde, line, steps, from && ((i) => momentsAt(from, i))), stationary: null };
    else {
      const found = sde && modelLaws.get(model.id);
      const at = (step: number, i: number): LawAtStep =>
        found === undefined
          ? empty(step)
          : detail === "all"
            ? modelAnswer(model, step, i, found, from, reach!, warnings)
            : modelPicture(step, i, found, reach!, draft ? draftLimits : {});
      if (sde && !found)
        warnings.push(
          warning(
            "not-converged",
            `${model.title}: ${draft ? "a draft of its density would take too long" : "its density is too narrow for the elements at hand"}.`,
            { model: model.id },
          ),
        );
      const stationary = detail === "all" && sde ? stationaryAnswer(diffusionStationary(sde, line)) : null;
      results[model.id] = { ...base, laws: steps.map(at), stationary };
    }
  }
  const sgdLaw: SgdLaw = { laws: sgdResult, stationary };
  return { method: "transfer operator and Fokker-Planck equation", sgd: sgdLaw, models: results, warnings };
}

/** Everything is a point: paths, and squared distances of points. */
function noiselessLaws(
  line: LineProblem,
  models: readonly SdeModel[],
  steps: readonly number[],
  path: Float64Array,
  options: ExistenceOptions,
): LineLaws {
  const range = { low: path.reduce((a, b) => Math.min(a, b)), high: path.reduce((a, b) => Math.max(a, b)) };
  const answered = answeredModels(line, models, path.length - 1, range, options);
  const none = (step: number): LawAtStep => ({ step, mean: null, covariance: null, klFromSgd: null, w2SquaredFromSgd: null });
  const results = models.map((model): [string, ModelLaw] => {
    const sde = answered.sdes.find(({ id }) => id === model.id);
    const laws = sde ? flowLaws(sde, line, steps, (i) => ({ mean: path[steps[i]!]!, variance: 0, error: 0 })) : steps.map(none);
    return [model.id, { ...descriptionOf(model, line.problem), laws, stationary: null }];
  });
  const sgd = steps.map(
    (step): LawAtStep => ({
      step,
      mean: [estimate(path[step]!, 1e-15 * step * Math.abs(path[step]!), "rounding")],
      covariance: [[estimate(0, 0, "rounding")]],
    }),
  );
  return {
    method: "the path itself (no noise)",
    sgd: { laws: sgd, stationary: null },
    models: Object.fromEntries(results),
    warnings: answered.warnings,
  };
}

function descriptionOf(model: SdeModel, problem: SgdProblem): Pick<ModelLaw, "exists" | "regime" | "defect" | "diffusion"> {
  const start = existenceAt(model, problem, problem.start);
  return {
    exists: start.exists,
    regime: "one-step",
    defect: start.defect !== null && Number.isFinite(start.defect) ? start.defect : null,
    diffusion: start.diffusion ? toRows(start.diffusion, 1) : null,
  };
}
