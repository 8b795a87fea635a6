// The factors of the models as kernels use them (compare factors.ts and log.ts): the same functions to a few units of rounding, without pairs,
// from the reductions of lean.ts. Arguments that paths of a model have, z < 1 and finite; what is not finite stays so or is told by the state.
import type { Arithmetic } from "../arithmetic.ts";
import { nearestInteger, polynomial } from "./building-blocks.ts";
import { expm1, LN2_HIGH, LN2_LOW } from "./exp.ts";
import { EXP, logOfParts } from "./lean.ts";

/** e^w - 1. Within 2 ulp of expm1 (measured, 1e6 arguments). */
export function leanExpm1<T, B>(m: Arithmetic<T, B>, w: T): T {
  const one = m.constant(1);
  const k = nearestInteger(m, m.multiply(w, m.constant(Math.LOG2E)));
  const r = m.subtract(m.subtract(w, m.multiply(k, m.constant(LN2_HIGH))), m.multiply(k, m.constant(LN2_LOW)));
  const rest = m.add(r, m.multiply(m.multiply(r, r), polynomial(m, r, EXP)));
  const scale = m.pow2(k);
  const usual = m.add(m.multiply(rest, scale), m.subtract(scale, one));
  return m.rarely(m.less(m.constant(700), m.abs(w)), expm1, w, usual);
}

/** log|1 + z|/z, 1 at 0. Within 3 ulp of logRatio (measured, 1e6 arguments); near z = -1 the rounding of 1 + z counts. */
export function leanLogRatio<T, B>(m: Arithmetic<T, B>, z: T): T {
  return logOver(m, m.add(m.constant(1), z), z);
}

/** (log|1-u| + log|1-v|)/((1-u)(1-v) - 1), 1 where the product is 1. Within 6e-14 of logMean, relative, for -3 < u, v < 0.999 (measured). */
export function leanLogMean<T, B>(m: Arithmetic<T, B>, u: T, v: T): T {
  const one = m.constant(1);
  const p = m.multiply(m.subtract(one, u), m.subtract(one, v));
  return logOver(m, p, m.subtract(m.multiply(u, v), m.add(u, v)));
}

/** log|p|/(p - 1), where p - 1 is also known as `less`, without what cancels near p = 1. */
function logOver<T, B>(m: Arithmetic<T, B>, p: T, less: T): T {
  const size = m.abs(p);
  const k = m.centredExponentOf(size);
  const near = m.and(m.equal(k, m.constant(0)), m.less(m.constant(0), p));
  const f = m.select(near, less, m.subtract(m.centredMantissaOf(size), m.constant(1)));
  const quotient = m.divide(logOfParts(m, k, f), less);
  return m.select(m.equal(less, m.constant(0)), m.constant(1), quotient);
}
