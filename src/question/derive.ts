// `derive`: the modified equation of SGD by stochastic backward error analysis - the generator order by order, the SDE
// models that follow from it, and, with a problem, L_p phi at the start and the sizes of the terms there.
// That L = (1/eta) log S is our reading of the paper's SBEA (docs/sbea.md).
import type { Answer, ProblemJson } from "../answer/answer.ts";
import type { DerivedCheck, DerivedModel, DerivedSize, DeriveResult } from "../answer/derive.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { InputError, InternalError } from "../errors.ts";
import { models as allModels, modelById } from "../model/index.ts";
import type { SdeModel } from "../model/model.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { applyParts, type CoefficientPart, coefficientParts } from "../sbea/apply.ts";
import { checkGenerator, highestCheckedOrder } from "../sbea/check.ts";
import { describeOrder, notations } from "../sbea/describe.ts";
import { type GeneratorOrder, generator, type NoiseLaw } from "../sbea/generator.ts";
import { requireOrder } from "../sbea/growth.ts";
import { beyondSde, checkResummation, deriveSeries } from "../sbea/models.ts";
import { type PrintableModel, printDiffusion, printDrift } from "../sbea/print-model.ts";
import { pythonModule } from "../sbea/python.ts";
import { version } from "../version.ts";
import { deriveHeavyBall } from "./derive-momentum.ts";
import { appliedTests, type DeriveOptions, defaults, finiteOrNull, isScalar, lawFor, tensorsAt } from "./derive-parts.ts";

export type { DeriveOptions };

/**
 * The generator L_0 .. L_order, the models up to that order (`series-N` by name in options.models, N <= order; series-order
 * always), and with a problem `applied` and `sizes` at its start. Coefficients are exact; applied figures exact to rounding.
 * @throws InputError for an order, law or model that is not to be had
 */
export async function derive(problem: SgdProblem | undefined, options: DeriveOptions = {}): Promise<Answer<DeriveResult>> {
  if (problem?.momentum ?? options.momentum) return deriveHeavyBall(problem, options);
  const order = options.order ?? defaults.order;
  const law = lawFor(problem, options.noiseLaw);
  requireOrder(law, order);
  const scalar = isScalar(problem, options.dimension);
  const derived = generator(order, law);
  const warnings: Warning[] = [];
  const style = { minibatch: law === "minibatch", scalar };
  const lost = beyondSde(derived);
  const result: DeriveResult = {
    noiseLaw: law,
    order,
    dimension: scalar ? 1 : null,
    notation: scalar ? notations.scalar : notations.tensor,
    generator: derived.map((one) => describeOrder(one, style)),
    resummed: derived.map((one) => ({ order: one.order, terms: checkResummation(one) })),
    beyondSde: lost ? describeOrder(lost, style) : null,
    models: describeModels(derived, options.models, scalar),
    ...(problem ? atStart(problem, derived, warnings) : {}),
    ...(options.check ? { check: runCheck(derived, law, options.seed ?? 1) } : {}),
  };
  const json: ProblemJson = problem?.json ?? {};
  return { command: "derive", version, problem: json, seed: options.seed ?? 1, warnings, result };
}

/** Listed models whose corrections are within the order, then the series; or those asked for. */
function describeModels(derived: readonly GeneratorOrder[], asked: readonly string[] | undefined, scalar: boolean): DerivedModel[] {
  const order = derived.length - 1;
  if (!asked)
    return [
      ...allModels.filter((model) => correctionOrder(model) <= order).map((model) => describeModel(model, scalar)),
      describeSeries(derived, scalar),
    ];
  return asked.map((id) => {
    const series = /^series-(\d+)$/.exec(id);
    if (!series) return describeModel(modelById(id), scalar);
    const cut = Number(series[1]);
    if (cut > order)
      throw new InputError(
        "derive/series",
        `models (--models): found ${id}, but the generator was asked for up to order ${order} (--order); allowed: series-0 to series-${order}.`,
        { id, order },
      );
    return describeSeries(derived.slice(0, cut + 1), scalar);
  });
}

function correctionOrder({ correction }: SdeModel): number {
  return Math.max(0, ...[...(correction?.drift ?? []), ...(correction?.diffusion ?? [])].map((term) => term.etaPower));
}

function describeModel(model: SdeModel, scalar: boolean): DerivedModel {
  const printed = printModel(model, `${model.title} (${model.source})`, scalar);
  const general = { drift: { ...printed.drift, latex: model.tex.drift }, diffusion: { ...printed.diffusion, latex: model.tex.diffusion } };
  return {
    id: model.id,
    title: model.title,
    ours: model.ours,
    weakOrder: model.declares.weakOrder,
    ...(model.declares.weakOrderVarying === undefined ? {} : { weakOrderVarying: model.declares.weakOrderVarying }),
    ...printed,
    ...(scalar ? {} : general),
  };
}

/** All that an SDE carries of L_0 .. L_N: weak order N + 1, or less by the first order that has more. */
function describeSeries(derived: readonly GeneratorOrder[], scalar: boolean): DerivedModel {
  const order = derived.length - 1;
  const title = `Series-${order}`;
  const weakOrder = beyondSde(derived)?.order ?? order + 1;
  return {
    id: `series-${order}`,
    title,
    ours: true,
    weakOrder,
    ...printModel({ correction: deriveSeries(derived) }, `${title} of SGD's modified equation`, scalar),
  };
}

function printModel(model: PrintableModel, title: string, scalar: boolean): Pick<DerivedModel, "drift" | "diffusion" | "python"> {
  return {
    drift: { text: printDrift(model, { scalar, style: "text" }), latex: printDrift(model, { scalar, style: "latex" }) },
    diffusion: { text: printDiffusion(model, { scalar, style: "text" }), latex: printDiffusion(model, { scalar, style: "latex" }) },
    python: { numpy: pythonModule(model, title, "numpy"), jax: pythonModule(model, title, "jax") },
  };
}

/** `applied` and `sizes`; empty with a warning where the problem has no derivative tensors. */
function atStart(problem: SgdProblem, derived: readonly GeneratorOrder[], warnings: Warning[]): Pick<DeriveResult, "applied" | "sizes"> {
  const order = derived.length - 1;
  const tensors = tensorsAt(problem, problem.start, order);
  if (!tensors) {
    warnings.push(
      warning(
        "not-applicable",
        "L_p phi needs derivative tensors of f and of the noise's cumulants: formulas and quadratics with Gaussian or discrete noise have them.",
      ),
    );
    return {};
  }
  const parts = coefficientParts(derived, tensors);
  const applied = appliedTests(problem, derived.length, (phi) => applyParts(parts, order, phi.f), warnings);
  return { applied, sizes: parts.map((part) => sizeOf(part, problem.learningRate)) };
}

function sizeOf({ order, operatorOrder, source, tensor }: CoefficientPart, eta: number): DerivedSize {
  let scale = 1;
  for (let p = 0; p < order; p++) scale *= eta;
  return { order, operatorOrder, source, size: finiteOrNull(scale * Math.sqrt(tensor.reduce((sum, value) => sum + value * value, 0))) };
}

function runCheck(derived: readonly GeneratorOrder[], law: NoiseLaw, seed: number): DerivedCheck[] {
  // Jets in more dimensions get long: the orders below take a second together.
  const limits = [highestCheckedOrder, 4, 3];
  return limits.map((limit, k) => {
    const order = Math.min(limit, derived.length - 1);
    const rows = checkGenerator(order, law, k + 1, seed, derived.slice(0, order + 1));
    const largestError = rows.reduce((worst, row) => Math.max(worst, row.relativeError), 0);
    if (!(largestError <= defaults.checkTolerance)) {
      throw new InternalError("derive/check", `The generator differs from Taylor jets by ${largestError} in ${k + 1} dimensions.`, {
        law,
        order,
        seed,
      });
    }
    return { dimension: k + 1, order, largestError };
  });
}
