// Sums and differences, simplified: like terms are collected, subtracting a negative is adding. The order of the terms stays.
import { one, plus, type Scaled, split, zero } from "./coefficient.ts";
import { type Expr, makeBinary, makeCall } from "./node.ts";
import { isTotal } from "./range.ts";
import { attach, factorsOf, isSum, joined, negate, sumOf, termsOf } from "./terms.ts";

/** a + b. */
export function add(a: Expr, b: Expr): Expr {
  if (a === zero) return b;
  if (b === zero) return a;
  if (a.kind === "negate") return subtract(b, a.args[0]);
  if (b.kind === "negate") return subtract(a, b.args[0]);
  if (b === one && a.kind === "call" && a.name === "expm1") return makeCall("exp", a.args[0]);
  return collect(a, b, 1) ?? joined(a, b);
}

/** a - b. */
export function subtract(a: Expr, b: Expr): Expr {
  if (a === zero) return negate(b);
  if (b === zero) return a;
  if (a.kind === "negate" && isSum(a.args[0])) return negate(add(a.args[0], b));
  if (b.kind === "negate") return a.kind === "negate" ? subtract(b.args[0], a.args[0]) : add(a, b.args[0]);
  // exp(v) - 1 = expm1(v) keeps the digits of a small v
  if (b === one && a.kind === "call" && a.name === "exp") return makeCall("expm1", a.args[0]);
  const negative = negate(b);
  // a - (b - c) stays as it was typed; a - (-b) becomes a + b
  return collect(a, b, -1) ?? (negative.kind === "subtract" && b.kind === "subtract" ? makeBinary("subtract", a, b) : joined(a, negative));
}

/** a + sign * b where some term of b is like one of a; undefined where none is, so that the grouping stays as it was typed. */
function collect(a: Expr, b: Expr, sign: 1 | -1): Expr | undefined {
  if (!isSum(a) && !isSum(b)) return collectTwo(split(a), split(b), sign);
  let terms = termsOf(a);
  let met = false;
  for (const term of termsOf(b)) {
    const added: Scaled = { ...term, n: sign * term.n };
    const at = terms.findIndex((t) => isLike(t.rest, added.rest));
    const sum = at < 0 ? undefined : plus(terms[at]!, added);
    // log(x) - log(x) stays: 0 would be defined for x < 0, too
    if (sum === undefined || (sum.n === 0 && !isTotal(added.rest))) {
      terms.push(added);
    } else {
      met = true;
      terms = terms.toSpliced(at, 1, ...(sum.n === 0 ? [] : [{ ...sum, rest: terms[at]!.rest }]));
    }
  }
  if (!met) return undefined;
  // A sum among the terms, as (a + b) once c is gone from c + (a + b) - c, has terms to be collected in turn.
  if (terms.some((term) => isSum(term.rest))) return terms.map((term) => attach(term, term.rest)).reduce(add);
  return sumOf(terms);
}

/** The same for single terms: what most of a long sum is made of. */
function collectTwo(a: Scaled, b: Scaled, sign: 1 | -1): Expr | undefined {
  if (!isLike(a.rest, b.rest)) return undefined;
  const sum = plus(a, { n: sign * b.n, d: b.d });
  if (sum === undefined || (sum.n === 0 && !isTotal(a.rest))) return undefined;
  return attach(sum, a.rest);
}

/** Equal, or products (or fractions of products) of the same factors in another order. */
function isLike(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === "multiply") return sameFactors(a, b);
  return a.kind === "divide" && b.kind === "divide" && sameFactors(a.args[0], b.args[0]) && sameFactors(a.args[1], b.args[1]);
}

function sameFactors(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  const [p, q] = [factorsOf(a), factorsOf(b)];
  return p.length === q.length && p.every((factor) => q.includes(factor)) && q.every((factor) => p.includes(factor));
}
