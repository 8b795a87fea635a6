// Processes by their ids, as jobs name them.

import type { SdeModel } from "../model/model.ts";
import { anyModelById } from "../model/momentum.ts";
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

export function idOf(process: SdeModel | SgdKind): string {
  return typeof process === "string" ? process : process.id;
}
