// The answer of `exit`.
import type { Estimate } from "./estimate.ts";

export interface Survival {
  readonly step: number;
  /** P(exit step > step). */
  readonly probability: Estimate | null;
}

/** Looked at only at t = k eta, as SGD is. */
export interface WatchedLikeSgd {
  readonly meanSteps: Estimate | null;
  readonly survival: readonly Survival[];
  /** Sampled exits from regions of several comparisons: the fraction of paths that left through each, in the order as typed (the first violated). */
  readonly leftThrough?: readonly number[];
}

/** Looked at at all times; in SGD steps (time over eta). */
export interface WatchedAlways {
  readonly meanSteps: Estimate | null;
}

export interface ModelExit {
  readonly watchedLikeSgd: WatchedLikeSgd;
  readonly watchedAlways: WatchedAlways;
}

export interface ExitResult {
  readonly method: string;
  readonly sgd: WatchedLikeSgd;
  readonly models: { readonly [id: string]: ModelExit };
}
