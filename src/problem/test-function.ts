// A test function phi: what is averaged over the law of x_k.
import { compile } from "../codegen/compile.ts";
import type { Expr } from "../expr/node.ts";
import { asQuadratic } from "../expr/polynomial.ts";
import type { Vector } from "../numerics/arrays.ts";
import { type Names, readExpression } from "./entries.ts";

export interface TestFunction {
  /** As typed. */
  readonly text: string;
  /** In the objective's variables; absent where phi uses the loss of data. */
  readonly expr?: Expr;
  /** Set where phi is a polynomial of degree at most 2: constant + linear.x + x^T quadratic x. */
  readonly polynomial?: { readonly constant: number; readonly linear: Vector; readonly quadratic: Float64Array };
  value(x: Vector): number;
}

/** Reads a test function typed in these names (with `loss` and `distance`, entries.ts). */
export function readTestFunction(text: string, names: Names, field: string): TestFunction {
  return testFunction(readExpression(text, names, field), names.variables, text);
}

export function testFunction(expr: Expr, variables: readonly string[], text: string): TestFunction {
  const out = new Float64Array(1);
  let compiled: ReturnType<typeof compile> | undefined;
  let polynomial: TestFunction["polynomial"] | null | undefined;
  return Object.freeze({
    text,
    expr,
    get polynomial() {
      if (polynomial === undefined) polynomial = asQuadratic(expr, variables) ?? null;
      return polynomial ?? undefined;
    },
    value(x: Vector) {
      compiled ??= compile([expr], variables);
      return compiled.evaluate(x, out)[0]!;
    },
  });
}
