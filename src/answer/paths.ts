// The answer of `paths`.
import type { Estimate } from "./estimate.ts";

export interface PathMoments {
  /** [d]; null where paths overflowed or the process does not exist (a warning says why). */
  readonly mean: readonly Estimate[] | null;
  /** [d][d]. */
  readonly covariance: readonly (readonly Estimate[])[] | null;
}

export interface PathsResult {
  /** `sgd`, `sgd-gaussian` or a model's id. */
  readonly process: string;
  /** Moments of the final state; absent where the paths themselves were asked for. */
  readonly moments?: PathMoments;
  /** Number of paths and SGD steps of each. */
  readonly paths: number;
  readonly steps: number;
  /** Substeps a step of the scheme that was run; SGD has 1. */
  readonly substeps: number;
}
