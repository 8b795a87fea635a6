// The answer of `derive`: the generator of SGD's modified equation (of the heavy ball's, with momentum) order by order, the SDE models that follow, and the
// generator applied at a point.

/** What a term lives on: kept by HA-SME (with momentum: gradient, Hessian and Sigma, what a quadratic has), third and higher derivatives of f, derivatives of Sigma, third and higher cumulants. */
export type DerivedSource = "ha-sme" | "quadratic" | "third-derivative" | "noise-derivative" | "skewness";

export interface DerivedTerm {
  /** Exact: "-1/12". */
  readonly coefficient: string;
  /** Number of derivatives of the test function; an Ito SDE carries 1 and 2. */
  readonly operatorOrder: number;
  /** "f_ijk Sigma_jk d_i"; with minibatches "... / B^2" where powers of the batch size divide. */
  readonly text: string;
  readonly latex: string;
  readonly source: DerivedSource;
}

export interface DerivedOrder {
  readonly order: number;
  readonly terms: readonly DerivedTerm[];
}

export interface DerivedEquation {
  readonly text: string;
  readonly latex: string;
}

export interface DerivedModel {
  readonly id: string;
  readonly title: string;
  /** Ours, not in the paper: carries a dagger. */
  readonly ours: boolean;
  /** Declared, for Gaussian noise; of a series, what its orders give under the noise law asked for. With momentum in h = sqrt(eta). */
  readonly weakOrder: number;
  /** What else there is to say of it. */
  readonly note?: string;
  /** Where Sigma varies, if that is less. */
  readonly weakOrderVarying?: number;
  /** b. */
  readonly drift: DerivedEquation;
  /** D D^T, symmetrised. */
  readonly diffusion: DerivedEquation;
  /** Modules with functions drift and diffusion. */
  readonly python: { readonly numpy: string; readonly jax: string };
}

/** How large the terms are at the start. */
export interface DerivedSize {
  readonly order: number;
  readonly operatorOrder: number;
  readonly source: DerivedSource;
  /** eta^order (h^order with momentum) times the Frobenius norm of the operator's coefficient tensor; null where a derivative is not finite. */
  readonly size: number | null;
}

export interface AppliedTest {
  /** As typed. */
  readonly phi: string;
  /** L_0 phi(x_0) .. L_p phi(x_0); null where a derivative is not finite. */
  readonly values: readonly (number | null)[];
}

/** The generator against Taylor jets at a random point: largest relative error over the orders up to `order`. */
export interface DerivedCheck {
  readonly dimension: number;
  readonly order: number;
  readonly largestError: number;
}

export interface DeriveResult {
  readonly noiseLaw: "gaussian" | "general" | "constant" | "minibatch";
  readonly order: number;
  /** 1 where terms are written for one dimension, null for any. */
  readonly dimension: 1 | null;
  /** With momentum: orders are those of h = sqrt(eta), gamma = (1 - beta)/h, time h a step; null without a problem, whatever the momentum. */
  readonly momentum?: { readonly beta: number | null; readonly h: number | null; readonly gamma: number | null };
  /** How to read the texts. */
  readonly notation: string;
  readonly generator: readonly DerivedOrder[];
  /** Per order, the number of terms proved equal to HA-SME's series in eta H. */
  readonly resummed: readonly { readonly order: number; readonly terms: number }[];
  /** The first order with operators that no SDE carries, and these terms with their coefficients; null if there is none. */
  readonly beyondSde: DerivedOrder | null;
  readonly models: readonly DerivedModel[];
  readonly applied?: readonly AppliedTest[];
  readonly sizes?: readonly DerivedSize[];
  /** Largest |L_p phi - jets|, as asked by `check`. */
  readonly check?: readonly DerivedCheck[];
}
