// log, log1p and the two functions of the models that are made of them. x = 2^k (1 + f), sqrt(1/2) < 1 + f < sqrt(2), s = f/(2 + f),
// log(1 + f) = 2 atanh(s) = f - f^2/2 + s (f^2/2 + s^2 R(s^2)), R minimax (Remez, 60 digits; error 2^-59), as in fdlibm's e_log.c; unlike there
// the rounding error of k log 2 + f is kept. An argument may be a pair high + low: log(high) + low/high.
import { type Arithmetic, pow2 } from "../arithmetic.ts";
import { dividePairs, fastTwoSum, type Pair, polynomial, twoProduct, twoSum } from "./building-blocks.ts";
import { LN2_HIGH, LN2_LOW } from "./exp.ts";

// biome-ignore format: one coefficient a power
const SERIES = [
  0.6666666666666735, 0.3999999999941312, 0.2857142874276825, 0.22222198530917878, 0.1818356667935642, 0.15313986541771035,
  0.14796626562588702,
];

/** x = 2^k significand with sqrt(1/2) < significand <= sqrt(2), for positive x, subnormals included. */
export function splitNearOne<T, B>(m: Arithmetic<T, B>, x: T): { k: T; significand: T } {
  const subnormal = m.less(x, m.constant(2.2250738585072014e-308));
  const normal = m.select(subnormal, m.multiply(x, m.constant(18014398509481984)), x); // 2^54
  const exponent = m.add(m.exponentOf(normal), m.select(subnormal, m.constant(-54), m.constant(0)));
  const mantissa = m.mantissaOf(normal);
  const large = m.less(m.constant(Math.SQRT2), mantissa);
  return {
    k: m.add(exponent, m.select(large, m.constant(1), m.constant(0))),
    significand: m.select(large, m.multiply(mantissa, m.constant(0.5)), mantissa),
  };
}

/** log(high + low) for positive finite high and |low| at most about an ulp of it; good to 0.65 ulp. */
export function logOfPair<T, B>(m: Arithmetic<T, B>, high: T, low?: T): T {
  const { k, significand } = splitNearOne(m, high);
  const f = m.subtract(significand, m.constant(1));
  const s = m.divide(f, m.add(m.constant(2), f));
  const z = m.multiply(s, s);
  const halfSquare = m.multiply(m.constant(0.5), m.multiply(f, f));
  const sum = fastTwoSum(m, m.multiply(k, m.constant(LN2_HIGH)), f);
  const tail = m.add(m.multiply(k, m.constant(LN2_LOW)), sum.low);
  const small = low === undefined ? tail : m.add(tail, m.divide(low, high));
  const curved = m.add(m.multiply(s, m.add(halfSquare, m.multiply(z, polynomial(m, z, SERIES)))), small);
  return m.subtract(sum.high, m.subtract(halfSquare, curved));
}

/** The value for 0 < x < Infinity, and what log gives elsewhere. */
function withLimitsOfLog<T, B>(m: Arithmetic<T, B>, x: T, inside: T): T {
  const zero = m.constant(0);
  const atZeroOrBelow = m.select(m.equal(x, zero), m.constant(Number.NEGATIVE_INFINITY), m.constant(Number.NaN));
  return m.select(m.less(zero, x), m.select(m.less(x, m.constant(Number.POSITIVE_INFINITY)), inside, x), atZeroOrBelow);
}

/** log x; -Infinity at 0, NaN below. Error at most 0.78 ulp. */
export function log<T, B>(m: Arithmetic<T, B>, x: T): T {
  return withLimitsOfLog(m, x, logOfPair(m, x));
}

/** log(1 + x), 1 + x taken with its rounding error. Error at most 0.75 ulp. */
export function log1p<T, B>(m: Arithmetic<T, B>, x: T): T {
  const sum = twoSum(m, m.constant(1), x);
  const result = withLimitsOfLog(m, sum.high, logOfPair(m, sum.high, sum.low));
  return m.select(m.equal(x, m.constant(0)), x, result);
}

/** log|high + low|, for a pair whose high part is 0 only if both are. */
function logOfSize<T, B>(m: Arithmetic<T, B>, pair: Pair<T>): T {
  const negative = m.less(pair.high, m.constant(0));
  const size = m.abs(pair.high);
  return withLimitsOfLog(m, size, logOfPair(m, size, m.select(negative, m.negate(pair.low), pair.low)));
}

/** log|1 + z|/z: 1 at z = 0, 0 at +-Infinity, Infinity at -1. Error at most 1.45 ulp. */
export function logRatio<T, B>(m: Arithmetic<T, B>, z: T): T {
  const quotient = m.divide(logOfSize(m, twoSum(m, m.constant(1), z)), z);
  const infinite = m.equal(m.abs(z), m.constant(Number.POSITIVE_INFINITY));
  return m.select(m.equal(z, m.constant(0)), m.constant(1), m.select(infinite, m.constant(0), quotient));
}

/**
 * (log|1-u| + log|1-v|)/((1-u)(1-v) - 1) as log|p|/(p - 1) with the product p = (1-u)(1-v) in double-double: numerator and
 * denominator belong to the same p, so that neither the curve p = 1 nor p = -1 loses digits. 0 where p overflows. Error at most 1.56 ulp (1e7 arguments).
 */
export function logMean<T, B>(m: Arithmetic<T, B>, u: T, v: T): T {
  const one = m.constant(1);
  const zero = m.constant(0);
  const a = twoSum(m, one, m.negate(u));
  const b = twoSum(m, one, m.negate(v));
  const product = twoProduct(m, a.high, b.high);
  const crossed = m.add(m.multiply(a.high, b.low), m.multiply(a.low, b.high));
  // A factor so large cannot be split, and need not be: the product is far from 1 and -1.
  const large = (x: T): B => m.less(m.constant(pow2(960)), m.abs(x));
  const p = fastTwoSum(m, product.high, m.select(m.or(large(a.high), large(b.high)), zero, m.add(product.low, crossed)));
  const less = twoSum(m, p.high, m.constant(-1));
  const bottom = fastTwoSum(m, less.high, m.add(less.low, p.low));
  const top = logOfSize(m, p);
  const quotient = m.divide(top, bottom.high);
  const exact = dividePairs(m, { high: top, low: zero }, bottom);
  // where p = 0 or large the rest of the quotient does not exist
  const plain = m.or(m.equal(m.abs(quotient), m.constant(Number.POSITIVE_INFINITY)), large(bottom.high));
  const overflows = m.equal(m.abs(product.high), m.constant(Number.POSITIVE_INFINITY));
  return m.select(overflows, zero, m.select(m.equal(bottom.high, zero), one, m.select(plain, quotient, exact)));
}
