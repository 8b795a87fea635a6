// A formula as coefficient times rest: 3*x^2/4 is 3/4 times x^2. Products and sums are simplified in this form, so that fractions
// stay fractions: a third of x is x/3, correctly rounded, and three of it are x again.
//
// A coefficient is n/d with coprime integers where both are integers; else d = 1, or |n| = 1 and d as it was typed.
import { type Expr, makeBinary, makeConstant } from "./node.ts";

export interface Coefficient {
  readonly n: number;
  /** Greater than zero. */
  readonly d: number;
}

export interface Scaled extends Coefficient {
  /** Has coefficient 1; the constant 1 where the whole is a constant. */
  readonly rest: Expr;
}

export const one = makeConstant(1);
export const zero = makeConstant(0);

/** Coefficient and rest; `attach` (terms.ts) puts them together again. */
export function split(expr: Expr): Scaled {
  switch (expr.kind) {
    case "constant":
      return { n: expr.value, d: 1, rest: one };
    case "negate": {
      const { n, d, rest } = split(expr.args[0]);
      return { n: -n, d, rest };
    }
    case "multiply": {
      const [a, b] = expr.args;
      return a.kind === "constant" ? { n: a.value, d: 1, rest: b } : { n: 1, d: 1, rest: expr };
    }
    case "divide": {
      const over = splitProduct(expr.args[0]);
      const under = splitProduct(expr.args[1]);
      const c = ratio(over.n, under.n);
      if (c === undefined || (over.n === 1 && under.n === 1)) return { n: 1, d: 1, rest: expr };
      return { ...c, rest: under.rest === one ? over.rest : makeBinary("divide", over.rest, under.rest) };
    }
    default:
      return { n: 1, d: 1, rest: expr };
  }
}

/** The constant in front of a product; fractions below a bar are left alone. */
function splitProduct(expr: Expr): { n: number; rest: Expr } {
  if (expr.kind === "constant") return { n: expr.value, rest: one };
  if (expr.kind === "negate") return { n: -1, rest: expr.args[0] };
  if (expr.kind === "multiply" && expr.args[0].kind === "constant") return { n: expr.args[0].value, rest: expr.args[1] };
  return { n: 1, rest: expr };
}

/** Product of coefficients; undefined where it overflows or underflows. */
export function times(a: Coefficient, b: Coefficient): Coefficient | undefined {
  return ratio(a.n * b.n, a.d * b.d);
}

/** Sum of coefficients; undefined where it overflows. */
export function plus(a: Coefficient, b: Coefficient): Coefficient | undefined {
  if (a.d === 1 && b.d === 1) return ratio(a.n + b.n, 1, true);
  return ratio(a.n * b.d + b.n * a.d, a.d * b.d, true);
}

/** n/d in normal form; undefined where it is not a normal number (or zero, unless that is allowed). */
export function ratio(n: number, d: number, zeroAllowed = false): Coefficient | undefined {
  if (d < 0) return ratio(-n, -d, zeroAllowed);
  const value = n / d;
  if (value === 0) return zeroAllowed && n === 0 ? { n: 0, d: 1 } : undefined;
  if (!Number.isFinite(value) || Math.abs(value) < 1e-300) return undefined;
  if (d === 1) return { n, d };
  if (Number.isSafeInteger(n) && Number.isSafeInteger(d)) {
    const divisor = greatestCommonDivisor(Math.abs(n), d);
    return { n: n / divisor, d: d / divisor };
  }
  return Math.abs(n) === 1 && Number.isFinite(d) ? { n, d } : { n: value, d: 1 };
}

function greatestCommonDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
