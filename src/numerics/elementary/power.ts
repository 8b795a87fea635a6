// x^y = e^(y log x) with log x in double-double (relative error below 2^-63), so that x^y is good to about an ulp over the whole range,
// and sqrt(a^2 + b^2). log(1 + f) = 2 atanh(s) = 2s + s^3 (2/3 + s^2 R(s^2)), s = f/(2 + f) (Remez, 60 digits; error 2^-66).
import { type Arithmetic, pow2 } from "../arithmetic.ts";
import { atLeast, atMost, fastTwoSum, type Pair, polynomial, twoProduct } from "./building-blocks.ts";
import { expOfPair, LN2_HIGH, LN2_LOW } from "./exp.ts";
import { splitNearOne } from "./log.ts";

// biome-ignore format: one coefficient a power
const SERIES = [
  0.4000000000000226, 0.28571428570096535, 0.2222222252048531, 0.1818178431628083, 0.1538675974439351, 0.13256759984053465,
  0.13196878650435867,
];
const TWO_THIRDS = { high: 0.6666666666666666, low: 3.700743415417188e-17 };

/** log x for positive finite x. */
function logAsPair<T, B>(m: Arithmetic<T, B>, x: T): Pair<T> {
  const { k, significand } = splitNearOne(m, x);
  const f = m.subtract(significand, m.constant(1));
  const two = m.constant(2);
  const bottom = fastTwoSum(m, two, f);
  // s = f/(2 + f) with the rest of the division
  const s = m.divide(f, bottom.high);
  const back = twoProduct(m, s, bottom.high);
  const rest = m.subtract(m.subtract(m.subtract(f, back.high), back.low), m.multiply(s, bottom.low));
  const sLow = m.divide(rest, bottom.high);
  const z = twoProduct(m, s, s);
  const zLow = m.add(z.low, m.multiply(two, m.multiply(s, sLow)));
  const factor = fastTwoSum(m, m.constant(TWO_THIRDS.high), m.multiply(z.high, polynomial(m, z.high, SERIES)));
  const factorLow = m.add(factor.low, m.constant(TWO_THIRDS.low));
  const cube = twoProduct(m, s, z.high);
  const cubeLow = m.add(cube.low, m.add(m.multiply(s, zLow), m.multiply(sLow, z.high)));
  const curved = twoProduct(m, cube.high, factor.high);
  const curvedLow = m.add(curved.low, m.add(m.multiply(cube.high, factorLow), m.multiply(cubeLow, factor.high)));
  const atanh = fastTwoSum(m, m.add(s, s), curved.high);
  const atanhLow = m.add(atanh.low, m.add(m.add(sLow, sLow), curvedLow));
  const sum = fastTwoSum(m, m.multiply(k, m.constant(LN2_HIGH)), atanh.high);
  return fastTwoSum(m, sum.high, m.add(m.add(sum.low, m.multiply(k, m.constant(LN2_LOW))), atanhLow));
}

/** |x|^y for finite x != 0; y beyond +-2^66 gives 0, 1 or Infinity as its limits do. */
function powerOfSize<T, B>(m: Arithmetic<T, B>, size: T, y: T): T {
  const bounded = atMost(m, atLeast(m, y, -pow2(66)), pow2(66));
  const log = logAsPair(m, size);
  const product = twoProduct(m, bounded, log.high);
  const low = m.add(product.low, m.multiply(bounded, log.low));
  const high = atMost(m, atLeast(m, product.high, -746), 710);
  return expOfPair(m, high, m.select(m.equal(high, product.high), low, m.constant(0)));
}

/** x^y with the special cases of ECMAScript's Math.pow: x^0 = 1, also for NaN; (+-1)^(+-Infinity) and 1^NaN are NaN. Error at most 0.62 ulp. */
export function power<T, B>(m: Arithmetic<T, B>, x: T, y: T): T {
  const zero = m.constant(0);
  const one = m.constant(1);
  const infinity = m.constant(Number.POSITIVE_INFINITY);
  const nan = m.constant(Number.NaN);
  const size = m.abs(x);
  const yPositive = m.less(zero, y);
  const finite = powerOfSize(m, size, y);
  const ofZero = m.select(yPositive, zero, infinity);
  const ofInfinity = m.select(yPositive, infinity, zero);
  const positive = m.select(m.equal(size, zero), ofZero, m.select(m.equal(size, infinity), ofInfinity, finite));

  // Adding 2^52 pushes the fraction out; from 2^53 on every double is an even integer.
  const ySize = m.abs(y);
  const isInteger = (v: T): B => m.equal(m.subtract(m.add(v, m.constant(4503599627370496)), m.constant(4503599627370496)), v);
  const large = m.lessEqual(m.constant(9007199254740992), ySize);
  const integer = m.or(large, m.or(m.lessEqual(m.constant(4503599627370496), ySize), isInteger(ySize)));
  const even = m.or(large, isInteger(m.multiply(ySize, m.constant(0.5))));
  const minus = m.less(m.copysign(one, x), zero);
  const signed = m.select(m.and(minus, m.and(integer, m.not(even))), m.negate(positive), positive);

  const noRealValue = m.and(m.and(m.less(x, zero), m.not(integer)), m.less(size, infinity));
  const undecided = m.and(m.equal(size, one), m.equal(ySize, infinity));
  const hasNan = m.not(m.and(m.equal(x, x), m.equal(y, y)));
  const result = m.select(m.or(m.or(noRealValue, undecided), hasNan), nan, signed);
  return m.select(m.equal(y, zero), one, result);
}

/** sqrt(a^2 + b^2) without overflow or underflow of the squares. Error at most 1.15 ulp. */
export function hypot<T, B>(m: Arithmetic<T, B>, a: T, b: T): T {
  const x = m.abs(a);
  const y = m.abs(b);
  const larger = m.select(m.less(x, y), y, x);
  const exponent = atMost(m, atLeast(m, m.exponentOf(larger), -1000), 1000);
  const down = m.pow2(m.negate(exponent));
  const u = m.multiply(x, down);
  const v = m.multiply(y, down);
  const length = m.multiply(m.sqrt(m.add(m.multiply(u, u), m.multiply(v, v))), m.pow2(exponent));
  const infinity = m.constant(Number.POSITIVE_INFINITY);
  return m.select(m.or(m.equal(x, infinity), m.equal(y, infinity)), infinity, length);
}
