// Text -> formula, and text -> conditions of a region (condition.ts). The grammar: grammar.ts; what names mean: names.ts.
import { zero } from "./coefficient.ts";
import { type ParseOptions, parseTokens, readTokens } from "./grammar.ts";
import { checkNames, scopeOf } from "./names.ts";
import type { Expr } from "./node.ts";
import { type Problem, syntaxError } from "./syntax-error.ts";

export interface ParsedFormula {
  readonly expr: Expr;
  /** As declared, or as found in the text, even where simplification has removed them from `expr`. */
  readonly variables: readonly string[];
}

/**
 * Reads a formula.
 * @throws InputError `expr/syntax`, `expr/unknown-name`, `expr/too-deep`, `expr/too-long`, `expr/comparison` with line, columns, hints;
 *   `expr/variables` if declared names cannot be names
 * @example parseFormula("x^2/2 + 1.5exp(-x^2)").variables // ["x"]
 */
export function parseFormula(text: string, options: ParseOptions = {}): ParsedFormula {
  const { field = "formula" } = options;
  const problems: Problem[] = [];
  const tokens = readTokens(text, field, problems);
  const readable = problems.length === 0;
  const scope = scopeOf(tokens, options.variables, options.constants ?? {}, field);
  checkNames(tokens, scope, problems);
  const comparison = tokens.find((token) => token.kind === "comparison" || token.kind === "and");
  if (comparison !== undefined) {
    const message = `unexpected "${comparison.text}": a formula gives a number; comparisons stand only in a region ("inside")`;
    problems.push({ code: "expr/comparison", at: comparison.start, message });
  }
  // What is missing from the text, or not in it, would only lead to errors that are none.
  const whole = readable && comparison === undefined;
  const expr = whole ? parseTokens(tokens, 0, tokens.length - 1, scope, problems) : zero;
  if (problems.length > 0) throw syntaxError(text, problems, field);
  return { expr, variables: scope.variables };
}

export { type Condition, parseCondition } from "./condition.ts";
export type { ParseOptions } from "./grammar.ts";
