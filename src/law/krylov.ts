// Symmetric matrices that are known by their products alone: Lanczos's method with full reorthogonalisation (twice: Parlett, The Symmetric
// Eigenvalue Problem, 6.9), so that the basis is orthogonal to rounding. From it: functions of the matrix times a vector, quadratic forms
// v^T f(A) v (Gauss quadrature: Golub and Meurant), eigenvalues at both ends. Memory: one vector a step.
import type { Vector } from "../numerics/arrays.ts";
import { type SymmetricEigen, symmetricEigen } from "../numerics/eigen.ts";
import { dot } from "../numerics/linear.ts";

/** out = A v. */
export type Times = (v: Vector, out: Vector) => Vector;

export interface KrylovBasis {
  /** Orthonormal vectors q_1 .. q_m. */
  readonly basis: readonly Vector[];
  /** Q^T A Q is tridiagonal: its diagonal, and what stands beside it (the last entry leads out of the basis). */
  readonly diagonal: readonly number[];
  readonly beside: readonly number[];
  /** Length of the start vector. */
  readonly size: number;
}

export interface Lanczos extends KrylovBasis {
  /** One step more; false where the basis is complete (an invariant subspace) and nothing was done. */
  step(): boolean;
}

/** Lanczos's method from a start vector, no step done yet. */
export function lanczos(times: Times, start: Vector): Lanczos {
  const d = start.length;
  const size = norm(start);
  const basis: Vector[] = [];
  const diagonal: number[] = [];
  const beside: number[] = [];
  let next = start.map((v) => v / size);
  let largest = 0;
  return {
    basis,
    diagonal,
    beside,
    size,
    step() {
      const m = basis.length;
      if (!(size > 0) || m >= d || (m > 0 && !(beside[m - 1]! > 0))) return false;
      const q = next;
      basis.push(q);
      const w = times(q, new Float64Array(d));
      const alpha = dot(w, q);
      diagonal.push(alpha);
      for (let pass = 0; pass < 2; pass++) for (const each of basis) subtract(dot(w, each), each, w);
      const beta = norm(w);
      largest = Math.max(largest, Math.abs(alpha) + beta);
      // what reorthogonalisation leaves of a vector within the space is rounding
      const done = beta <= 64 * Number.EPSILON * largest;
      beside.push(done ? 0 : beta);
      if (!done) next = w.map((v) => v / beta);
      return true;
    },
  };
}

/** Eigenvalues (ascending) and eigenvectors of Q^T A Q. */
export function ritz({ diagonal, beside }: KrylovBasis): SymmetricEigen {
  const m = diagonal.length;
  const t = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    t[i * m + i] = diagonal[i]!;
    if (i + 1 < m) t[i * m + i + 1] = t[(i + 1) * m + i] = beside[i]!;
  }
  return symmetricEigen(t, m);
}

/** f(A) start = |start| Q f(T) e_1, as coefficients of the basis. */
function coefficients(eigen: SymmetricEigen, size: number, f: (lambda: number) => number): Vector {
  const m = eigen.values.length;
  const out = new Float64Array(m);
  for (let k = 0; k < m; k++) {
    const weight = size * eigen.vectors[k]! * f(eigen.values[k]!);
    for (let i = 0; i < m; i++) out[i]! += eigen.vectors[i * m + k]! * weight;
  }
  return out;
}

export interface KrylovAction {
  readonly vector: Vector;
  /** Estimate of |error|: what the last steps still changed. */
  readonly error: number;
  /** Products with the matrix. */
  readonly products: number;
  readonly converged: boolean;
}

export interface KrylovOptions {
  /** Relative to the size of the result; default 1e-12. */
  readonly tolerance?: number;
  /** Default 100. */
  readonly maxProducts?: number;
}

/**
 * f(A) v for f analytic on A's spectrum. The error is estimated by what the last `stride` steps changed, which bounds it where the
 * convergence is geometric with a ratio below 2^(-1/stride); it is so for analytic f (test/law/krylov.test.ts).
 */
export function krylovFunction(times: Times, v: Vector, f: (lambda: number) => number, options: KrylovOptions = {}): KrylovAction {
  const { tolerance = 1e-12, maxProducts = 100 } = options;
  const stride = 4;
  const run = lanczos(times, v);
  if (run.size === 0) return { vector: new Float64Array(v.length), error: 0, products: 0, converged: true };
  let before: Vector | undefined;
  for (;;) {
    let grew = true;
    for (let k = 0; k < stride && grew && run.basis.length < maxProducts; k++) grew = run.step();
    const now = coefficients(ritz(run), run.size, f);
    const size = norm(now);
    let error = size;
    if (before) {
      let sum = 0;
      for (let i = 0; i < now.length; i++) sum += square(now[i]! - (before[i] ?? 0));
      error = Math.sqrt(sum);
    }
    if (!grew) error = Math.min(error, 64 * Number.EPSILON * size);
    const converged = error <= tolerance * size;
    if (converged || !grew || run.basis.length >= maxProducts)
      return { vector: combine(run.basis, now), error, products: run.basis.length, converged };
    before = now;
  }
}

/** Nodes and weights of v^T f(A) v = sum_k weights_k f(nodes_k), exact for polynomials of degree below twice the steps. */
export function krylovQuadrature(times: Times, v: Vector, steps: number): { readonly nodes: Vector; readonly weights: Vector } {
  const run = lanczos(times, v);
  for (let k = 0; k < steps; k++) if (!run.step()) break;
  if (run.basis.length === 0) return { nodes: new Float64Array(0), weights: new Float64Array(0) };
  const { values, vectors } = ritz(run);
  return { nodes: values, weights: values.map((_, k) => square(run.size * vectors[k]!)) };
}

/** sum_i c_i basis_i. */
export function combine(basis: readonly Vector[], c: ArrayLike<number>): Vector {
  const out = new Float64Array(basis[0]!.length);
  for (let i = 0; i < c.length; i++) subtract(-c[i]!, basis[i]!, out);
  return out;
}

/** out -= factor v. */
export function subtract(factor: number, v: Vector, out: Vector): void {
  for (let i = 0; i < v.length; i++) out[i]! -= factor * v[i]!;
}

export function norm(v: Float64Array): number {
  return Math.sqrt(dot(v, v));
}

const square = (x: number): number => x * x;
