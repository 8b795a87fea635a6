// The list of all elementary functions by name: what numbers.ts is printed from and what formulas' programs call.
import type { BinaryFunction, UnaryFunction } from "../arithmetic.ts";
import { relu, sigmoid, sign, softplus, step } from "./activation.ts";
import { atan } from "./atan.ts";
import { erf, erfc } from "./erf.ts";
import { exp, expm1 } from "./exp.ts";
import { cosh, sinh, tanh } from "./hyperbolic.ts";
import { leanCos, leanExp, leanLog, leanSin } from "./lean.ts";
import { log, log1p, logMean, logRatio } from "./log.ts";
import { hypot, power } from "./power.ts";
import { cos, cosFar, sin, sinFar, tan, tanFar } from "./trigonometric.ts";

export type ElementaryFunction =
  | { readonly arity: 1; readonly define: UnaryFunction }
  | { readonly arity: 2; readonly define: BinaryFunction };

// biome-ignore format: a list
const unary = {
  exp, expm1, log, log1p, sinFar, cosFar, tanFar, sin, cos, tan, sinh, cosh, tanh, atan, erf, erfc, sigmoid, softplus, relu, sign, step, logRatio,
  leanExp, leanLog, leanSin, leanCos,
};
const binary = { power, hypot, logMean };

/** By name, in the order in which they are printed; a Map, so that no prototype is ever looked into. */
export const elementaryFunctions: ReadonlyMap<string, ElementaryFunction> = new Map<string, ElementaryFunction>([
  ...Object.entries(unary).map(([name, define]): [string, ElementaryFunction] => [name, { arity: 1, define }]),
  ...Object.entries(binary).map(([name, define]): [string, ElementaryFunction] => [name, { arity: 2, define }]),
]);
