// Products, quotients and integer powers, simplified: constants go to the front as one fraction, equal factors become powers, there is
// one fraction bar, and equal factors above and below it cancel where that leaves the formula undefined where it was.
import { one, ratio, type Scaled, split, times, zero } from "./coefficient.ts";
import { integerPower as integerPowerOfNumber } from "./functions.ts";
import { type Expr, makeBinary, makeCall, makeConstant, makeIntegerPower, maxIntegerPower } from "./node.ts";
import { isNonnegative, isPositive, isTotal } from "./range.ts";
import { attach, factorsOf, isFraction, negate, overAndUnder } from "./terms.ts";

/** a b. */
export function multiply(a: Expr, b: Expr): Expr {
  const [p, q] = [split(a), split(b)];
  const c = p.n === 0 || q.n === 0 ? { n: 0, d: 1 } : times(p, q);
  if (c === undefined) return makeBinary("multiply", a, b);
  return attachAgain(c, multiplyRests(p.rest, q.rest));
}

/** a / b. */
export function divide(a: Expr, b: Expr): Expr {
  const [p, q] = [split(a), split(b)];
  if (q.n === 0) return p.n < 0 ? negate(makeBinary("divide", negate(a), b)) : makeBinary("divide", a, b);
  const c = p.n === 0 ? { n: 0, d: 1 } : ratio(p.n * q.d, p.d * q.n);
  if (c === undefined) return makeBinary("divide", a, b);
  return attachAgain(c, divideRests(p.rest, q.rest));
}

/** c times a formula that may have a coefficient of its own: cancelled factors can leave one. */
function attachAgain(c: { n: number; d: number }, expr: Expr): Expr {
  const inner: Scaled = split(expr);
  const product = c.n === 0 ? c : times(c, inner);
  return product === undefined ? makeBinary("multiply", makeConstant(c.n / c.d), expr) : attach(product, inner.rest);
}

/** Products of two formulas of coefficient 1. */
function multiplyRests(a: Expr, b: Expr): Expr {
  if (a === one) return b;
  if (b === one) return a;
  if (isFraction(a) || isFraction(b)) {
    const [p, q] = overAndUnder(a);
    const [s, t] = overAndUnder(b);
    return divideRests(multiplyRests(p, s), multiplyRests(q, t));
  }
  const factors = factorsOf(b);
  let product = a;
  let met = false;
  for (const factor of factors) {
    const merged = mergeFactor(product, factor);
    met ||= merged !== undefined;
    product = merged ?? makeBinary("multiply", product, factor);
  }
  // Where nothing merges the grouping stays as it was typed.
  return met ? product : makeBinary("multiply", a, b);
}

/** Quotients of two formulas of coefficient 1; neither bar is lost: a/(b/c) is a c/b. */
function divideRests(a: Expr, b: Expr): Expr {
  if (isFraction(a) || isFraction(b)) {
    const [p, q] = overAndUnder(a);
    const [s, t] = overAndUnder(b);
    return divideRests(multiplyRests(p, t), multiplyRests(q, s));
  }
  if (b === one) return a;
  if (a === one && b.kind === "add" && (b.args[0] === one || b.args[1] === one)) {
    // 1/(1 + exp(v)) = sigmoid(-v), whose derivatives stay small
    const other = b.args[0] === one ? b.args[1] : b.args[0];
    if (other.kind === "call" && other.name === "exp") return makeCall("sigmoid", negate(other.args[0]));
  }
  let above = factorsOf(a);
  let below = factorsOf(b);
  let met = false;
  for (const factor of above) {
    const other = below.find((g) => powerOf(g).base === powerOf(factor).base);
    if (other === undefined) continue;
    const { base, exponent } = powerOf(factor);
    const rest = exponent - powerOf(other).exponent;
    // x/x^3 is 1/x^2, undefined at 0 as before; x^3/x would be defined there, unless x is known to be positive.
    if (rest >= 0 && !(isPositive(base) && isTotal(base))) continue;
    above = replace(above, factor, rest > 0 ? raise(base, rest) : undefined);
    below = replace(below, other, rest < 0 ? raise(base, -rest) : undefined);
    met = true;
  }
  if (!met) return makeBinary("divide", a, b);
  const denominator = below.reduce(multiplyRests, one);
  const numerator = above.reduce(multiplyRests, one);
  return denominator === one ? numerator : makeBinary("divide", numerator, denominator);
}

/** product * factor where an equal factor is there already: its exponent grows. */
function mergeFactor(expr: Expr, factor: Expr): Expr | undefined {
  const { base, exponent } = powerOf(factor);
  const factors = factorsOf(expr);
  const other = factors.find((g) => powerOf(g).base === base);
  if (other === undefined) return undefined;
  const sum = exponent + powerOf(other).exponent;
  // sqrt-like powers are undefined below 0, where an integer one is not
  if (Number.isInteger(sum) && !Number.isInteger(exponent) && !isNonnegative(base)) return undefined;
  const raised = raise(base, sum);
  if (powerOf(raised).base === base) return product(replace(factors, other, raised));
  // sqrt(u)^2 became u, which may meet its like among the other factors
  return factors.length === 1 ? raised : multiply(product(replace(factors, other, undefined)), raised);
}

function product(factors: readonly Expr[]): Expr {
  return factors.reduce((a, b) => makeBinary("multiply", a, b));
}

function replace(list: readonly Expr[], old: Expr, by: Expr | undefined): Expr[] {
  return list.flatMap((item) => (item === old ? (by === undefined ? [] : [by]) : [item]));
}

/** base^exponent with a constant exponent > 0; anything else is its own first power. */
function powerOf(expr: Expr): { base: Expr; exponent: number } {
  if (expr.kind === "integerPower") return { base: expr.args[0], exponent: expr.exponent };
  if (expr.kind === "power" && expr.args[1].kind === "constant" && expr.args[1].value > 0)
    return { base: expr.args[0], exponent: expr.args[1].value };
  return { base: expr, exponent: 1 };
}

/** base^exponent for an exponent > 0 and a base that is no power itself. */
function raise(base: Expr, exponent: number): Expr {
  if (isIntegerPower(exponent)) return integerPower(base, exponent);
  return exponent === 0.5 ? makeCall("sqrt", base) : makeBinary("power", base, makeConstant(exponent));
}

/** Whether x^n is written as an integer power (or 1, x, 1/x^m). */
export const isIntegerPower = (n: number): boolean => Number.isInteger(n) && Math.abs(n) <= maxIntegerPower;

/** a^n for an integer n with |n| <= 64. */
export function integerPower(a: Expr, n: number): Expr {
  if (n === 0) return one;
  if (n === 1) return a;
  if (n < 0) return divide(one, integerPower(a, -n));
  if (a.kind === "constant") {
    const value = integerPowerOfNumber(a.value, n);
    if (Number.isFinite(value) && (value !== 0 || a === zero)) return makeConstant(value);
  }
  const { n: over, d: under, rest } = split(a);
  if (rest !== a) {
    // (3x/2)^2 = 9x^2/4, as long as the numbers stay exact; (-x)^n always
    const [p, q] = [integerPowerOfNumber(over, n), integerPowerOfNumber(under, n)];
    if (Number.isSafeInteger(p) && Number.isSafeInteger(q)) return attachAgain({ n: p, d: q }, integerPower(rest, n));
  }
  if (a.kind === "integerPower" && a.exponent * n <= maxIntegerPower) return integerPower(a.args[0], a.exponent * n);
  if (a.kind === "call" && a.name === "abs" && n % 2 === 0) return integerPower(a.args[0], n);
  if (a.kind === "call" && a.name === "sqrt" && n % 2 === 0 && isNonnegative(a.args[0])) return integerPower(a.args[0], n / 2);
  return makeIntegerPower(a, n);
}
