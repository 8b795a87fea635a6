// The models of SGD with momentum (theory.md 7): data for lists, tables and pages. Their laws on quadratics are in momentum-linear.ts, their paths
// elsewhere in ensemble/momentum-*.ts. The models without momentum stand beside them at the effective learning rate eta/(1 - beta), as people use
// them: a mode that does not swing settles at the rate of plain SGD with that learning rate.
import { type Warning, warning } from "../answer/warning.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { modelById, models as plainModels, selectModels } from "./index.ts";
import type { SdeModel } from "./model.ts";

export interface MomentumModel extends SdeModel {
  readonly id: "ha-sme-m" | "langevin" | "overdamped";
  /** State of the model: (x, v), or x alone. */
  readonly state: "position-velocity" | "position";
}

/** All three have SGD's limit at fixed beta, dX = -grad f dt/(1 - beta), whose factors are 1; what they add to it is in their own files. */
const limit: Pick<SdeModel, "declares" | "driftFactor" | "diffusionFactor"> = {
  declares: Object.freeze({ weakOrder: 1, exactOnQuadratics: "no" }),
  driftFactor: (o) => o.constant(1),
  diffusionFactor: (o) => o.constant(1),
};

export const haSmeM: MomentumModel = Object.freeze({
  ...limit,
  id: "ha-sme-m",
  title: "HA-SME-M",
  source: "ours (theory.md 7): mean exact, stationary path law of x exact; quadratics whose noise commutes with H",
  ours: true,
  state: "position-velocity",
  declares: Object.freeze({ weakOrder: 1, exactOnQuadratics: "mean" }),
  tex: {
    drift: "\\eta^{-1}\\log P\\,(x,v)^T",
    diffusion: "Q-\\delta\\,(B_{12}(e_1e_2^T+e_2e_1^T)+2B_{22}\\,e_2e_2^T)",
  },
});

export const langevin: MomentumModel = Object.freeze({
  ...limit,
  id: "langevin",
  title: "Langevin",
  source: "underdamped Langevin dynamics at h = sqrt(eta), friction (1 - beta)/h (theory.md 7)",
  ours: false,
  state: "position-velocity",
  tex: { drift: "\\eta^{-1}\\,(v,\\,-(1-\\beta)v-\\eta\\nabla f)", diffusion: "\\mathrm{diag}(0,\\,\\eta\\Sigma)" },
});

export const overdamped: MomentumModel = Object.freeze({
  ...limit,
  id: "overdamped",
  title: "overdamped",
  source: "SME-1 at the effective learning rate (theory.md 7)",
  ours: false,
  state: "position",
  tex: { drift: "-\\nabla f/(1-\\beta)", diffusion: "\\eta\\,\\Sigma/(1-\\beta)^2" },
});

export const momentumModels: readonly MomentumModel[] = Object.freeze([haSmeM, langevin, overdamped]);

export interface MomentumSelection {
  /** Models without momentum, taken at eta/(1 - beta). */
  readonly plain: readonly SdeModel[];
  readonly momentum: readonly MomentumModel[];
}

/** The models of these ids, in the lists' order: those without momentum first. Default: all. Throws InputError for others. */
export function selectMomentumModels(ids?: readonly string[]): MomentumSelection {
  if (ids === undefined) return { plain: plainModels, momentum: momentumModels };
  const others = ids.filter((id) => !momentumModels.some((model) => model.id === id));
  return { plain: others.length > 0 ? selectModels(others) : [], momentum: momentumModels.filter((model) => ids.includes(model.id)) };
}

/** The models that a problem is asked about: with momentum those of momentum too. Throws InputError for unknown ids. */
export function modelsFor(problem: SgdProblem, ids?: readonly string[]): readonly SdeModel[] {
  if (!problem.momentum) return selectModels(ids);
  const { plain, momentum } = selectMomentumModels(ids);
  return [...plain, ...momentum];
}

/** The same models in their two kinds. */
export function splitModels(models: readonly SdeModel[]): MomentumSelection {
  const isOwn = (model: SdeModel): model is MomentumModel => (momentumModels as readonly SdeModel[]).includes(model);
  return { plain: models.filter((model) => !isOwn(model)), momentum: models.filter(isOwn) };
}

/** What is said of a model that is known by its laws on quadratics alone, where more is asked. */
export function closedFormOnly(model: SdeModel): Warning | undefined {
  if (model !== haSmeM) return undefined;
  return warning(
    "not-applicable",
    `${model.title} is known by its law on quadratics whose noise commutes with the Hessian: the command law has it.`,
    {
      model: model.id,
    },
  );
}

/** eta/(1 - beta): what momentum makes of the learning rate in the long run. */
export function effectiveRate({ learningRate, momentum }: SgdProblem): number {
  return learningRate / (1 - (momentum?.beta ?? 0));
}

/** Whether a model is one of momentum with a velocity of its own. */
export function hasVelocity(model: SdeModel): model is MomentumModel {
  return (model as Partial<MomentumModel>).state === "position-velocity";
}

/** A model of this id, of momentum or without: as jobs name them. */
export function anyModelById(id: string): SdeModel {
  return momentumModels.find((model) => model.id === id) ?? modelById(id);
}

/** The problem that a model without a velocity stands for: itself, or plain SGD at the effective rate. */
export function withoutVelocity(problem: SgdProblem): SgdProblem {
  return problem.momentum ? atEffectiveRate(problem) : problem;
}

/** Plain SGD at the effective learning rate, with the same number of steps. */
export function atEffectiveRate(problem: SgdProblem): SgdProblem {
  const { momentum: _heavy, json, ...rest } = problem;
  const { momentum: _beta, velocity: _velocity, ...plain } = json;
  const learningRate = effectiveRate(problem);
  return Object.freeze({ ...rest, learningRate, json: { ...plain, learningRate } });
}

/** Says at which rate a model without momentum was taken. */
export function atRate(said: Warning, rate: number): Warning {
  const shown = Number(rate.toPrecision(4));
  return { ...said, message: `At the effective learning rate eta/(1 - beta) = ${shown}: ${said.message}`, effectiveRate: rate };
}
