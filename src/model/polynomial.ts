// The arithmetic of polynomials in z, to find out whether a model's factor is one: then b = -sum_p c_p (eta H)^p grad f needs
// Hessian-vector products only, and D D^T = eta Sigma needs no eigenvectors at all. Operations that leave the polynomials give null.
import type { Ops } from "../numerics/ops.ts";
import type { SdeModel } from "./model.ts";

/** Coefficients, constant term first; null: not a polynomial. */
type Polynomial = readonly number[] | null;

const none = (): Polynomial => null;

function combine(a: Polynomial, b: Polynomial, sign: number): Polynomial {
  if (a === null || b === null) return null;
  return trimmed(Array.from({ length: Math.max(a.length, b.length) }, (_, p) => (a[p] ?? 0) + sign * (b[p] ?? 0)));
}

function product(a: Polynomial, b: Polynomial): Polynomial {
  if (a === null || b === null) return null;
  const out = new Array<number>(Math.max(a.length + b.length - 1, 1)).fill(0);
  a.forEach((s, p) => {
    b.forEach((t, q) => {
      out[p + q]! += s * t;
    });
  });
  return trimmed(out);
}

function trimmed(coefficients: number[]): number[] {
  while (coefficients.length > 1 && coefficients.at(-1) === 0) coefficients.pop();
  return coefficients;
}

const polynomialOps: Ops<Polynomial> = {
  constant: (value) => [value],
  add: (a, b) => combine(a, b, 1),
  subtract: (a, b) => combine(a, b, -1),
  multiply: product,
  divide: (a, b) => (b?.length === 1 && b[0] !== 0 ? product(a, [1 / b[0]!]) : null),
  negate: (a) => product(a, [-1]),
  scale: (factor, a) => product(a, [factor]),
  polynomial: (z, coefficients) => coefficients.reduceRight<Polynomial>((sum, c) => combine(product(sum, z), [c], 1), [0]),
  sqrt: none,
  exp: none,
  expm1: none,
  log: none,
  log1p: none,
  abs: none,
  logRatio: none,
  logMean: none,
};

/** Coefficients of c(z), or null where it is no polynomial. */
export function driftPolynomial(model: SdeModel): readonly number[] | null {
  return model.driftFactor(polynomialOps, [0, 1]);
}

/** m where it does not depend on its arguments, or null. */
export function constantDiffusionFactor(model: SdeModel): number | null {
  // u -> z, v -> z^7: no factor of low degree that depends on u or v comes out constant.
  const m = model.diffusionFactor(polynomialOps, [0, 1], [0, 0, 0, 0, 0, 0, 0, 1]);
  return m?.length === 1 ? m[0]! : null;
}
