// The arithmetic of formulas over formulas: what is written over Ops (the models' drift and diffusion factors) becomes a graph.
import type { Ops } from "../numerics/ops.ts";
import { build } from "./build.ts";
import { one } from "./coefficient.ts";
import type { Expr } from "./node.ts";

export const exprOps: Ops<Expr> = Object.freeze({
  constant: build.constant,
  add: build.add,
  subtract: build.subtract,
  multiply: build.multiply,
  divide: build.divide,
  negate: build.negate,
  scale: build.scale,
  polynomial(z: Expr, coefficients: readonly number[]): Expr {
    let sum = build.constant(coefficients.at(-1) ?? 0);
    for (let p = coefficients.length - 2; p >= 0; p--) sum = build.add(build.constant(coefficients[p]!), build.multiply(z, sum));
    return sum;
  },
  sqrt: (a: Expr) => build.call("sqrt", a),
  exp: (a: Expr) => build.call("exp", a),
  expm1: (a: Expr) => build.call("expm1", a),
  log: (a: Expr) => build.call("log", a),
  log1p: (a: Expr) => build.call("log1p", a),
  abs: (a: Expr) => build.call("abs", a),
  // Rounding 1 + z costs nothing here: K is smooth at 1, and 1 + z is exact near z = -1.
  logRatio: (z: Expr) => build.logSlope(0, build.add(one, z)),
  logMean: (u: Expr, v: Expr) => build.logSlope(0, build.multiply(build.subtract(one, u), build.subtract(one, v))),
});
