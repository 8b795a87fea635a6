// f(x) = sum_i (a_i . x - y_i)^2 / (2 n) + l2 |x|^2 / 2: a quadratic form that is also a finite sum. The regulariser is part of
// every f_i, so that gradients of samples differ by their data alone.
import type { Vector } from "../numerics/arrays.ts";
import { symmetricEigen } from "../numerics/eigen.ts";
import { solve } from "../numerics/linear.ts";
import type { Loaders } from "./loaders.ts";
import type { Objective, Samples } from "./objective.ts";
import { quadraticObjective } from "./quadratic-objective.ts";
import type { LeastSquaresFile } from "./schema.ts";
import { type Features, readTable, selectFeatures } from "./table.ts";

/** Reads {"leastSquares": ...}: the objective, and the features with their warnings. */
export function readLeastSquares(file: LeastSquaresFile, load?: Loaders): { objective: Objective; features: Features } {
  const table = readTable(file.data, "objective.leastSquares.data", load);
  const features = selectFeatures(table, file, "objective.leastSquares");
  return { objective: leastSquaresObjective(features.a, features.y, file.l2 ?? 0), features };
}

/** a is n x d, row-major. */
export function leastSquaresObjective(a: Float64Array, y: Vector, l2 = 0): Objective {
  const n = y.length;
  const d = a.length / n;
  const matrix = new Float64Array(d * d);
  const moment = new Float64Array(d);
  let square = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      const value = a[i * d + j]!;
      moment[j]! += value * y[i]!;
      for (let k = 0; k <= j; k++) matrix[j * d + k]! += value * a[i * d + k]!;
    }
    square += y[i]! * y[i]!;
  }
  for (let j = 0; j < d; j++) {
    moment[j]! /= n;
    for (let k = 0; k <= j; k++) matrix[j * d + k] = matrix[k * d + j] = matrix[j * d + k]! / n + (j === k ? l2 : 0);
  }
  const center = leastNormSolution(matrix, moment, d);
  let offset = square / (2 * n);
  for (let j = 0; j < d; j++) offset -= (center[j]! * moment[j]!) / 2;
  return quadraticObjective(matrix, center, Math.max(offset, 0), {
    leastSquares: Object.freeze({ n, a, y, l2 }),
    samples: leastSquaresSamples(a, y, l2),
  });
}

function leastSquaresSamples(a: Float64Array, y: Vector, l2: number): Samples {
  const n = y.length;
  const d = a.length / n;
  const along = (i: number, v: Vector): number => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += a[i * d + j]! * v[j]!;
    return sum;
  };
  return Object.freeze({
    n,
    gradient(i: number, x: Vector, out: Vector) {
      const residual = along(i, x) - y[i]!;
      for (let j = 0; j < d; j++) out[j] = residual * a[i * d + j]! + l2 * x[j]!;
      return out;
    },
    hessianTimes(i: number, _x: Vector, v: Vector, out: Vector) {
      const s = along(i, v);
      for (let j = 0; j < d; j++) out[j] = s * a[i * d + j]! + l2 * v[j]!;
      return out;
    },
  });
}

/** The minimiser; of least norm where the Hessian is singular. */
function leastNormSolution(matrix: Float64Array, moment: Vector, d: number): Vector {
  const { values, vectors } = symmetricEigen(matrix, d);
  const floor = 4 * d * Number.EPSILON * Math.max(...values);
  if (values[0]! > 1e-8 * values[d - 1]!) return solve(matrix, moment, d);
  const center = new Float64Array(d);
  for (let j = 0; j < d; j++) {
    if (values[j]! <= floor) continue;
    let along = 0;
    for (let i = 0; i < d; i++) along += vectors[i * d + j]! * moment[i]!;
    for (let i = 0; i < d; i++) center[i]! += (vectors[i * d + j]! * along) / values[j]!;
  }
  return center;
}
