// The answer of `law` for SGD with momentum on quadratics with constant noise, in closed form (theory.md 7; model/momentum-linear.ts): the law of
// (x, v), the only linear SDE on (x, v) that has it (never a real process), HA-SME-M, Langevin dynamics, and the law of x of the overdamped limit
// and of the models without momentum at the effective learning rate. Divergences are between the laws of x, which all of them have.
import type { ExactSde, LawAtStep, ModelLaw, MomentumLawResult, StationaryLaw } from "../answer/law.ts";
import { type Warning, warning } from "../answer/warning.ts";
import type { LinearProblem, Moments } from "../model/linear-law.ts";
import { atEffectiveRate, atRate, effectiveRate, haSmeM, type MomentumModel, type MomentumSelection } from "../model/momentum.ts";
import {
  chainMoments,
  exactSde,
  langevinChain,
  langevinStationary,
  type MomentumLinear,
  momentumLinear,
  type PathRefusal,
  pathDiffusion,
  pathModel,
  pathMoments,
  pathStationary,
  settles,
  sgdChain,
  sgdStationary,
  stateDrift,
  stateMatrix,
  stateToCoordinates,
} from "../model/momentum-linear.ts";
import { sme1 } from "../model/sme1.ts";
import { type Matrix, toRows } from "../numerics/arrays.ts";
import { psdDefect } from "../numerics/semidefinite.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { areFinite, divergences, type GaussianOptions, gaussianLaws, linearOf, normalDensity } from "./gaussian.ts";

/** A problem with momentum in the eigenbasis of H; `objective.quadratic`, `noise.constant` and `momentum` must be set. */
export function momentumOf(problem: SgdProblem): MomentumLinear {
  return momentumLinear(linearOf(problem), problem.momentum!);
}

export function momentumLaws(
  problem: SgdProblem,
  models: MomentumSelection,
  at: readonly number[],
  options: GaussianOptions = {},
): { result: MomentumLawResult; warnings: Warning[] } {
  const heavy = momentumOf(problem);
  const { linear } = heavy;
  const { gaussian } = problem.noise;
  const warnings: Warning[] = [];
  const chain = sgdChain(heavy);
  const sgd = at.map((k) => chainMoments(heavy, chain, k));
  sgd.forEach((moments, i) => {
    if (!areFinite(moments))
      warnings.push(warning("unstable", `SGD's moments overflow at step ${at[i]}: it diverges at this rate.`, { step: at[i] }));
  });
  const positions = sgd.map((moments) => (areFinite(moments) ? positionOf(stateToCoordinates(heavy, moments)) : null));
  const stationary = sgdStationary(heavy);
  if (!settles(heavy)) warnings.push(unsettledWarning(heavy));

  const result: Record<string, ModelLaw> = {};
  if (models.plain.length > 0 || models.momentum.some((model) => model.state === "position")) {
    const plain = effectiveLaws(problem, models, at, options, positions, warnings);
    Object.assign(result, plain);
  }
  for (const model of models.momentum) {
    if (model.state === "position") continue;
    const found = model === haSmeM ? pathLaw(heavy, model, at, sgd, warnings) : langevinLaw(heavy, at);
    const laws = at.map((step, i): LawAtStep => {
      const moments = found?.moments[i];
      if (!moments) return noLaw(step);
      if (!areFinite(moments))
        warnings.push(warning("unstable", `${model.title}'s moments overflow at step ${step}.`, { model: model.id, step }));
      const law = stateLaw(heavy, step, moments, gaussian);
      return { ...law, ...divergences(gaussian ? positions[i]! : null, law.mean && positionOf(stateToCoordinates(heavy, moments))) };
    });
    result[model.id] = {
      exists: found !== null,
      regime: "one-step",
      defect: found && 0,
      diffusion: found && toRows(found.diffusion, 2 * linear.d),
      laws,
      stationary: found?.stationary ? stationaryLaw(heavy, found.stationary) : null,
    };
  }
  return {
    result: {
      method: gaussian
        ? "closed form (quadratic, heavy ball)"
        : "closed form (quadratic, heavy ball; the noise is not Gaussian: mean and covariance)",
      sgd: {
        laws: sgd.map((moments, i) => stateLaw(heavy, at[i]!, moments, gaussian)),
        stationary: stationary && stationaryLaw(heavy, stationary),
      },
      models: ordered(result, models),
      exactSde: exactSdeOf(heavy, options.twoStep ?? false, warnings),
    },
    warnings,
  };
}

/** The lists' order. */
function ordered(laws: Readonly<Record<string, ModelLaw>>, models: MomentumSelection): Record<string, ModelLaw> {
  return Object.fromEntries([...models.plain, ...models.momentum].map(({ id }) => [id, laws[id]!]));
}

/** The only linear SDE on (x, v) with SGD's law at every step, or every second one. */
function exactSdeOf(heavy: MomentumLinear, twoStep: boolean, warnings: Warning[]): ExactSde | null {
  const { linear, regime, beta } = heavy;
  if (regime === "two-step") {
    const z = linear.z[linear.d - 1]!;
    const limit = (1 + Math.sqrt(beta)) ** 2;
    if (!twoStep) {
      warnings.push(
        warning(
          "no-diffusion",
          `No linear SDE on (x, v) has even SGD's mean: z = ${shown(z)} is at least (1 + sqrt(beta))^2 = ${shown(limit)}, where a mode changes sign every step. --two-step gives the one that holds at every second step.`,
          { model: "exact-sde", z },
        ),
      );
      return null;
    }
    warnings.push(
      warning(
        "two-step",
        `The exact SDE on (x, v) belongs to every second step: z = ${shown(z)} is at least (1 + sqrt(beta))^2 = ${shown(limit)}.`,
        {
          model: "exact-sde",
          z,
        },
      ),
    );
  }
  const { drift, diffusion } = exactSde(heavy);
  const defect = psdDefect(diffusion, 2 * linear.d);
  if (defect > 0)
    warnings.push(
      warning(
        "formal",
        `Momentum: the only linear SDE on (x, v) with SGD's law at every ${regime === "one-step" ? "" : "second "}step has an indefinite diffusion matrix (psd defect ${shown(defect)}), as it always has: SGD's noise enters x and v by one and the same kick, and no real diffusion does that. Its moments are right, but it is no process.`,
        { model: "exact-sde", defect: Number.isFinite(defect) ? defect : null },
      ),
    );
  const n = 2 * linear.d;
  return {
    drift: toRows(stateDrift(linear, drift), n),
    diffusion: toRows(stateMatrix(linear, diffusion), n),
    defect: Number.isFinite(defect) ? defect : null,
    regime,
  };
}

interface StateModel {
  readonly moments: readonly Moments[];
  /** In the problem's coordinates, in units of t = k eta. */
  readonly diffusion: Matrix;
  readonly stationary: Matrix | null;
}

function pathLaw(
  heavy: MomentumLinear,
  model: MomentumModel,
  at: readonly number[],
  sgd: readonly Moments[],
  warnings: Warning[],
): StateModel | null {
  const found = pathModel(heavy);
  if ("why" in found) {
    warnings.push(pathRefusal(heavy, model, found));
    return null;
  }
  return {
    moments: at.map((k, i) => pathMoments(heavy, found, sgd[i]!, k)),
    diffusion: stateMatrix(heavy.linear, pathDiffusion(heavy, found)),
    stationary: pathStationary(heavy, found),
  };
}

function pathRefusal({ linear, beta }: MomentumLinear, model: MomentumModel, refusal: PathRefusal): Warning {
  const measures = { model: model.id };
  switch (refusal.why) {
    case "commute":
      return warning(
        "not-applicable",
        `${model.title} is made mode by mode: it needs a noise covariance that commutes with the Hessian, and this one does not.`,
        measures,
      );
    case "mode":
      return warning(
        "not-embeddable",
        `${model.title}: no diffusion on (x, v) has the stationary path law of x at z = eta lambda = ${shown(refusal.z)} with beta = ${beta}.`,
        { ...measures, z: refusal.z },
      );
    case "no-logarithm": {
      const z = linear.z[linear.d - 1]!;
      return warning(
        "no-diffusion",
        `${model.title} needs z = eta lambda < (1 + sqrt(beta))^2 = ${shown((1 + Math.sqrt(beta)) ** 2)}; found ${shown(z)}: that mode changes sign every step.`,
        { ...measures, z },
      );
    }
  }
}

function langevinLaw(heavy: MomentumLinear, at: readonly number[]): StateModel {
  const { linear } = heavy;
  const { d, eta } = linear;
  const chain = langevinChain(heavy);
  const diffusion = new Float64Array(4 * d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) diffusion[(d + i) * 2 * d + d + j] = eta * linear.noise[i * d + j]!;
  return {
    moments: at.map((k) => chainMoments(heavy, chain, k)),
    diffusion: stateMatrix(linear, diffusion),
    stationary: langevinStationary(heavy),
  };
}

/** Models of x alone: those without momentum at eta/(1 - beta), of which SME-1 is the overdamped limit. */
function effectiveLaws(
  problem: SgdProblem,
  models: MomentumSelection,
  at: readonly number[],
  options: GaussianOptions,
  sgd: readonly (Moments | null)[],
  warnings: Warning[],
): Record<string, ModelLaw> {
  const limit = models.momentum.find((model) => model.state === "position");
  const asked = limit && !models.plain.includes(sme1) ? [...models.plain, sme1] : models.plain;
  const found = gaussianLaws(atEffectiveRate(problem), asked, at, options);
  const rate = effectiveRate(problem);
  for (const said of found.warnings)
    if (said.model !== undefined && models.plain.some(({ id }) => id === said.model)) warnings.push(atRate(said, rate));
  const { beta } = problem.momentum!;
  const laws: Record<string, ModelLaw> = {};
  for (const [id, law] of Object.entries(found.result.models)) {
    laws[id] = {
      ...law,
      laws: law.laws.map((own, i) => {
        const moments = own.mean && own.covariance ? plainMoments(own) : null;
        return { ...own, ...divergences(problem.noise.gaussian ? sgd[i]! : null, moments) };
      }),
    };
  }
  if (limit) {
    const own = laws[sme1.id]!;
    laws[limit.id] = { ...own, diffusion: own.diffusion?.map((row) => row.map((entry) => entry / (1 - beta))) ?? null };
  }
  return laws;
}

/** Plain numbers of a closed form. */
function plainMoments(law: LawAtStep): Moments {
  return { mean: Float64Array.from(law.mean as readonly number[]), covariance: Float64Array.from((law.covariance as number[][]).flat()) };
}

const noLaw = (step: number): LawAtStep => ({ step, mean: null, covariance: null, klFromSgd: null, w2SquaredFromSgd: null });

function stateLaw(heavy: MomentumLinear, step: number, moments: Moments, gaussian: boolean): LawAtStep {
  if (!areFinite(moments)) return { step, mean: null, covariance: null };
  const { d } = heavy.linear;
  const { mean, covariance } = stateToCoordinates(heavy, moments);
  const law: LawAtStep = { step, mean: Array.from(mean), covariance: toRows(covariance, 2 * d) };
  if (d !== 1 || !gaussian || !(covariance[0]! > 0)) return law;
  return { ...law, density: normalDensity(mean[0]!, Math.sqrt(covariance[0]!)) };
}

/** The law of x in that of (x, v). */
function positionOf({ mean, covariance }: Moments): Moments {
  const n = mean.length;
  const d = n / 2;
  const own = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) own[i * d + j] = covariance[i * n + j]!;
  return { mean: mean.slice(0, d), covariance: own };
}

function stationaryLaw({ linear }: MomentumLinear, covariance: Matrix): StationaryLaw {
  const mean = [...linear.center, ...linear.center.map(() => 0)];
  return { mean, covariance: toRows(stateMatrix(linear, covariance), 2 * linear.d) };
}

function unsettledWarning({ linear, beta }: MomentumLinear): Warning {
  const { d, z }: LinearProblem = linear;
  return warning(
    "not-applicable",
    `SGD has no stationary law: z = eta lambda goes from ${shown(z[0]!)} to ${shown(z[d - 1]!)}, and only modes with 0 < z < 2 + 2 beta = ${2 + 2 * beta} settle.`,
    { zMin: z[0], zMax: z[d - 1] },
  );
}

/** Four digits for messages. */
const shown = (value: number): string => String(Number(value.toPrecision(4)));
