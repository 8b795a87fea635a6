// What a continuous-time model of SGD is: data, true of every problem.
import type { Ops } from "../numerics/ops.ts";
import type { Term } from "../sbea/term.ts";

export type ModelId = string;

export interface Declared {
  /** Weak order under Gaussian noise of constant covariance, and of varying covariance unless `weakOrderVarying` says less. */
  readonly weakOrder: 1 | 2 | 3 | 4;
  readonly weakOrderVarying?: 1 | 2 | 3;
  readonly exactOnQuadratics: "law" | "mean" | "no";
}

export interface SdeModel {
  readonly id: ModelId;
  readonly title: string;
  readonly source: string;
  /** Ours, not in the paper: carries a dagger in every table and legend. */
  readonly ours: boolean;
  readonly declares: Declared;
  /** c(z): b = -U diag(c(eta lambda_i)) U^T grad f. */
  driftFactor<T>(ops: Ops<T>, z: T): T;
  /** m(u, v): D D^T = eta U [(U^T Sigma U) o m(eta lambda_i, eta lambda_j)] U^T. */
  diffusionFactor<T>(ops: Ops<T>, u: T, v: T): T;
  /** What is added to drift and D D^T, as terms. */
  readonly correction?: { readonly drift: readonly Term[]; readonly diffusion: readonly Term[] };
  /** TeX of drift and D D^T, for pages. */
  readonly tex: { readonly drift: string; readonly diffusion: string };
}

/** The weak order that the model declares for Gaussian noise of constant or varying covariance. */
export function declaredOrder({ declares }: SdeModel, constantNoise: boolean): number {
  return constantNoise ? declares.weakOrder : (declares.weakOrderVarying ?? declares.weakOrder);
}
