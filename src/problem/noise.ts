// The noise of one gradient: g - grad f, mean zero, covariance Sigma(x).
import type { Expr } from "../expr/node.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import type { BatchRule } from "../numerics/batches.ts";
import type { RandomStream } from "../numerics/random.ts";

export interface GradientNoise {
  readonly kind: "gaussian" | "discrete" | "minibatch";
  /** Sigma does not depend on x. */
  readonly constant: boolean;
  /** Set where Sigma = variance I with a variance that does not depend on x. */
  readonly isotropicVariance?: number;
  /** Third and higher odd central moments vanish (Gaussian noise). */
  readonly gaussian: boolean;
  /** Sigma(x) as d x d formulas in the objective's variables, row-major, where it is given by formulas. */
  readonly covarianceFormulas?: readonly Expr[] | undefined;
  /** Discrete noise by formulas: values [m][d], probabilities [m]. */
  readonly atomFormulas?: { readonly values: readonly (readonly Expr[])[]; readonly probabilities: readonly Expr[] };
  /** Sigma(x). */
  covariance(x: Vector, out: Matrix): Matrix;
  covarianceTimes?(x: Vector, v: Vector, out: Vector): Vector;
  /** D Sigma[v](x), the derivative of Sigma along v. */
  covarianceAlong(x: Vector, v: Vector, out: Matrix): Matrix;
  /**
   * Derivative tensor of a cumulant tensor: entries [i1 .. i_order][j1 .. j_derivatives], d^(order + derivatives), row-major.
   * order 2 is Sigma, 3 is K (zero where `gaussian`). For formulas.
   */
  cumulant?(order: number, derivatives: number, x: Vector, out: Float64Array): Float64Array;
  /** One draw of g - grad f. */
  sample(x: Vector, stream: RandomStream, out: Vector): Vector;
  /** Discrete noise at x: values [m][d] (row-major) and probabilities [m]. */
  atoms?(x: Vector): { readonly values: Float64Array; readonly probabilities: Float64Array };
  /** Minibatches. */
  readonly minibatch?: BatchRule;
}
