// Formulas to fast functions: values of several formulas at once, and an objective with its derivatives, exact and compiled when first asked
// for, since to derive what nobody asks costs time.
import { add, constant, multiply, variable } from "../expr/build.ts";
import { differentiate, gradientOf } from "../expr/differentiate.ts";
import { laplacian } from "../expr/laplacian.ts";
import type { Expr } from "../expr/node.ts";
import { substitute } from "../expr/substitute.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { type Compiled, type CompileOptions, runProgram } from "./backend.ts";
import { lower } from "./lower.ts";

export type { Backend, Compiled, CompileOptions } from "./backend.ts";

/**
 * Compiles formulas in the given variables; what they share is computed once.
 * @param outputs  m formulas
 * @param variables  names of the n inputs, in the order of the vectors that are passed later; unused ones are allowed
 * @returns evaluators with the same bits on every backend; outside a formula's domain NaN or Infinity, as IEEE arithmetic gives
 * @throws InputError `codegen/unknown-variable` if a formula has other variables
 * @example compile([parseFormula("x^2 + y").expr], ["x", "y"]).evaluate(Float64Array.of(3, 1), new Float64Array(1)) // [10]
 */
export function compile(outputs: readonly Expr[], variables: readonly string[], options: CompileOptions = {}): Compiled {
  return runProgram(lower(outputs, variables), options);
}

/** f and its derivatives at a point x of length d; `out` is filled and returned. */
export interface CompiledObjective {
  value(x: Vector): number;
  gradient(x: Vector, out: Vector): Vector;
  /** d x d, symmetric in every bit. */
  hessian(x: Vector, out: Matrix): Matrix;
  /** out_i = sum_jk d_ijk f v_j w_k, without the tensor. */
  third(x: Vector, v: Vector, w: Vector, out: Vector): Vector;
  /** out_i = sum_jk d_ijk f s_jk for a symmetric matrix s, without the tensor. */
  thirdOver(x: Vector, s: Matrix, out: Vector): Vector;
  /** out_i = sum_jkl d_ijkl f v_j s_kl for a symmetric matrix s, without the tensor. */
  fourth(x: Vector, v: Vector, s: Matrix, out: Vector): Vector;
  /** All derivatives of an order: d^order entries, row-major, symmetric in every bit. */
  derivatives(order: number, x: Vector, out: Float64Array): Float64Array;
}

/** Compiles f in the given variables; see CompiledObjective. Derivatives are symbolic, none is a finite difference. */
export function compileObjective(f: Expr, variables: readonly string[], options: CompileOptions = {}): CompiledObjective {
  const d = variables.length;
  const single = new Float64Array(1);
  const value = lazily(() => compile([f], variables, options));
  const tensors: (() => SymmetricTensor)[] = [];
  const tensor = (order: number): SymmetricTensor => (tensors[order] ??= lazily(() => compileTensor(f, variables, order, options)))();
  const third = lazily(() =>
    compile(thirdAlong(f, variables), [...variables, ...directions.v(variables), ...directions.w(variables)], options),
  );
  const thirdOver = lazily(() => compileOver(f, variables, 0, options));
  const fourth = lazily(() => compileOver(f, variables, 1, options));
  const joined = new Float64Array(Math.max(3, 2 + d) * d);
  return {
    value: (x) => value().evaluate(x, single)[0]!,
    gradient: (x, out) => tensor(1)(x, out),
    hessian: (x, out) => tensor(2)(x, out),
    third(x, v, w, out) {
      joined.set(x);
      joined.set(v, d);
      joined.set(w, 2 * d);
      return third().evaluate(joined, out);
    },
    thirdOver(x, s, out) {
      joined.set(x);
      joined.set(s, d);
      return thirdOver().evaluate(joined, out);
    },
    fourth(x, v, s, out) {
      joined.set(x);
      joined.set(v, d);
      joined.set(s, 2 * d);
      return fourth().evaluate(joined, out);
    },
    derivatives: (order, x, out) => tensor(order)(x, out),
  };
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

type SymmetricTensor = (x: Vector, out: Float64Array) => Float64Array;

/** The derivatives with ascending indices i_1 <= i_2 <= ... are compiled and copied to the others' places. */
function compileTensor(f: Expr, variables: readonly string[], order: number, options: CompileOptions): SymmetricTensor {
  const d = variables.length;
  let entries = [{ indices: [] as readonly number[], formula: f }];
  for (let k = 0; k < order; k += 1)
    entries = entries.flatMap(({ indices, formula }) =>
      variables.flatMap((name, i) =>
        i < (indices.at(-1) ?? 0) ? [] : [{ indices: [...indices, i], formula: differentiate(formula, name) }],
      ),
    );
  const compiled = compile(
    entries.map(({ formula }) => formula),
    variables,
    options,
  );
  const packed = new Float64Array(entries.length);
  let placeCount = 1;
  for (let k = 0; k < order; k += 1) placeCount *= d;
  const numberOf = new Map(entries.map(({ indices }, n) => [indices.join(), n]));
  const source = Int32Array.from({ length: placeCount }, (_, place) => {
    const indices: number[] = [];
    for (let k = 0, rest = place; k < order; k += 1, rest = Math.floor(rest / d)) indices.push(rest % d);
    return numberOf.get(indices.sort((a, b) => a - b).join())!;
  });
  return (x, out) => {
    compiled.evaluate(x, packed);
    for (let place = 0; place < source.length; place += 1) out[place] = packed[source[place]!]!;
    return out;
  };
}

/** Names of the variables that stand for a direction's entries. */
export const directions = {
  v: (variables: readonly string[]) => inputs("v", variables),
  w: (variables: readonly string[]) => inputs("w", variables),
};

/** The gradient of d/dt d/ds f(x + t v + s w) at t = s = 0: sum_jk f_ijk v_j w_k, with v and w as further variables (`directions`). */
export function thirdAlong(f: Expr, variables: readonly string[]): Expr[] {
  const second = along(along(f, variables, directions.v(variables)), variables, directions.w(variables));
  return gradientOf(second, variables);
}

/** The gradient of d/dt f(x + t v) at t = 0: sum_j f_ij v_j, with v as further variables (`directions`). */
export function hessianAlong(f: Expr, variables: readonly string[]): Expr[] {
  return gradientOf(along(f, variables, directions.v(variables)), variables);
}

/** The gradient of the Laplacian: sum_j f_ijj. */
export function gradientOfLaplacian(f: Expr, variables: readonly string[]): Expr[] {
  return gradientOf(
    laplacian(f, variables, (i, j) => constant(i === j ? 1 : 0)),
    variables,
  );
}

/**
 * The gradient of sum_jk s_jk d_jk f (`directions` = 0), or of its derivative along v (1); inputs x, then v, then s row by row, of which
 * only the upper triangle is read.
 */
function compileOver(f: Expr, variables: readonly string[], directions: 0 | 1, options: CompileOptions): Compiled {
  const s = variables.map((name) => inputs(`s ${name}`, variables));
  const v = directions === 0 ? [] : inputs("v", variables);
  const forms = new Map<string, Expr>();
  const abbreviate = (form: Expr): Expr => {
    const name = `form ${forms.size}`;
    forms.set(name, form);
    return variable(name);
  };
  const sum = laplacian(f, variables, (j, k) => variable(s[j]![k]!), abbreviate);
  const gradient = gradientOf(directions === 0 ? sum : along(sum, variables, v), variables);
  return compile(
    gradient.map((entry) => substitute(entry, forms)),
    [...variables, ...v, ...s.flat()],
    options,
  );
}

/** Names of inputs beside the variables: no name that a user types has a space. */
function inputs(letter: string, variables: readonly string[]): string[] {
  return variables.map((name) => `${letter} ${name}`);
}

/**
 * d/dt f(x + t v) at t = 0. A derivative along a line costs one pass through the formula, where the sum of v_j d_j f has d terms, each as
 * long as a derivative.
 */
function along(f: Expr, variables: readonly string[], v: readonly string[]): Expr {
  const t = variable("t ");
  const moved = variables.map((name, i): [string, Expr] => [name, add(variable(name), multiply(t, variable(v[i]!)))]);
  return substitute(differentiate(substitute(f, new Map(moved)), "t "), new Map([["t ", constant(0)]]));
}
