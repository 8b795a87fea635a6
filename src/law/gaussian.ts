// The answer of `law` on quadratics with constant noise: laws of SGD and of every model at the steps asked about, stationary laws,
// divergences (Gaussian noise), densities (one dimension, Gaussian noise). All in closed form; formulas: model/linear-law.ts.
// Existence as the interface has it: z < 1 and a psd defect of rounding; with a larger defect the moments are formal; z > 1 has the
// two-step form on request, at even steps; z = 1 has none. SGD itself has moments at every rate.
import type { Density, Figure, LawAtStep, LawResult, ModelLaw, StationaryLaw } from "../answer/law.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { hasPole } from "../model/define.ts";
import { existenceLimits, formalWarning, nearestWarning, noDiffusionWarning } from "../model/existence.ts";
import {
  type LinearProblem,
  linearProblem,
  type Moments,
  matrixToCoordinates,
  modelDiffusion,
  modelMoments,
  modelRates,
  modelStationary,
  sgdMoments,
  sgdStationary,
  toCoordinates,
} from "../model/linear-law.ts";
import type { SdeModel } from "../model/model.ts";
import { type Matrix, toRows, type Vector } from "../numerics/arrays.ts";
import { exp } from "../numerics/elementary.ts";
import { projectPsd, psdDefect } from "../numerics/semidefinite.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { type Divergence, gaussianKl, gaussianW2Squared } from "./divergence.ts";

const defaults = {
  /** Grid of a density: this many points over this many standard deviations to either side. */
  densityPoints: 241,
  densityReach: 6,
  /** A divergence is a plain number up to this error (relative above 1), else an estimate. */
  plainDivergence: 1e-9,
  /** |1 - z| below this times the largest |z| is z = 1: rounding of eta lambda. */
  atOne: 16 * Number.EPSILON,
};

export interface GaussianOptions {
  readonly twoStep?: boolean;
  /** Project D D^T where it is indefinite. */
  readonly nearest?: boolean;
}

/** A model's law as a linear SDE in the eigenbasis, or why there is none. */
type LinearModel =
  | { readonly rates: Vector; readonly diffusion: Matrix; readonly defect: number; readonly regime: "one-step" | "two-step" }
  | { readonly refusal: Warning };

/**
 * Laws on a quadratic with constant noise (`problem.objective.quadratic` and `problem.noise.constant` must be set).
 * Moments and diffusions are exact to about 1e-14 of the largest entry; divergences likewise (law/divergence.ts).
 */
export function gaussianLaws(
  problem: SgdProblem,
  models: readonly SdeModel[],
  at: readonly number[],
  options: GaussianOptions = {},
): { result: LawResult; warnings: Warning[] } {
  const linear = linearOf(problem);
  const { gaussian } = problem.noise;
  const warnings: Warning[] = [];
  const sgd = at.map((k) => sgdMoments(linear, k));
  sgd.forEach((moments, i) => {
    if (!areFinite(moments))
      warnings.push(warning("unstable", `SGD's moments overflow at step ${at[i]}: it diverges at this rate.`, { step: at[i] }));
  });
  const sgdLaws = sgd.map((moments, i) => lawAtStep(linear, at[i]!, moments, gaussian));

  const computed: { model: SdeModel; law: ModelLaw; diffusion: Matrix | null; warnings: Warning[] }[] = [];
  for (const model of models) {
    // Models with the same two factors have the same law here: their corrections vanish.
    const twin = computed.find((c) => c.model.driftFactor === model.driftFactor && c.model.diffusionFactor === model.diffusionFactor);
    if (twin) {
      const said = twin.warnings.map((w) => ({ ...w, model: model.id, message: w.message.replace(twin.model.title, model.title) }));
      computed.push({ ...twin, model, warnings: said });
    } else {
      const found: Warning[] = [];
      const { law, diffusion } = modelLaw(linear, model, at, sgd, gaussian, options, found);
      computed.push({ model, law, diffusion, warnings: found });
    }
  }
  for (const c of computed) warnings.push(...c.warnings);
  const stationary = sgdStationary(linear);
  if (stationary === null) warnings.push(unsettledWarning(linear));
  return {
    result: {
      method: gaussian ? "closed form (quadratic)" : "closed form (quadratic; the noise is not Gaussian: mean and covariance)",
      sgd: { laws: sgdLaws, stationary: stationary && stationaryLaw(linear, stationary) },
      models: Object.fromEntries(computed.map((c) => [c.model.id, c.law])),
    },
    warnings,
  };
}

function unsettledWarning({ d, z }: LinearProblem): Warning {
  const range = { zMin: z[0], zMax: z[d - 1] };
  return warning(
    "not-applicable",
    `SGD has no stationary law: z = eta lambda goes from ${z[0]} to ${z[d - 1]}, and only modes with 0 < z < 2 settle.`,
    range,
  );
}

/** The problem in the eigenbasis of H. */
export function linearOf(problem: SgdProblem): LinearProblem {
  const { objective, noise } = problem;
  const covariance = noise.covariance(problem.start, new Float64Array(objective.d * objective.d));
  return linearProblem(objective.quadratic!, covariance, problem.learningRate, problem.start, noise.isotropicVariance);
}

function modelLaw(
  linear: LinearProblem,
  model: SdeModel,
  at: readonly number[],
  sgd: readonly Moments[],
  gaussian: boolean,
  options: GaussianOptions,
  warnings: Warning[],
): { law: ModelLaw; diffusion: Matrix | null } {
  const { d } = linear;
  const found = linearModel(linear, model, options.twoStep ?? false);
  if ("refusal" in found) {
    warnings.push(found.refusal);
    const laws = at.map((step): LawAtStep => ({ step, mean: null, covariance: null, klFromSgd: null, w2SquaredFromSgd: null }));
    return { law: { exists: false, regime: "one-step", defect: null, diffusion: null, laws, stationary: null }, diffusion: null };
  }
  const { rates, defect, regime } = found;
  const exists = defect <= existenceLimits.rounding;
  let { diffusion } = found;
  if (!exists && options.nearest) {
    diffusion = new Float64Array(d * d);
    projectPsd(found.diffusion, d, diffusion);
    warnings.push(nearestWarning(model, defect));
  } else if (!exists) warnings.push(formalWarning(model, defect));
  if (regime === "two-step") {
    const odd = at.filter((k) => k % 2 === 1);
    const left = odd.length === 0 ? "" : ` No figures at the odd steps ${odd.slice(0, 5).join(", ")}${odd.length > 5 ? ", ..." : ""}.`;
    warnings.push(
      warning("two-step", `${model.title} at z > 1 is the two-step form: its law belongs to every second step.${left}`, {
        model: model.id,
        z: linear.z[d - 1],
      }),
    );
  }
  const laws = at.map((step, i): LawAtStep => {
    if (regime === "two-step" && step % 2 === 1) return { step, mean: null, covariance: null, klFromSgd: null, w2SquaredFromSgd: null };
    const moments = modelMoments(linear, rates, diffusion, step);
    const own = lawAtStep(linear, step, moments, gaussian && (exists || options.nearest === true));
    if (!areFinite(moments))
      warnings.push(warning("unstable", `${model.title}'s moments overflow at step ${step}.`, { model: model.id, step }));
    const comparable = gaussian && areFinite(moments) && areFinite(sgd[i]!);
    return { ...own, ...divergences(comparable ? sgd[i]! : null, moments) };
  });
  const stationary = modelStationary(linear, rates, diffusion);
  return {
    law: {
      exists,
      regime,
      defect: Number.isFinite(defect) ? defect : null,
      diffusion: toRows(matrixToCoordinates(linear, found.diffusion), d),
      laws,
      stationary: stationary && stationaryLaw(linear, stationary),
    },
    diffusion,
  };
}

function linearModel(linear: LinearProblem, model: SdeModel, twoStep: boolean): LinearModel {
  const { d, z } = linear;
  const zMax = z[d - 1]!;
  let regime: "one-step" | "two-step" = "one-step";
  if (hasPole(model)) {
    const size = Math.max(1, zMax, -z[0]!);
    const atOne = z.find((value) => Math.abs(1 - value) <= defaults.atOne * size);
    if (atOne !== undefined) return { refusal: noDiffusionWarning(model, 1) };
    if (zMax > 1) {
      if (!twoStep) {
        const hint = "The two-step form (--two-step) has SGD's law at every second step.";
        return {
          refusal: noDiffusionWarning(
            model,
            zMax,
            model.declares.exactOnQuadratics === "law" ? hint : "--two-step gives its two-step form.",
          ),
        };
      }
      regime = "two-step";
    }
  }
  const diffusion = modelDiffusion(linear, model);
  return { rates: modelRates(linear, model), diffusion, defect: psdDefect(diffusion, d), regime };
}

/** Of Gaussian laws with these moments; invariant under rotations, so in the eigenbasis. */
export function divergences(sgd: Moments | null, model: Moments | null): Pick<LawAtStep, "klFromSgd" | "w2SquaredFromSgd"> {
  if (sgd === null || model === null) return { klFromSgd: null, w2SquaredFromSgd: null };
  const kl = gaussianKl(sgd, model);
  const w2 = gaussianW2Squared(sgd, model);
  return { klFromSgd: kl && figureOf(kl), w2SquaredFromSgd: Number.isFinite(w2) ? w2 : null };
}

/** A plain number where it is as good as its neighbours, with its error where the laws are so thin that rounding shows. */
function figureOf({ value, error }: Divergence): Figure | null {
  if (!Number.isFinite(value)) return null;
  return error <= defaults.plainDivergence * Math.max(1, value) ? value : { value, error, kind: "bound" };
}

function lawAtStep(linear: LinearProblem, step: number, moments: Moments, gaussian: boolean): LawAtStep {
  if (!areFinite(moments)) return { step, mean: null, covariance: null };
  const { mean, covariance } = toCoordinates(linear, moments);
  const law: LawAtStep = { step, mean: Array.from(mean), covariance: toRows(covariance, linear.d) };
  if (linear.d !== 1 || !gaussian || !(covariance[0]! > 0)) return law;
  return { ...law, density: normalDensity(mean[0]!, Math.sqrt(covariance[0]!)) };
}

export function normalDensity(mean: number, deviation: number): Density {
  const { densityPoints, densityReach } = defaults;
  const x: number[] = [];
  const p: number[] = [];
  for (let i = 0; i < densityPoints; i++) {
    const u = densityReach * ((2 * i) / (densityPoints - 1) - 1);
    x.push(mean + u * deviation);
    p.push(exp(-0.5 * u * u) / (Math.sqrt(2 * Math.PI) * deviation));
  }
  // exp is good to 1 ulp, its argument at six deviations to 18 of them; mean and deviation to a few of their own.
  return { x, p, error: (1e-14 + (Number.EPSILON * Math.abs(mean)) / deviation) / deviation };
}

function stationaryLaw(linear: LinearProblem, covariance: Matrix): StationaryLaw {
  return { mean: Array.from(linear.center), covariance: toRows(matrixToCoordinates(linear, covariance), linear.d) };
}

export function areFinite(moments: Moments): boolean {
  return moments.mean.every(Number.isFinite) && moments.covariance.every(Number.isFinite);
}
