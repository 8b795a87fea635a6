// The answer of `law`.
import type { Estimate } from "./estimate.ts";

/** Plain numbers on quadratics and least squares (exact to rounding), estimates elsewhere. */
export type Figure = number | Estimate;

export interface LawAtStep {
  readonly step: number;
  /** [d]; null where it does not exist (a warning says why). */
  readonly mean: readonly Figure[] | null;
  /** [d][d]. */
  readonly covariance: readonly (readonly Figure[])[] | null;
  /** One-dimensional problems with Gaussian noise: the density of x_k on a grid. */
  readonly density?: Density;
  /** KL(SGD || model); null where infinite or not to be had. Not on SGD itself. */
  readonly klFromSgd?: Figure | null;
  /** Squared Wasserstein-2 distance of the laws at this step. */
  readonly w2SquaredFromSgd?: Figure | null;
  /** Where the laws are not Gaussian and only their moments are known: the squared distance of Gaussians with these moments. */
  readonly w2SquaredLowerBound?: Figure;
}

export interface Density {
  readonly x: readonly number[];
  readonly p: readonly number[];
  /** Bound on the error of each p: the largest difference of two resolutions on the grid, or rounding. */
  readonly error?: number;
}

export interface StationaryLaw {
  readonly mean: readonly Figure[];
  readonly covariance: readonly (readonly Figure[])[];
}

export interface SgdLaw {
  readonly laws: readonly LawAtStep[];
  readonly stationary: StationaryLaw | null;
}

export interface ModelLaw extends SgdLaw {
  readonly exists: boolean;
  readonly regime: "one-step" | "two-step";
  /** |sum of negative eigenvalues| / trace of D D^T at the start. */
  readonly defect: number | null;
  /** D D^T at the start, [d][d]. */
  readonly diffusion: readonly (readonly number[])[] | null;
}

export interface LawResult {
  /** e.g. "closed form (quadratic)", "closed moments (least squares)", "transfer operator and Fokker-Planck". */
  readonly method: string;
  readonly sgd: SgdLaw;
  readonly models: { readonly [id: string]: ModelLaw };
  /** With momentum on quadratics; null where there is none. */
  readonly exactSde?: ExactSde | null;
}

/**
 * The only linear SDE on (x, v) with SGD's law at every k (at every second k in the two-step regime), in units of t = k eta. Its diffusion is never
 * positive semidefinite: no process has it.
 */
export interface ExactSde {
  /** [2d][2d], not symmetric. */
  readonly drift: readonly (readonly number[])[];
  readonly diffusion: readonly (readonly number[])[];
  readonly defect: number | null;
  readonly regime: "one-step" | "two-step";
}

/**
 * With momentum mean and covariance are of (x_1..x_d, v_1..v_d), those of models without a velocity of x alone; divergences and densities are of x.
 */
export interface MomentumLawResult extends LawResult {
  readonly exactSde: ExactSde | null;
}
