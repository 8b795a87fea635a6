// The weighted Laplacian of a formula, sum_ij w_ij d_ij f, node by node and without the Hessian: with T(n) for a node n,
//
//     T(n) = sum_a n_a T(a) + sum_ab n_ab (grad a)^T w (grad b),   a, b over the node's arguments, n_a and n_ab its partial derivatives,
//
// so that a function of a linear form costs one quadratic form of constants, however many second derivatives that stands for.
import { add, constant, multiply, variable } from "./build.ts";
import { zero } from "./coefficient.ts";
import { differentiate } from "./differentiate.ts";
import { type Expr, fold } from "./node.ts";
import { rebuild, substitute } from "./substitute.ts";

/**
 * sum_ij weight(i, j) d^2 expr / d variables[i] d variables[j].
 * @param weight  a symmetric matrix of formulas, asked for i <= j; they are not differentiated
 * @param abbreviate  what stands for a quadratic form of constants: further derivatives need not walk through it
 * @example laplacian(parseFormula("x^2 y").expr, ["x", "y"], (i, j) => constant(i === j ? 1 : 0)) // 2*y
 */
export function laplacian(
  expr: Expr,
  variables: readonly string[],
  weight: (i: number, j: number) => Expr,
  abbreviate: (form: Expr) => Expr = (form) => form,
): Expr {
  const slopesOf = (node: Expr): Slope[] =>
    variables.flatMap((name, index) => {
      const value = differentiate(node, name);
      return value === zero ? [] : [{ index, value }];
    });
  return fold<Laplacian>(expr, (node, of) => {
    const slopes = slopesOf(node);
    if (slopes.length === 0 || node.kind === "variable") return { slopes, value: zero };
    if (node.kind === "add" || node.kind === "subtract" || node.kind === "negate")
      return { slopes, value: rebuild(node, (arg) => of(arg).value) };
    const { local, args, names } = opened(node, (arg) => of(arg).slopes.length > 0);
    const back = new Map(args.map((arg, k): [string, Expr] => [names[k]!, arg]));
    const put = (formula: Expr): Expr => substitute(formula, back);
    let value: Expr = zero;
    args.forEach((a, k) => {
      const slope = differentiate(local, names[k]!);
      value = add(value, multiply(put(slope), of(a).value));
      args.slice(k).forEach((b, l) => {
        const curvature = differentiate(slope, names[k + l]!);
        if (curvature === zero) return;
        const form = quadraticForm(of(a).slopes, of(b).slopes, weight);
        const isConstant = [...of(a).slopes, ...of(b).slopes].every((s) => s.value.kind === "constant");
        value = add(value, multiply(multiply(constant(l === 0 ? 1 : 2), put(curvature)), isConstant ? abbreviate(form) : form));
      });
    });
    return { slopes, value };
  }).value;
}

/** A derivative of a node that does not vanish. */
interface Slope {
  readonly index: number;
  readonly value: Expr;
}

interface Laplacian {
  readonly slopes: readonly Slope[];
  readonly value: Expr;
}

/** The node over variables of its own in place of those arguments that vary. No name that a user types has a space. */
function opened(node: Expr, varies: (arg: Expr) => boolean): { local: Expr; args: Expr[]; names: string[] } {
  const args = [...new Set<Expr>(node.args)].filter(varies);
  const names = args.map((_, k) => `argument ${k}`);
  const local = rebuild(node, (arg) => (args.includes(arg) ? variable(names[args.indexOf(arg)]!) : arg));
  return { local, args, names };
}

/** a^T w b; half of the products where a and b are the same. */
function quadraticForm(a: readonly Slope[], b: readonly Slope[], weight: (i: number, j: number) => Expr): Expr {
  let sum: Expr = zero;
  a.forEach((left, k) => {
    let row: Expr = zero;
    for (const right of a === b ? a.slice(k) : b) {
      const twice = a === b && right !== left ? 2 : 1;
      const w = weight(Math.min(left.index, right.index), Math.max(left.index, right.index));
      row = add(row, multiply(w, multiply(constant(twice), right.value)));
    }
    sum = add(sum, multiply(left.value, row));
  });
  return sum;
}
