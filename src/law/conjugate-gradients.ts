// H s = b for a symmetric matrix that is known by its products: conjugate gradients, which end where they meet curvature that is not positive
// (Steihaug 1983). No preconditioner.
import type { Vector } from "../numerics/arrays.ts";
import { dot } from "../numerics/linear.ts";
import { subtract, type Times } from "./krylov.ts";

export interface ConjugateGradients {
  readonly solution: Vector;
  readonly products: number;
  /** A direction p with p^T H p <= 1e-14 |p|^2 that was met; the solution is then what was reached before. */
  readonly notPositive: Vector | null;
  readonly converged: boolean;
}

/** @param accuracy  of the residual, relative to |b| */
export function conjugateGradients(times: Times, b: Vector, accuracy: number, maxProducts: number): ConjugateGradients {
  const d = b.length;
  const solution = new Float64Array(d);
  const residual = Float64Array.from(b);
  const p = Float64Array.from(residual);
  const hp = new Float64Array(d);
  let square = dot(residual, residual);
  const stop = accuracy * accuracy * square;
  let products = 0;
  while (products < maxProducts && square > stop) {
    times(p, hp);
    products++;
    const curvature = dot(p, hp);
    if (!(curvature > 1e-14 * dot(p, p))) return { solution, products, notPositive: p, converged: false };
    const alpha = square / curvature;
    subtract(-alpha, p, solution);
    subtract(alpha, hp, residual);
    const next = dot(residual, residual);
    for (let i = 0; i < d; i++) p[i] = residual[i]! + (next / square) * p[i]!;
    square = next;
  }
  return { solution, products, notPositive: null, converged: square <= stop };
}
