// f(x) = (x - c)^T A (x - c) / 2 + offset with A symmetric: every derivative in closed form.

import { build } from "../expr/build.ts";
import type { Expr } from "../expr/node.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import type { Objective } from "./objective.ts";
import { fieldError } from "./schema-errors.ts";

/** Names x1 .. xd of problems that have no formula. */
export const numberedVariables = (d: number): string[] => Array.from({ length: d }, (_, i) => `x${i + 1}`);

/** `sum` makes it a finite sum: what least squares adds to the form. */
export function quadraticObjective(
  matrix: Matrix,
  center: Vector,
  offset = 0,
  sum: Pick<Objective, "leastSquares" | "samples"> = {},
): Objective {
  const d = center.length;
  const variables = numberedVariables(d);
  let expression: Expr | undefined;
  return Object.freeze({
    kind: sum.leastSquares ? "leastSquares" : "quadratic",
    d,
    variables,
    quadratic: Object.freeze({ matrix, center, offset }),
    ...sum,
    get formula() {
      expression ??= quadraticExpression(matrix, center, offset, variables);
      return expression;
    },
    value(x: Vector) {
      let sum = 0;
      for (let i = 0; i < d; i++) {
        let row = 0;
        for (let j = 0; j < d; j++) row += matrix[i * d + j]! * (x[j]! - center[j]!);
        sum += (x[i]! - center[i]!) * row;
      }
      return sum / 2 + offset;
    },
    gradient(x: Vector, out: Vector) {
      for (let i = 0; i < d; i++) {
        let row = 0;
        for (let j = 0; j < d; j++) row += matrix[i * d + j]! * (x[j]! - center[j]!);
        out[i] = row;
      }
      return out;
    },
    hessian(_x: Vector, out: Matrix) {
      out.set(matrix);
      return out;
    },
    hessianTimes(_x: Vector, v: Vector, out: Vector) {
      for (let i = 0; i < d; i++) {
        let row = 0;
        for (let j = 0; j < d; j++) row += matrix[i * d + j]! * v[j]!;
        out[i] = row;
      }
      return out;
    },
    third(_x: Vector, _v: Vector, _w: Vector, out: Vector) {
      return out.fill(0);
    },
    derivatives(order: number, x: Vector, out: Float64Array) {
      if (order === 1) return this.gradient(x, out);
      if (order === 2) return this.hessian(x, out);
      return out.fill(0);
    },
  });
}

/** The same as an expression, for test functions that use `loss` and for pages. */
function quadraticExpression(matrix: Matrix, center: Vector, offset: number, variables: readonly string[]): Expr {
  const d = center.length;
  const shifted = variables.map((name, i) => build.subtract(build.variable(name), build.constant(center[i]!)));
  let sum = build.constant(offset);
  for (let i = 0; i < d; i++) {
    for (let j = i; j < d; j++) {
      const weight = i === j ? matrix[i * d + i]! / 2 : matrix[i * d + j]!;
      if (weight !== 0) sum = build.add(sum, build.multiply(build.constant(weight), build.multiply(shifted[i]!, shifted[j]!)));
    }
  }
  return sum;
}

/** Reads {"matrix", "center"}; the field is named in messages. */
export function readQuadratic(file: { matrix: readonly (readonly number[])[]; center?: readonly number[] }): Objective {
  const field = "objective.quadratic.matrix";
  const d = file.matrix.length;
  file.matrix.forEach((row, i) => {
    if (row.length !== d) throw fieldError(field, `row ${i + 1} has ${row.length} entries`, `a square symmetric matrix, ${d} x ${d}`);
  });
  const matrix = Float64Array.from(file.matrix.flat());
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [matrix[i * d + j]!, matrix[j * d + i]!];
      // matrices written by programs carry roundings of a few units in the last place
      if (Math.abs(a - b) > 1e-12 * Math.max(Math.abs(a), Math.abs(b)))
        throw fieldError(
          field,
          `not symmetric: entry (${i + 1}, ${j + 1}) is ${a}, entry (${j + 1}, ${i + 1}) is ${b}`,
          "a symmetric matrix",
        );
      matrix[i * d + j] = matrix[j * d + i] = (a + b) / 2;
    }
  }
  const center = Float64Array.from(file.center ?? new Array<number>(d).fill(0));
  if (center.length !== d)
    throw fieldError("objective.quadratic.center", `has ${center.length} entries`, `${d} numbers, one a row of the matrix`, file.center);
  return quadraticObjective(matrix, center);
}
