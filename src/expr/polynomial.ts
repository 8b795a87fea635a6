// Recognises polynomials of degree at most two, by their shape: sums, products, division by constants, integer powers, with the degree
// bounded from the bottom. Nothing is sampled and nothing compared with a tolerance: what is recognised is one, exactly.
//
// Cautious: exp(log(x)) is not recognised, nor is (x^2 + 1)^2 - x^4, whose terms of degree four cancel only when expanded.
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { gradientOf } from "./differentiate.ts";
import { evaluate } from "./evaluate.ts";
import { type Expr, fold } from "./node.ts";

/** constant + linear.x + x^T quadratic x. */
export interface QuadraticPolynomial {
  readonly constant: number;
  readonly linear: Vector;
  /** Symmetric, half of the Hessian: x^2/2 has the entry 1/2. */
  readonly quadratic: Matrix;
  /** 2 quadratic: x^2/2 has the entry 1. */
  readonly hessian: Matrix;
}

/**
 * An upper bound of the formula's degree as a polynomial in its variables; Infinity where it is not seen to be one.
 * @example degreeOf(parseFormula("(x + 1)^2 y").expr) // 3
 */
export function degreeOf(expr: Expr): number {
  return fold<number>(expr, (node, of) => {
    switch (node.kind) {
      case "constant":
        return 0;
      case "variable":
        return 1;
      case "negate":
        return of(node.args[0]);
      case "add":
      case "subtract":
        return Math.max(of(node.args[0]), of(node.args[1]));
      case "multiply":
        return of(node.args[0]) + of(node.args[1]);
      case "divide":
        return of(node.args[1]) === 0 ? of(node.args[0]) : Number.POSITIVE_INFINITY;
      case "integerPower":
        return of(node.args[0]) * node.exponent;
      default:
        return node.args.every((arg) => of(arg) === 0) ? 0 : Number.POSITIVE_INFINITY;
    }
  });
}

/** Beyond so many variables the matrix is not made. */
const mostVariables = 1000;

/**
 * The coefficients of a polynomial of degree at most two, from its derivatives at 0; undefined where the formula is not seen to be one,
 * a coefficient is not finite, or there are more than 1000 variables.
 * @param variables  all variables of the formula, in the order of the coefficients
 */
export function asQuadratic(expr: Expr, variables: readonly string[]): QuadraticPolynomial | undefined {
  if (variables.length > mostVariables || degreeOf(expr) > 2) return undefined;
  const d = variables.length;
  const origin = new Map(variables.map((name) => [name, 0]));
  const gradient = gradientOf(expr, variables);
  // + 0: a -0 among the coefficients would be shown as one
  const [constant, ...linear] = evaluate([expr, ...gradient], origin).map((value) => value + 0);
  const hessian = new Float64Array(d * d);
  gradient.forEach((first, i) => {
    const row = evaluate(gradientOf(first, variables.slice(0, i + 1)), origin);
    row.forEach((value, j) => {
      hessian[i * d + j] = hessian[j * d + i] = value + 0;
    });
  });
  if (![constant!, ...linear, ...hessian].every(Number.isFinite)) return undefined;
  return { constant: constant!, linear: Float64Array.from(linear), quadratic: hessian.map((value) => value / 2), hessian };
}
