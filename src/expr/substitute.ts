// Puts formulas in the place of variables, all at once, and simplifies again from the bottom.
import { build } from "./build.ts";
import { type Expr, fold } from "./node.ts";

/**
 * The formula with variables replaced; names that `replacements` lacks stay. Replacements are not searched for further ones.
 * @example substitute(parseFormula("loss + x").expr, new Map([["loss", parseFormula("x^2").expr]])) // x^2 + x
 */
export function substitute(expr: Expr, replacements: ReadonlyMap<string, Expr>): Expr {
  return fold<Expr>(expr, (node, of) => (node.kind === "variable" ? (replacements.get(node.name) ?? node) : rebuild(node, of)));
}

/** The formula built again from the bottom: what graphs from elsewhere (JSON) need to be as small as those built here. */
export const simplify = (expr: Expr): Expr => substitute(expr, new Map());

/** The same node over other arguments, simplified. */
export function rebuild(node: Expr, of: (arg: Expr) => Expr): Expr {
  switch (node.kind) {
    case "constant":
    case "variable":
      return node;
    case "negate":
      return build.negate(of(node.args[0]));
    case "integerPower":
      return build.integerPower(of(node.args[0]), node.exponent);
    case "call":
      return build.call(node.name, of(node.args[0]));
    case "logSlope":
      return build.logSlope(node.order, of(node.args[0]));
    default:
      return build[node.kind](of(node.args[0]), of(node.args[1]));
  }
}
