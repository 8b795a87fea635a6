// sinh, cosh and tanh from e^|x| with its rounding error, and by their own polynomials where differences would cancel
// (Remez, 60 digits; errors 2^-63 of sinh, 2^-65 of tanh).
import type { Arithmetic } from "../arithmetic.ts";
import { atMost, fastTwoSum, polynomial, scaleByPow2, twoSum } from "./building-blocks.ts";
import { reducedExp, significandOf } from "./exp.ts";

/** (sinh(x)/x - 1)/x^2 in x^2, |x| <= 1. */
// biome-ignore format: one coefficient a power
const SINH = [
  0.16666666666666669, 0.008333333333333148, 0.00019841269841431873, 2.7557319157071505e-6, 2.5052123136775844e-8,
  1.605725976510941e-10, 7.758748897133053e-13,
];

/** (tanh(x)/x - 1)/x^2 in x^2, |x| <= 0.55. */
// biome-ignore format: one coefficient a power
const TANH = [
  -0.3333333333333333, 0.13333333333333067, -0.053968253968044, 0.021869488527839875, -0.008863235336543185, 0.0035921251666647894,
  -0.0014558058809578688, 0.0005898332132922311, -0.00023821464193456688, 9.396816599615494e-5, -3.296672417464892e-5,
  7.4490036410553165e-6,
];

/** e^|x| = 2^k (pair) and e^-|x| = 2^k inverse. Beyond 711 sinh and cosh overflow; from k = 60 on the inverse is lost in any case. */
function exponentials<T, B>(m: Arithmetic<T, B>, x: T) {
  const reduced = reducedExp(m, atMost(m, m.abs(x), 711));
  const pair = significandOf(m, reduced);
  const squareOfScale = m.pow2(m.multiply(m.constant(-2), atMost(m, reduced.k, 60)));
  return { k: reduced.k, pair, inverse: m.divide(squareOfScale, pair.high) };
}

/** sinh x. Error at most 0.85 ulp. */
export function sinh<T, B>(m: Arithmetic<T, B>, x: T): T {
  const z = m.multiply(x, x);
  const centre = m.add(x, m.multiply(m.multiply(x, z), polynomial(m, z, SINH)));
  const { k, pair, inverse } = exponentials(m, x);
  const difference = twoSum(m, pair.high, m.negate(inverse));
  const size = scaleByPow2(m, m.add(difference.high, m.add(difference.low, pair.low)), m.subtract(k, m.constant(1)));
  const result = m.select(m.less(m.abs(x), m.constant(1)), centre, m.copysign(size, x));
  return m.select(m.equal(x, m.constant(0)), x, result);
}

/** cosh x. Error at most 0.78 ulp. */
export function cosh<T, B>(m: Arithmetic<T, B>, x: T): T {
  const { k, pair, inverse } = exponentials(m, x);
  const sum = twoSum(m, pair.high, inverse);
  return scaleByPow2(m, m.add(sum.high, m.add(sum.low, pair.low)), m.subtract(k, m.constant(1)));
}

/** tanh x = 1 - 2/(e^(2x) + 1) for x >= 0.55; from 22 on it rounds to 1. Error at most 1 ulp. */
export function tanh<T, B>(m: Arithmetic<T, B>, x: T): T {
  const z = m.multiply(x, x);
  const centre = m.add(x, m.multiply(m.multiply(x, z), polynomial(m, z, TANH)));
  const a = atMost(m, m.abs(x), 22);
  const reduced = reducedExp(m, m.add(a, a));
  const e = significandOf(m, reduced);
  // e^(2x) + 1 = 2^k (pair + 2^-k): everything is divided by 2^k.
  const scale = m.pow2(m.negate(reduced.k));
  const sum = fastTwoSum(m, e.high, scale);
  const bottom = { high: sum.high, low: m.add(sum.low, e.low) };
  const quotient = m.divide(m.add(scale, scale), bottom.high);
  const correction = m.multiply(quotient, m.divide(bottom.low, bottom.high));
  const size = m.subtract(m.constant(1), m.subtract(quotient, correction));
  const result = m.select(m.less(m.abs(x), m.constant(0.55)), centre, m.copysign(size, x));
  return m.select(m.equal(x, m.constant(0)), x, result);
}
