// Builds formulas and simplifies while building. Products and quotients: product.ts; sums: sum.ts; functions: rules.ts.
//
// Every rule preserves the value to rounding wherever the formula is defined, and never makes it defined at a point where it was not:
// x - x is 0, but log(x) - log(x) stays. What is not done: expanding products, ordering terms (the order typed is kept, so that nothing
// depends on what was built before), searching farther than a few terms or factors (building stays linear in the text).
import { power as powerOfNumbers } from "../numerics/elementary.ts";
import { one } from "./coefficient.ts";
import { logSlope as logSlopeOfNumber, numberFunction } from "./functions.ts";
import { type Expr, type FunctionName, makeBinary, makeCall, makeConstant, makeLogSlope, makeVariable } from "./node.ts";
import { divide, integerPower, isIntegerPower, multiply } from "./product.ts";
import { isPositive, isTotal } from "./range.ts";
import { applyRules } from "./rules.ts";
import { add, subtract } from "./sum.ts";
import { negate } from "./terms.ts";

/** A constant. @throws InternalError `expr/constant` if it is not finite */
export const constant = (value: number): Expr => makeConstant(value);

export const variable = (name: string): Expr => makeVariable(name);

/** factor * a. */
export const scale = (factor: number, a: Expr): Expr => multiply(makeConstant(factor), a);

/** a^b. Small integer exponents become integer powers, 1/2 a square root, e^b is exp(b). */
export function power(a: Expr, b: Expr): Expr {
  if (b.kind === "constant") {
    // a^0 is 1 where a is defined, and nowhere else
    if (b.value === 0 && !isTotal(a)) return add(multiply(b, a), one);
    if (isIntegerPower(b.value)) return integerPower(a, b.value);
    if (a.kind === "constant") return foldedOr(powerOfNumbers(a.value, b.value), () => makeBinary("power", a, b));
    if (b.value === 0.5) return call("sqrt", a);
    if (b.value === -0.5) return divide(one, call("sqrt", a));
    // exp(u)^c = exp(c u), sqrt(u)^c = u^(c/2), (u^m)^c = u^(m c) for u > 0
    if (a.kind === "call" && a.name === "exp") return call("exp", multiply(b, a.args[0]));
    if (a.kind === "integerPower" && isPositive(a.args[0])) return power(a.args[0], makeConstant(a.exponent * b.value));
  }
  if (a.kind === "constant" && a.value === Math.E) return call("exp", b);
  if (a === one && isTotal(b)) return one;
  return makeBinary("power", a, b);
}

/** name(a), for a function of node.ts. */
export function call(name: FunctionName, a: Expr): Expr {
  if (a.kind === "constant") return foldedOr(numberFunction(name)(a.value), () => makeCall(name, a));
  return applyRules(name, a, build) ?? makeCall(name, a);
}

/** The order-th derivative of K(p) = log|p|/(p - 1): node.ts, LogSlope. */
export function logSlope(order: number, p: Expr): Expr {
  if (p.kind === "constant") return foldedOr(logSlopeOfNumber(order, p.value), () => makeLogSlope(order, p));
  return makeLogSlope(order, p);
}

/** A constant, unless it would be infinite or no number: log(-1) stays as it is, to be undefined where it is evaluated. */
function foldedOr(value: number, otherwise: () => Expr): Expr {
  return Number.isFinite(value) ? makeConstant(value) : otherwise();
}

/** All constructors in one object. */
export const build = Object.freeze({
  constant,
  variable,
  add,
  subtract,
  multiply,
  divide,
  negate,
  scale,
  integerPower,
  power,
  call,
  logSlope,
});

export { add, divide, integerPower, multiply, negate, subtract };
