// Rewriting rules for function calls, as data: each line is one identity, true wherever the left side is defined, and leaves the right
// side undefined where the left is. Tried in order; the first that applies wins. Constant arguments are folded before.
import { split } from "./coefficient.ts";
import type { Expr, FunctionName } from "./node.ts";
import { isNonnegative, isPositive } from "./range.ts";

/** What rules build with: the simplifying constructors of build.ts. */
export interface Builders {
  constant(value: number): Expr;
  negate(a: Expr): Expr;
  call(name: FunctionName, a: Expr): Expr;
}

/** The right side for f(u), or undefined where the rule does not apply. */
export type Rule = (u: Expr, build: Builders, name: FunctionName) => Expr | undefined;

/** f(-u) = -f(u). */
const odd: Rule = (u, build, name) => (split(u).n < 0 ? build.negate(build.call(name, build.negate(u))) : undefined);

/** f(-u) = f(u). */
const even: Rule = (u, build, name) => (split(u).n < 0 ? build.call(name, build.negate(u)) : undefined);

/** f(inverse(v)) = v, where every v at which `inverse` is defined is allowed by `where`. */
const undoes =
  (inverse: FunctionName, where: (v: Expr) => boolean = () => true): Rule =>
  (u) =>
    u.kind === "call" && u.name === inverse && where(u.args[0]) ? u.args[0] : undefined;

/** f(1 + v) = then(v), f(v + 1) = then(v). */
const ofOnePlus =
  (then: FunctionName): Rule =>
  (u, build) => {
    if (u.kind !== "add") return undefined;
    const [a, b] = u.args;
    if (a.kind === "constant" && a.value === 1) return build.call(then, b);
    if (b.kind === "constant" && b.value === 1) return build.call(then, a);
    return undefined;
  };

const table: ReadonlyMap<FunctionName, readonly Rule[]> = new Map<FunctionName, readonly Rule[]>([
  ["exp", [undoes("log", isPositive)]],
  // log(1 + v) = log1p(v) keeps the digits of a small v; log(1 + exp(v)) becomes softplus(v) on the way, which does not overflow
  ["log", [undoes("exp"), ofOnePlus("log1p")]],
  ["log1p", [undoes("expm1"), (u, build) => (u.kind === "call" && u.name === "exp" ? build.call("softplus", u.args[0]) : undefined)]],
  ["expm1", [undoes("log1p", isNonnegative)]],
  // sqrt(v^2) = |v|
  ["sqrt", [(u, build) => (u.kind === "integerPower" && u.exponent === 2 ? build.call("abs", u.args[0]) : undefined)]],
  ["abs", [(u) => (isNonnegative(u) ? u : undefined), even]],
  ["relu", [(u) => (isNonnegative(u) ? u : undefined)]],
  ["sign", [(u, build) => (isPositive(u) ? build.constant(1) : undefined), odd]],
  ["step", [(u, build) => (isPositive(u) ? build.constant(1) : undefined)]],
  ["cos", [even]],
  ["cosh", [even]],
  ["sin", [odd]],
  ["tan", [odd]],
  ["sinh", [odd]],
  ["tanh", [odd]],
  ["atan", [odd]],
  ["erf", [odd]],
]);

/** The simplified call, or undefined where no rule applies. */
export function applyRules(name: FunctionName, u: Expr, build: Builders): Expr | undefined {
  for (const rule of table.get(name) ?? []) {
    const result = rule(u, build, name);
    if (result !== undefined) return result;
  }
  return undefined;
}
