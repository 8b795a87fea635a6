// The activations of networks and the slopes that their derivatives and that of |x| bring in.
import type { Arithmetic } from "../arithmetic.ts";
import { atLeast, dividePairs, fastTwoSum, scaleByPow2 } from "./building-blocks.ts";
import { exp, reducedExp, significandOf } from "./exp.ts";
import { log1p } from "./log.ts";

/** 1/(1 + e^-x), from e^-|x| so that nothing overflows: the denominator for x >= 0, e^x over it for x < 0. Error at most 0.62 ulp. */
export function sigmoid<T, B>(m: Arithmetic<T, B>, x: T): T {
  const one = m.constant(1);
  const reduced = reducedExp(m, atLeast(m, m.negate(m.abs(x)), -746));
  const e = significandOf(m, reduced);
  // For the sum with 1 and the product e^x/(1 + e^x) the scale 2^k is applied in the end, where a subnormal may be rounded.
  const scaledHigh = scaleByPow2(m, e.high, reduced.k);
  const scaledLow = scaleByPow2(m, e.low, reduced.k);
  const sum = fastTwoSum(m, one, scaledHigh);
  const denominator = { high: sum.high, low: m.add(sum.low, scaledLow) };
  const negative = m.less(x, m.constant(0));
  const numerator = { high: m.select(negative, e.high, one), low: m.select(negative, e.low, m.constant(0)) };
  const quotient = dividePairs(m, numerator, denominator);
  return scaleByPow2(m, quotient, m.select(negative, reduced.k, m.constant(0)));
}

/** log(1 + e^x) as max(x, 0) + log1p(e^-|x|), which neither overflows nor cancels. Error at most 1.45 ulp. */
export function softplus<T, B>(m: Arithmetic<T, B>, x: T): T {
  return m.add(relu(m, x), log1p(m, exp(m, m.negate(m.abs(x)))));
}

/** max(x, 0); NaN stays NaN. */
export function relu<T, B>(m: Arithmetic<T, B>, x: T): T {
  const zero = m.constant(0);
  return m.select(m.lessEqual(x, zero), zero, x);
}

/** -1, 0 or 1: the slope of |x|, 0 at its kink; NaN stays NaN. */
export function sign<T, B>(m: Arithmetic<T, B>, x: T): T {
  const zero = m.constant(0);
  const notPositive = m.select(m.less(x, zero), m.constant(-1), m.select(m.equal(x, zero), zero, x));
  return m.select(m.less(zero, x), m.constant(1), notPositive);
}

/** 1 for x > 0, 0 for x <= 0: the slope of relu, 0 at its kink; NaN stays NaN. */
export function step<T, B>(m: Arithmetic<T, B>, x: T): T {
  const zero = m.constant(0);
  return m.select(m.less(zero, x), m.constant(1), m.select(m.lessEqual(x, zero), zero, x));
}
