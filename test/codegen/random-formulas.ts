// Random formulas for tests of compilers: all kinds of nodes and all functions, with shared parts.
import { build } from "../../src/expr/build.ts";
import { type Expr, functionNames, internalFunctionNames } from "../../src/expr/node.ts";

const functions = [...functionNames, ...internalFunctionNames];

/** A formula of about `size` operations in the variables; `draw` gives uniform numbers in [0, 1). */
export function randomFormula(size: number, variables: readonly string[], draw: () => number): Expr {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)]!;
  const known: Expr[] = [...variables.map((name) => build.variable(name)), build.constant(0.5), build.constant(-1.25), build.constant(3)];
  for (let i = 0; i < size; i += 1) {
    const [a, b] = [pick(known), pick(known)];
    const made: Expr[] = [
      build.add(a, b),
      build.subtract(a, b),
      build.multiply(a, b),
      build.divide(a, b),
      build.negate(a),
      build.power(a, b),
      build.integerPower(a, pick([2, 3, -1, 7])),
      build.logSlope(pick([0, 1, 2]), a),
      build.call(pick(functions), a),
      build.call(pick(functions), b),
    ];
    known.push(pick(made));
  }
  // Everything that nothing else used, in one sum.
  return known.slice(-Math.ceil(size / 3)).reduce((sum, term) => build.add(sum, term));
}
