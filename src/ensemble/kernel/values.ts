// Formulas of models written into a kernel's program: the arithmetic `Ops` over program values, and small sums and products.

import { elementaryProgram } from "../../codegen/elementary-programs.ts";
import { inline } from "../../codegen/kernel/flat.ts";
import type { ProgramBuilder, Value } from "../../codegen/program.ts";
import { leanExp, leanLog } from "../../numerics/elementary/lean.ts";
import { leanExpm1, leanLogMean, leanLogRatio } from "../../numerics/elementary/lean-factors.ts";
import type { Ops } from "../../numerics/ops.ts";

export type Builder = ProgramBuilder;

/** An elementary function, written out. */
export function call(m: Builder, name: string, ...args: Value[]): Value {
  return inline(m, elementaryProgram(name), args)[0]!;
}

/** The arithmetic in which models are written; lean forms where there are any. */
export function valueOps(m: Builder): Ops<Value> {
  return {
    constant: m.constant,
    add: m.add,
    subtract: m.subtract,
    multiply: m.multiply,
    divide: m.divide,
    negate: m.negate,
    scale: (factor, a) => m.multiply(m.constant(factor), a),
    polynomial(z, coefficients) {
      let sum = m.constant(0);
      for (let p = coefficients.length - 1; p >= 0; p--) sum = m.add(m.multiply(sum, z), m.constant(coefficients[p]!));
      return sum;
    },
    sqrt: m.sqrt,
    abs: m.abs,
    exp: (a) => leanExp(m, a),
    expm1: (a) => leanExpm1(m, a),
    log: (a) => leanLog(m, a),
    log1p: (a) => call(m, "log1p", a),
    logRatio: (z) => leanLogRatio(m, z),
    logMean: (u, v) => leanLogMean(m, u, v),
  };
}

export function sumOf(m: Builder, terms: readonly Value[]): Value {
  return terms.length === 0 ? m.constant(0) : terms.reduce((a, b) => m.add(a, b));
}

export function dot(m: Builder, a: readonly Value[], b: readonly Value[]): Value {
  return sumOf(
    m,
    a.map((x, i) => m.multiply(x, b[i]!)),
  );
}

export function times(m: Builder, factor: number, a: Value): Value {
  return factor === 1 ? a : m.multiply(m.constant(factor), a);
}

export function larger(m: Builder, a: Value, b: Value): Value {
  return m.select(m.less(a, b), b, a);
}

/** Lower triangle L of a root of a psd matrix (rows of values), L L^T = A; pivots that rounding has lost count as 0. */
export function cholesky(m: Builder, a: readonly (readonly Value[])[]): Value[][] {
  const zero = m.constant(0);
  const rows: Value[][] = [];
  for (let i = 0; i < a.length; i++) {
    const row: Value[] = [];
    for (let j = 0; j < i; j++) {
      let sum = a[i]![j]!;
      for (let k = 0; k < j; k++) sum = m.subtract(sum, m.multiply(row[k]!, rows[j]![k]!));
      const pivot = rows[j]![j]!;
      row.push(m.select(m.equal(pivot, zero), zero, m.divide(sum, pivot)));
    }
    let pivot = a[i]![i]!;
    for (let k = 0; k < i; k++) pivot = m.subtract(pivot, m.multiply(row[k]!, row[k]!));
    // 64 units of rounding of the diagonal, as in ensemble/root.ts
    const lost = m.lessEqual(pivot, m.multiply(m.constant(64 * 2 ** -52), a[i]![i]!));
    row.push(m.select(lost, zero, m.sqrt(pivot)));
    rows.push(row);
  }
  return rows;
}

/** L v for a lower triangle. */
export function lowerTimes(m: Builder, l: readonly (readonly Value[])[], v: readonly Value[]): Value[] {
  return l.map((row) => dot(m, row, v.slice(0, row.length)));
}
