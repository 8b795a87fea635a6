// What the functions of formulas mean on numbers: the one definition that evaluation, constant folding and every backend of codegen
// share. A backend that writes the same operations in the same order gets the same bits. sign(0) = step(0) = 0: slopes at a kink.
import * as elementary from "../numerics/elementary.ts";
import type { FunctionName } from "./node.ts";

/** Function by name; a Map, so that no prototype is ever looked into. */
const numberFunctions: ReadonlyMap<FunctionName, (x: number) => number> = new Map<FunctionName, (x: number) => number>([
  ["exp", elementary.exp],
  ["log", elementary.log],
  ["sqrt", Math.sqrt],
  ["sin", elementary.sin],
  ["cos", elementary.cos],
  ["tan", elementary.tan],
  ["sinh", elementary.sinh],
  ["cosh", elementary.cosh],
  ["tanh", elementary.tanh],
  ["atan", elementary.atan],
  ["abs", Math.abs],
  ["erf", elementary.erf],
  ["log1p", elementary.log1p],
  ["expm1", elementary.expm1],
  ["sigmoid", elementary.sigmoid],
  ["softplus", elementary.softplus],
  ["relu", elementary.relu],
  ["sign", elementary.sign],
  ["step", elementary.step],
]);

/** The function on numbers that a call names. */
export function numberFunction(name: FunctionName): (x: number) => number {
  return numberFunctions.get(name)!;
}

/**
 * x^n for an integer n != 0 by squaring, lowest bit first; a negative n ends in 1/(x^|n|).
 * At most 2 log2 |n| multiplications: relative error below |n| epsilon.
 */
export function integerPower(x: number, n: number): number {
  let product = 1;
  let square = x;
  let bits = Math.abs(n);
  for (;;) {
    if (bits % 2 === 1) product *= square;
    bits = Math.floor(bits / 2);
    if (bits === 0) return n < 0 ? 1 / product : product;
    square *= square;
  }
}

/**
 * The order-th derivative of K(p) = log|p|/(p - 1), K(1) = 1.
 *
 * Order 0: the quotient, by log1p near |p| = 1, where log would cancel. Orders n >= 1 follow from (p - 1) K_n + n K_(n-1) =
 * (-1)^(n-1) (n-1)!/p^n: upwards where p is far from 1; near it downwards, see there.
 * @returns relative error below 1e-15 (order 0) and 1e-13 (orders 1 to 4): test/expr/functions.test.ts
 */
export function logSlope(order: number, p: number): number {
  const w = p - 1;
  if (order === 0) {
    const magnitude = Math.abs(p);
    if (w === 0) return 1;
    return (magnitude > 0.5 && magnitude < 2 ? elementary.log1p(magnitude - 1) : elementary.log(magnitude)) / w;
  }
  if (w > -0.3 && w < 0.75) return logSlopeNearOne(order, p);
  let value = logSlope(0, p);
  let rest = 1 / p; // (-1)^(n-1) (n-1)!/p^n
  for (let n = 1; n <= order; n++) {
    value = (rest - n * value) / w;
    rest *= -n / p;
  }
  return value;
}

/**
 * The recurrence downwards, in k_n = (-1)^n K_n/n! = int_0^1 s^n/(1 + s (p - 1))^(n+1) ds: k_(n-1) = p^-n/n + (p - 1) k_n, from k = 0
 * 48 orders higher. The start's error shrinks by |p - 1|/p <= 0.43 an order, so to 3e-18.
 */
function logSlopeNearOne(order: number, p: number): number {
  let factorial = 1;
  for (let n = 2; n <= order; n++) factorial *= n;
  let scaled = 0;
  let power = integerPower(p, -(order + 48)); // p^-n
  for (let n = order + 48; n > order; n--) {
    scaled = power / n + (p - 1) * scaled;
    power *= p;
  }
  return order % 2 === 0 ? factorial * scaled : -factorial * scaled;
}
