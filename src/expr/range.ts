// What can be said of a formula's values without evaluating it: where it is defined, and its sign. Simplification asks here before it
// drops a term, so that no rule makes a formula defined at a point where what was typed is not.
//
// Cautious: false means "not known". Overflow and underflow are not considered: exp(x) counts as defined and positive everywhere.
import { type Expr, type FunctionName, postorder } from "./node.ts";

interface Range {
  /** Finite at every point of R^d. */
  readonly total: boolean;
  /** Greater than zero wherever it is defined. */
  readonly positive: boolean;
  /** At least zero wherever it is defined. */
  readonly nonnegative: boolean;
}

const known = new WeakMap<Expr, Range>();

/** Finite at every point of R^d, overflow aside. */
export const isTotal = (expr: Expr): boolean => rangeOf(expr).total;

/** Greater than zero wherever it is defined. */
export const isPositive = (expr: Expr): boolean => rangeOf(expr).positive;

/** At least zero wherever it is defined. */
export const isNonnegative = (expr: Expr): boolean => rangeOf(expr).nonnegative;

function rangeOf(expr: Expr): Range {
  for (const node of postorder([expr], (n) => known.has(n))) known.set(node, rangeFrom(node));
  return known.get(expr)!;
}

const range = (total: boolean, sign: "positive" | "nonnegative" | "any"): Range => ({
  total,
  positive: sign === "positive",
  nonnegative: sign !== "any",
});

/** The range of a node whose arguments' ranges are known. */
function rangeFrom(node: Expr): Range {
  switch (node.kind) {
    case "constant":
      return range(true, node.value > 0 ? "positive" : node.value === 0 ? "nonnegative" : "any");
    case "variable":
      return range(true, "any");
    case "negate":
      return range(known.get(node.args[0])!.total, "any");
    case "integerPower": {
      const base = known.get(node.args[0])!;
      const even = node.exponent % 2 === 0;
      return range(base.total, base.positive ? "positive" : base.nonnegative || even ? "nonnegative" : "any");
    }
    case "logSlope": {
      const p = known.get(node.args[0])!;
      return range(p.total && p.positive, "any");
    }
    case "call":
      return rangeOfCall(node.name, known.get(node.args[0])!);
  }
  const a = known.get(node.args[0])!;
  const b = known.get(node.args[1])!;
  const total = a.total && b.total;
  const bothNonnegative = a.nonnegative && b.nonnegative;
  switch (node.kind) {
    case "add":
      return range(total, bothNonnegative ? (a.positive || b.positive ? "positive" : "nonnegative") : "any");
    case "subtract":
      return range(total, "any");
    case "multiply":
      return range(total, bothNonnegative ? (a.positive && b.positive ? "positive" : "nonnegative") : "any");
    case "divide":
      return range(total && b.positive, bothNonnegative ? (a.positive ? "positive" : "nonnegative") : "any");
    case "power":
      return range(total && (a.positive || (a.nonnegative && b.positive)), a.positive ? "positive" : a.nonnegative ? "nonnegative" : "any");
  }
}

function rangeOfCall(name: FunctionName, a: Range): Range {
  switch (name) {
    case "exp":
    case "cosh":
    case "sigmoid":
    case "softplus":
      return range(a.total, "positive");
    case "abs":
    case "relu":
    case "step":
      return range(a.total, a.positive ? "positive" : "nonnegative");
    case "sqrt":
      return range(a.total && a.nonnegative, a.positive ? "positive" : "nonnegative");
    case "log":
      return range(a.total && a.positive, "any");
    case "log1p":
      return range(a.total && a.nonnegative, a.positive ? "positive" : a.nonnegative ? "nonnegative" : "any");
    case "tan":
      return range(false, "any");
    default:
      return range(a.total, "any");
  }
}
