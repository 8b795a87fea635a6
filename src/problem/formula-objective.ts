// f given by a formula: derivatives are exact, compiled when first asked for.
import { compileObjective } from "../codegen/compile.ts";
import type { Expr } from "../expr/node.ts";
import { parseFormula } from "../expr/parse.ts";
import { asQuadratic } from "../expr/polynomial.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { symmetricEigen } from "../numerics/eigen.ts";
import type { Objective, QuadraticForm } from "./objective.ts";

export function readFormula(file: { formula: string; variables?: readonly string[]; constants?: Record<string, number> }): Objective {
  const { expr, variables } = parseFormula(file.formula, {
    variables: file.variables,
    constants: file.constants,
    field: "objective.formula (--formula)",
  });
  return formulaObjective(expr, variables);
}

export function formulaObjective(formula: Expr, variables: readonly string[]): Objective {
  const d = variables.length;
  const compiled = compileObjective(formula, variables);
  const scratch = new Float64Array(d * d);
  return Object.freeze({
    kind: "formula",
    d,
    variables,
    formula,
    quadratic: quadraticFormOf(formula, variables),
    value: (x: Vector) => compiled.value(x),
    gradient: (x: Vector, out: Vector) => compiled.gradient(x, out),
    hessian: (x: Vector, out: Float64Array) => compiled.hessian(x, out),
    hessianTimes(x: Vector, v: Vector, out: Vector) {
      compiled.hessian(x, scratch);
      for (let i = 0; i < d; i++) {
        let sum = 0;
        for (let j = 0; j < d; j++) sum += scratch[i * d + j]! * v[j]!;
        out[i] = sum;
      }
      return out;
    },
    third: (x: Vector, v: Vector, w: Vector, out: Vector) => compiled.third(x, v, w, out),
    thirdOver: (x: Vector, s: Matrix, out: Vector) => compiled.thirdOver(x, s, out),
    fourth: (x: Vector, v: Vector, s: Matrix, out: Vector) => compiled.fourth(x, v, s, out),
    derivatives: (order: number, x: Vector, out: Float64Array) => compiled.derivatives(order, x, out),
  });
}

/**
 * The form (x-c)^T A (x-c)/2 + offset of a quadratic polynomial; undefined where f is none, or has no stationary point
 * (a linear part outside A's range).
 */
export function quadraticFormOf(formula: Expr, variables: readonly string[]): QuadraticForm | undefined {
  const polynomial = asQuadratic(formula, variables);
  if (!polynomial) return undefined;
  const d = variables.length;
  // x^T Q x = x^T (2 Q) x / 2
  const matrix = Float64Array.from(polynomial.quadratic, (q) => 2 * q);
  const { constant, linear } = polynomial;
  if (linear.every((b) => b === 0)) return { matrix, center: new Float64Array(d), offset: constant };
  const { values, vectors } = symmetricEigen(matrix, d);
  const largest = values.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  const size = Math.sqrt(linear.reduce((s, b) => s + b * b, 0));
  const center = new Float64Array(d);
  let offset = constant;
  for (let j = 0; j < d; j++) {
    let along = 0;
    for (let i = 0; i < d; i++) along += vectors[i * d + j]! * linear[i]!;
    // an eigenvalue below d epsilon times the largest is the rounding of a zero
    if (Math.abs(values[j]!) <= 4 * d * Number.EPSILON * largest) {
      if (Math.abs(along) > 16 * d * Number.EPSILON * size) return undefined;
      continue;
    }
    const c = -along / values[j]!;
    offset += (along * c) / 2;
    for (let i = 0; i < d; i++) center[i]! += vectors[i * d + j]! * c;
  }
  return { matrix, center, offset };
}
