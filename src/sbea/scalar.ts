// One dimension: contractions become products of derivatives, and terms that differ by the wiring of indices alone add up.
// f', f'', ... f^(5) are derivatives of f; s = Sigma is the variance of the gradient noise, K and C4, C5, ... its higher
// cumulants, primed where differentiated; d^n differentiates the test function.
import { add, isZero } from "./rational.ts";
import type { Factor, Rational, Term } from "./term.ts";

/** One product with its exact coefficient. */
export interface ScalarTerm {
  readonly coefficient: Rational;
  readonly etaPower: number;
  readonly operatorOrder: number;
  /** "f' f''' s", without the operator. */
  readonly text: string;
  readonly latex: string;
  /** One of the terms that add up to this. */
  readonly first: Term;
}

/** Adds up terms whose products are the same; those that cancel are left out. The order of first appearance is kept. */
export function scalarTerms(terms: readonly Term[]): readonly ScalarTerm[] {
  const sums = new Map<string, ScalarTerm>();
  for (const term of terms) {
    const { factors, coefficient, etaPower, free } = term;
    const product = inOrder(factors);
    const text = powers(product.map(symbolText), (symbol, power) => (symbol.includes("(") ? `[${symbol}]^${power}` : `${symbol}^${power}`));
    const latex = powers(product.map(symbolLatex), (symbol, power) =>
      /^\S$/.test(symbol) ? `${symbol}^{${power}}` : `(${symbol})^{${power}}`,
    );
    const key = `${text}|${free.length}|${etaPower}`;
    const known = sums.get(key);
    if (known) sums.set(key, { ...known, coefficient: add(known.coefficient, coefficient) });
    else sums.set(key, { coefficient, etaPower, operatorOrder: free.length, text, latex, first: term });
  }
  return [...sums.values()].filter((term) => !isZero(term.coefficient));
}

/** Cumulants by order and derivative, after the derivatives of f in ascending order. */
function inOrder(factors: readonly Factor[]): Factor[] {
  const rank = (factor: Factor) => (factor.tensor === "f" ? factor.indices.length : 1000 * factor.indices.length + factor.along.length);
  return [...factors].sort((a, b) => rank(a) - rank(b));
}

/** Joins equal neighbours into powers. */
function powers(symbols: readonly string[], raise: (symbol: string, power: number) => string): string {
  const words: string[] = [];
  for (let k = 0; k < symbols.length; ) {
    const symbol = symbols[k]!;
    const start = k;
    while (symbols[k] === symbol) k++;
    words.push(k - start === 1 ? symbol : raise(symbol, k - start));
  }
  return words.join(" ");
}

function nameOf(factor: Factor): readonly [name: string, derivatives: number] {
  if (factor.tensor === "f") return ["f", factor.indices.length];
  const order = factor.indices.length;
  return [(["p", "s", "K"] as const)[order - 1] ?? `C${order}`, factor.along.length];
}

function symbolText(factor: Factor): string {
  const [name, derivatives] = nameOf(factor);
  return derivatives <= 4 ? name + "'".repeat(derivatives) : `${name}^(${derivatives})`;
}

function symbolLatex(factor: Factor): string {
  const [name, derivatives] = nameOf(factor);
  const base = name.length > 1 ? `C_{${name.slice(1)}}` : name;
  return derivatives <= 3 ? base + "'".repeat(derivatives) : `${base}^{(${derivatives})}`;
}
