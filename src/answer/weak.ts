// The answer of `weak`.
import type { Estimate, EstimateAtStep } from "./estimate.ts";

export interface ModelWeak {
  /** E phi(X_T) at the horizon T = k eta. */
  readonly value: Estimate | null;
  /** E phi(X_T) - E phi(x_k). */
  readonly weakError: Estimate | null;
  /** Largest |E phi(X_{j eta}) - E phi(x_j)| over j = 1 .. k. */
  readonly maxWeakError: EstimateAtStep | null;
  /** The same along the way, for figures: signed weak errors at some steps. */
  readonly alongTheWay?: readonly { readonly step: number; readonly weakError: Estimate }[];
}

export interface WeakRow {
  readonly eta: number;
  readonly steps: number;
  readonly sgd: Estimate | null;
  /** SGD's own E phi(x_k) at the steps of the models' `alongTheWay`, for figures. */
  readonly sgdAlongTheWay?: readonly { readonly step: number; readonly value: Estimate }[];
  /** Standard deviation of phi(x_k) under SGD at the horizon, the scale of weak errors; null where not known. */
  readonly sgdStandardDeviation?: number | null;
  readonly models: { readonly [id: string]: ModelWeak };
}

export interface FittedOrder {
  readonly value: number;
  readonly error: number;
  /** log2-type slopes between neighbouring learning rates. */
  readonly slopes: readonly number[];
}

export interface WeakTest {
  /** As typed. */
  readonly phi: string;
  readonly rows: readonly WeakRow[];
  readonly orders: { readonly [id: string]: FittedOrder | null };
}

export interface WeakResult {
  readonly method: string;
  readonly tests: readonly WeakTest[];
}
