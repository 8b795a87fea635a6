// Text -> conditions of a region: one comparison (x < 0), several joined by `and`, or a chain (-5 < x < 0). A region is the
// intersection of sets { g(x) < 0 }; there is no `or` and no equality.
import { build } from "./build.ts";
import { zero } from "./coefficient.ts";
import { type ParseOptions, parseTokens, readTokens } from "./grammar.ts";
import { checkNames, type Scope, scopeOf } from "./names.ts";
import type { Expr } from "./node.ts";
import { type Problem, syntaxError } from "./syntax-error.ts";
import type { Token } from "./tokenize.ts";

export interface Condition {
  /** A point is inside where expr < 0, or <= 0 if not strict. */
  readonly expr: Expr;
  readonly strict: boolean;
}

/**
 * Reads the conditions of a region, in the order in which they stand.
 * @throws InputError as parseFormula; `expr/comparison` where there is no comparison, an equality, or a chain that turns around
 * @example parseCondition("-5 < x < 0")[0].expr // -5 - x
 */
export function parseCondition(text: string, options: ParseOptions = {}): Condition[] {
  const { field = "inside" } = options;
  const problems: Problem[] = [];
  const tokens = readTokens(text, field, problems);
  const readable = problems.length === 0;
  const scope = scopeOf(tokens, options.variables, options.constants ?? {}, field);
  checkNames(tokens, scope, problems);
  const conditions: Condition[] = [];
  const stray = unbalanced(tokens);
  if (readable && stray !== undefined) {
    const message =
      stray.kind === "open" ? 'this "(" is never closed: a ")" is missing' : 'this ")" closes nothing: there is no "(" before it';
    problems.push({ code: "expr/syntax", at: stray.start, message });
  } else if (readable) {
    for (const [from, to] of partsOf(tokens, 0, tokens.length - 1, problems)) conditions.push(...chain(tokens, from, to, scope, problems));
  }
  if (problems.length > 0) throw syntaxError(text, problems, field);
  return conditions;
}

type Span = readonly [from: number, to: number];

/** What stands between the `and`s; parentheses around whole conditions are opened. */
function partsOf(tokens: readonly Token[], from: number, to: number, problems: Problem[]): Span[] {
  const open: Span[] = [[from, to]];
  const parts: Span[] = [];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const pieces = splitAt(tokens, span, (token) => token.kind === "and");
    const [first, end] = span;
    if (pieces.length > 1) {
      open.push(...pieces.reverse());
    } else if (
      isWrapped(tokens, span) &&
      splitAt(tokens, [first + 1, end - 1], (t) => t.kind === "and" || t.kind === "comparison").length > 1
    ) {
      open.push([first + 1, end - 1]);
    } else parts.push(span);
  }
  for (const [first, end] of parts) {
    if (first < end) continue;
    problems.push({ code: "expr/syntax", at: tokens[end]!.start, message: 'a comparison is missing beside "and"' });
  }
  return parts.filter(([first, end]) => first < end);
}

/** The pieces of a span between separators that stand outside all parentheses. */
function splitAt(tokens: readonly Token[], [from, to]: Span, separates: (token: Token) => boolean): Span[] {
  const pieces: Span[] = [];
  let depth = 0;
  let start = from;
  for (let i = from; i < to; i++) {
    const token = tokens[i]!;
    depth += token.kind === "open" ? 1 : token.kind === "close" ? -1 : 0;
    if (depth !== 0 || !separates(token)) continue;
    pieces.push([start, i]);
    start = i + 1;
  }
  pieces.push([start, to]);
  return pieces;
}

/** A parenthesis without its partner: the first that closes nothing, or else the last that is never closed. */
function unbalanced(tokens: readonly Token[]): Token | undefined {
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.kind === "open") open.push(token);
    else if (token.kind === "close" && open.pop() === undefined) return token;
  }
  return open.at(-1);
}

/** Whether the span's first token is a parenthesis that its last one closes. */
function isWrapped(tokens: readonly Token[], [from, to]: Span): boolean {
  if (to - from < 2 || tokens[from]!.kind !== "open") return false;
  let depth = 0;
  for (let i = from; i < to; i++) {
    depth += tokens[i]!.kind === "open" ? 1 : tokens[i]!.kind === "close" ? -1 : 0;
    if (depth === 0) return i === to - 1;
  }
  return false;
}

/** a < b < c: one condition for each comparison. */
function chain(tokens: readonly Token[], from: number, to: number, scope: Scope, problems: Problem[]): Condition[] {
  const problem = (token: Token, message: string): void => {
    problems.push({ code: "expr/comparison", at: token.start, message });
  };
  const sides = splitAt(tokens, [from, to], (token) => token.kind === "comparison");
  const signs = sides.slice(1).map(([start]) => tokens[start - 1]!);
  for (const token of tokens.slice(from, to)) {
    if ((token.kind !== "comparison" && token.kind !== "and") || signs.includes(token)) continue;
    problem(token, `"${token.text}" stands inside parentheses; comparisons cannot be parts of a formula`);
    return [];
  }
  if (signs.length === 0) {
    problem(tokens[from]!, "a comparison is missing; a region is written as x < 0, x^2 + y^2 < 4, or -5 < x < 0 and y > 1");
    return [];
  }
  const equality = signs.find((sign) => !/^[<>]=?$/.test(sign.text));
  if (equality !== undefined) {
    problem(equality, `"${equality.text}" gives no region: write <, <=, > or >=`);
    return [];
  }
  const turn = signs.find((sign) => sign.text[0] !== signs[0]!.text[0]);
  if (turn !== undefined) {
    problem(turn, `a chain points one way; join comparisons by "and" where they do not`);
    return [];
  }
  const formulas = sides.map(([start, end]) =>
    start < end ? parseTokens(tokens, start, end, scope, problems) : missing(tokens[end]!, problem),
  );
  return signs.map((sign, i) => {
    const [a, b] = [formulas[i]!, formulas[i + 1]!];
    return { expr: sign.text[0] === "<" ? build.subtract(a, b) : build.subtract(b, a), strict: sign.text.length === 1 };
  });
}

function missing(token: Token, problem: (token: Token, message: string) => void): Expr {
  problem(token, "a formula is missing on one side of the comparison");
  return zero;
}
