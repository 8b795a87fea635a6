// The answer of `diagnose`.
import type { Estimate } from "./estimate.ts";

export interface Extremes {
  readonly largest: readonly Estimate[];
  readonly smallest: readonly Estimate[];
}

/** Learning rates on both sides of the one at which E|x|^2 starts to grow. */
export interface MeanSquareBounds {
  /** It shrinks at every learning rate below. */
  readonly stableBelow: number;
  /** It grows from here on, or from a smaller rate. */
  readonly unstableAbove: number;
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
  /** Finite sums: whether each model is to be trusted at this learning rate and batch. */
  readonly trust?: { readonly [id: string]: TrustVerdict["trust"] };
  /** SGD's own excess loss, by running it (--measure); null where it does not stay near the point. */
  readonly measuredExcessLoss?: Estimate | null;
}

/** What momentum makes of a point. */
export interface MomentumDiagnosis {
  readonly beta: number;
  /** eta/(1 - beta). */
  readonly effectiveRate: number;
  /** The learning rate from which on the steepest mode swings, (1 - sqrt beta)^2/lambda_max; null where f does not curve upwards. */
  readonly swings: number | null;
  readonly modes: "all swing" | "some swing" | "none swings" | "growing";
  /** eta tr Sigma/(2 d (1 - beta)). */
  readonly temperature: number | Estimate;
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
  readonly thresholds: {
    readonly oneStep: number | null;
    readonly unstable: number | null;
    readonly meanSquare?: number | null;
    /** Where only bounds on `meanSquare` are affordable (it is then null). */
    readonly meanSquareBounds?: MeanSquareBounds;
  };
  /** tr Sigma of one step's gradient. */
  readonly noiseTrace: number | Estimate;
  readonly defect: number | Estimate | null;
  readonly stationaryExcessLoss?: { readonly [id: string]: Estimate | null };
  /** Theory, section 10: dimensionless indicators of what each model misses here. */
  readonly indicators?: { readonly [name: string]: number | null };
  /** With momentum; thresholds, regime and defect are then its own: z is eta lambda, oneStep (1 + sqrt beta)^2/lambda_max, unstable 2 (1 + beta)/lambda_max. */
  readonly momentum?: MomentumDiagnosis;
  readonly verdicts: readonly TrustVerdict[];
  readonly sweep?: readonly SweepRow[];
  /** SGD's own stationary excess loss, by running it (--measure). */
  readonly measuredExcessLoss?: Estimate | null;
  /** Networks: part of the Hessian's trace in each layer. */
  readonly layers?: readonly { readonly parameters: number; readonly hessianTrace: number }[];
  readonly gradient?: readonly number[];
  readonly drift?: { readonly [id: string]: readonly number[] | null };
}
