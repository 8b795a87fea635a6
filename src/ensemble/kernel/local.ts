// What a step needs to know at a point, written into a kernel's program from the formulas: gradient, Hessian, Sigma, and the contractions of
// derivative tensors that models add (sbea/term.ts). What several ask for is computed once.
import { inline } from "../../codegen/kernel/flat.ts";
import { lower } from "../../codegen/lower.ts";
import type { Value } from "../../codegen/program.ts";
import { differentiate } from "../../expr/differentiate.ts";
import type { Expr } from "../../expr/node.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import { labelsOf } from "../../sbea/contract.ts";
import { toNumber } from "../../sbea/rational.ts";
import type { Factor, Term } from "../../sbea/term.ts";
import { type Builder, sumOf } from "./values.ts";

export interface Local {
  readonly gradient: readonly Value[];
  /** Rows. */
  readonly hessian: readonly (readonly Value[])[];
  readonly covariance: readonly (readonly Value[])[];
  /** eta^etaPower coefficient contraction: d values for a drift, d x d (rows, symmetrised) for D D^T. */
  drift(term: Term): Value[];
  diffusion(term: Term): Value[][];
  /** The derivative of a formula by the i-th variable. */
  derivative(expr: Expr, i: number): Value;
  /** Any formula in the problem's variables. */
  formula(expr: Expr): Value;
}

/** Formulas at the point x; only what is asked for is written. */
export function localAt(m: Builder, problem: SgdProblem, x: readonly Value[]): Local {
  const { objective, noise, learningRate } = problem;
  const { d, variables } = objective;
  const values = new Map<Expr, Value>();
  const formula = (expr: Expr): Value => {
    let value = values.get(expr);
    if (value === undefined) {
      value = inline(m, lower([expr], variables), x)[0]!;
      values.set(expr, value);
    }
    return value;
  };
  const range = Array.from({ length: d }, (_, i) => i);
  const derivatives = new Map<string, Expr>();
  const derivative = (expr: Expr, indices: readonly number[], name: string): Expr => {
    if (indices.length === 0) return expr;
    const sorted = [...indices].sort((a, b) => a - b);
    const key = `${name} ${sorted}`;
    let found = derivatives.get(key);
    if (!found) derivatives.set(key, (found = differentiate(derivative(expr, sorted.slice(0, -1), name), variables[sorted.at(-1)!]!)));
    return found;
  };
  const f = (indices: readonly number[]): Value => formula(derivative(objective.formula!, indices, "f"));
  const sigma = (i: number, j: number): Expr => noise.covarianceFormulas![Math.min(i, j) * d + Math.max(i, j)]!;
  const entry = (factor: Factor, indices: readonly number[]): Value => {
    if (factor.tensor === "f") return f(indices);
    const [i, j, ...along] = indices as [number, number, ...number[]];
    return formula(derivative(sigma(i, j), along, `sigma ${Math.min(i, j)} ${Math.max(i, j)}`));
  };
  const zero = m.constant(0);

  /** The contraction with the free labels fixed. */
  const contract = (term: Term, fixed: ReadonlyMap<number, number>): Value => {
    let weight = toNumber(term.coefficient);
    for (let p = 0; p < term.etaPower; p++) weight *= learningRate;
    const labels = [...new Set(term.factors.flatMap(labelsOf))].filter((label) => !fixed.has(label));
    let assignments: ReadonlyMap<number, number>[] = [fixed];
    for (const label of labels) assignments = assignments.flatMap((known) => range.map((i) => new Map([...known, [label, i]])));
    const products = assignments.flatMap((assignment) => {
      const entries = term.factors.map((factor) =>
        entry(
          factor,
          labelsOf(factor).map((label) => assignment.get(label)!),
        ),
      );
      return entries.includes(zero) ? [] : [entries.reduce((a, b) => m.multiply(a, b))];
    });
    return m.multiply(m.constant(weight), sumOf(m, products));
  };

  return {
    get gradient() {
      return range.map((i) => f([i]));
    },
    get hessian() {
      return range.map((i) => range.map((j) => f([i, j])));
    },
    get covariance() {
      return range.map((i) => range.map((j) => formula(sigma(i, j))));
    },
    drift: (term) => range.map((i) => contract(term, new Map([[term.free[0]!, i]]))),
    diffusion(term) {
      const whole = range.map((i) =>
        range.map((j) =>
          contract(
            term,
            new Map([
              [term.free[0]!, i],
              [term.free[1]!, j],
            ]),
          ),
        ),
      );
      return range.map((i) => range.map((j) => m.multiply(m.constant(0.5), m.add(whole[i]![j]!, whole[j]![i]!))));
    },
    derivative: (expr, i) => formula(differentiate(expr, variables[i]!)),
    formula,
  };
}
