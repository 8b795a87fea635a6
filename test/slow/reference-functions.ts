// The elementary functions to about 30 digits, by routes of their own: Taylor series after halving, Newton's step on the inverse function, and for
// trigonometric functions of large arguments pi to 1300 bits. What they are held against: test/reference/elementary.json, 50 digits.
import {
  add,
  type DD,
  dd,
  divide,
  fraction,
  multiply,
  negate,
  polynomial,
  scale,
  sqrt,
  subtract,
  twoProduct,
  twoSum,
} from "./double-double.ts";

/** A value m 2^k; m is a normal number, so that nothing over- or underflows before it is compared. */
export interface Scaled {
  readonly m: DD;
  readonly k: number;
}

const one = dd(1);
const factorial = (n: number): bigint => (n < 2 ? 1n : BigInt(n) * factorial(n - 1));
const bits = 1300n;
const unit = 1n << bits;

/** atan(1/n) 2^bits. */
function arctanOfInverse(n: bigint): bigint {
  let [sum, term] = [0n, unit / n];
  for (let k = 0n; term !== 0n; k++) {
    sum += (k % 2n === 0n ? term : -term) / (2n * k + 1n);
    term /= n * n;
  }
  return sum;
}
/** Machin. */
const pi = 4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n));
/** log 2 = 2 atanh(1/3). */
function logOfTwo(): bigint {
  let [sum, term] = [0n, unit / 3n];
  for (let k = 0n; term !== 0n; k++) {
    sum += term / (2n * k + 1n);
    term /= 9n;
  }
  return 2n * sum;
}
const ln2 = fraction(logOfTwo(), unit);
const twoOverRootPi = divide(dd(2), sqrt(fraction(pi, unit)));

const expm1Series = Array.from({ length: 12 }, (_, n) => fraction(1n, factorial(n + 1)));
const sineSeries = Array.from({ length: 14 }, (_, n) => fraction(n % 2 ? -1n : 1n, factorial(2 * n + 1)));
const cosineSeries = Array.from({ length: 14 }, (_, n) => fraction(n % 2 ? -1n : 1n, factorial(2 * n)));

/** e^r - 1 for |r| <= 0.4, relative to itself. */
function expm1Near(r: DD): DD {
  const x = scale(r, 1 / 256);
  let e = multiply(x, polynomial(x, expm1Series));
  for (let i = 0; i < 8; i++) e = multiply(e, add(e, dd(2)));
  return e;
}

export function exp(x: DD): Scaled {
  const k = Math.round(x.h / Math.LN2);
  return { m: add(expm1Near(subtract(x, multiply(ln2, dd(k)))), one), k };
}

const flat = ({ m, k }: Scaled): DD => (Math.abs(k) < 900 ? scale(m, 2 ** k) : scale(scale(m, 2 ** (k / 2)), 2 ** (k - k / 2)));

export function expm1(x: DD): Scaled {
  if (Math.abs(x.h) < 0.35) return { m: expm1Near(x), k: 0 };
  const { m, k } = exp(x);
  // -1 is nothing beside 2^120
  return k > 120 ? { m, k } : { m: k < -120 ? dd(-1) : subtract(scale(m, 2 ** k), one), k: 0 };
}

/** log(1 + x), given 1 + x, too, which may be anything above 0 of moderate size. */
function logOnePlus(x: DD, onePlus: DD): DD {
  const y = x.h > -0.5 && x.h < 1 ? Math.log1p(x.h) : Math.log(onePlus.h);
  // e = (1 + x) e^-y - 1, for small y without what cancels
  const e = Math.abs(y) < 0.35 ? add(x, multiply(onePlus, expm1Near(dd(-y)))) : subtract(multiply(onePlus, flat(exp(dd(-y)))), one);
  return add(dd(y), subtract(e, scale(multiply(e, e), 0.5)));
}

/** Positive x = m 2^k with m in [1/sqrt 2, sqrt 2). */
function parts(x: number): Scaled {
  let [m, k] = [x, 0];
  if (m < 2 ** -1000) [m, k] = [m * 2 ** 200, -200];
  const exponent = Math.floor(Math.log2(m));
  m = exponent > 1000 ? (m / 2 ** 1000) * 2 ** (1000 - exponent) : m * 2 ** -exponent;
  return m > Math.SQRT2 ? { m: dd(m / 2), k: k + exponent + 1 } : { m: dd(m), k: k + exponent };
}

export function log(x: number): DD {
  const { m, k } = parts(x);
  const of = logOnePlus(dd(m.h - 1), m);
  return k === 0 ? of : add(multiply(ln2, dd(k)), of);
}

/** log|1 + z|, 1 + z to 106 bits. */
export function log1p(z: DD): DD {
  const sum = add(one, z);
  const size = sum.h < 0 ? negate(sum) : sum;
  if (sum.h > 0 && sum.h < 2 ** 100) return logOnePlus(z, sum);
  const k = Math.floor(Math.log2(size.h));
  const m = scale(scale(size, 2 ** -Math.floor(k / 2)), 2 ** -(k - Math.floor(k / 2)));
  return add(multiply(ln2, dd(k)), logOnePlus(subtract(m, one), m));
}

/** x less a whole multiple of pi/2, and that multiple modulo 4. */
function reduced(x: number): { r: DD; quarter: number } {
  if (Math.abs(x) < 0.78) return { r: dd(x), quarter: 0 };
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(x));
  const word = view.getBigUint64(0);
  const exponent = Number(word >> 52n) - 1075;
  const mantissa = (word & 0xfffffffffffffn) | 0x10000000000000n;
  // |x| 2^bits; arguments are above 2^-1, so that shifting right loses nothing
  const whole = exponent + Number(bits) >= 0 ? mantissa << BigInt(exponent + Number(bits)) : mantissa >> BigInt(-exponent - Number(bits));
  const half = pi >> 1n;
  const n = (whole + (half >> 1n)) / half;
  // pi is known to `bits` bits after the point: multiplied by n it still has 1300 - 1024 of them
  const rest = whole - n * half;
  const r = fraction(rest, unit);
  const quarter = Number(n % 4n);
  return x < 0 ? { r: negate(r), quarter: (4 - quarter) % 4 } : { r, quarter };
}

const sineNear = (r: DD): DD => multiply(r, polynomial(multiply(r, r), sineSeries));
const cosineNear = (r: DD): DD => polynomial(multiply(r, r), cosineSeries);

function sineAndCosine(x: number): { sine: DD; cosine: DD } {
  const { r, quarter } = reduced(x);
  const [s, c] = [sineNear(r), cosineNear(r)];
  return [
    { sine: s, cosine: c },
    { sine: c, cosine: negate(s) },
    { sine: negate(s), cosine: negate(c) },
    { sine: negate(c), cosine: s },
  ][quarter]!;
}

export const sin = (x: number): DD => sineAndCosine(x).sine;
export const cos = (x: number): DD => sineAndCosine(x).cosine;
export function tan(x: number): DD {
  const { sine, cosine } = sineAndCosine(x);
  return divide(sine, cosine);
}

export function atan(x: number): DD {
  const y = Math.atan(x);
  const { sine: s, cosine: c } = sineAndCosine(y);
  // tan(atan x - y), about 1e-16 and so its own arctangent
  const large = Math.abs(x) > 1;
  const inverse = divide(one, dd(x));
  const e = large
    ? divide(subtract(c, multiply(s, inverse)), add(multiply(c, inverse), s))
    : divide(subtract(multiply(dd(x), c), s), add(c, multiply(dd(x), s)));
  return add(dd(y), e);
}

export function sinh(x: number): Scaled {
  const e = expm1(dd(Math.abs(x)));
  const sign = x < 0 ? -0.5 : 0.5;
  if (e.k > 0) return { m: scale(e.m, sign), k: e.k };
  return { m: scale(add(e.m, divide(e.m, add(e.m, one))), sign), k: 0 };
}

export function cosh(x: number): Scaled {
  const { m, k } = exp(dd(Math.abs(x)));
  if (k > 120) return { m: scale(m, 0.5), k };
  const e = scale(m, 2 ** k);
  return { m: scale(add(e, divide(one, e)), 0.5), k: 0 };
}

export function tanh(x: number): DD {
  const size = Math.abs(x);
  if (size > 60) return dd(x < 0 ? -1 : 1);
  const { m } = expm1(dd(2 * size));
  const t = divide(m, add(m, dd(2)));
  return x < 0 ? negate(t) : t;
}

/** 2/sqrt(pi) e^{-x^2} sum_n 2^n x^{2n+1}/(2n+1)!!, all terms of one sign. */
function erfBySeries(x: number): DD {
  const square = twoProduct(x, x);
  let term = dd(x);
  let sum = term;
  for (let n = 1; Math.abs(term.h) > 1e-34 * Math.abs(sum.h); n++) {
    term = divide(multiply(term, scale(square, 2)), dd(2 * n + 1));
    sum = add(sum, term);
  }
  return multiply(multiply(twoOverRootPi, flat(exp(negate(square)))), sum);
}

export const erf = (x: number): DD => (Math.abs(x) > 9 ? dd(Math.sign(x)) : erfBySeries(x));

export function erfc(x: number): Scaled {
  if (x < 3) return { m: subtract(one, erf(x)), k: 0 };
  // continued fraction of e^{x^2} sqrt(pi) erfc(x); 60 terms leave about e^{-2 x sqrt(120)}, 3e-29 at x = 3
  let below = dd(x);
  for (let n = 60; n >= 1; n--) below = add(dd(x), divide(dd(n / 2), below));
  const { m, k } = exp(negate(twoProduct(x, x)));
  return { m: multiply(scale(twoOverRootPi, 0.5), divide(m, below)), k };
}

export function sigmoid(x: number): Scaled {
  const { m, k } = exp(dd(-Math.abs(x)));
  if (k < -200) return x < 0 ? { m, k } : { m: one, k: 0 };
  const e = scale(m, 2 ** k);
  return { m: divide(x < 0 ? e : one, add(one, e)), k: 0 };
}

export function softplus(x: number): Scaled {
  if (x > 700) return { m: dd(x), k: 0 };
  const { m, k } = exp(dd(x));
  // log(1 + e) = e - e^2/2: beside 1 the rest is below 1e-60
  return k < -200 ? { m, k } : { m: log1p(scale(m, 2 ** k)), k: 0 };
}

export const logRatio = (z: number): DD => (z === 0 ? one : divide(log1p(dd(z)), dd(z)));

export function logMean(u: number, v: number): DD {
  const p = multiply(twoSum(1, -u), twoSum(1, -v));
  const less = subtract(twoProduct(u, v), twoSum(u, v));
  if (less.h === 0) return one;
  const size = p.h < 0 ? negate(p) : p;
  const logarithm = p.h > 0.5 && p.h < 2 ? logOnePlus(less, p) : logOnePlus(subtract(size, one), size);
  return divide(logarithm, less);
}

export function hypot(x: number, y: number): Scaled {
  const k = Math.floor(Math.log2(Math.max(Math.abs(x), Math.abs(y))));
  // in two halves: 2^-k may not be a double
  const [a, b] = [x, y].map((side) => side * 2 ** -Math.trunc(k / 2) * 2 ** -(k - Math.trunc(k / 2))) as [number, number];
  return { m: sqrt(add(twoProduct(a, a), twoProduct(b, b))), k };
}

/** x^y of positive x. */
export const power = (x: number, y: number): Scaled => exp(multiply(log(x), dd(y)));
