// Traces by random vectors of signs (Hutchinson 1990), with the part in a known subspace taken exactly (Meyer, Musco, Musco, Woodruff,
// "Hutch++", 2021): tr A = tr Q^T A Q + E z^T (I - Q Q^T) A (I - Q Q^T) z. A Krylov basis knows its part for nothing. The error is the
// standard error over the vectors.
import type { Estimate } from "../answer/estimate.ts";
import type { Vector } from "../numerics/arrays.ts";
import { dot } from "../numerics/linear.ts";
import { createStream, type RandomStream } from "../numerics/random.ts";
import { type KrylovBasis, subtract, type Times } from "./krylov.ts";

/** tr A; `known` is a Krylov basis of A, or none. */
export function traceEstimate(times: Times, d: number, known: KrylovBasis | undefined, vectors: number, seed: number): Estimate {
  const stream = createStream(seed);
  const basis = known?.basis ?? [];
  const exact = (known?.diagonal ?? []).reduce((sum, entry) => sum + entry, 0);
  // a complete basis leaves nothing to estimate
  if (basis.length >= d) return { value: exact, error: 8 * d * Number.EPSILON * Math.abs(exact), kind: "rounding" };
  const out = new Float64Array(d);
  const samples = Float64Array.from({ length: vectors }, (_, k) => {
    const z = signs(stream.moveTo(k, 1, "start"), d);
    for (const q of basis) subtract(dot(z, q), q, z);
    return dot(z, times(z, out));
  });
  const { mean, error } = meanOf(samples);
  return { value: exact + mean, error, kind: "standard-error" };
}

/** A vector of signs. */
export function signs(stream: RandomStream, length: number): Vector {
  return Float64Array.from({ length }, () => (stream.integer(2) === 0 ? -1 : 1));
}

/** Mean and standard error. */
export function meanOf(samples: Float64Array): { readonly mean: number; readonly error: number } {
  const n = samples.length;
  let mean = 0;
  for (const value of samples) mean += value / n;
  let squares = 0;
  for (const value of samples) squares += (value - mean) * (value - mean);
  return { mean, error: n > 1 ? Math.sqrt(squares / (n * (n - 1))) : Number.POSITIVE_INFINITY };
}
