// The arithmetic of formulas. With numbers it evaluates, with expression nodes it builds the graph from which closures,
// WebAssembly and C are printed: a model is written once over Ops and runs everywhere.

export interface Ops<T> {
  constant(value: number): T;
  add(a: T, b: T): T;
  subtract(a: T, b: T): T;
  multiply(a: T, b: T): T;
  divide(a: T, b: T): T;
  negate(a: T): T;
  /** factor * a. */
  scale(factor: number, a: T): T;
  /** sum_p coefficients[p] z^p, by Horner. */
  polynomial(z: T, coefficients: readonly number[]): T;
  sqrt(a: T): T;
  exp(a: T): T;
  expm1(a: T): T;
  log(a: T): T;
  log1p(a: T): T;
  abs(a: T): T;
  /** log|1 + z| / z, 1 at z = 0: the drift factor is logRatio(-z) (theory.md 2; z < -1 serves the two-step form). */
  logRatio(z: T): T;
  /** m(u, v) = (log|1-u| + log|1-v|) / ((1-u)(1-v) - 1), 1 on the curve (1-u)(1-v) = 1 (theory.md 2 and 4). */
  logMean(u: T, v: T): T;
}
