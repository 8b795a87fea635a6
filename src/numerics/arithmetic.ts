// The operations that every backend has and that give the same bits everywhere: + - * / sqrt, comparisons, selection and a
// few tools on the bits of a double. An elementary function written over Arithmetic<T, B> is evaluated with numbers, printed as
// TypeScript (numerics/elementary/numbers.ts), as scalar WebAssembly, as f64x2 and as C, always with the same rounding errors.
// On purpose there is no fused multiply-add (it exists in hardware only and rounds differently), no integer type and no branch.

/** An elementary function of one argument, of two: the same operations for every T. */
export type UnaryFunction = <T, B>(m: Arithmetic<T, B>, x: T) => T;
export type BinaryFunction = <T, B>(m: Arithmetic<T, B>, x: T, y: T) => T;

export interface Arithmetic<T, B> {
  constant(value: number): T;
  add(a: T, b: T): T;
  subtract(a: T, b: T): T;
  multiply(a: T, b: T): T;
  divide(a: T, b: T): T;
  sqrt(a: T): T;
  negate(a: T): T;
  abs(a: T): T;
  /** a < b; false where one is NaN, as are the next two. */
  less(a: T, b: T): B;
  lessEqual(a: T, b: T): B;
  equal(a: T, b: T): B;
  and(a: B, b: B): B;
  or(a: B, b: B): B;
  not(a: B): B;
  /** Both values are computed, one is taken: what is not taken may be anything, NaN and overflow included. */
  select(condition: B, yes: T, no: T): T;
  /**
   * f(x) where `condition` holds and `usual` elsewhere: a select, for conditions so rare that a backend had better branch.
   * f is one of the list in elementary/list.ts, so that printed code can call it by name.
   */
  rarely(condition: B, f: UnaryFunction, x: T, usual: T): T;
  /** 2^k for an integer-valued k in [-1022, 1023]; outside, something that must not be used. */
  pow2(k: T): T;
  /** The exponent e of x = +-m 2^e, 1 <= m < 2; -1023 for zeros and subnormals, 1024 for infinities and NaN. */
  exponentOf(x: T): T;
  /** The m of x = +-m 2^e for normal x; for other x something that must not be used. */
  mantissaOf(x: T): T;
  /** x 2^k for an integer-valued k, where x and the product are normal, or x is NaN; elsewhere something that must not be used. */
  ldexp(x: T, k: T): T;
  /** The k of x = 2^k m, sqrt(1/2) <= m < sqrt(2) but for 1e-7, for positive normal x; for other x something that must not be used. */
  centredExponentOf(x: T): T;
  /** The m of the same. */
  centredMantissaOf(x: T): T;
  /** |magnitude| with the sign of `sign` (zeros included); a NaN as `sign` gives something that must not be used. */
  copysign(magnitude: T, sign: T): T;
  /** x, negated where `sign` has a minus (a zero's counts); a NaN as `sign` gives something that must not be used. */
  flipSign(x: T, sign: T): T;
  /** x (-1)^n for an integer-valued n, |n| < 2^50; for other n something that must not be used. */
  flipOdd(x: T, n: T): T;
}

/** Which word of a double holds the exponent: the second where the machine is little-endian. */
const high = new Uint8Array(Uint16Array.of(1).buffer)[0]!;
const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** 2^k at index k + 1074: a load is several times faster than to put bits together through memory. */
const powersOfTwo = new Float64Array(2098);
powersOfTwo[1074] = 1;
for (let i = 1075; i < 2098; i += 1) powersOfTwo[i] = powersOfTwo[i - 1]! * 2;
for (let i = 1073; i >= 0; i -= 1) powersOfTwo[i] = powersOfTwo[i + 1]! / 2;

export function pow2(k: number): number {
  return powersOfTwo[(k + 1074) | 0]!;
}

export function exponentOf(x: number): number {
  double[0] = x;
  return ((words[high]! >>> 20) & 0x7ff) - 1023;
}

/** By an exact product, for the same reason. */
export function mantissaOf(x: number): number {
  double[0] = x;
  return Math.abs(x) * powersOfTwo[2097 - ((words[high]! >>> 20) & 0x7ff)]!;
}

export function ldexp(x: number, k: number): number {
  return x * pow2(k);
}

/** Added to the upper half of a double, it moves what is sqrt(2) and more to the next exponent. */
const toCentre = 0x3ff00000 - 0x3fe6a09e;

export function centredExponentOf(x: number): number {
  double[0] = x;
  return ((words[high]! + toCentre) >>> 20) - 1023;
}

/** By an exact product, as above. */
export function centredMantissaOf(x: number): number {
  double[0] = x;
  return x * powersOfTwo[2097 - ((words[high]! + toCentre) >>> 20)]!;
}

export function copysign(magnitude: number, sign: number): number {
  const size = Math.abs(magnitude);
  return sign < 0 || (sign === 0 && 1 / sign < 0) ? -size : size;
}

export function flipSign(x: number, sign: number): number {
  return sign < 0 || (sign === 0 && 1 / sign < 0) ? -x : x;
}

export function flipOdd(x: number, n: number): number {
  return n % 2 === 0 ? x : -x;
}

/** The arithmetic of JavaScript's numbers. */
export const numberArithmetic: Arithmetic<number, boolean> = {
  constant: (value) => value,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  sqrt: (a) => Math.sqrt(a),
  negate: (a) => -a,
  abs: (a) => Math.abs(a),
  less: (a, b) => a < b,
  lessEqual: (a, b) => a <= b,
  equal: (a, b) => a === b,
  and: (a, b) => a && b,
  or: (a, b) => a || b,
  not: (a) => !a,
  select: (condition, yes, no) => (condition ? yes : no),
  rarely: (condition, f, x, usual) => (condition ? f(numberArithmetic, x) : usual),
  pow2,
  exponentOf,
  mantissaOf,
  ldexp,
  centredExponentOf,
  centredMantissaOf,
  copysign,
  flipSign,
  flipOdd,
};
