// The two scalar functions of which every model is made (theory.md 2 and 4):
//   c(z) = -log|1 - z| / z,   m(u, v) = (log|1-u| + log|1-v|) / ((1-u)(1-v) - 1),
// and the arithmetic of numbers, `numberOps`. Both depend on one function, L(w) = log|1 + w| / w: c(z) = L(-z) and m(u, v) = L(w)
// with w = (1-u)(1-v) - 1 = u v - u - v, so that the only question is how exactly w is known. Near w = 0 (the removable curve) an
// absolute error of w counts, near w = -2 (the zero of L, two-step form) the relative error of w + 2: there w is computed
// with the product and the sums split into two doubles each (Dekker, Numer. Math. 18, 1971; Knuth's two-sum), exact to 2^-100.
// Elsewhere log|1 + w| is large and 1 + w = (1-u)(1-v) is a product of accurate factors.
import { DomainError } from "../errors.ts";
import { exp, expm1, log, log1p } from "./elementary.ts";
import type { Ops } from "./ops.ts";

/**
 * Drift factor c(z) = -log|1 - z|/z; c(0) = 1.
 * @param z eta times an eigenvalue of H; dimensionless, z != 1; z > 1 belongs to the two-step form
 * @returns c(z), relative error below 1e-14 (test/numerics/factors.test.ts); NaN for NaN
 * @throws DomainError `numerics/drift-factor` at z = 1, where no diffusion stands for SGD
 * @example driftFactor(0.5) // 1.3862943611198906
 */
export function driftFactor(z: number): number {
  if (z === 1) {
    throw new DomainError("numerics/drift-factor", "The drift factor has a pole at z = eta lambda = 1: the step forgets the past.", { z });
  }
  return logRatio(-z);
}

/**
 * Diffusion factor m(u, v) = (log|1-u| + log|1-v|)/((1-u)(1-v) - 1); 1 on the curve (1-u)(1-v) = 1.
 * @param u, v eta times two eigenvalues of H; dimensionless, neither of them 1; symmetric in u and v
 * @returns m(u, v), relative error below 1e-14 (test/numerics/factors.test.ts); NaN for NaN
 * @throws DomainError `numerics/diffusion-factor` where u or v is 1
 * @example diffusionFactor(0.3, 0.3) // 1.3987252703479705
 */
export function diffusionFactor(u: number, v: number): number {
  if (u === 1 || v === 1) {
    throw new DomainError("numerics/diffusion-factor", "The diffusion factor has a pole where eta lambda = 1: the step forgets the past.", {
      u,
      v,
    });
  }
  return logMean(u, v);
}

/** log|1 + w| / w: 1 at w = 0, +Infinity at the pole w = -1. */
export function logRatio(w: number): number {
  if (w === 0) return 1;
  if (w === Number.POSITIVE_INFINITY || w === Number.NEGATIVE_INFINITY) return 0;
  // 1 + w is exact for -2 <= w <= -1/2, and -2 - w for -4 <= w <= -1 (Sterbenz).
  if (w > -0.5) return log1p(w) / w;
  if (w > -1.5) return log(Math.abs(1 + w)) / w;
  if (w > -3) return log1p(-2 - w) / w;
  return log(-1 - w) / w;
}

/** m(u, v) without the check of its domain: infinite at u = 1 or v = 1, as formulas need it. */
export function logMean(u: number, v: number): number {
  const q = (1 - u) * (1 - v);
  if (Math.abs(q) === Number.POSITIVE_INFINITY) return (log(Math.abs(1 - u)) + log(Math.abs(1 - v))) / q;
  const w = productMinusOne(u, v);
  return w === 0 ? 1 : logProduct(u, v) / w;
}

/** (1-u)(1-v) - 1, relative error a few units of rounding, also where (1-u)(1-v) is close to 1. */
export function productMinusOne(u: number, v: number): number {
  const q = (1 - u) * (1 - v);
  return Math.abs(q - 1) < 0.5 ? excess(u, v) : q - 1;
}

/** log|(1-u)(1-v)|, relative error a few units of rounding, also where (1-u)(1-v) is close to 1 or -1; -Infinity where it is 0. */
export function logProduct(u: number, v: number): number {
  const q = (1 - u) * (1 - v);
  // Nearer to 1 or -1 than this, log|q| loses digits unless q -+ 1 is known better than q is.
  if (Math.abs(q - 1) < 0.5) return log1p(excess(u, v));
  // |q| = -1 - w = 1 - (w + 2).
  if (Math.abs(q + 1) < 0.5) return log1p(-excess(u, v, 2));
  if (q === 0 || Math.abs(q) === Number.POSITIVE_INFINITY) return log(Math.abs(1 - u)) + log(Math.abs(1 - v));
  return log(Math.abs(q));
}

/** u v - u - v + shift, correct to rounding: both the product and the sums are exact pairs of doubles. */
function excess(u: number, v: number, shift = 0): number {
  const p = u * v;
  const pe = productError(u, v, p);
  const s = u + v;
  const se = sumError(u, v, s);
  const r = p - s;
  const re = sumError(p, -s, r);
  const t = r + shift;
  const te = sumError(r, shift, t);
  return t + (te + (re + (pe - se)));
}

/** a + b - fl(a + b). */
function sumError(a: number, b: number, sum: number): number {
  const bb = sum - a;
  return a - (sum - bb) + (b - bb);
}

/** a b - fl(a b); no overflow here since (1-a)(1-b) is about +-1 and |a|, |b| < 2^54. */
function productError(a: number, b: number, product: number): number {
  const ca = 134217729 * a;
  const ah = ca - (ca - a);
  const al = a - ah;
  const cb = 134217729 * b;
  const bh = cb - (cb - b);
  const bl = b - bh;
  return ah * bh - product + ah * bl + al * bh + al * bl;
}

/** Formulas on numbers. */
export const numberOps: Ops<number> = Object.freeze({
  constant: (value: number) => value,
  add: (a: number, b: number) => a + b,
  subtract: (a: number, b: number) => a - b,
  multiply: (a: number, b: number) => a * b,
  divide: (a: number, b: number) => a / b,
  negate: (a: number) => -a,
  scale: (factor: number, a: number) => factor * a,
  polynomial: (z: number, coefficients: readonly number[]) => {
    let sum = 0;
    for (let p = coefficients.length - 1; p >= 0; p--) sum = sum * z + coefficients[p]!;
    return sum;
  },
  sqrt: (a: number) => Math.sqrt(a),
  exp,
  expm1,
  log,
  log1p,
  abs: (a: number) => Math.abs(a),
  logRatio,
  logMean,
});
