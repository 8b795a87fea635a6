// Internal functions written out for readers: K(p) = log|p|/(p - 1) and its derivatives as the quotients that they are. For printing
// only: at p = 1 the quotient is 0/0, where K is 1, and near it digits cancel.
import { build } from "./build.ts";
import { one } from "./coefficient.ts";
import { type Expr, fold } from "./node.ts";
import { rebuild } from "./substitute.ts";

/** The formula without logSlope nodes. */
export function withoutLogSlopes(expr: Expr): Expr {
  return fold<Expr>(expr, (node, of) => {
    if (node.args.every((arg) => of(arg) === arg) && node.kind !== "logSlope") return node;
    return node.kind === "logSlope" ? writtenOut(node.order, of(node.args[0])) : rebuild(node, of);
  });
}

/** (p - 1) K_n = (-1)^(n-1) (n-1)!/p^n - n K_(n-1). */
function writtenOut(order: number, p: Expr): Expr {
  const w = build.subtract(p, one);
  let value = build.divide(build.call("log", build.call("abs", p)), w);
  let sign = 1;
  for (let n = 1; n <= order; n++) {
    const rest = build.divide(build.constant(sign), build.integerPower(p, n));
    value = build.divide(build.subtract(rest, build.scale(n, value)), w);
    sign *= -n;
  }
  return value;
}
