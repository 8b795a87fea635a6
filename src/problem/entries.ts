// Formulas inside a problem (noise entries, test functions, regions): which names they may use, and what those stand for.
import { build } from "../expr/build.ts";
import type { Expr } from "../expr/node.ts";
import { parseFormula } from "../expr/parse.ts";
import { substitute } from "../expr/substitute.ts";
import type { Vector } from "../numerics/arrays.ts";
import type { Objective } from "./objective.ts";

export interface Names {
  /** x_1 .. x_d as the objective names them. */
  readonly variables: readonly string[];
  readonly constants?: Record<string, number>;
  /** Other names, and the expressions in `variables` that they stand for. */
  readonly aliases: ReadonlyMap<string, Expr>;
}

/** Names of an objective: its variables and constants; x, y, z for x1, x2, x3 where there is no formula (interface.md, "Variables"). */
export function namesOf(objective: Objective, constants?: Record<string, number>): Names {
  const { variables, d, kind } = objective;
  const aliases = new Map<string, Expr>();
  if (kind !== "formula" && d <= 3) ["x", "y", "z"].slice(0, d).forEach((name, i) => aliases.set(name, build.variable(variables[i]!)));
  return { variables, constants, aliases };
}

/** The same with `loss` (f) and `distance` (|x - x_0|), for test functions; names of variables and constants come first. */
export function withLossAndDistance(names: Names, objective: Objective, start: Vector): Names {
  const taken = new Set([...names.variables, ...Object.keys(names.constants ?? {})]);
  const aliases = new Map(names.aliases);
  if (!taken.has("loss") && objective.formula) aliases.set("loss", objective.formula);
  if (!taken.has("distance")) {
    const squares = names.variables.map((name, i) => {
      const step = build.subtract(build.variable(name), build.constant(start[i]!));
      return build.multiply(step, step);
    });
    aliases.set(
      "distance",
      build.call(
        "sqrt",
        squares.reduce((a, b) => build.add(a, b)),
      ),
    );
  }
  return { ...names, aliases };
}

/** All names that may be typed. */
export const allowedNames = (names: Names): string[] => [...names.variables, ...names.aliases.keys()];

/** A formula in an objective's names, as an expression in its variables. */
export function readExpression(text: string, names: Names, field: string): Expr {
  const { expr } = parseFormula(text, { variables: allowedNames(names), constants: names.constants, field });
  return names.aliases.size === 0 ? expr : substitute(expr, names.aliases);
}

/** An entry, number or formula, as an expression; `field` is named in messages. */
export function readEntry(entry: number | string, names: Names, field: string): Expr {
  return typeof entry === "number" ? build.constant(entry) : readExpression(entry, names, field);
}

/** Value of an expression without variables; undefined where it has some. */
export function constantValue(expr: Expr): number | undefined {
  return expr.kind === "constant" ? expr.value : undefined;
}
