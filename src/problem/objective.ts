// What is minimised: f(x) = E F(x; xi), with whatever derivatives it has. Optional members are capabilities that callers ask for.
import type { Expr } from "../expr/node.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import type { NetworkForm } from "./network/form.ts";

/** Finite sums: f = (1/n) sum_i f_i (+ a regulariser that is part of every f_i). */
export interface Samples {
  readonly n: number;
  /** Gradient of f_i at x. */
  gradient(i: number, x: Vector, out: Vector): Vector;
  /** Hessian of f_i times v, where it is to be had. */
  hessianTimes?(i: number, x: Vector, v: Vector, out: Vector): Vector;
  /** Mean of the gradients of the samples picked, repeats included: one step's gradient. */
  batchGradient?(picked: ArrayLike<number>, x: Vector, out: Vector): Vector;
  /** All gradients, n x d, row-major. */
  gradients?(x: Vector, out: Float64Array): Float64Array;
  /** All (Hessian of f_i) v, n x d, row-major. */
  allHessianTimes?(x: Vector, v: Vector, out: Float64Array): Float64Array;
  /** All (gradient of f_i) . v, n of them. */
  slopes?(x: Vector, v: Vector, out: Vector): Vector;
  /** sum_i c_i gradient of f_i. */
  combination?(x: Vector, c: Vector, out: Vector): Vector;
  /** Trace of the (1/n) covariance of the gradients, without that matrix. */
  spread?(x: Vector): number;
}

/** (x - center)^T matrix (x - center) / 2 + offset. */
export interface QuadraticForm {
  readonly matrix: Matrix;
  readonly center: Vector;
  /** f at the center; default 0. */
  readonly offset?: number;
}

/** sum_i (a_i . x - y_i)^2 / (2 n) + l2 |x|^2 / 2; a is n x d, row-major, intercept column included. */
export interface LeastSquaresForm {
  readonly n: number;
  readonly a: Float64Array;
  readonly y: Vector;
  readonly l2: number;
}

export interface Objective {
  readonly kind: "formula" | "quadratic" | "leastSquares" | "network" | "oracle";
  readonly d: number;
  /** Names of x_1 .. x_d, as test functions may use them. */
  readonly variables: readonly string[];
  /** f as an expression in `variables`, where it is one (formulas and quadratics). */
  readonly formula?: Expr;
  /** Set where f is exactly a quadratic form, formulas included whose third derivatives vanish identically. */
  readonly quadratic?: QuadraticForm;
  readonly leastSquares?: LeastSquaresForm;
  readonly network?: NetworkForm;
  value(x: Vector): number;
  gradient(x: Vector, out: Vector): Vector;
  hessian?(x: Vector, out: Matrix): Matrix;
  hessianTimes?(x: Vector, v: Vector, out: Vector): Vector;
  /** out_i = sum_jk d_ijk f v_j w_k. */
  third?(x: Vector, v: Vector, w: Vector, out: Vector): Vector;
  /** out_i = sum_jk d_ijk f s_jk for a symmetric matrix s. */
  thirdOver?(x: Vector, s: Matrix, out: Vector): Vector;
  /** out_i = sum_jkl d_ijkl f v_j s_kl for a symmetric matrix s. */
  fourth?(x: Vector, v: Vector, s: Matrix, out: Vector): Vector;
  /** The whole tensor of derivatives of this order, d^order entries, row-major; for formulas. */
  derivatives?(order: number, x: Vector, out: Float64Array): Float64Array;
  readonly samples?: Samples;
}
