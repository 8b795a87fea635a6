// Pairs of standard normals from random bits by Box-Muller, written over Arithmetic so that every backend has the same bits. The angle lies in a
// quarter turn and is doubled, one random sign mirrors it to the other half: no range reduction and no selection is needed. What the random
// words give is two doubles in [1, 2), "raw", one of them with the random sign:
//
//   full   u and v of 52 bits each at midpoints, log within 1.5 ulp, sin and cos within 1 (elementary/). |normal| <= 8.6
//   fast   radius from 40 bits, angle from 23, both at midpoints, short minimax polynomials (Remez, 50 digits): relative errors 4.3e-12 of log,
//          4.6e-12 of sin, 5.7e-11 of cos. |normal| <= 7.6. The angle's 2^23 places and the radius' 2^40 are far finer than what 1e10 draws
//          could tell (test/slow/normals.test.ts)
//
// How words become raw doubles: random.ts.
import type { Arithmetic } from "./arithmetic.ts";
import { polynomial } from "./elementary/building-blocks.ts";
import { logOfNormal } from "./elementary/lean.ts";
import { cosNear, sinNear } from "./elementary/trigonometric.ts";

export type NormalKind = "fast" | "full";

export interface NormalPair<T> {
  readonly first: T;
  readonly second: T;
}

/** log(1 + f) = s p(s^2), s = f/(2 + f): the coefficients of -2 p. */
const minusTwoLog = [-4.000000000016857, -1.3333333047974432, -0.8000077197476411, -0.5706995685807092, -0.4723522265600651];
/** sin(pi/2 v)/v and cos(pi/2 v) in v^2, |v| <= 1/2. */
const sine = [1.57079632678775, -0.6459640961024178, 0.07969258184288427, -0.0046812606275760385, 0.00015819507434731414];
const cosine = [0.9999999999439374, -1.2337005395647531, 0.2536691825959931, -0.020859936027821775, 0.0009033629762163813];

/** 2 log 2. */
const twoLog2 = 1.3862943611198906;

const scaled = <T, B>(m: Arithmetic<T, B>, radius: T, deviation: number): T =>
  deviation === 1 ? radius : m.multiply(radius, m.constant(deviation));

/**
 * Two normals from two raw doubles.
 * @param radial     +-[1, 2), 40 bits, the random sign
 * @param angular    [1, 2), 23 bits
 * @param deviation  standard deviation
 */
export function fastNormals<T, B>(m: Arithmetic<T, B>, radial: T, angular: T, deviation = 1): NormalPair<T> {
  const horner = (x: T, coefficients: readonly number[]): T =>
    coefficients.reduceRight<T | undefined>(
      (sum, c) => (sum === undefined ? m.constant(c) : m.add(m.multiply(sum, x), m.constant(c))),
      undefined,
    )!;
  // midpoints: 2^-41 to 1 - 2^-41 and, for the angle, -1/2 + 2^-24 to 1/2 - 2^-24
  const u = m.subtract(m.constant(2 - 2 ** -41), m.abs(radial));
  const v = m.subtract(angular, m.constant(1.5 - 2 ** -24));
  const k = m.centredExponentOf(u);
  const mantissa = m.centredMantissaOf(u);
  const s = m.divide(m.subtract(mantissa, m.constant(1)), m.add(mantissa, m.constant(1)));
  // what waits for the quotient and the root is kept short: the longest chain of a step is this one
  const logarithm = m.multiply(s, polynomial(m, m.multiply(s, s), minusTwoLog));
  const radius = scaled(m, m.sqrt(m.subtract(logarithm, m.multiply(k, m.constant(twoLog2)))), deviation);
  const w = m.multiply(v, v);
  const sin = m.multiply(v, horner(w, sine));
  const cos = horner(w, cosine);
  const twice = m.add(sin, sin);
  return {
    first: m.multiply(radius, m.flipSign(m.subtract(m.constant(1), m.multiply(twice, sin)), radial)),
    second: m.multiply(radius, m.multiply(twice, cos)),
  };
}

/**
 * Two normals from two raw doubles.
 * @param radial     [1, 2), 52 bits
 * @param angular    +-[1, 2), 52 bits, the random sign
 * @param deviation  standard deviation
 */
export function fullNormals<T, B>(m: Arithmetic<T, B>, radial: T, angular: T, deviation = 1): NormalPair<T> {
  const low = m.constant(1 - 2 ** -53);
  const u = m.subtract(radial, low);
  const v = m.subtract(m.abs(angular), low);
  const radius = scaled(m, m.sqrt(m.multiply(m.constant(-2), logOfNormal(m, u))), deviation);
  const angle = m.multiply(m.subtract(m.add(v, v), m.constant(1)), m.constant(Math.PI / 4));
  const signed = m.copysign(radius, angular);
  const s = sinNear(m, angle);
  const c = cosNear(m, angle);
  return {
    first: m.multiply(signed, m.multiply(m.subtract(c, s), m.add(c, s))),
    second: m.multiply(signed, m.multiply(m.add(s, s), c)),
  };
}
