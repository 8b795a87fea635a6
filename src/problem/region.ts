// The region whose exit is asked about: an intersection of sets { g(x) < 0 }.
import { compileObjective } from "../codegen/compile.ts";
import { build } from "../expr/build.ts";
import type { Expr } from "../expr/node.ts";
import { parseCondition } from "../expr/parse.ts";
import { substitute } from "../expr/substitute.ts";
import type { Vector } from "../numerics/arrays.ts";
import { allowedNames, type Names } from "./entries.ts";
import { fieldError } from "./schema-errors.ts";

export interface Constraint {
  readonly expr: Expr;
  value(x: Vector): number;
  gradient(x: Vector, out: Vector): Vector;
}

export interface Interval {
  readonly a: number;
  readonly b: number;
}

export interface Region {
  /** As typed. */
  readonly text: string;
  /** x is inside where every g(x) < 0. */
  readonly constraints: readonly Constraint[];
  contains(x: Vector): boolean;
  /** One dimension: the component (a, b) of the region that holds x; ends may be infinite. */
  intervalAround?(x: number): Interval;
}

/** Reads a region: one comparison, several joined by `and`, or a chain. */
export function readRegion(text: string, names: Names, field = "inside"): Region {
  const { variables, constants, aliases } = names;
  const conditions = parseCondition(text, { variables: allowedNames(names), constants, field });
  const constraints = conditions.map(({ expr: typed }) => {
    const expr = aliases.size === 0 ? typed : substitute(typed, aliases);
    if (expr === build.constant(0) || expr.kind === "constant")
      throw fieldError(field, `a comparison that does not depend on ${variables.join(", ")}`, "a comparison such as x < 0", text);
    const compiled = compileObjective(expr, variables);
    return Object.freeze({
      expr,
      value: (x: Vector) => compiled.value(x),
      gradient: (x: Vector, out: Vector) => compiled.gradient(x, out),
    });
  });
  const contains = (x: Vector): boolean => constraints.every((g) => g.value(x) < 0);
  return Object.freeze({
    text,
    constraints,
    contains,
    intervalAround: variables.length === 1 ? (x: number) => intervalAround(constraints, x) : undefined,
  });
}

/**
 * The component of { g < 0 } around x on the line: each way, the first sign change of any g on a grid that grows with the distance,
 * then bisection to the last bit. Narrow holes far from x (less than a thousandth of their distance wide) can be missed.
 */
function intervalAround(constraints: readonly Constraint[], x: number): Interval {
  const point = new Float64Array(1);
  const worst = (y: number): number => {
    point[0] = y;
    return constraints.reduce((m, g) => Math.max(m, g.value(point)), Number.NEGATIVE_INFINITY);
  };
  const scale = Math.max(1, Math.abs(x));
  const end = (sign: number): number => {
    let last = x;
    for (let distance = 0.002 * scale; distance < 1e9 * scale; distance = Math.max(distance + 0.002 * scale, distance * 1.001)) {
      const next = x + sign * distance;
      if (!(worst(next) < 0)) return boundaryBetween(last, next, worst);
      last = next;
    }
    return sign * Number.POSITIVE_INFINITY;
  };
  return { a: end(-1), b: end(1) };
}

/** Bisection to neighbouring doubles; a round number within 1e-12 where g vanishes exactly is taken as the end that was meant. */
function boundaryBetween(inner: number, outer: number, worst: (y: number) => number): number {
  let [a, b] = [inner, outer];
  for (let i = 0; i < 200; i++) {
    const middle = a + (b - a) / 2;
    if (middle === a || middle === b) break;
    if (worst(middle) < 0) a = middle;
    else b = middle;
  }
  const round = Math.abs(b) < 1e-12 ? 0 : Number(b.toPrecision(12));
  return worst(round) === 0 ? round : b;
}
