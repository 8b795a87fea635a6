// Minibatch noise of a finite sum: the gradient of B samples in place of all n (theory.md 8). S2 is the (1/n) covariance of the
// samples' gradients: Sigma = factor S2, factor 1/B with replacement, (n-B)/(B(n-1)) without.
import type { Expr } from "../expr/node.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import type { RandomStream } from "../numerics/random.ts";
import { leastSquaresCovariance, mostDimensionsOfFormulas } from "./least-squares-covariance.ts";
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

/** Sigma v = factor (1/n) sum_i c_i (c_i . v), c_i the centred gradients: two passes over the samples, no matrix. */
function covarianceTimes(samples: Samples, factor: number) {
  const { n } = samples;
  const along = new Float64Array(n);
  return (x: Vector, v: Vector, out: Vector): Vector => {
    samples.slopes!(x, v, along);
    let mean = 0;
    for (let i = 0; i < n; i++) mean += along[i]!;
    mean /= n;
    // weights with sum 0 take the mean gradient out by themselves
    for (let i = 0; i < n; i++) along[i] = (factor * (along[i]! - mean)) / n;
    samples.combination!(x, along, out);
    return out;
  };
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
  return minibatchNoise(file, samples, objective.d, formulasOf(file, objective));
}

/** Sigma's formulas, made when they are asked for. */
function formulasOf(file: MinibatchFile, { leastSquares, quadratic, variables, d }: Objective): (() => readonly Expr[]) | undefined {
  if (!leastSquares || !quadratic || d > mostDimensionsOfFormulas) return undefined;
  let made: readonly Expr[] | undefined;
  return () => (made ??= leastSquaresCovariance(leastSquares, quadratic.center, variables, covarianceFactor(file, leastSquares.n)));
}

/** K = factor S3, S3 the (1/n) third central moment: 1/B^2, or (n-B)(n-2B)/(B^2 (n-1)(n-2)) without replacement. */
export function thirdCumulantFactor({ size, replacement }: MinibatchFile, n: number): number {
  if (replacement) return 1 / (size * size);
  // the sum of two deviations from the mean is 0, and so is every third moment
  return n < 3 ? 0 : ((n - size) * (n - 2 * size)) / (size * size * (n - 1) * (n - 2));
}

/** The samples' gradients less their mean, n x d, row-major. */
export function centeredGradients(samples: Samples, x: Vector, out: Float64Array): Float64Array {
  const { n } = samples;
  const d = x.length;
  if (samples.gradients) samples.gradients(x, out);
  else for (let i = 0; i < n; i++) samples.gradient(i, x, out.subarray(i * d, (i + 1) * d));
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j]! += out[i * d + j]!;
  for (let j = 0; j < d; j++) mean[j]! /= n;
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) out[i * d + j]! -= mean[j]!;
  return out;
}

/** K(x), the third cumulant of one step's gradient: d^3 entries, exact; for small d. */
export function thirdCumulant(file: MinibatchFile, samples: Samples, x: Vector): Float64Array {
  const { n } = samples;
  const d = x.length;
  const centered = centeredGradients(samples, x, new Float64Array(n * d));
  const out = new Float64Array(d * d * d);
  const weight = thirdCumulantFactor(file, n) / n;
  for (let s = 0; s < n; s++)
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) {
        const product = weight * centered[s * d + i]! * centered[s * d + j]!;
        for (let k = 0; k < d; k++) out[(i * d + j) * d + k]! += product * centered[s * d + k]!;
      }
  return out;
}

/** out = factor sum_i g_i g_i^T of n rows g_i, four rows at a time. */
function meanSquares(g: Float64Array, n: number, d: number, factor: number, out: Matrix): void {
  out.fill(0);
  const fours = n - (n % 4);
  for (let i = 0; i < fours; i += 4) {
    const [a, b, c, e] = [i * d, (i + 1) * d, (i + 2) * d, (i + 3) * d];
    for (let j = 0; j < d; j++) {
      const [p, q, r, s] = [g[a + j]!, g[b + j]!, g[c + j]!, g[e + j]!];
      if (p === 0 && q === 0 && r === 0 && s === 0) continue;
      const to = j * d;
      for (let k = 0; k <= j; k++) out[to + k]! += p * g[a + k]! + q * g[b + k]! + (r * g[c + k]! + s * g[e + k]!);
    }
  }
  for (let at = fours * d; at < n * d; at += d)
    for (let j = 0; j < d; j++) for (let k = 0; k <= j; k++) out[j * d + k]! += g[at + j]! * g[at + k]!;
  for (let j = 0; j < d; j++) for (let k = 0; k <= j; k++) out[j * d + k] = out[k * d + j] = factor * out[j * d + k]!;
}

/** @param formulas  Sigma(x) as formulas, where it is one */
export function minibatchNoise(file: MinibatchFile, samples: Samples, d: number, formulas?: () => readonly Expr[]): GradientNoise {
  const { n } = samples;
  const factor = covarianceFactor(file, n);
  // n x d doubles, which only those who ask for matrices pay
  let gradients: Float64Array | undefined;
  let rows: Float64Array | undefined;
  let last: { readonly x: Vector; readonly covariance: Matrix } | undefined;
  const mean = new Float64Array(d);
  const row = new Float64Array(d);
  const center = (x: Vector): Float64Array => centeredGradients(samples, x, (gradients ??= new Float64Array(n * d)));
  const picked = new Int32Array(file.replacement ? 0 : n);
  return Object.freeze({
    kind: "minibatch",
    constant: false,
    gaussian: false,
    minibatch: Object.freeze({ size: file.size, replacement: file.replacement, epochs: file.epochs ?? false }),
    get covarianceFormulas() {
      return formulas?.();
    },
    covariance(x: Vector, out: Matrix) {
      if (last && x.every((v, i) => v === last!.x[i])) {
        out.set(last.covariance);
        return out;
      }
      meanSquares(center(x), n, d, factor / n, out);
      // one point is asked for again and again (diagnoses), many points once each (paths): copies cost nothing beside the sums
      if (last) {
        last.x.set(x);
        last.covariance.set(out);
      } else last = { x: x.slice(), covariance: out.slice() };
      return out;
    },
    ...(samples.slopes && samples.combination ? { covarianceTimes: covarianceTimes(samples, factor) } : {}),
    covarianceAlong(x: Vector, v: Vector, out: Matrix) {
      const { hessianTimes, allHessianTimes } = samples;
      if (!hessianTimes) throw fieldError("noise.minibatch", "these samples have no Hessian products", "a finite sum that has them");
      const g = center(x);
      if (allHessianTimes) allHessianTimes(x, v, (rows ??= new Float64Array(n * d)));
      out.fill(0);
      // gradients are centred, so the centring of the derivative drops out of the sum
      for (let i = 0; i < n; i++) {
        const moved = rows ? rows.subarray(i * d, (i + 1) * d) : hessianTimes(i, x, v, row);
        for (let j = 0; j < d; j++) {
          const entry = moved[j]!;
          if (entry === 0) continue;
          for (let k = 0; k < d; k++) out[j * d + k]! += entry * g[i * d + k]!;
        }
      }
      // the other half of the product rule is the transpose
      for (let j = 0; j < d; j++)
        for (let k = 0; k <= j; k++) out[j * d + k] = out[k * d + j] = ((out[j * d + k]! + out[k * d + j]!) * factor) / n;
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
