// Sums as lists of terms, products as lists of factors, and how both are put together again. Only the last few of a long chain are
// listed: building a formula stays linear in its text.
import { type Coefficient, one, type Scaled, split, times, zero } from "./coefficient.ts";
import { type Expr, makeBinary, makeConstant, makeNegate } from "./node.ts";
import { isTotal } from "./range.ts";

/** A quotient; but what is divided by 0, or by a constant that would overflow elsewhere, is left as it is. */
export const isFraction = (expr: Expr): boolean => expr.kind === "divide" && expr.args[1].kind !== "constant";

/** What stands above and below the bar. */
export const overAndUnder = (expr: Expr): [Expr, Expr] => (isFraction(expr) ? [expr.args[0]!, expr.args[1]!] : [expr, one]);

/** How many terms of a sum, or factors of a product, are searched for like ones. */
const reach = 8;

/** -a. */
export function negate(a: Expr): Expr {
  const { n, d, rest } = split(a);
  return attach({ n: -n, d }, rest);
}

/**
 * coefficient * rest, for a rest of coefficient 1. A fraction takes n above its bar and d below it; -(a - b) is b - a, -(-a + b) is a - b.
 */
export function attach({ n, d }: Coefficient, rest: Expr): Expr {
  if (rest === one) return makeConstant(n / d);
  if (n === 0) return isTotal(rest) ? zero : makeBinary("multiply", zero, rest);
  if (n === -1 && d === 1 && (rest.kind === "add" || rest.kind === "subtract")) {
    const [p, q] = rest.args;
    const signOfFirst = split(p).n;
    if (signOfFirst < 0 && rest.kind === "subtract") return joined(negate(p), q);
    if (rest.kind === "subtract") return makeBinary(signOfFirst === 0 ? "add" : "subtract", q, p);
    // not into sums on the right, which may be nested deeply
    if (signOfFirst < 0 && !isSum(q)) return joined(negate(p), negate(q));
  }
  if (n < 0 && (n === -1 || isFraction(rest))) return makeNegate(attach({ n: -n, d }, rest));
  const [over, under] = overAndUnder(rest);
  const above = over === one ? makeConstant(n) : scaled(n, over);
  const below = under === one ? makeConstant(d) : scaled(d, under);
  return below === one ? above : makeBinary("divide", above, below);
}

/**
 * factor * expr. c (a + b) becomes c a + c b where the constants are integers and at least half of the terms take c into a coefficient
 * that they have already: derivatives stay small; 2 (x + 1) stays as it was typed.
 */
function scaled(factor: number, expr: Expr): Expr {
  if (factor === 1) return expr;
  const terms = Number.isSafeInteger(factor) && isSum(expr) ? termsOf(expr) : [];
  const products = terms.map((term) => times({ n: factor, d: 1 }, term));
  const exact = terms.every((term, i) => Number.isSafeInteger(term.n) && products[i] !== undefined && !isSum(term.rest));
  const absorbing = terms.filter((term) => term.rest !== one && (Math.abs(term.n) !== 1 || term.d !== 1)).length;
  if (!exact || absorbing === 0 || 2 * absorbing < terms.length) return makeBinary("multiply", makeConstant(factor), expr);
  return sumOf(terms.map((term, i) => ({ ...products[i]!, rest: term.rest })));
}

export const isSum = (expr: Expr): boolean => expr.kind === "add" || expr.kind === "subtract";

/** The terms of a left-deep sum, at most `reach` of them: the first may be a sum itself. */
export function termsOf(expr: Expr): Scaled[] {
  const terms: Scaled[] = [];
  let rest = expr;
  while ((rest.kind === "add" || rest.kind === "subtract") && terms.length < reach - 1) {
    const term = split(rest.args[1]);
    terms.push(rest.kind === "add" ? term : { ...term, n: -term.n });
    rest = rest.args[0];
  }
  terms.push(split(rest));
  return terms.reverse();
}

/** The sum of the terms, grouped from the left. */
export function sumOf(terms: readonly Scaled[]): Expr {
  if (terms.length === 0) return zero;
  return terms.map((term) => attach(term, term.rest)).reduce(joined);
}

/** a + b without a search; + or - tells b's sign. */
export function joined(a: Expr, b: Expr): Expr {
  const { n, d, rest } = split(b);
  if (n < 0) return makeBinary("subtract", a, attach({ n: -n, d }, rest));
  return a.kind === "negate" ? makeBinary("subtract", b, a.args[0]) : makeBinary("add", a, b);
}

/**
 * The factors of a product that is grouped from the left, at most `reach` of them: the first may be a product itself. Factors that are
 * products are left whole: opening them would lose what derivatives share.
 */
export function factorsOf(expr: Expr): Expr[] {
  if (expr === one) return [];
  const factors = [expr];
  for (let first = expr; first.kind === "multiply" && first.args[0].kind !== "constant" && factors.length < reach; first = factors[0]!)
    factors.splice(0, 1, ...first.args);
  return factors;
}
