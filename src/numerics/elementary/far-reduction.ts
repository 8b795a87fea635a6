// The argument reduction of sin, cos and tan for 2^30 < |x| < Infinity, after M. H. Payne and R. N. Hanek, ACM SIGNUM Newsletter 18 (1983) 19-24:
// x = X 2^(24 j) with 2^30 <= X < 2^54, and of 2/pi = sum_i t_i 2^(-24 (i + 1)) only the chunks t_(j-1) .. t_(j+7) matter: those before give
// multiples of 4 in x 2/pi, those after less than 2^-137. Every product is exact; they are added on three grids, each sum exact,
// so that even the worst cancellation (2^-62) leaves a relative error of 2^-57. Without tables and branches: chunks are selected.
import { type Arithmetic, pow2 } from "../arithmetic.ts";
import { fastTwoSum, nearestInteger, type Pair, split, twoProduct, twoSum } from "./building-blocks.ts";

/** t_0 .. t_48, 24 bits each. */
// biome-ignore format: eight a line
const TWO_OVER_PI = [
  0xa2f983, 0x6e4e44, 0x1529fc, 0x2757d1, 0xf534dd, 0xc0db62, 0x95993c, 0x439041,
  0xfe5163, 0xabdebb, 0xc561b7, 0x246e3a, 0x424dd2, 0xe00649, 0x2eea09, 0xd1921c,
  0xfe1deb, 0x1cb129, 0xa73ee8, 0x8235f5, 0x2ebb44, 0x84e99c, 0x7026b4, 0x5f7e41,
  0x3991d6, 0x398353, 0x39f49c, 0x845f8b, 0xbdf928, 0x3b1ff8, 0x97ffde, 0x05980f,
  0xef2f11, 0x8b5a0a, 0x6d1f6d, 0x367ecf, 0x27cb09, 0xb74f46, 0x3f669e, 0x5fea2d,
  0x7527ba, 0xc7ebe5, 0xf17b3d, 0x0739f7, 0x8a5292, 0xea6bfb, 0x5fb11f, 0x8d5d08,
  0x560330,
];
const HALF_PI = { high: 1.5707963267948966, low: 6.123233995736766e-17 };

/** |x| from which on this reduction is used: 2^30. */
export const FAR = 1073741824;

/** x = n pi/2 + r, |r| <= pi/4; n modulo 4, between -32 and 32. */
export function reduceFar<T, B>(m: Arithmetic<T, B>, x: T): { n: T; r: Pair<T> } {
  const size = m.abs(x);
  // j = floor((exponent - 30)/24), 0 .. 41
  const j = nearestInteger(m, m.divide(m.subtract(m.exponentOf(size), m.constant(41.5)), m.constant(24)));
  const scaled = m.multiply(size, m.pow2(m.multiply(m.constant(-24), j)));
  // 26 bits each: products with 24 bits are exact. The first is a multiple of 32, the second of 2^-22 and below 2^27.
  const { high: first, low: second } = split(m, scaled);
  const chunks = chunksFrom(m, j);
  const product = (part: T, c: number): T => m.multiply(m.multiply(part, chunks[c]!), m.constant(pow2(-24 * c)));
  const a = chunks.map((_, c) => product(first, c)); // a[0] is a multiple of 32
  const b = chunks.map((_, c) => product(second, c));

  // Multiples of 2^-46 first, below 2^5 in all; then of 2^-70, below 2^-17; then of 2^-94, below 2^-41; then the rest.
  const [b1, a2] = [b[2]!, modulo4(m, a[3]!)].map((v) => splitAt(m, v, 46)) as [Pair<T>, Pair<T>];
  const whole = addAll(m, [modulo4(m, b[0]!), modulo4(m, modulo2To20(m, a[1]!)), modulo4(m, b[1]!), modulo4(m, a[2]!), b1.high, a2.high]);
  const [b2, a3] = [b[3]!, a[4]!].map((v) => splitAt(m, v, 69)) as [Pair<T>, Pair<T>];
  const fine = addAll(m, [b1.low, a2.low, b2.high, a3.high]);
  const [b3, a4] = [b[4]!, a[5]!].map((v) => splitAt(m, v, 93)) as [Pair<T>, Pair<T>];
  const finer = addAll(m, [b2.low, a3.low, b3.high, a4.high]);
  const finest = addAll(m, [a[8]!, b[7]!, a[7]!, b[6]!, a[6]!, b[5]!, b3.low, a4.low]);

  const n = nearestInteger(m, whole);
  const third = twoSum(m, finer, finest);
  const next = twoSum(m, fine, third.high);
  const top = twoSum(m, m.subtract(whole, n), next.high);
  const fraction = fastTwoSum(m, top.high, m.add(top.low, m.add(next.low, third.low)));
  const angle = twoProduct(m, fraction.high, m.constant(HALF_PI.high));
  const crossed = m.add(m.multiply(fraction.high, m.constant(HALF_PI.low)), m.multiply(fraction.low, m.constant(HALF_PI.high)));
  const r = fastTwoSum(m, angle.high, m.add(angle.low, crossed));
  const negative = m.less(x, m.constant(0));
  const signed = (v: T): T => m.select(negative, m.negate(v), v);
  return { n: signed(n), r: { high: signed(r.high), low: signed(r.low) } };
}

/** t_(j-1) .. t_(j+7) for an integer 0 <= j <= 41: a window into the table, moved by 32, 16, ... 1 as the bits of j say. */
function chunksFrom<T, B>(m: Arithmetic<T, B>, j: T): T[] {
  let window = [0, ...TWO_OVER_PI].map((chunk) => m.constant(chunk));
  let rest = j;
  for (let step = 32; step >= 1; step /= 2) {
    const isSet = m.lessEqual(m.constant(step), rest);
    rest = m.select(isSet, m.subtract(rest, m.constant(step)), rest);
    // Nine places are read in the end; the smaller steps that are still to come reach step - 1 places further.
    const reach = Math.min(window.length, 9 + step - 1);
    window = Array.from({ length: reach }, (_, i) =>
      i + step < window.length ? m.select(isSet, window[i + step]!, window[i]!) : window[i]!,
    );
  }
  return window;
}

/** v - 2^20 n, at most 2^19 in size, exactly; |v| <= 2^54. */
function modulo2To20<T, B>(m: Arithmetic<T, B>, v: T): T {
  const size = pow2(20);
  return m.subtract(v, m.multiply(m.constant(size), nearestInteger(m, m.multiply(v, m.constant(1 / size)))));
}

/** v - 4 n, at most 2 in size, exactly; |v| <= 2^53. */
function modulo4<T, B>(m: Arithmetic<T, B>, v: T): T {
  return m.subtract(v, m.multiply(m.constant(4), nearestInteger(m, m.multiply(v, m.constant(0.25)))));
}

/** v as a multiple of 2^-bits and a rest of at most half of that, for |v| <= 2^(51 - bits). */
function splitAt<T, B>(m: Arithmetic<T, B>, v: T, bits: number): Pair<T> {
  const shift = m.constant(6755399441055744 * pow2(-bits));
  const high = m.subtract(m.add(v, shift), shift);
  return { high, low: m.subtract(v, high) };
}

function addAll<T, B>(m: Arithmetic<T, B>, terms: readonly T[]): T {
  return terms.reduce((sum, term) => m.add(sum, term));
}
