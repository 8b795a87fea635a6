// Minibatch noise of a finite sum: the gradient of B samples in place of all n (theory.md 8). S2 is the (1/n) covariance of the
// samples' gradients: Sigma = factor S2, factor 1/B with replacement, (n-B)/(B(n-1)) without.
import type { Matrix, Vector } from "../numerics/arrays.ts";
import type { RandomStream } from "../numerics/random.ts";
import type { GradientNoise } from "./noise.ts";
import type { Objective, Samples } from "./objective.ts";
import { fieldError } from "./schema-errors.ts";

export interface MinibatchFile {
  readonly size: number;
  readonly replacement: boolean;
  readonly epochs?: boolean;
}

/** Sigma = factor S2. */
export function covarianceFactor({ size, replacement }: MinibatchFile, n: number): number {
  if (replacement) return 1 / size;
  return n === 1 ? 0 : (n - size) / (size * (n - 1));
}

export function readMinibatch(file: MinibatchFile, objective: Objective): GradientNoise {
  const { samples } = objective;
  if (!samples)
    throw fieldError(
      "noise.minibatch",
      `the objective is a ${objective.kind}, which has no samples`,
      "minibatch for finite sums (leastSquares, network); gaussian or discrete here",
    );
  if (!file.replacement && file.size > samples.n)
    throw fieldError(
      "noise.minibatch.size",
      `larger than the data, which have ${samples.n} rows`,
      `1 to ${samples.n} without replacement`,
      file.size,
    );
  if (file.epochs && file.replacement)
    throw fieldError("noise.minibatch.epochs", "reshuffled epochs draw without replacement", 'epochs only with "replacement": false', true);
  return minibatchNoise(file, samples, objective.d);
}

export function minibatchNoise(file: MinibatchFile, samples: Samples, d: number): GradientNoise {
  const { n } = samples;
  const factor = covarianceFactor(file, n);
  const gradients = new Float64Array(n * d);
  const mean = new Float64Array(d);
  const row = new Float64Array(d);
  const center = (x: Vector): void => {
    mean.fill(0);
    for (let i = 0; i < n; i++) {
      samples.gradient(i, x, row);
      for (let j = 0; j < d; j++) {
        gradients[i * d + j] = row[j]!;
        mean[j]! += row[j]!;
      }
    }
    for (let j = 0; j < d; j++) mean[j]! /= n;
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) gradients[i * d + j]! -= mean[j]!;
  };
  const picked = new Int32Array(n);
  return Object.freeze({
    kind: "minibatch",
    constant: false,
    gaussian: false,
    minibatch: Object.freeze({ size: file.size, replacement: file.replacement, epochs: file.epochs ?? false }),
    covariance(x: Vector, out: Matrix) {
      center(x);
      out.fill(0);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < d; j++) for (let k = 0; k <= j; k++) out[j * d + k]! += gradients[i * d + j]! * gradients[i * d + k]!;
      for (let j = 0; j < d; j++) for (let k = 0; k <= j; k++) out[j * d + k] = out[k * d + j] = (factor * out[j * d + k]!) / n;
      return out;
    },
    covarianceAlong(x: Vector, v: Vector, out: Matrix) {
      if (!samples.hessianTimes)
        throw fieldError("noise.minibatch", "these samples have no Hessian products", "a finite sum that has them");
      center(x);
      out.fill(0);
      // gradients are centred, so the centring of the derivative drops out of the sum
      for (let i = 0; i < n; i++) {
        samples.hessianTimes(i, x, v, row);
        for (let j = 0; j < d; j++)
          for (let k = 0; k < d; k++) out[j * d + k]! += row[j]! * gradients[i * d + k]! + gradients[i * d + j]! * row[k]!;
      }
      for (let k = 0; k < d * d; k++) out[k]! *= factor / n;
      return out;
    },
    sample(x: Vector, stream: RandomStream, out: Vector) {
      out.fill(0);
      if (!file.replacement) for (let i = 0; i < n; i++) picked[i] = i;
      for (let b = 0; b < file.size; b++) {
        // without replacement: the first entries of a Fisher-Yates shuffle
        const r = file.replacement ? stream.integer(n) : b + stream.integer(n - b);
        const i = file.replacement ? r : picked[r]!;
        if (!file.replacement) picked[r] = picked[b]!;
        samples.gradient(i, x, row);
        for (let j = 0; j < d; j++) out[j]! += row[j]!;
      }
      mean.fill(0);
      for (let i = 0; i < n; i++) {
        samples.gradient(i, x, row);
        for (let j = 0; j < d; j++) mean[j]! += row[j]!;
      }
      for (let j = 0; j < d; j++) out[j] = out[j]! / file.size - mean[j]! / n;
      return out;
    },
  });
}
