// Infix text with as few parentheses as the grammar allows: the common part of print-text.ts and print-python.ts, which bind operators
// alike. Iterative, and strings are shared like the nodes; but a graph that reuses nodes can be exponentially longer as text.
import { DomainError } from "../errors.ts";
import { type ConstantForm, constantForm } from "./constant-form.ts";
import { type Expr, type FunctionName, fold } from "./node.ts";
import { isSum, negate } from "./terms.ts";

export interface InfixStyle {
  /** Between base and exponent. */
  readonly power: string;
  readonly pi: string;
  readonly e: string;
  name(variable: string): string;
  call(name: FunctionName, argument: string): string;
  logSlope(order: number, argument: string): string;
}

/** The longest text that is made, in characters. */
const longest = 1 << 24;

/** How tightly the outermost operator of a text binds; the larger, the tighter. */
const level = { sum: 1, product: 2, minus: 3, power: 4, atom: 5 };

interface Printed {
  readonly text: string;
  readonly level: number;
}

/** @throws DomainError `expr/too-long` where the text would have more than 16 million characters */
export function printInfix(expr: Expr, style: InfixStyle): string {
  return fold<Printed>(expr, (node, of) => {
    const printed = print(node, of, style);
    if (printed.text.length > longest)
      throw new DomainError("expr/too-long", `The formula has more than ${longest} characters when written out; print it as JSON.`, {
        longest,
      });
    return printed;
  }).text;
}

function print(node: Expr, of: (arg: Expr) => Printed, style: InfixStyle): Printed {
  /** The argument's text, in parentheses unless it binds at least as tightly as asked. */
  const arg = (index: 0 | 1, atLeast: number): string => {
    const { text, level: found } = of(node.args[index]!);
    return found >= atLeast ? text : `(${text})`;
  };
  switch (node.kind) {
    case "constant":
      return printConstant(constantForm(node.value), style);
    case "variable":
      return { text: style.name(node.name), level: level.atom };
    case "negate": {
      // -x*y is read as (-x)*y, which is the same node; but -(x - y)*z would be (y - x)*z
      const [a] = node.args;
      const first = firstFactor(a);
      return { text: `-${arg(0, first !== a && negate(first).kind !== "negate" ? level.atom : level.product)}`, level: level.product };
    }
    case "add":
      return { text: `${arg(0, level.sum)} + ${arg(1, level.product)}`, level: level.sum };
    case "subtract":
      return { text: `${arg(0, level.sum)} - ${arg(1, level.product)}`, level: level.sum };
    case "multiply": {
      // 2*x*y is read as (2*x)*y, which is the same node; but 2*(3*x + 1)*y would be (6*x + 2)*y
      const [a, b] = node.args;
      const isOpen = a.kind === "constant" && a.value !== 0 && b.kind === "multiply" && !isSum(firstFactor(b));
      return { text: `${arg(0, level.product)}*${arg(1, isOpen ? level.product : level.minus)}`, level: level.product };
    }
    case "divide":
      return { text: `${arg(0, level.product)}/${arg(1, level.minus)}`, level: level.product };
    case "integerPower":
      return { text: `${arg(0, level.atom)}${style.power}${node.exponent}`, level: level.power };
    case "power":
      return { text: `${arg(0, level.atom)}${style.power}${arg(1, level.power)}`, level: level.power };
    case "call":
      return { text: style.call(node.name, of(node.args[0]).text), level: level.atom };
    case "logSlope":
      return { text: style.logSlope(node.order, of(node.args[0]).text), level: level.atom };
  }
}

/** What a product or quotient begins with. */
function firstFactor(expr: Expr): Expr {
  let first = expr;
  while (first.kind === "multiply" || first.kind === "divide") first = first.args[0];
  return first;
}

function printConstant({ negative, over, symbol, under }: ConstantForm, style: InfixStyle): Printed {
  const named = symbol === undefined ? "" : symbol === "pi" ? style.pi : symbol === "e" ? style.e : style.call("sqrt", String(symbol.sqrt));
  const above = named === "" ? over : over === "1" ? named : `${over}*${named}`;
  const below = under === "sqrt(pi)" ? style.call("sqrt", style.pi) : under;
  const text = `${negative ? "-" : ""}${above}${under === "1" ? "" : `/${below}`}`;
  const isProduct = under !== "1" || above.includes("*");
  return { text, level: isProduct ? level.product : negative ? level.minus : level.atom };
}
