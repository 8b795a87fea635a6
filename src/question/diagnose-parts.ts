// What diagnoses of every kind share.
import type { DiagnoseResult } from "../answer/diagnose.ts";
import type { Warning } from "../answer/warning.ts";
import { formalWarning, lackingWarning, noDiffusionWarning, type PointExistence } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import type { Vector } from "../numerics/arrays.ts";
import type { NetworkShape } from "../problem/network/shape.ts";

/** The point, and what is known of it. */
export interface NetworkPlace {
  readonly x: Vector;
  readonly g: Vector;
  /** The gradient is zero to rounding. */
  readonly stationary: boolean;
  /** Stationary excess losses are asked. */
  readonly optimum: boolean;
}

/** @param z  ascending; where it is not the whole spectrum, both ends of it */
export function regimeOf(z: ArrayLike<number>): DiagnoseResult["regime"] {
  const largest = z[z.length - 1]!;
  if (largest < 1) return "one-step";
  if (Array.prototype.includes.call(z, 1)) return "no-diffusion";
  return largest < 2 ? "two-step" : "unstable";
}

/** The trace of each layer's block of the Hessian, from its diagonal. */
export function layerTraces(shape: NetworkShape, diagonal: Vector): { parameters: number; hessianTrace: number }[] {
  return shape.layers.map(({ weights, biases, outputs }) => {
    let hessianTrace = 0;
    for (let i = weights; i < biases + outputs; i++) hessianTrace += diagonal[i]!;
    return { parameters: biases + outputs - weights, hessianTrace };
  });
}

/** What is said of a model that does not exist at the point. */
export function existenceWarnings(model: SdeModel, { exists, defect, zMax, lacks }: PointExistence): Warning[] {
  if (exists) return [];
  if (lacks !== undefined) return [lackingWarning(model, lacks)];
  return [defect === null ? noDiffusionWarning(model, zMax) : formalWarning(model, defect)];
}
