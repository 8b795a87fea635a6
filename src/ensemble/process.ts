// Processes by their ids, as jobs name them.

import type { SdeModel } from "../model/model.ts";
import { anyModelById } from "../model/momentum.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { SgdKind } from "./sgd.ts";
import { isSvag } from "./svag.ts";

/** A process beside SGD: a model, or SGD with Gaussian noise of the same covariance. */
export type Companion = SdeModel | "sgd-gaussian";

export function companionOf(id: string): Companion {
  return id === "sgd-gaussian" ? id : anyModelById(id);
}

export function processOf(id: string): SdeModel | SgdKind {
  return id === "sgd" || isSvag(id) ? id : companionOf(id);
}

/** Whether a process's steps take an atom of discrete noise: SGD itself does, its Gaussian twin and the models do not. */
export function drivenByAtoms({ noise }: SgdProblem, process: string): boolean {
  return noise.kind === "discrete" && process === "sgd";
}

/** Whether a process's steps take rows of a table: SGD itself on least squares with minibatches. */
export function drivenByRows({ noise, objective }: SgdProblem, process: string): boolean {
  return noise.kind === "minibatch" && process === "sgd" && objective.leastSquares !== undefined;
}

export function idOf(process: SdeModel | SgdKind): string {
  return typeof process === "string" ? process : process.id;
}
