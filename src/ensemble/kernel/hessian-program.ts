// The lower triangle of a Hessian as one program, short where d is large. Terms of f of degree two are summed into one constant matrix. The
// rest is written twice, and the shorter form taken: column by column as the derivative of the gradient along e_j, so that a function of a
// linear form costs two operations an entry, f'' w_j once and w_i times it; and entry by entry, each simplified by itself, where columns would
// mostly multiply zeros.
import { directions, hessianAlong } from "../../codegen/compile.ts";
import { inline } from "../../codegen/kernel/flat.ts";
import { lower } from "../../codegen/lower.ts";
import { buildProgram, type Program, type Value } from "../../codegen/program.ts";
import { add, constant, negate } from "../../expr/build.ts";
import { gradientOf } from "../../expr/differentiate.ts";
import type { Expr } from "../../expr/node.ts";
import { asQuadratic, degreeOf } from "../../expr/polynomial.ts";
import type { Builder } from "./values.ts";

/** By formula: every model and number of substeps asks for the same. */
const known = new WeakMap<Expr, Program>();

/** Program of x to f_ij, j <= i, row by row. */
export function hessianProgram(formula: Expr, variables: readonly string[]): Program {
  let program = known.get(formula);
  if (!program) known.set(formula, (program = shortest(formula, variables)));
  return program;
}

function shortest(formula: Expr, variables: readonly string[]): Program {
  const terms = summands(formula, false);
  const isQuadratic = (term: Expr): boolean => degreeOf(term) <= 2;
  const quadratic = asQuadratic(sumOf(terms.filter(isQuadratic)), variables);
  const rest = quadratic ? sumOf(terms.filter((term) => !isQuadratic(term))) : formula;
  const columns = complete(variables, quadratic?.hessian, (m, x) => byColumns(m, rest, variables, x));
  // two operations for each entry and each of as many linear forms as dimensions: as short as it gets where f has no zeros in its Hessian
  if (columns.instructions.length <= 2 * variables.length ** 3) return columns;
  const entries = complete(variables, quadratic?.hessian, (m, x) => byEntries(m, rest, variables, x));
  return entries.instructions.length < columns.instructions.length ? entries : columns;
}

function complete(
  variables: readonly string[],
  constant: Float64Array | undefined,
  write: (m: Builder, x: readonly Value[]) => Value[],
): Program {
  const d = variables.length;
  const m = buildProgram(d);
  const x = variables.map((_, i) => m.input(i));
  const rest = write(m, x);
  const places = variables.flatMap((_, i) => Array.from({ length: i + 1 }, (_v, j) => i * d + j));
  return m.finish(rest.map((value, k) => (constant ? m.add(m.constant(constant[places[k]!]!), value) : value)));
}

function byColumns(m: Builder, f: Expr, variables: readonly string[], x: readonly Value[]): Value[] {
  const program = lower(hessianAlong(f, variables), [...variables, ...directions.v(variables)]);
  const columns = variables.map((_, j) => {
    const unit = variables.map((_v, i) => m.constant(i === j ? 1 : 0));
    return inline(m, program, [...x, ...unit]);
  });
  return variables.flatMap((_, i) => columns.slice(0, i + 1).map((column) => column[i]!));
}

function byEntries(m: Builder, f: Expr, variables: readonly string[], x: readonly Value[]): Value[] {
  const entries = gradientOf(f, variables).flatMap((entry, i) => gradientOf(entry, variables.slice(0, i + 1)));
  return inline(m, lower(entries, variables), x);
}

/** What is added up, through sums and differences of any depth. */
function summands(expr: Expr, negative: boolean): Expr[] {
  if (expr.kind === "add" || expr.kind === "subtract")
    return [...summands(expr.args[0], negative), ...summands(expr.args[1], negative !== (expr.kind === "subtract"))];
  if (expr.kind === "negate") return summands(expr.args[0], !negative);
  return [negative ? negate(expr) : expr];
}

function sumOf(terms: readonly Expr[]): Expr {
  return terms.reduce((sum, term) => add(sum, term), constant(0));
}
