// Eigenvalues at both ends of a symmetric matrix known by its products: Ritz values of Lanczos's method from a random start, each with the
// bound min(r, r^2/gap) of its residual r (Parlett, 11.7): some eigenvalue lies that near. What it cannot see: how often a multiple eigenvalue
// is there (one start vector finds it once), and an eigenvector to which the start happens to be orthogonal (probability 0).
import type { Estimate } from "../answer/estimate.ts";
import type { Vector } from "../numerics/arrays.ts";
import { symmetricEigenvalues } from "../numerics/eigen.ts";
import { createStream } from "../numerics/random.ts";
import { combine, type KrylovBasis, lanczos, ritz, type Times } from "./krylov.ts";

export const extremeDefaults = {
  largest: 8,
  smallest: 4,
  /** Of the largest |eigenvalue|, for the largest ones; the smallest ones get the square root of it. */
  tolerance: 1e-9,
  maxProducts: 600,
};

export interface ExtremeEigenvalues {
  /** Both descending. */
  readonly largest: readonly Estimate[];
  readonly smallest: readonly Estimate[];
  readonly converged: boolean;
  readonly products: number;
  /** Unit vectors of the largest ones, in the same order. */
  readonly vectors: readonly Vector[];
  readonly krylov: KrylovBasis;
}

/** @param d at least 1; where it is small the basis becomes complete and all is exact to rounding */
export function extremeEigenvalues(
  times: Times,
  d: number,
  options: { readonly seed?: number; readonly onStep?: (done: number, most: number) => void } & Partial<typeof extremeDefaults> = {},
): ExtremeEigenvalues {
  const { seed = 1, onStep, ...rest } = options;
  const ask = { ...extremeDefaults, ...rest };
  const stream = createStream(seed).moveTo(0, 0, "start");
  const run = lanczos(
    times,
    Float64Array.from({ length: d }, () => stream.normal()),
  );
  const top = Math.min(ask.largest, d);
  const bottom = Math.min(ask.smallest, d);
  for (let check = 40; ; check = Math.ceil(check * 1.25)) {
    let grew = true;
    while (run.basis.length < Math.min(check, ask.maxProducts) && grew) {
      grew = run.step();
      onStep?.(run.basis.length, ask.maxProducts);
    }
    const m = run.basis.length;
    const { values, vectors } = ritz(run);
    const last = run.beside[m - 1]!;
    const scale = Math.max(Math.abs(values[0]!), Math.abs(values[m - 1]!));
    const bound = (k: number): Estimate => {
      const residual = Math.abs(last * vectors[(m - 1) * m + k]!);
      const gap = Math.min(k > 0 ? values[k]! - values[k - 1]! : Infinity, k + 1 < m ? values[k + 1]! - values[k]! : Infinity);
      // the gap of Ritz values stands for that of eigenvalues; half of it for safety
      const error = Math.min(residual, (2 * residual * residual) / gap) + 8 * Number.EPSILON * scale;
      return { value: values[k]!, error, kind: "bound" };
    };
    const largest = Array.from({ length: Math.min(top, m) }, (_, k) => bound(m - 1 - k));
    const smallest = Array.from({ length: Math.min(bottom, m) }, (_, k) => bound(k)).reverse();
    const settled =
      m >= top &&
      largest.every((each) => each.error <= ask.tolerance * scale) &&
      smallest.every((each) => each.error <= Math.sqrt(ask.tolerance) * scale);
    if (settled || !grew || m >= ask.maxProducts) {
      const ofValue = (k: number): Vector =>
        combine(
          run.basis,
          Float64Array.from({ length: m }, (_, i) => vectors[i * m + k]!),
        );
      return {
        largest,
        smallest,
        converged: settled || !grew,
        products: m,
        vectors: Array.from({ length: Math.min(top, m) }, (_, k) => ofValue(m - 1 - k)),
        krylov: run,
      };
    }
  }
}

/** The spectral density's support and weights as Lanczos sees them: for pictures. */
export function ritzValues(krylov: KrylovBasis): Vector {
  const m = krylov.diagonal.length;
  const t = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    t[i * m + i] = krylov.diagonal[i]!;
    if (i + 1 < m) t[i * m + i + 1] = t[(i + 1) * m + i] = krylov.beside[i]!;
  }
  return symmetricEigenvalues(t, m);
}
