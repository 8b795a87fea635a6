// A test function phi: what is averaged over the law of x_k.
import { compile } from "../codegen/compile.ts";
import { type Expr, freeVariables } from "../expr/node.ts";
import { parseFormula } from "../expr/parse.ts";
import { asQuadratic } from "../expr/polynomial.ts";
import { substitute } from "../expr/substitute.ts";
import type { Vector } from "../numerics/arrays.ts";
import { allowedNames, type Names, readExpression } from "./entries.ts";
import type { Objective } from "./objective.ts";

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

/** A test function of an objective that is no formula: `loss` and `distance` are further inputs, measured at x. */
export function readMeasuredTest(text: string, names: Names, objective: Objective, start: Vector, field: string): TestFunction {
  const { d } = objective;
  const measured = ["loss", "distance"].filter((name) => !names.variables.includes(name) && names.constants?.[name] === undefined);
  const { expr } = parseFormula(text, {
    variables: [...allowedNames(names), ...measured],
    ...(names.constants ? { constants: names.constants } : {}),
    field,
  });
  const inVariables = substitute(expr, names.aliases);
  const used = new Set(freeVariables([inVariables]));
  if (!measured.some((name) => used.has(name))) return testFunction(inVariables, names.variables, text);
  const out = new Float64Array(1);
  const inputs = new Float64Array(d + measured.length);
  let compiled: ReturnType<typeof compile> | undefined;
  const measure: Readonly<Record<string, (x: Vector) => number>> = {
    loss: (x) => objective.value(x),
    distance(x) {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += (x[i]! - start[i]!) * (x[i]! - start[i]!);
      return Math.sqrt(sum);
    },
  };
  return Object.freeze({
    text,
    value(x: Vector) {
      compiled ??= compile([inVariables], [...names.variables, ...measured]);
      inputs.set(x);
      measured.forEach((name, i) => {
        inputs[d + i] = used.has(name) ? measure[name]!(x) : 0;
      });
      return compiled.evaluate(inputs, out)[0]!;
    },
  });
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
