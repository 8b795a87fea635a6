// What the elementary functions share: polynomials, rounding to an integer, scaling by a power of two and sums, products and
// quotients with their rounding errors ("double-double"). Sources: T. J. Dekker, Numer. Math. 18 (1971) 224-242 (products,
// quotients); D. E. Knuth, TAOCP 2, 4.2.2 (sums). No fused multiply-add: factors are split.
import type { Arithmetic } from "../arithmetic.ts";

/** An unevaluated sum high + low with |low| at most about an ulp of high. */
export interface Pair<T> {
  readonly high: T;
  readonly low: T;
}

/** sum_p coefficients[p] z^p: even and odd powers each by Horner in z^2, which halves the chain of dependent operations. */
export function polynomial<T, B>(m: Arithmetic<T, B>, z: T, coefficients: readonly number[]): T {
  if (coefficients.length < 5) return horner(m, z, coefficients);
  const z2 = m.multiply(z, z);
  const even = horner(
    m,
    z2,
    coefficients.filter((_, i) => i % 2 === 0),
  );
  const odd = horner(
    m,
    z2,
    coefficients.filter((_, i) => i % 2 === 1),
  );
  return m.add(even, m.multiply(z, odd));
}

function horner<T, B>(m: Arithmetic<T, B>, z: T, coefficients: readonly number[]): T {
  let sum = m.constant(coefficients[coefficients.length - 1]!);
  for (let i = coefficients.length - 2; i >= 0; i -= 1) sum = m.add(m.constant(coefficients[i]!), m.multiply(z, sum));
  return sum;
}

/** The integer nearest to x (ties to even), for |x| <= 2^51: 1.5 * 2^52 pushes the fraction out of the significand. */
export function nearestInteger<T, B>(m: Arithmetic<T, B>, x: T): T {
  const shift = m.constant(6755399441055744);
  return m.subtract(m.add(x, shift), shift);
}

/** x 2^k for an integer k in [-2044, 2046]: two factors, so that only the last product rounds (where the result is subnormal). */
export function scaleByPow2<T, B>(m: Arithmetic<T, B>, x: T, k: T): T {
  const half = nearestInteger(m, m.multiply(k, m.constant(0.5)));
  return m.multiply(m.multiply(x, m.pow2(half)), m.pow2(m.subtract(k, half)));
}

/** a + b exactly, for any a and b (no overflow). */
export function twoSum<T, B>(m: Arithmetic<T, B>, a: T, b: T): Pair<T> {
  const high = m.add(a, b);
  const bPart = m.subtract(high, a);
  const aPart = m.subtract(high, bPart);
  return { high, low: m.add(m.subtract(a, aPart), m.subtract(b, bPart)) };
}

/** a + b exactly, where |a| >= |b| or a = 0. */
export function fastTwoSum<T, B>(m: Arithmetic<T, B>, a: T, b: T): Pair<T> {
  const high = m.add(a, b);
  return { high, low: m.add(m.subtract(a, high), b) };
}

/** x as two numbers of 26 bits, exactly; |x| < 2^996. */
export function split<T, B>(m: Arithmetic<T, B>, x: T): Pair<T> {
  const spread = m.multiply(x, m.constant(134217729)); // 2^27 + 1
  const high = m.subtract(spread, m.subtract(spread, x));
  return { high, low: m.subtract(x, high) };
}

/** a * b exactly, for |a|, |b| < 2^996 (no overflow, no underflow of the low part). */
export function twoProduct<T, B>(m: Arithmetic<T, B>, a: T, b: T): Pair<T> {
  const high = m.multiply(a, b);
  const x = split(m, a);
  const y = split(m, b);
  const first = m.subtract(m.multiply(x.high, y.high), high);
  const second = m.add(m.add(first, m.multiply(x.high, y.low)), m.multiply(x.low, y.high));
  return { high, low: m.add(second, m.multiply(x.low, y.low)) };
}

/** (a.high + a.low) / (b.high + b.low) rounded once, up to a few hundredths of an ulp. */
export function dividePairs<T, B>(m: Arithmetic<T, B>, a: Pair<T>, b: Pair<T>): T {
  const quotient = m.divide(a.high, b.high);
  const product = twoProduct(m, quotient, b.high);
  const rest = m.subtract(m.add(m.subtract(m.subtract(a.high, product.high), product.low), a.low), m.multiply(quotient, b.low));
  return m.add(quotient, m.divide(rest, b.high));
}

/** The larger of x and a constant; NaN stays NaN. */
export function atLeast<T, B>(m: Arithmetic<T, B>, x: T, bound: number): T {
  const b = m.constant(bound);
  return m.select(m.less(x, b), b, x);
}

/** The smaller of x and a constant; NaN stays NaN. */
export function atMost<T, B>(m: Arithmetic<T, B>, x: T, bound: number): T {
  const b = m.constant(bound);
  return m.select(m.less(b, x), b, x);
}
