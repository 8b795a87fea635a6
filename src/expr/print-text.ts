// Formula -> text in the grammar of interface.md: parseFormula reads it back as the same node; of nested products and sums whose terms
// have met in another order, one in some ten thousand becomes a simpler formula of the same value. Not read back is what derivatives
// bring in, sign, step and K, which formulas cannot call: that is written for readers; JSON (print-json.ts) keeps every node.

import { withoutLogSlopes } from "./expand.ts";
import type { Expr } from "./node.ts";
import { freeVariables } from "./node.ts";
import { printInfix } from "./print-infix.ts";

/**
 * The formula as text, with as few parentheses as possible.
 * @example printText(parseFormula("(x*x)/2+1.5exp(-(x^2))").expr) // "x^2/2 + 1.5*exp(-x^2)"
 */
export function printText(expr: Expr): string {
  const names = freeVariables([expr]);
  return printInfix(withoutLogSlopes(expr), {
    power: "^",
    // Where a variable is called pi or e, the number is written out.
    pi: names.includes("pi") ? String(Math.PI) : "pi",
    e: names.includes("e") ? String(Math.E) : "e",
    name: (variable) => variable,
    call: (name, argument) => `${name}(${argument})`,
    logSlope: (order, argument) => `logSlope(${order}, ${argument})`,
  });
}
