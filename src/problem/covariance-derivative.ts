// D Sigma[v] for covariances given by formulas: all first derivatives of all entries, compiled when first asked for.
import { type Compiled, compile } from "../codegen/compile.ts";
import { differentiate } from "../expr/differentiate.ts";
import { type Expr, freeVariables } from "../expr/node.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";

/** `covariance`: d x d expressions, row-major. Writes the derivative of Sigma along v at x. */
export function covarianceDerivative(
  covariance: readonly Expr[],
  variables: readonly string[],
): (x: Vector, v: Vector, out: Matrix) => Matrix {
  const d = variables.length;
  if (freeVariables(covariance).length === 0) return (_x, _v, out) => out.fill(0);
  const derivatives = new Float64Array(d * d * d);
  let compiled: Compiled | undefined;
  return (x, v, out) => {
    compiled ??= compile(
      variables.flatMap((name) => covariance.map((entry) => differentiate(entry, name))),
      variables,
    );
    compiled.evaluate(x, derivatives);
    out.fill(0);
    for (let k = 0; k < d; k++) for (let i = 0; i < d * d; i++) out[i]! += v[k]! * derivatives[k * d * d + i]!;
    return out;
  };
}
