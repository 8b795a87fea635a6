// Formulas as set in books: fractions with a bar, powers raised, signs in front of fractions, products without a sign. What is laid out
// is the same for TeX and MathML; the two differ in how a row, a fraction, a root are written (print-tex.ts, print-mathml.ts).
import { DomainError } from "../errors.ts";
import { constantForm } from "./constant-form.ts";
import { withoutLogSlopes } from "./expand.ts";
import { type Expr, type FunctionName, fold } from "./node.ts";

/** How the parts are written; every text is a row of elements that can stand beside others. */
export interface Typesetter {
  number(digits: string): string;
  /** A variable or constant in italics; `subscript` may be empty. */
  identifier(name: string, subscript: string): string;
  /** + - and the dot between numbers. */
  operator(sign: "+" | "-" | "dot"): string;
  /** Between factors without a sign. */
  invisibleTimes: string;
  fraction(above: string, below: string): string;
  superscript(base: string, exponent: string): string;
  root(radicand: string): string;
  fenced(inner: string, fence: "(" | "|"): string;
  /** A function's upright name; `exponent` raised after it where not empty. */
  functionName(name: string, exponent: string): string;
  /** Between a function's name and its argument. */
  apply: string;
}

/** How tightly the outermost operator of a row binds. */
const level = { sum: 1, product: 2, power: 3, atom: 4 };

interface Row {
  /** Without the sign. */
  readonly body: string;
  readonly level: number;
  /** A minus goes before the body. */
  readonly negative: boolean;
  /** Begins with a digit, so that a number before it needs a dot. */
  readonly startsWithDigit: boolean;
  /** The function's name and argument, where a power may be raised between them, as in sin^2(x). */
  readonly call?: { readonly name: string; readonly argument: string };
}

/** Texts longer than this are refused: they would be no use to a reader. */
const longest = 1 << 22;

/** Functions whose powers are raised between name and argument. */
const raisedInside: ReadonlySet<FunctionName> = new Set(["sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "sigmoid"]);

/** @throws DomainError `expr/too-long` where the text would have more than 4 million characters */
export function typeset(expr: Expr, to: Typesetter): string {
  const row = fold<Row>(withoutLogSlopes(expr), (node, of) => {
    const result = layOut(node, of, to);
    if (result.body.length > longest)
      throw new DomainError("expr/too-long", `The formula has more than ${longest} characters when typeset; print it as JSON.`, {
        longest,
      });
    return result;
  });
  return whole(row, to);
}

/** The row with its sign. */
const whole = (row: Row, to: Typesetter): string => (row.negative ? to.operator("-") + row.body : row.body);

/** The row as a part of something that binds as tightly as `atLeast`: fenced where it binds less, or has a sign. */
function part(row: Row, atLeast: number, to: Typesetter): string {
  return row.level >= atLeast && !row.negative ? row.body : to.fenced(whole(row, to), "(");
}

const plain = (body: string, at: number, negative = false): Row => ({ body, level: at, negative, startsWithDigit: false });

function layOut(node: Expr, of: (arg: Expr) => Row, to: Typesetter): Row {
  switch (node.kind) {
    case "constant":
      return constantRow(node.value, to);
    case "variable":
      return plain(to.identifier(...nameParts(node.name)), level.atom);
    case "negate": {
      const row = of(node.args[0]);
      return row.negative || row.level < level.product
        ? plain(to.fenced(whole(row, to), "("), level.product, true)
        : { ...row, level: Math.min(row.level, level.product), negative: true };
    }
    case "add":
    case "subtract": {
      const [a, b] = [of(node.args[0]), of(node.args[1])];
      const sign = node.kind === "add" ? "+" : "-";
      // A second term with a sign of its own is fenced: a + (-b).
      return { ...plain(whole(a, to) + to.operator(sign) + part(b, level.product, to), level.sum), startsWithDigit: a.startsWithDigit };
    }
    case "multiply":
      return productRow(of(node.args[0]), of(node.args[1]), to);
    case "divide": {
      const [a, b] = [of(node.args[0]), of(node.args[1])];
      return plain(to.fraction(a.body, whole(b, to)), level.product, a.negative);
    }
    case "integerPower":
      return powerRow(node.args[0], of(node.args[0]), to.number(String(node.exponent)), to);
    case "power":
      return powerRow(node.args[0], of(node.args[0]), whole(of(node.args[1]), to), to);
    case "call":
      return callRow(node.name, of(node.args[0]), to);
    case "logSlope":
      return functionRow("K", of(node.args[0]), to);
  }
}

function productRow(a: Row, b: Row, to: Typesetter): Row {
  const left = a.level >= level.product ? a.body : to.fenced(whole(a, to), "(");
  const right = part(b, level.product, to);
  const dot = b.startsWithDigit && b.level >= level.product && !b.negative;
  return {
    body: left + (dot ? to.operator("dot") : to.invisibleTimes) + right,
    level: level.product,
    negative: a.negative && a.level >= level.product,
    startsWithDigit: a.startsWithDigit,
  };
}

function powerRow(base: Expr, row: Row, exponent: string, to: Typesetter): Row {
  if (row.call !== undefined && base.kind === "call" && raisedInside.has(base.name))
    return plain(to.functionName(row.call.name, exponent) + to.apply + row.call.argument, level.power);
  return { ...plain(to.superscript(part(row, level.atom, to), exponent), level.power), startsWithDigit: row.startsWithDigit };
}

function callRow(name: FunctionName, argument: Row, to: Typesetter): Row {
  const inner = whole(argument, to);
  const e = to.identifier("e", "");
  switch (name) {
    case "exp":
      return plain(to.superscript(e, inner), level.power);
    case "expm1":
      return plain(to.superscript(e, inner) + to.operator("-") + to.number("1"), level.sum);
    case "sqrt":
      return plain(to.root(inner), level.atom);
    case "abs":
      return plain(to.fenced(inner, "|"), level.atom);
    case "log1p":
      return functionRow("log", plain(to.number("1") + to.operator("+") + part(argument, level.product, to), level.sum), to);
    case "atan":
      return functionRow("arctan", argument, to);
    default:
      return functionRow(name, argument, to);
  }
}

function functionRow(name: string, row: Row, to: Typesetter): Row {
  const argument = to.fenced(whole(row, to), "(");
  return { ...plain(to.functionName(name, "") + to.apply + argument, level.atom), call: { name, argument } };
}

function constantRow(value: number, to: Typesetter): Row {
  const { negative, over, symbol, under } = constantForm(value);
  const [digits, exponent] = over.split("e");
  let body = to.number(digits!);
  if (exponent !== undefined) {
    const power = Number(exponent);
    const raised = power < 0 ? to.operator("-") + to.number(String(-power)) : to.number(String(power));
    body = (digits === "1" ? "" : body + to.operator("dot")) + to.superscript(to.number("10"), raised);
  }
  const isProduct = exponent !== undefined && digits !== "1";
  if (symbol !== undefined) {
    const unit = typeof symbol === "string" ? to.identifier(symbol, "") : to.root(to.number(String(symbol.sqrt)));
    body = over === "1" ? unit : body + to.invisibleTimes + unit;
  }
  const startsWithDigit = under === "1" && (symbol === undefined || over !== "1");
  const isAtom = !isProduct && exponent === undefined && (symbol === undefined || over === "1") && under === "1";
  return {
    body: under === "1" ? body : to.fraction(body, under === "sqrt(pi)" ? to.root(to.identifier("pi", "")) : to.number(under)),
    level: isAtom ? level.atom : level.product,
    negative,
    startsWithDigit,
  };
}

/** x1 and x_1 have the subscript 1, x_max has the subscript max. */
function nameParts(name: string): [name: string, subscript: string] {
  const underscore = /^([^_]+)_+(.+)$/.exec(name);
  if (underscore !== null) return [underscore[1]!, underscore[2]!];
  const digits = /^(.*?[^0-9_])([0-9]+)$/.exec(name);
  return digits === null ? [name, ""] : [digits[1]!, digits[2]!];
}
