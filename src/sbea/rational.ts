// Exact rational numbers on BigInt: the coefficients of the modified equation. Few operations are needed, so these are
// our own lines on the pair type of term.ts, which stays plain data; every result is reduced, with a positive denominator.
import { InternalError } from "../errors.ts";
import type { Rational } from "./term.ts";

export const zero: Rational = [0n, 1n];
export const one: Rational = [1n, 1n];

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

/** numerator / denominator in lowest terms, denominator > 0. Numbers must be integers. */
export function rational(numerator: bigint | number, denominator: bigint | number = 1n): Rational {
  const n = BigInt(numerator);
  const d = BigInt(denominator);
  if (d === 0n) throw new InternalError("sbea/zero-denominator", `The fraction ${n}/0 was formed; exact coefficients never divide by 0.`);
  const g = d < 0n ? -gcd(n, d) : gcd(n, d);
  return [n / g, d / g];
}

export function add(a: Rational, b: Rational): Rational {
  return rational(a[0] * b[1] + b[0] * a[1], a[1] * b[1]);
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a[0] * b[0], a[1] * b[1]);
}

export function negate(a: Rational): Rational {
  return [-a[0], a[1]];
}

export function isZero(a: Rational): boolean {
  return a[0] === 0n;
}

export function equal(a: Rational, b: Rational): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** "-1/12", "3". */
export function toText(a: Rational): string {
  return a[1] === 1n ? `${a[0]}` : `${a[0]}/${a[1]}`;
}

/** The rational number written as "p/q" or "p". */
export function fromText(text: string): Rational {
  const [numerator = "", denominator = "1"] = text.split("/");
  return rational(BigInt(numerator), BigInt(denominator));
}

/** Nearest double of numerator over nearest double of denominator: relative error below 2e-16 times 3. */
export function toNumber(a: Rational): number {
  return Number(a[0]) / Number(a[1]);
}

/** n! as a BigInt. */
export function factorial(n: number): bigint {
  let product = 1n;
  for (let k = 2; k <= n; k++) product *= BigInt(k);
  return product;
}
