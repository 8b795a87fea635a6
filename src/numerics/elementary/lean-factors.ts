// The factors of the models as kernels use them (compare factors.ts and log.ts): the same functions to a few units of rounding, without pairs,
// from the reductions of lean.ts. Arguments that paths of a model have, z < 1 and finite; what is not finite stays so or is told by the state.
import type { Arithmetic } from "../arithmetic.ts";
import { nearestInteger, polynomial, twoSum } from "./building-blocks.ts";
import { expm1, LN2_HIGH, LN2_LOW } from "./exp.ts";
import { EXP, logOfParts } from "./lean.ts";

/** e^w - 1. Error at most 1.6 ulp (1e7 arguments). */
export function leanExpm1<T, B>(m: Arithmetic<T, B>, w: T): T {
  const one = m.constant(1);
  const k = nearestInteger(m, m.multiply(w, m.constant(Math.LOG2E)));
  const first = m.subtract(w, m.multiply(k, m.constant(LN2_HIGH)));
  const second = m.multiply(k, m.constant(LN2_LOW));
  const r = m.subtract(first, second);
  // what rounding has taken from r: below, 1 is taken off again
  const lost = m.subtract(m.subtract(first, r), second);
  const rest = m.add(r, m.add(m.multiply(m.multiply(r, r), polynomial(m, r, EXP)), lost));
  const scale = m.pow2(k);
  const usual = m.add(m.multiply(rest, scale), m.subtract(scale, one));
  return m.rarely(m.less(m.constant(700), m.abs(w)), expm1, w, usual);
}

/** log|1 + z|/z, 1 at 0. Error at most 1.56 ulp (1e7 arguments). */
export function leanLogRatio<T, B>(m: Arithmetic<T, B>, z: T): T {
  const { high, low } = twoSum(m, m.constant(1), z);
  return logOver(m, high, z, low);
}

/** (log|1-u| + log|1-v|)/((1-u)(1-v) - 1), 1 where the product is 1. Within 6e-14 of logMean, relative, for -3 < u, v < 0.999 (measured). */
export function leanLogMean<T, B>(m: Arithmetic<T, B>, u: T, v: T): T {
  const one = m.constant(1);
  const p = m.multiply(m.subtract(one, u), m.subtract(one, v));
  return logOver(m, p, m.subtract(m.multiply(u, v), m.add(u, v)));
}

/** log|p + low|/(p + low - 1), where the divisor is also known as `less`, without what cancels near 1; |low| at most half an ulp of p. */
function logOver<T, B>(m: Arithmetic<T, B>, p: T, less: T, low?: T): T {
  const one = m.constant(1);
  const zero = m.constant(0);
  const size = m.abs(p);
  const k = m.centredExponentOf(size);
  const near = m.and(m.equal(k, zero), m.less(zero, p));
  const rounded = m.subtract(m.centredMantissaOf(size), one);
  const f = m.select(near, less, rounded);
  // low/p, with 1/(1 + f) as 1 - f
  const lost = low === undefined ? undefined : m.multiply(m.multiply(m.flipSign(low, p), m.pow2(m.negate(k))), m.subtract(one, rounded));
  const quotient = m.divide(logOfParts(m, k, f, lost && m.select(near, zero, lost)), less);
  return m.select(m.equal(less, zero), one, quotient);
}
