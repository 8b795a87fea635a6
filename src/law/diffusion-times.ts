// Products with HA-SME's D D^T = eta U [(U^T Sigma U) o m(z_i, z_j)] U^T (or another model's) without eigenvectors. On the square of the
// spectrum m is a polynomial in two variables up to a small error, m(u, v) = sum_kl c_kl T_k(u') T_l(v') (Chebyshev, u' in [-1, 1]), so
//     D D^T v = eta sum_k T_k(H') [ Sigma sum_l c_kl T_l(H') v ]
// : p products with H for all T_l(H') v, p + 1 with Sigma, p with H for the outer sum (Clenshaw). m is analytic for z < 1 (theory.md 2), so
// the coefficients fall geometrically; the error estimate is their tail. Gauss-Legendre with shifted solves would need p solves instead.
import type { Vector } from "../numerics/arrays.ts";
import { cos } from "../numerics/elementary.ts";
import type { Times } from "./krylov.ts";

export interface DiffusionTimes {
  readonly times: Times;
  /** Degree of the polynomials. */
  readonly degree: number;
  /** Bound on the error of m on the square, relative to its largest value. */
  readonly error: number;
}

const largestDegree = 80;

/**
 * @param m  the model's diffusion factor m(u, v), symmetric
 * @param range  an interval that holds all z = eta lambda; its upper end is below 1
 */
export function diffusionTimes(
  hessianTimes: Times,
  covarianceTimes: Times,
  eta: number,
  m: (u: number, v: number) => number,
  range: readonly [number, number],
  tolerance = 1e-10,
): DiffusionTimes {
  const [a, b] = range;
  const middle = (a + b) / 2;
  const half = Math.max((b - a) / 2, 1e-8);
  const { c, degree, error } = chebyshev2(m, middle, half, tolerance);
  const size = degree + 1;
  /** H' = (eta H - middle)/half. */
  const scaled = (v: Vector, out: Vector): Vector => {
    hessianTimes(v, out);
    for (let i = 0; i < v.length; i++) out[i] = (eta * out[i]! - middle * v[i]!) / half;
    return out;
  };
  const times: Times = (v, out) => {
    const d = v.length;
    const t: Vector[] = [Float64Array.from(v)];
    for (let l = 1; l < size; l++) {
      const next = scaled(t[l - 1]!, new Float64Array(d));
      if (l > 1) for (let i = 0; i < d; i++) next[i] = 2 * next[i]! - t[l - 2]![i]!;
      t.push(next);
    }
    const moved = t.map((each) => covarianceTimes(each, new Float64Array(d)));
    // Clenshaw: b_k = w_k + 2 H' b_{k+1} - b_{k+2}; the sum is w_0 + H' b_1 - b_2
    let [b1, b2]: [Vector, Vector] = [new Float64Array(d), new Float64Array(d)];
    for (let k = size - 1; k >= 0; k--) {
      const next = scaled(b1, new Float64Array(d));
      const factor = k === 0 ? 1 : 2;
      for (let i = 0; i < d; i++) next[i] = factor * next[i]! - b2[i]!;
      for (let l = 0; l < size; l++) {
        const weight = c[k * size + l]!;
        for (let i = 0; i < d; i++) next[i]! += weight * moved[l]![i]!;
      }
      [b2, b1] = [b1, next];
    }
    for (let i = 0; i < d; i++) out[i] = eta * b1[i]!;
    return out;
  };
  return { times, degree, error };
}

/** Chebyshev coefficients in two variables by interpolation, at the lowest even degree whose tail is below the tolerance. */
function chebyshev2(m: (u: number, v: number) => number, middle: number, half: number, tolerance: number) {
  for (let degree = 4; ; degree += 4) {
    const size = degree + 1;
    const angle = Float64Array.from({ length: size }, (_, i) => (Math.PI * (i + 0.5)) / size);
    const cosines = new Float64Array(size * size);
    for (let k = 0; k < size; k++) for (let i = 0; i < size; i++) cosines[k * size + i] = cos(k * angle[i]!);
    const node = (i: number): number => middle + half * cosines[size + i]!;
    const half1 = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        const value = m(node(i), node(j));
        for (let l = 0; l < size; l++) half1[i * size + l]! += value * cosines[l * size + j]!;
      }
    const c = new Float64Array(size * size);
    for (let k = 0; k < size; k++)
      for (let i = 0; i < size; i++) for (let l = 0; l < size; l++) c[k * size + l]! += cosines[k * size + i]! * half1[i * size + l]!;
    let total = 0;
    let tail = 0;
    for (let k = 0; k < size; k++)
      for (let l = 0; l < size; l++) {
        const entry = (c[k * size + l]! * (k === 0 ? 1 : 2) * (l === 0 ? 1 : 2)) / (size * size);
        c[k * size + l] = entry;
        total = Math.max(total, Math.abs(entry));
        if (k >= size - 2 || l >= size - 2) tail += Math.abs(entry);
      }
    const error = tail / total;
    if (error <= tolerance || degree >= largestDegree) return { c, degree, error };
  }
}
