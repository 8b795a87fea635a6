// exp, log, sin and cos as kernels use them, where every operation counts: within 1.02 ulp (exp), 0.8 (log), 1.91 (sin) and 1.97 (cos) instead of 0.8, without
// pairs and selections, and with the full function behind a branch for arguments that sampling hardly ever has. Reductions: exp as in exp.ts,
// log as fdlibm's e_log.c; sin and cos modulo pi (x = h pi + r, |r| <= pi/2, pi in parts of 36, 36 and 53 bits, h an integer or a half-integer
// below 2^16), so that one polynomial serves both. Polynomials by Remez, 50 digits: 2^-58 of e^r, 2^-61 of sin.
import type { Arithmetic, UnaryFunction } from "../arithmetic.ts";
import { nearestInteger, polynomial } from "./building-blocks.ts";
import { exp, LN2_HIGH, LN2_LOW } from "./exp.ts";
import { log } from "./log.ts";
import { cos, sin } from "./trigonometric.ts";

/** (e^r - 1 - r)/r^2, |r| <= log(2)/2. */
// biome-ignore format: one coefficient a power
export const EXP = [
  0.5000000000000011, 0.1666666666666641, 0.04166666666652919, 0.008333333333495624, 0.0013888888943922656, 0.00019841269504765384,
  2.480149276278181e-5, 2.7557587342164025e-6, 2.7630378625210986e-7, 2.4999965359640575e-8,
];

/** e^x. Error at most 1.02 ulp (1e7 arguments). */
export const leanExp: UnaryFunction = (m, x) => {
  const k = nearestInteger(m, m.multiply(x, m.constant(Math.LOG2E)));
  const r = m.subtract(m.subtract(x, m.multiply(k, m.constant(LN2_HIGH))), m.multiply(k, m.constant(LN2_LOW)));
  const curved = m.multiply(m.multiply(r, r), polynomial(m, r, EXP));
  const usual = m.ldexp(m.add(m.constant(1), m.add(r, curved)), k);
  return m.rarely(m.less(m.constant(700), m.abs(x)), exp, x, usual);
};

/** (log(1 + f)/s - 2 + ..): R in s^2 as in log.ts. */
// biome-ignore format: one coefficient a power
const LOG = [
  0.6666666666666735, 0.3999999999941312, 0.2857142874276825, 0.22222198530917878, 0.1818356667935642, 0.15313986541771035,
  0.14796626562588702,
];

/** log x for positive normal finite x. Error at most 0.8 ulp. */
export function logOfNormal<T, B>(m: Arithmetic<T, B>, x: T): T {
  return logOfParts(m, m.centredExponentOf(x), m.subtract(m.centredMantissaOf(x), m.constant(1)));
}

/** log(2^k (1 + f)) + extra, sqrt(1/2) - 2e-8 <= 1 + f <= sqrt(2), extra far smaller. */
export function logOfParts<T, B>(m: Arithmetic<T, B>, k: T, f: T, extra?: T): T {
  const s = m.divide(f, m.add(m.constant(2), f));
  const z = m.multiply(s, s);
  const half = m.multiply(m.multiply(m.constant(0.5), f), f);
  const curved = m.multiply(s, m.add(half, m.multiply(z, polynomial(m, z, LOG))));
  const lowest = m.multiply(k, m.constant(LN2_LOW));
  const tail = m.add(curved, extra === undefined ? lowest : m.add(lowest, extra));
  return m.add(m.multiply(k, m.constant(LN2_HIGH)), m.subtract(f, m.subtract(half, tail)));
}

/** log x. Error at most 0.8 ulp. */
export const leanLog: UnaryFunction = (m, x) => {
  // 2^-1020 to 2^1020: the powers of two above stay normal
  const usual = m.and(m.less(m.constant(2 ** -1020), x), m.less(x, m.constant(2 ** 1020)));
  return m.rarely(m.not(usual), log, x, logOfNormal(m, x));
};

/**
 * 2 sin(r)/r - 1 in r^2 - CENTRE, |r| <= pi/2, to 2^-60: about the middle, so that no product is large and near |r| = pi/2 few roundings add up.
 * The middle is where the first two coefficients are doubles to within 2^-8 of their last places.
 */
const CENTRE = 1.230780519837319;
// biome-ignore format: one coefficient a power
const SIN = [
  0.61425949889623, -0.29407014087517, 0.01525062185484522, -0.00037043892220460636, 5.210326441661487e-6, -4.7780468507944594e-8,
  3.082400518444374e-10, -1.4750105585501541e-12, 5.440958142922311e-15,
];
const PI = [3.1415926535846666, 5.1266883031679116e-12, 2.1125998133974855e-23] as const;

/** sin r for r = x - h pi: r/2 + (r/2) (2 sin(r)/r - 1). */
function sineOfRest<T, B>(m: Arithmetic<T, B>, x: T, h: T): T {
  const first = m.subtract(x, m.multiply(h, m.constant(PI[0])));
  const second = m.multiply(h, m.constant(PI[1]));
  const r = m.subtract(first, second);
  // what rounding has taken from r; where `second` is the larger part, next to a multiple of pi, to an ulp of r
  const lost = m.subtract(m.subtract(first, r), second);
  const low = m.subtract(lost, m.multiply(h, m.constant(PI[2])));
  const t = m.subtract(m.multiply(r, r), m.constant(CENTRE));
  // one rounding at the size of the first coefficient, not two
  const rest = m.add(m.constant(SIN[0]!), m.multiply(t, polynomial(m, t, SIN.slice(1))));
  const half = m.multiply(m.constant(0.5), r);
  // `rest` stands for the slope cos r, too, to 0.27: it is 1 where r is small, and `low` is half an ulp of r at most elsewhere
  return m.add(half, m.add(m.multiply(half, rest), m.multiply(low, rest)));
}

/** Beyond, products with the first part of pi are not exact. */
const far = <T, B>(m: Arithmetic<T, B>, x: T): B => m.less(m.constant(2 ** 17), m.abs(x));

/** sin x. Error at most 1.91 ulp (1e7 arguments). */
export const leanSin: UnaryFunction = (m, x) => {
  const n = nearestInteger(m, m.multiply(x, m.constant(1 / Math.PI)));
  return m.rarely(far(m, x), sin, x, m.flipOdd(sineOfRest(m, x, n), n));
};

/** cos x = (-1)^n sin(x - (n - 1/2) pi). Error at most 1.97 ulp (1e7 arguments). */
export const leanCos: UnaryFunction = (m, x) => {
  const n = nearestInteger(m, m.add(m.multiply(x, m.constant(1 / Math.PI)), m.constant(0.5)));
  return m.rarely(far(m, x), cos, x, m.flipOdd(sineOfRest(m, x, m.subtract(n, m.constant(0.5))), n));
};
