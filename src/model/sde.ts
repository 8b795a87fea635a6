// A model bound to a problem: drift and diffusion as functions of x.
import type { Matrix, Vector } from "../numerics/arrays.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { SdeModel } from "./model.ts";

/** Where D D^T is not psd: "formal" gives it as it is; "nearest" projects. */
export type Treatment = "formal" | "nearest";

export interface Sde {
  readonly model: SdeModel;
  readonly problem: SgdProblem;
  readonly regime: "one-step" | "two-step";
  readonly treatment: Treatment;
  drift(x: Vector, out: Vector): Vector;
  /** Writes D D^T; returns the psd defect at x before projection (0 if semidefinite), NaN where z >= 1 (one-step): no diffusion there. */
  diffusionMatrix(x: Vector, out: Matrix): number;
}
