// Problems made of plain closures, for tests of the layers below the reader.
import type { GradientNoise } from "../../src/problem/noise.ts";
import type { Objective } from "../../src/problem/objective.ts";
import type { SgdProblem } from "../../src/problem/problem.ts";

export const matrix = (rows: readonly (readonly number[])[]): Float64Array => Float64Array.from(rows.flat());

/** (x - center)^T a (x - center) / 2. */
export function quadratic(rows: readonly (readonly number[])[], center?: readonly number[]): Objective {
  const d = rows.length;
  const a = matrix(rows);
  const c = Float64Array.from(center ?? new Array<number>(d).fill(0));
  const times = (v: Float64Array, out: Float64Array) => {
    for (let i = 0; i < d; i++) out[i] = rows[i]!.reduce((sum, aij, j) => sum + aij * v[j]!, 0);
    return out;
  };
  const relative = (x: Float64Array) => x.map((v, i) => v - c[i]!);
  return {
    kind: "quadratic",
    d,
    variables: Array.from({ length: d }, (_, i) => `x${i + 1}`),
    quadratic: { matrix: a, center: c },
    value: (x) => times(relative(x), new Float64Array(d)).reduce((sum, v, i) => sum + (v * (x[i]! - c[i]!)) / 2, 0),
    gradient: (x, out) => times(relative(x), out),
    hessian: (_x, out) => {
      out.set(a);
      return out;
    },
    hessianTimes: (_x, v, out) => times(v, out),
    third: (_x, _v, _w, out) => out.fill(0),
  };
}

export function gaussianNoise(rows: readonly (readonly number[])[]): GradientNoise {
  const sigma = matrix(rows);
  return {
    kind: "gaussian",
    constant: true,
    gaussian: true,
    covariance: (_x, out) => {
      out.set(sigma);
      return out;
    },
    covarianceAlong: (_x, _v, out) => out.fill(0),
    sample: () => {
      throw new Error("these tests do not sample");
    },
  };
}

export function problemOf(objective: Objective, noise: GradientNoise, eta: number, start: readonly number[], steps = 10): SgdProblem {
  return { objective, noise, learningRate: eta, start: Float64Array.from(start), steps, tests: [], at: [steps], json: {}, warnings: [] };
}

/** Numbers in (-1, 1), the same on every run. */
export function uniforms(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return s / 2147483648 - 1;
  };
}

/** A random symmetric matrix, positive definite with eigenvalues above `least` if that is given. */
export function randomSymmetric(d: number, seed: number, least?: number): number[][] {
  const u = uniforms(seed);
  const g = Array.from({ length: d }, () => Array.from({ length: d }, u));
  if (least === undefined) return g.map((row, i) => row.map((v, j) => (v + g[j]![i]!) / 2));
  return g.map((row, i) => g.map((other, j) => row.reduce((sum, v, k) => sum + (v * other[k]!) / d, 0) + (i === j ? least : 0)));
}
