// The grammar: tokens -> formula. Loosest first (interface.md): + -, * / from the left, products without a sign, unary minus, ^ from the
// right. Operator precedence with explicit stacks, without recursion: nesting costs no call stack. After an error reading goes on, so
// that one message tells all there are.
import { InputError } from "../errors.ts";
import { build } from "./build.ts";
import { zero } from "./coefficient.ts";
import { functionNamed, type Scope } from "./names.ts";
import type { Expr, FunctionName } from "./node.ts";
import { type Problem, syntaxError } from "./syntax-error.ts";
import { shortened, type Token, tokenize } from "./tokenize.ts";

/** Longest text in characters, deepest nesting of parentheses, that are accepted. */
export const limits = { characters: 1 << 20, nesting: 1000 };

export interface ParseOptions {
  /** Names that are variables, in the order of the components of x; left out: every free name, in order of appearance. */
  readonly variables?: readonly string[];
  /** Besides pi and e, which it may redefine. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Where the text stood, for messages. */
  readonly field?: string;
}

/** Tokens of a text that is neither too long nor nested too deeply. */
export function readTokens(text: string, field: string, problems: Problem[]): Token[] {
  if (text.length > limits.characters) {
    const message = `${field} is too long: ${text.length} characters; at most ${limits.characters} are read.`;
    throw new InputError("expr/too-long", message, { field, length: text.length, allowed: limits.characters });
  }
  const tokens = tokenize(text, problems);
  let depth = 0;
  for (const token of tokens) {
    depth += token.kind === "open" ? 1 : token.kind === "close" ? -1 : 0;
    if (depth <= limits.nesting) continue;
    const message = `nested too deeply: more than ${limits.nesting} parentheses are open here; split the formula or drop parentheses`;
    throw syntaxError(text, [{ code: "expr/too-deep", at: token.start, message }], field);
  }
  if (tokens.length === 1 && problems.length === 0)
    throw syntaxError(text, [{ code: "expr/syntax", at: 0, message: "the formula is empty; write one, as x^2/2" }], field);
  return tokens;
}

/** Binding strengths; "product" is the one without a sign. */
const strengths: ReadonlyMap<string, number> = new Map([
  ["+", 1],
  ["-", 1],
  ["*", 2],
  ["/", 2],
  ["product", 3],
  ["minus", 4],
  ["plus", 4],
  ["^", 5],
]);

/** What waits on the operator stack: an operator, or a parenthesis with the function it belongs to. */
interface Waiting {
  readonly operator: string;
  readonly strength: number;
  readonly token: Token;
  readonly call?: FunctionName;
}

/** The formula in tokens[from .. to - 1]; problems are added, and then the result means nothing. */
export function parseTokens(tokens: readonly Token[], from: number, to: number, scope: Scope, problems: Problem[]): Expr {
  const values: Expr[] = [];
  const waiting: Waiting[] = [];
  let operandComesNext = true;
  const problem = (token: Token, message: string): void => {
    problems.push({ code: "expr/syntax", at: token.start, message });
  };
  const reduce = (): void => {
    const { operator } = waiting.pop()!;
    const b = values.pop()!;
    if (operator === "minus") values.push(build.negate(b));
    else if (operator === "plus") values.push(b);
    else values.push(combine(operator, values.pop()!, b));
  };
  /** Carries out what binds at least as strongly as the operator that comes now. */
  const reduceDownTo = (strength: number, rightToLeft = false): void => {
    for (let top = waiting.at(-1); top !== undefined && top.strength > 0; top = waiting.at(-1)) {
      if (rightToLeft ? top.strength <= strength : top.strength < strength) break;
      reduce();
    }
  };
  const wait = (operator: string, token: Token): void => {
    waiting.push({ operator, strength: strengths.get(operator)!, token });
  };
  for (let i = from; i <= to; i++) {
    const token = tokens[i]!;
    const isEnd = i === to;
    const startsOperand = !isEnd && (token.kind === "number" || token.kind === "name" || token.kind === "open");
    if (startsOperand && !operandComesNext) {
      if (token.kind === "number") problem(token, `unexpected number ${shortened(token.text)}: an operator such as * is missing before it`);
      reduceDownTo(strengths.get("product")!);
      wait("product", token);
      operandComesNext = true;
    }
    if (operandComesNext) {
      if (startsOperand) {
        if (token.kind === "number") values.push(build.constant(token.value!));
        else {
          const call = token.kind === "name" && tokens[i + 1]!.kind === "open" ? functionNamed(token.text) : undefined;
          if (call !== undefined) i++;
          if (call !== undefined || token.kind === "open") {
            waiting.push({ operator: "(", strength: 0, token: tokens[i]!, call });
            continue;
          }
          // Names that stand for nothing have been complained about already.
          values.push(scope.values.get(token.text) ?? zero);
        }
        operandComesNext = false;
        continue;
      }
      if (!isEnd && token.kind === "operator" && (token.text === "-" || token.text === "+")) {
        wait(token.text === "-" ? "minus" : "plus", token);
        continue;
      }
      // An operand is missing: say so, put one there and go on.
      problem(token, missingOperand(token, isEnd, waiting.at(-1)));
      values.push(zero);
      operandComesNext = false;
    }
    if (isEnd) break;
    if (token.kind === "close") {
      reduceDownTo(0);
      const open = waiting.pop();
      if (open === undefined) problem(token, 'this ")" closes nothing: there is no "(" before it');
      else if (open.call !== undefined) values.push(build.call(open.call, values.pop()!));
    } else {
      reduceDownTo(strengths.get(token.text)!, token.text === "^");
      wait(token.text, token);
      operandComesNext = true;
    }
  }
  while (waiting.length > 0) {
    const top = waiting.at(-1)!;
    if (top.strength > 0) reduce();
    else {
      problem(top.token, 'this "(" is never closed: a ")" is missing');
      waiting.pop();
    }
  }
  return values[0]!;
}

function combine(operator: string, a: Expr, b: Expr): Expr {
  switch (operator) {
    case "+":
      return build.add(a, b);
    case "-":
      return build.subtract(a, b);
    case "/":
      return build.divide(a, b);
    case "^":
      return build.power(a, b);
    default:
      return build.multiply(a, b);
  }
}

function missingOperand(token: Token, isEnd: boolean, before: Waiting | undefined): string {
  const expected = "a number, a name or ( is expected here";
  const found = isEnd ? (token.kind === "end" ? "the formula ends too early" : `unexpected "${token.text}"`) : `unexpected "${token.text}"`;
  if (before?.strength === 0 && token.kind === "close")
    return before.call === undefined
      ? `nothing stands between the parentheses: ${expected}`
      : `${before.call} needs an argument, as ${before.call}(x)`;
  return before === undefined || before.strength === 0 ? `${found}: ${expected}` : `${found}: ${expected}, after "${before.token.text}"`;
}
