// sin, cos and tan. x = n pi/2 + r with n the nearest integer to 2x/pi: pi/2 in parts of 23 bits, so that their products with n are exact
// for |x| <= 2^30 (Cody and Waite), and a last part of 53; together 2^-150. r is carried as a pair. Beyond: far-reduction.ts.
// Kernels on |r| <= pi/4 as fdlibm's k_sin.c and k_cos.c, with minimax coefficients (Remez, 60 digits; 2^-57.9 of sin, 2^-64 of cos).
import type { Arithmetic, UnaryFunction } from "../arithmetic.ts";
import { dividePairs, fastTwoSum, nearestInteger, type Pair, polynomial, twoSum } from "./building-blocks.ts";
import { FAR, reduceFar } from "./far-reduction.ts";

const TWO_OVER_PI = 0.6366197723675814;
const HALF_PI = [1.570796251296997, 7.549789415861596e-8, 5.390302529957765e-15, 3.2820031633724233e-22, 3.7950107727212256e-29] as const;

/** (sin(r)/r - 1)/r^2 in r^2. */
// biome-ignore format: one coefficient a power
const SIN = [
  -0.1666666666666663, 0.008333333333322096, -0.00019841269829570666, 2.75573136146086e-6, -2.5050746667968312e-8, 1.5896164833166588e-10,
];
/** (cos(r) - 1 + r^2/2)/r^4 in r^2. */
// biome-ignore format: one coefficient a power
const COS = [
  0.041666666666666595, -0.0013888888888873025, 2.480158728883109e-5, -2.7557314173182205e-7, 2.0875699990070057e-9, -1.1358491376541411e-11,
];

/** x = n pi/2 + r; n counts modulo 4. */
interface Reduced<T> {
  readonly n: T;
  readonly r: Pair<T>;
}

function reduceNear<T, B>(m: Arithmetic<T, B>, x: T): Reduced<T> {
  const n = nearestInteger(m, m.multiply(x, m.constant(TWO_OVER_PI)));
  const part = (i: 0 | 1 | 2 | 3 | 4): T => m.multiply(n, m.constant(HALF_PI[i]));
  // Both differences are exact: what is left has its last bit at or above that of x or of the part, and at most 53 bits.
  const third = twoSum(m, m.subtract(m.subtract(x, part(0)), part(1)), m.negate(part(2)));
  const fourth = twoSum(m, third.high, m.negate(part(3)));
  return { n, r: fastTwoSum(m, fourth.high, m.subtract(m.add(third.low, fourth.low), part(4))) };
}

/** Whether n is odd, and whether n mod 4 is 2 or 3 (there sin is negative), 1 or 2 (there cos is). */
function quadrantOf<T, B>(m: Arithmetic<T, B>, n: T): { odd: B; sinNegative: B; cosNegative: B } {
  // n - 4 round(n/4): -2 .. 2
  const quadrant = m.subtract(n, m.multiply(m.constant(4), nearestInteger(m, m.multiply(n, m.constant(0.25)))));
  const size = m.abs(quadrant);
  const two = m.equal(size, m.constant(2));
  return {
    odd: m.equal(size, m.constant(1)),
    sinNegative: m.or(two, m.equal(quadrant, m.constant(-1))),
    cosNegative: m.or(two, m.equal(quadrant, m.constant(1))),
  };
}

function sinKernel<T, B>(m: Arithmetic<T, B>, { high, low }: Pair<T>): Pair<T> {
  const z = m.multiply(high, high);
  const slope = m.subtract(m.constant(1), m.multiply(m.constant(0.5), z));
  const curved = m.multiply(m.multiply(high, z), polynomial(m, z, SIN));
  return { high, low: m.add(curved, m.multiply(low, slope)) };
}

function cosKernel<T, B>(m: Arithmetic<T, B>, { high, low }: Pair<T>): Pair<T> {
  const one = m.constant(1);
  const z = m.multiply(high, high);
  const half = m.multiply(m.constant(0.5), z);
  const first = m.subtract(one, half);
  const lost = m.subtract(m.subtract(one, first), half);
  const curved = m.subtract(m.multiply(m.multiply(z, z), polynomial(m, z, COS)), m.multiply(high, low));
  return { high: first, low: m.add(lost, curved) };
}

const join = <T, B>(m: Arithmetic<T, B>, pair: Pair<T>): T => m.add(pair.high, pair.low);
const withSign = <T, B>(m: Arithmetic<T, B>, negative: B, x: T): T => m.select(negative, m.negate(x), x);

function sinOf<T, B>(m: Arithmetic<T, B>, { n, r }: Reduced<T>): T {
  const { odd, sinNegative } = quadrantOf(m, n);
  return withSign(m, sinNegative, m.select(odd, join(m, cosKernel(m, r)), join(m, sinKernel(m, r))));
}

function cosOf<T, B>(m: Arithmetic<T, B>, { n, r }: Reduced<T>): T {
  const { odd, cosNegative } = quadrantOf(m, n);
  return withSign(m, cosNegative, m.select(odd, join(m, sinKernel(m, r)), join(m, cosKernel(m, r))));
}

/** sin/cos, or -cos/sin where n is odd, as a quotient of pairs. */
function tanOf<T, B>(m: Arithmetic<T, B>, { n, r }: Reduced<T>): T {
  const { odd } = quadrantOf(m, n);
  const sinR = sinKernel(m, r);
  const cosR = cosKernel(m, r);
  const s = fastTwoSum(m, sinR.high, sinR.low);
  const c = fastTwoSum(m, cosR.high, cosR.low);
  const choose = (yes: Pair<T>, no: Pair<T>): Pair<T> => ({ high: m.select(odd, yes.high, no.high), low: m.select(odd, yes.low, no.low) });
  return withSign(m, odd, dividePairs(m, choose(c, s), choose(s, c)));
}

export const sinFar: UnaryFunction = (m, x) => sinOf(m, reduceFar(m, x));
export const cosFar: UnaryFunction = (m, x) => cosOf(m, reduceFar(m, x));
export const tanFar: UnaryFunction = (m, x) => tanOf(m, reduceFar(m, x));

function isFar<T, B>(m: Arithmetic<T, B>, x: T): B {
  return m.and(m.less(m.constant(FAR), m.abs(x)), m.less(m.abs(x), m.constant(Number.POSITIVE_INFINITY)));
}

/** sin x and cos x for |x| <= pi/4, without reduction. Error at most 1 ulp. */
export const sinNear: UnaryFunction = (m, x) => {
  const z = m.multiply(x, x);
  return m.add(x, m.multiply(m.multiply(x, z), polynomial(m, z, SIN)));
};
export const cosNear: UnaryFunction = (m, x) => {
  const z = m.multiply(x, x);
  const curved = m.multiply(m.multiply(z, z), polynomial(m, z, COS));
  return m.add(m.subtract(m.constant(1), m.multiply(m.constant(0.5), z)), curved);
};

/** sin x. Error at most 0.76 ulp. */
export function sin<T, B>(m: Arithmetic<T, B>, x: T): T {
  const near = m.select(m.equal(x, m.constant(0)), x, sinOf(m, reduceNear(m, x)));
  return m.rarely(isFar(m, x), sinFar, x, near);
}

/** cos x. Error at most 0.76 ulp. */
export function cos<T, B>(m: Arithmetic<T, B>, x: T): T {
  return m.rarely(isFar(m, x), cosFar, x, cosOf(m, reduceNear(m, x)));
}

/** tan x. Error at most 0.85 ulp. */
export function tan<T, B>(m: Arithmetic<T, B>, x: T): T {
  const near = m.select(m.equal(x, m.constant(0)), x, tanOf(m, reduceNear(m, x)));
  return m.rarely(isFar(m, x), tanFar, x, near);
}
