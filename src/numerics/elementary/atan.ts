// atan by fdlibm's four shifts: atan x = atan c + atan((x - c)/(1 + c x)) with c in {0, 1/2, 1, 3/2, infinity}, so that the rest
// is below 7/16, where a minimax polynomial (Remez, 60 digits; error 2^-62) does it.
import type { Arithmetic } from "../arithmetic.ts";
import { polynomial } from "./building-blocks.ts";

/** (atan(t)/t - 1)/t^2 in t^2, |t| <= 7/16. */
// biome-ignore format: one coefficient a power
const SERIES = [
  -0.33333333333333315, 0.19999999999992948, -0.1428571428483052, 0.11111111055470346, -0.09090907033054321, 0.07692259070351035,
  -0.06665896749627678, 0.058739701253150076, -0.051998340285858716, 0.044320882105565576, -0.031898246554180526, 0.013676810554076378,
];

/** Where |x| is below `end`: atan c as high + low, and (numerator[0] + numerator[1] x)/(denominator[0] + denominator[1] x). */
interface Shift {
  readonly end: number;
  readonly high: number;
  readonly low: number;
  readonly numerator: readonly [number, number];
  readonly denominator: readonly [number, number];
}

const beyond: Shift = {
  end: Number.POSITIVE_INFINITY,
  high: 1.5707963267948966,
  low: 6.123233995736766e-17,
  numerator: [-1, 0],
  denominator: [0, 1],
};
const shifts: readonly Shift[] = [
  { end: 39 / 16, high: 0.982793723247329, low: 1.3903311031230998e-17, numerator: [-1.5, 1], denominator: [1, 1.5] },
  { end: 19 / 16, high: 0.7853981633974483, low: 3.061616997868383e-17, numerator: [-1, 1], denominator: [1, 1] },
  { end: 11 / 16, high: 0.4636476090008061, low: 2.2698777452961687e-17, numerator: [-1, 2], denominator: [2, 1] },
  { end: 7 / 16, high: 0, low: 0, numerator: [0, 1], denominator: [1, 0] },
];

/** atan x. Error at most 0.77 ulp. */
export function atan<T, B>(m: Arithmetic<T, B>, x: T): T {
  const a = m.abs(x);
  const finite = m.select(m.less(a, m.constant(1e300)), a, m.constant(1e300)); // 0 times Infinity must not appear
  const linear = ([c0, c1]: readonly [number, number]): T => m.add(m.constant(c0), c1 === 1 ? finite : m.multiply(m.constant(c1), finite));
  const isBelow = shifts.map((shift) => m.less(a, m.constant(shift.end)));
  const pick = (part: (shift: Shift) => T): T =>
    shifts.reduce((value, shift, i) => m.select(isBelow[i]!, part(shift), value), part(beyond));
  const t = m.divide(
    pick((shift) => linear(shift.numerator)),
    pick((shift) => linear(shift.denominator)),
  );
  const high = pick((shift) => m.constant(shift.high));
  const low = pick((shift) => m.constant(shift.low));
  const z = m.multiply(t, t);
  const curved = m.multiply(m.multiply(t, z), polynomial(m, z, SERIES));
  const size = m.add(high, m.add(t, m.add(curved, low)));
  return m.select(m.equal(x, x), m.copysign(size, x), x);
}
