// exp and expm1. Argument reduction x = k log 2 + r, |r| <= log(2)/2, by Cody and Waite (log 2 in two parts,
// so that k log 2's first part is exact) and a minimax polynomial for (e^r - 1 - r)/r^2 (Remez, 60 digits; error 2^-64 of e^r).
// The rounding error of 1 + r is kept, so that one rounding is left at the end.
import type { Arithmetic } from "../arithmetic.ts";
import { atLeast, atMost, fastTwoSum, nearestInteger, type Pair, polynomial, scaleByPow2, twoSum } from "./building-blocks.ts";

/** log 2 with its last 11 bits cleared, and the rest. */
export const LN2_HIGH = 0.6931471805598903;
export const LN2_LOW = 5.497923018708371e-14;

// biome-ignore format: one coefficient a power
const SERIES = [
  0.5, 0.16666666666666682, 0.041666666666666095, 0.008333333333316982, 0.0013888888889116355, 0.00019841269896515742,
  2.480158692572996e-5, 2.7557234727261585e-6, 2.755758227119745e-7, 2.5112084684936603e-8, 2.0826586094123367e-9,
];

/** e^(high + low) = 2^k (1 + r + rest), |r| <= 0.3466, rest below 0.08 and good to 2^-56. */
export interface ReducedExp<T> {
  readonly k: T;
  readonly r: T;
  readonly rest: T;
}

export function reducedExp<T, B>(m: Arithmetic<T, B>, high: T, low?: T): ReducedExp<T> {
  const k = nearestInteger(m, m.multiply(high, m.constant(Math.LOG2E)));
  const first = m.subtract(high, m.multiply(k, m.constant(LN2_HIGH)));
  const second = m.multiply(k, m.constant(LN2_LOW));
  const r = m.subtract(first, second);
  const lost = m.subtract(m.subtract(first, r), second);
  const tail = low === undefined ? lost : m.add(lost, low);
  const curved = m.multiply(m.multiply(r, r), polynomial(m, r, SERIES));
  const tailTimesExp = m.add(tail, m.multiply(tail, m.add(r, curved)));
  return { k, r, rest: m.add(curved, tailTimesExp) };
}

/** 1 + r + rest as a pair: e^(high + low) = 2^k (pair). */
export function significandOf<T, B>(m: Arithmetic<T, B>, reduced: ReducedExp<T>): Pair<T> {
  const sum = fastTwoSum(m, m.constant(1), reduced.r);
  return fastTwoSum(m, sum.high, m.add(sum.low, reduced.rest));
}

/** e^(high + low), high in [-746, 711] or NaN. */
export function expOfPair<T, B>(m: Arithmetic<T, B>, high: T, low?: T): T {
  const reduced = reducedExp(m, high, low);
  const sum = fastTwoSum(m, m.constant(1), reduced.r);
  return scaleByPow2(m, m.add(sum.high, m.add(sum.low, reduced.rest)), reduced.k);
}

/** e^x. At 710 it overflows and at -746 it underflows by itself, so the bounds change nothing. Error at most 0.65 ulp. */
export function exp<T, B>(m: Arithmetic<T, B>, x: T): T {
  return expOfPair(m, atMost(m, atLeast(m, x, -746), 710));
}

/** e^x - 1 = 2^k ((1 - 2^-k) + r + rest); below -40 it is -1. Error at most 0.82 ulp. */
export function expm1<T, B>(m: Arithmetic<T, B>, x: T): T {
  const { k, r, rest } = reducedExp(m, atMost(m, atLeast(m, x, -40), 710));
  // Beyond 2^-60 the 2^-k is lost beside 1.
  const shifted = twoSum(m, m.constant(1), m.negate(m.pow2(m.negate(atMost(m, k, 60)))));
  const { high, low } = fastTwoSum(m, shifted.high, r);
  const result = scaleByPow2(m, m.add(high, m.add(m.add(low, shifted.low), rest)), k);
  return m.select(m.equal(x, m.constant(0)), x, result);
}
