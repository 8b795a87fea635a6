// Linear regression of figures of paths on features of the same paths, by normal equations; how much of a figure's variance it explains.
import type { Vector } from "../numerics/arrays.ts";
import { dot, luFactor, luSolve } from "../numerics/linear.ts";

export interface Fit {
  /** By value and feature. */
  readonly coefficients: readonly (readonly number[])[];
  /** Variance before over variance after, degrees of freedom counted. */
  readonly gains: readonly number[];
}

export const noFit: Fit = { coefficients: [], gains: [] };

/** Least squares of `size` values of each path on its features, both less their means. */
export function leastSquares(
  features: Float64Array,
  width: number,
  count: number,
  figure: (path: number, v: number) => number,
  size: number,
): Fit {
  const feature = (path: number, f: number): number => features[path * width + f]!;
  const means = (of: (path: number, c: number) => number, columns: number): Vector =>
    Float64Array.from({ length: columns }, (_, c) => {
      let sum = 0;
      for (let p = 0; p < count; p++) sum += of(p, c);
      return sum / count;
    });
  const [fm, vm] = [means(feature, width), means(figure, size)];
  const gram = new Float64Array(width * width);
  const mixed = new Float64Array(width * size);
  const before = new Float64Array(size);
  for (let p = 0; p < count; p++) {
    for (let f = 0; f < width; f++) {
      const deviation = feature(p, f) - fm[f]!;
      for (let h = 0; h <= f; h++) gram[f * width + h]! += deviation * (feature(p, h) - fm[h]!);
      for (let v = 0; v < size; v++) mixed[f * size + v]! += deviation * (figure(p, v) - vm[v]!);
    }
    for (let v = 0; v < size; v++) before[v]! += (figure(p, v) - vm[v]!) ** 2;
  }
  // scaled to a unit diagonal, and 1e-9 beside it: features that do not vary, or not by themselves, get no weight to speak of
  const scales = Float64Array.from({ length: width }, (_, f) => (gram[f * width + f]! > 0 ? 1 / Math.sqrt(gram[f * width + f]!) : 0));
  const scaled = new Float64Array(width * width);
  for (let f = 0; f < width; f++)
    for (let h = 0; h < f; h++) scaled[f * width + h] = scaled[h * width + f] = gram[f * width + h]! * scales[f]! * scales[h]!;
  for (let f = 0; f < width; f++) scaled[f * width + f] = 1 + 1e-9;
  const lu = luFactor(scaled, width);
  const coefficients: number[][] = [];
  const gains: number[] = [];
  for (let v = 0; v < size; v++) {
    const right = scales.map((scale, f) => scale * mixed[f * size + v]!);
    const found = luSolve(lu, right);
    coefficients.push(Array.from(found, (c, f) => c * scales[f]!));
    const left = Math.max(before[v]! - dot(right, found), 0) / (count - 1 - width);
    gains.push(before[v] === 0 ? 1 : before[v]! / (count - 1) / Math.max(left, Number.MIN_VALUE));
  }
  return { coefficients, gains };
}
