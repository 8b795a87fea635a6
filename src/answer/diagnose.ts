// The answer of `diagnose`.
import type { Estimate } from "./estimate.ts";

export interface Extremes {
  readonly largest: readonly Estimate[];
  readonly smallest: readonly Estimate[];
}

export interface TrustVerdict {
  readonly model: string;
  readonly trust: "exact" | "good" | "poor" | "none";
  readonly why: string;
}

export interface SweepRow {
  readonly eta: number;
  readonly batch?: number;
  readonly zMax: number;
  readonly stableInMean: boolean;
  readonly stableInMeanSquare: boolean | null;
  readonly defect: number | Estimate | null;
  readonly stationaryExcessLoss: { readonly [id: string]: Estimate | null };
}

export interface DiagnoseResult {
  readonly point: readonly number[];
  readonly value: number;
  readonly gradientNorm: number;
  readonly hessianTrace: number | Estimate;
  /** Descending. */
  readonly eigenvalues: readonly number[] | Extremes;
  readonly zMax: number;
  readonly zMin: number;
  readonly regime: "one-step" | "two-step" | "unstable" | "no-diffusion";
  readonly thresholds: { readonly oneStep: number | null; readonly unstable: number | null; readonly meanSquare?: number | null };
  /** tr Sigma of one step's gradient. */
  readonly noiseTrace: number | Estimate;
  readonly defect: number | Estimate | null;
  readonly stationaryExcessLoss?: { readonly [id: string]: Estimate | null };
  /** Theory, section 10: dimensionless indicators of what each model misses here. */
  readonly indicators?: { readonly [name: string]: number | null };
  readonly verdicts: readonly TrustVerdict[];
  readonly sweep?: readonly SweepRow[];
  readonly gradient?: readonly number[];
  readonly drift?: { readonly [id: string]: readonly number[] | null };
}
