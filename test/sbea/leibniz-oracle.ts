// SBEA word for word in one dimension, as an oracle: S as a differential operator, powers of S - I by Leibniz's rule,
// L = (1/eta) sum_m (-1)^(m+1) (S - I)^m / m. No graphs and no order polynomial; slow. For tests only.
import { add, factorial, multiply, rational } from "../../src/sbea/rational.ts";
import type { Rational } from "../../src/sbea/term.ts";

/** A product of derivatives "r.n" (cumulant r, differentiated n times; r = 1 is f'), sorted, and the operator d^q; "1.0 2.1|3". */
type Operator = Map<string, Rational>;
/** Operators by their power of eta. */
type Graded = readonly Operator[];

const keyOf = (symbols: readonly string[], q: number) => `${[...symbols].sort().join(" ")}|${q}`;
const split = (key: string): readonly [string[], number] => {
  const [symbols, q] = key.split("|");
  return [symbols === "" ? [] : symbols!.split(" "), Number(q)];
};
const accumulate = (into: Operator, key: string, value: Rational) => {
  const sum = add(into.get(key) ?? rational(0), value);
  if (sum[0] === 0n) into.delete(key);
  else into.set(key, sum);
};

/** S - I up to eta^degree: (-eta)^n/n! times the n-th moment, a sum over set partitions of products of cumulants, times d^n. */
function step(degree: number, highestCumulant: number): Graded {
  const graded: Operator[] = [new Map()];
  for (let n = 1; n <= degree; n++) {
    const operator: Operator = new Map();
    for (const blocks of setPartitions(n)) {
      if (blocks.some((size) => size > highestCumulant)) continue;
      accumulate(
        operator,
        keyOf(
          blocks.map((size) => `${size}.0`),
          n,
        ),
        rational(n % 2 === 0 ? 1 : -1, factorial(n)),
      );
    }
    graded.push(operator);
  }
  return graded;
}

/** Block sizes of every set partition of n things. */
function setPartitions(n: number): number[][] {
  if (n === 0) return [[]];
  return setPartitions(n - 1).flatMap((blocks) => [
    ...blocks.map((_, k) => blocks.map((size, j) => (j === k ? size + 1 : size))),
    [...blocks, 1],
  ]);
}

/** (a d^p)(b d^q) = sum_j C(p, j) a b^(j) d^(p - j + q). */
function compose(left: Operator, right: Operator, into: Operator): void {
  for (const [rightKey, rightValue] of right) {
    const [symbols, q] = split(rightKey);
    let derivative: Operator = new Map([[keyOf(symbols, 0), rational(1)]]);
    const derivatives = [derivative];
    for (const [leftKey, leftValue] of left) {
      const [outer, p] = split(leftKey);
      while (derivatives.length <= p) derivatives.push((derivative = differentiate(derivative)));
      for (let j = 0; j <= p; j++) {
        const choose = rational(factorial(p), factorial(j) * factorial(p - j));
        for (const [key, value] of derivatives[j]!) {
          accumulate(
            into,
            keyOf([...outer, ...split(key)[0]], p - j + q),
            multiply(multiply(leftValue, rightValue), multiply(choose, value)),
          );
        }
      }
    }
  }
}

function differentiate(operator: Operator): Operator {
  const out: Operator = new Map();
  for (const [key, value] of operator) {
    const [symbols] = split(key);
    for (const k of symbols.keys()) {
      const [r, n] = symbols[k]!.split(".");
      accumulate(
        out,
        keyOf(
          symbols.map((symbol, place) => (place === k ? `${r}.${Number(n) + 1}` : symbol)),
          0,
        ),
        value,
      );
    }
  }
  return out;
}

/** L_0 .. L_order with cumulants up to `highestCumulant`; keys "symbols|q". */
export function leibnizGenerator(order: number, highestCumulant: number): readonly Operator[] {
  const degree = order + 1;
  const once = step(degree, highestCumulant);
  const result: Operator[] = Array.from({ length: degree }, () => new Map());
  let power: Graded = [new Map([["|0", rational(1)]])];
  for (let m = 1; m <= degree; m++) {
    const next: Operator[] = Array.from({ length: degree + 1 }, () => new Map());
    for (const [a, left] of power.entries()) {
      for (const [b, right] of once.entries()) if (a + b <= degree) compose(left, right, next[a + b]!);
    }
    power = next;
    for (let p = 0; p <= order; p++) {
      for (const [key, value] of power[p + 1]!) accumulate(result[p]!, key, multiply(value, rational(m % 2 === 1 ? 1 : -1, m)));
    }
  }
  return result;
}
