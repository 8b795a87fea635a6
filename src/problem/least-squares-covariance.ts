// Sigma(x) of minibatches on least squares as formulas. With u = x - c and r_k the residuals at c the samples' gradients are
// g_k = a_k (a_k . u + r_k) + l2 x, so that the entries of their covariance are polynomials of degree two in u.
import { build } from "../expr/build.ts";
import type { Expr } from "../expr/node.ts";
import type { Vector } from "../numerics/arrays.ts";
import type { LeastSquaresForm } from "./objective.ts";

/** Formulas have some d^4/4 terms. */
export const mostDimensionsOfFormulas = 8;

/** Entries d x d, row-major, symmetric ones the same expression. @param factor  Sigma by the (1/n) covariance of the gradients */
export function leastSquaresCovariance(
  { a, y, n }: LeastSquaresForm,
  center: Vector,
  variables: readonly string[],
  factor: number,
): readonly Expr[] {
  const d = center.length;
  const range = Array.from({ length: d }, (_, i) => i);
  const entry = (k: number, i: number): number => a[k * d + i]!;
  const residuals = Float64Array.from(y, (value, k) => range.reduce((sum, i) => sum + entry(k, i) * center[i]!, -value));
  /** Mean over the samples. */
  const mean = (f: (k: number) => number): number => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += f(k);
    return sum / n;
  };
  const square = range.map((i) => range.map((l) => mean((k) => entry(k, i) * entry(k, l))));
  const slope = range.map((i) => mean((k) => entry(k, i) * residuals[k]!));
  const u = range.map((i) => build.subtract(build.variable(variables[i]!), build.constant(center[i]!)));

  const covariance = (i: number, j: number): Expr => {
    const product = (k: number): number => entry(k, i) * entry(k, j);
    let sum: Expr = build.constant(factor * (mean((k) => product(k) * residuals[k]! ** 2) - slope[i]! * slope[j]!));
    for (let l = 0; l < d; l++) {
      const linear = 2 * mean((k) => product(k) * residuals[k]! * entry(k, l)) - square[i]![l]! * slope[j]! - square[j]![l]! * slope[i]!;
      let along: Expr = build.constant(factor * linear);
      for (let q = 0; q <= l; q++) {
        const both = mean((k) => product(k) * entry(k, l) * entry(k, q));
        const twice = 2 * both - square[i]![l]! * square[j]![q]! - square[i]![q]! * square[j]![l]!;
        along = build.add(along, build.multiply(build.constant((factor * twice) / (q === l ? 2 : 1)), u[q]!));
      }
      sum = build.add(sum, build.multiply(u[l]!, along));
    }
    return sum;
  };
  const lower = range.map((i) => range.slice(0, i + 1).map((j) => covariance(i, j)));
  return range.flatMap((i) => range.map((j) => lower[Math.max(i, j)]![Math.min(i, j)]!));
}
