// Makes a model's definition into frozen data and checks what no model may get wrong: a model without a correction agrees with
// SGD to first order in eta only if c(0) = 1, and its noise is SGD's in the limit only if m(0, 0) is 1 (or 0: an ODE).
import { InternalError } from "../errors.ts";
import { numberOps } from "../numerics/factors.ts";
import type { SdeModel } from "./model.ts";

/** @throws InternalError `model/definition` where c(0) is not 1, or m(0, 0) neither 0 nor 1 */
export function defineModel(model: SdeModel): SdeModel {
  const c = model.driftFactor(numberOps, 0);
  const m = model.diffusionFactor(numberOps, 0, 0);
  if (c !== 1 || (m !== 0 && m !== 1)) {
    throw new InternalError("model/definition", `The model ${model.id} has c(0) = ${c} and m(0, 0) = ${m}; allowed: 1, and 0 or 1.`, {
      c,
      m,
    });
  }
  return Object.freeze({ ...model, declares: Object.freeze({ ...model.declares }), tex: Object.freeze({ ...model.tex }) });
}

/** Whether the model needs z < 1: its drift factor has a pole at z = 1, where no diffusion stands for SGD. Asks the formula itself. */
export function hasPole(model: SdeModel): boolean {
  return !Number.isFinite(model.driftFactor(numberOps, 1));
}

/** An ODE: no diffusion at all. */
export function isDeterministic(model: SdeModel): boolean {
  return model.diffusionFactor(numberOps, 0, 0) === 0 && model.correction === undefined;
}
