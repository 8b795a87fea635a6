// Plain evaluation of formulas, node after node in one array: the oracle against which compiled code is tested, and good enough where a
// formula is evaluated a few times. Compiled evaluation: codegen/compile.ts.
import { InputError } from "../errors.ts";
import { power } from "../numerics/elementary.ts";
import { integerPower, logSlope, numberFunction } from "./functions.ts";
import { type Expr, postorder } from "./node.ts";

/**
 * Values of formulas at one point.
 * @param values  of the variables, by name; IEEE semantics where a formula is undefined (NaN, Infinity)
 * @throws InputError `expr/missing-value` if a variable has no value
 * @example evaluate([parseFormula("2x^2").expr], new Map([["x", 3]])) // [18]
 */
export function evaluate(formulas: readonly Expr[], values: ReadonlyMap<string, number>): number[] {
  const found = new Map<Expr, number>();
  for (const node of postorder(formulas))
    found.set(
      node,
      valueAt(node, values, (arg) => found.get(arg)!),
    );
  return formulas.map((formula) => found.get(formula)!);
}

/** A formula as a function of a vector, its entries in the order of `variables`. */
export function asFunction(formula: Expr, variables: readonly string[]): (x: ArrayLike<number>) => number {
  return (x) => evaluate([formula], new Map(variables.map((name, i) => [name, x[i]!])))[0]!;
}

function valueAt(node: Expr, values: ReadonlyMap<string, number>, of: (arg: Expr) => number): number {
  switch (node.kind) {
    case "constant":
      return node.value;
    case "variable": {
      const value = values.get(node.name);
      if (value !== undefined) return value;
      throw new InputError(
        "expr/missing-value",
        `The variable ${node.name} has no value; given are: ${[...values.keys()].join(", ") || "none"}.`,
        {
          variable: node.name,
        },
      );
    }
    case "negate":
      return -of(node.args[0]);
    case "add":
      return of(node.args[0]) + of(node.args[1]);
    case "subtract":
      return of(node.args[0]) - of(node.args[1]);
    case "multiply":
      return of(node.args[0]) * of(node.args[1]);
    case "divide":
      return of(node.args[0]) / of(node.args[1]);
    case "power":
      return power(of(node.args[0]), of(node.args[1]));
    case "integerPower":
      return integerPower(of(node.args[0]), node.exponent);
    case "call":
      return numberFunction(node.name)(of(node.args[0]));
    case "logSlope":
      return logSlope(node.order, of(node.args[0]));
  }
}
