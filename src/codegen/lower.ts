// Formulas to a program. One instruction a node in the order of the formula, integer powers by squaring; functions are called by name.

import { InputError } from "../errors.ts";
import { type Call, type Expr, postorder } from "../expr/node.ts";
import { integerPower } from "./log-slope.ts";
import { buildProgram, type Program, type ProgramBuilder, type Value } from "./program.ts";

/**
 * The program whose inputs are the variables, in this order, and whose outputs are the formulas.
 * @throws InputError `codegen/unknown-variable` if a formula has a variable that is not among them
 */
export function lower(outputs: readonly Expr[], variables: readonly string[]): Program {
  const m = buildProgram(variables.length);
  const inputOf = new Map(variables.map((name, i) => [name, i]));
  const values = new Map<Expr, Value>();
  const of = (node: Expr): Value => values.get(node)!;
  for (const node of postorder(outputs)) values.set(node, lowerNode(m, node, of, inputOf));
  return m.finish(outputs.map(of));
}

function lowerNode(m: ProgramBuilder, node: Expr, of: (node: Expr) => Value, inputOf: ReadonlyMap<string, number>): Value {
  switch (node.kind) {
    case "constant":
      return m.constant(node.value);
    case "variable": {
      const index = inputOf.get(node.name);
      if (index !== undefined) return m.input(index);
      const known = [...inputOf.keys()].join(", ") || "none";
      throw new InputError("codegen/unknown-variable", `The formula has a variable ${node.name}, but its inputs are: ${known}.`, {
        variable: node.name,
      });
    }
    case "negate":
      return m.negate(of(node.args[0]));
    case "add":
    case "subtract":
    case "multiply":
    case "divide":
      return m[node.kind](of(node.args[0]), of(node.args[1]));
    case "power":
      return m.call2("power", of(node.args[0]), of(node.args[1]));
    case "integerPower":
      return integerPower(m, of(node.args[0]), node.exponent);
    case "logSlope":
      return m.call1(`logSlope${node.order}`, of(node.args[0]));
    case "call":
      return lowerCall(m, node, of(node.args[0]));
  }
}

function lowerCall(m: ProgramBuilder, node: Call, argument: Value): Value {
  switch (node.name) {
    case "sqrt":
    case "abs":
      return m[node.name](argument);
    default:
      return m.call1(node.name, argument);
  }
}
