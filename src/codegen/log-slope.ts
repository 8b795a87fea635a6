// The derivatives of K(p) = log|p|/(p - 1) (expr/node.ts, LogSlope) as operations: those of expr/functions.ts, logSlope, in the same order,
// so that constant folding and compiled formulas agree in every bit. Both branches are computed and one is taken.
import type { ProgramBuilder, Value } from "./program.ts";

/** The order-th derivative of log|p|/(p - 1) at p. */
export function logSlopeOf(m: ProgramBuilder, order: number, p: Value): Value {
  const one = m.constant(1);
  const w = m.subtract(p, one);
  const size = m.abs(p);
  const isNearUnit = m.and(m.less(m.constant(0.5), size), m.less(size, m.constant(2)));
  const logarithm = m.select(isNearUnit, m.call1("log1p", m.subtract(size, one)), m.call1("log", size));
  let value = m.select(m.equal(w, m.constant(0)), one, m.divide(logarithm, w));
  if (order === 0) return value;
  let rest = m.divide(one, p);
  for (let n = 1; n <= order; n += 1) {
    value = m.divide(m.subtract(rest, m.multiply(m.constant(n), value)), w);
    rest = m.multiply(rest, m.divide(m.constant(-n), p));
  }
  const isNearOne = m.and(m.less(m.constant(-0.3), w), m.less(w, m.constant(0.75)));
  return m.select(isNearOne, nearOne(m, order, p, w), value);
}

function nearOne(m: ProgramBuilder, order: number, p: Value, w: Value): Value {
  let factorial = 1;
  for (let n = 2; n <= order; n += 1) factorial *= n;
  let scaled = m.constant(0);
  let power = integerPower(m, p, -(order + 48));
  for (let n = order + 48; n > order; n -= 1) {
    scaled = m.add(m.divide(power, m.constant(n)), m.multiply(w, scaled));
    power = m.multiply(power, p);
  }
  return m.multiply(m.constant(order % 2 === 0 ? factorial : -factorial), scaled);
}

/** x^n for an integer n != 0 by squaring, lowest bit first, as expr/functions.ts, integerPower: the first product is 1 x = x. */
export function integerPower(m: ProgramBuilder, x: Value, n: number): Value {
  let product: Value | undefined;
  let square = x;
  let bits = Math.abs(n);
  for (;;) {
    if (bits % 2 === 1) product = product === undefined ? square : m.multiply(product, square);
    bits = Math.floor(bits / 2);
    if (bits === 0) return n < 0 ? m.divide(m.constant(1), product!) : product!;
    square = m.multiply(square, square);
  }
}
