// The heavy ball's generator and its SDEs for readers: text and TeX, in any dimension (index notation) or in one (primes). An Ito SDE on (x, p)
// has drift and D D^T in blocks: a term c dx_i gives b_x = h^q c, a term c dp_ij gives (D D^T)_pp = 2 h^q c, and c dx_i dp_j gives
// (D D^T)_xp = h^q c, which stands twice in the matrix.
import type { DerivedEquation, DerivedOrder, DerivedSource, DerivedTerm } from "../answer/derive.ts";
import type { HeavyBallOrder, HeavyBallTerm, StatePart } from "./heavy-ball.ts";
import { sourceOf } from "./models.ts";
import { coefficientLatex, contractionLatex, contractionText, indexText } from "./notation.ts";
import { multiply, rational, toText } from "./rational.ts";
import { scalarTerms } from "./scalar.ts";
import type { Rational } from "./term.ts";

export const heavyBallNotations = {
  tensor:
    "h = sqrt(eta), p = v/h, gamma = (1 - beta)/h; f_ij.. are derivatives of f; Sigma_ij, K_ijk, C_ijkl.. the gradient noise's cumulants of order 2, 3, 4..; " +
    "indices after a comma differentiate; repeated indices are summed; dx_i, dp_i.. differentiate the test function along x and p; D D^T is symmetrised",
  scalar:
    "h = sqrt(eta), p = v/h, gamma = (1 - beta)/h; primes and f^(n) are derivatives; s = Sigma is the variance of the gradient noise, K, C4.. its higher " +
    "cumulants; dx, dp differentiate the test function",
} as const;

/** A term ready to print: several tensors' terms may be one in one dimension. */
interface Row {
  readonly coefficient: Rational;
  readonly order: number;
  readonly text: string;
  readonly latex: string;
  /** One of the terms. */
  readonly first: HeavyBallTerm;
}

/** What a term lives on: what plain SGD's HA-SME keeps is here what a quadratic has. */
export function heavyBallSource({ term }: Pick<HeavyBallTerm, "term">): DerivedSource {
  const source = sourceOf(term);
  return source === "ha-sme" ? "quadratic" : source;
}

/** One order's terms. */
export function describeHeavyBall(order: HeavyBallOrder, law: { readonly minibatch: boolean; readonly scalar: boolean }): DerivedOrder {
  const terms = rowsOf(order.terms, law.scalar).map(({ coefficient, text, latex, first }): DerivedTerm => {
    const over = law.minibatch ? first.batchPower : 0;
    const operator = operatorOf(first, law.scalar);
    return {
      coefficient: toText(coefficient),
      operatorOrder: first.operatorOrder,
      text: `${words(text, operator.text)}${over === 0 ? "" : over === 1 ? " / B" : ` / B^${over}`}`,
      latex: `${words(latex, operator.latex)}${over === 0 ? "" : ` B^{-${over}}`}`,
      source: heavyBallSource(first),
    };
  });
  return { order: order.order, terms };
}

/** The parts of an SDE on (x, p): b_x, b_p and the blocks of D D^T, from all that it carries of the generator. */
export function heavyBallSde(
  generator: readonly HeavyBallOrder[],
): Readonly<Record<"x" | "p" | "xx" | "xp" | "pp", readonly HeavyBallTerm[]>> {
  const terms = generator.flatMap(({ terms: own }) => own);
  const of = (parts: string, factor: number): HeavyBallTerm[] =>
    terms
      .filter(({ along }) => along.join("") === parts)
      .map((one) => ({ ...one, term: { ...one.term, coefficient: multiply(rational(factor), one.term.coefficient) } }));
  return { x: of("x", 1), p: of("p", 1), xx: of("xx", 2), xp: [...of("xp", 1), ...of("px", 1)], pp: of("pp", 2) };
}

/** Drift "(b_x, b_p)" and D D^T "xx: .., xp: .., pp: .." as text and TeX. */
export function printHeavyBallSde(
  generator: readonly HeavyBallOrder[],
  scalar: boolean,
): { readonly drift: DerivedEquation; readonly diffusion: DerivedEquation } {
  const parts = heavyBallSde(generator);
  const sum = (name: keyof typeof parts) => ({ text: sumOf(parts[name], scalar, "text"), latex: sumOf(parts[name], scalar, "latex") });
  const [x, p, xx, xp, pp] = [sum("x"), sum("p"), sum("xx"), sum("xp"), sum("pp")];
  return {
    drift: { text: `x: ${x.text}; p: ${p.text}`, latex: `(x)\\colon ${x.latex}; \\quad (p)\\colon ${p.latex}` },
    diffusion: {
      text: `xx: ${xx.text}; xp: ${xp.text}; pp: ${pp.text}`,
      latex: `(xx)\\colon ${xx.latex}; \\quad (xp)\\colon ${xp.latex}; \\quad (pp)\\colon ${pp.latex}`,
    },
  };
}

/** A sum by powers of h, without operators; 0 for none. */
function sumOf(terms: readonly HeavyBallTerm[], scalar: boolean, style: "text" | "latex"): string {
  const groups = new Map<number, { sum: string; single: boolean }>();
  for (const row of rowsOf(terms, scalar)) {
    const negative = row.coefficient[0] < 0n;
    const size: Rational = negative ? [-row.coefficient[0], row.coefficient[1]] : row.coefficient;
    const factor = style === "latex" ? coefficientLatex(size) : toText(size) === "1" ? "" : toText(size);
    const word = words(factor, row[style]);
    const before = groups.get(row.order);
    if (before) groups.set(row.order, { sum: `${before.sum} ${negative ? "-" : "+"} ${word}`, single: false });
    else groups.set(row.order, { sum: `${negative ? "-" : ""}${word}`, single: !negative && factor === "" });
  }
  const printed = [...groups].map(([power, { sum, single }]) => {
    if (power === 0) return sum;
    const h = power === 1 ? "h" : style === "latex" ? `h^{${power}}` : `h^${power}`;
    return single ? `${h} ${sum}` : style === "latex" ? `${h} \\bigl(${sum}\\bigr)` : `${h} (${sum})`;
  });
  return printed.length === 0 ? "0" : printed.join(" + ");
}

/** In one dimension equal products with equal operators are added up. */
function rowsOf(terms: readonly HeavyBallTerm[], scalar: boolean): Row[] {
  if (!scalar)
    return terms.map((first) => ({
      coefficient: first.term.coefficient,
      order: first.term.etaPower,
      text: words(gammaOf(first, "text"), contractionText(first.term)),
      latex: words(gammaOf(first, "latex"), contractionLatex(first.term)),
      first,
    }));
  const groups = new Map<string, HeavyBallTerm[]>();
  for (const one of terms) {
    const name = `${one.gammaPower} ${[...one.along].sort().join("")}`;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const rows = [...groups.values()].flatMap((group) =>
    scalarTerms(group.map(({ term }) => term)).map((product): Row => {
      const first = group.find(({ term }) => term === product.first)!;
      return {
        coefficient: product.coefficient,
        order: product.etaPower,
        text: words(gammaOf(first, "text"), product.text),
        latex: words(gammaOf(first, "latex"), product.latex),
        first,
      };
    }),
  );
  // in the order in which their first terms stand
  return rows.sort((a, b) => terms.indexOf(a.first) - terms.indexOf(b.first));
}

function gammaOf({ gammaPower }: HeavyBallTerm, style: "text" | "latex"): string {
  if (gammaPower === 0) return "";
  const name = style === "latex" ? "\\gamma" : "gamma";
  return gammaPower === 1 ? name : style === "latex" ? `${name}^{${gammaPower}}` : `${name}^${gammaPower}`;
}

/** "dx_i dp_jk", "dx dp^2". */
function operatorOf({ term, along }: HeavyBallTerm, scalar: boolean): { text: string; latex: string } {
  const parts = (["x", "p"] as const).flatMap((part: StatePart) => {
    const labels = term.free.filter((_, k) => along[k] === part);
    if (labels.length === 0) return [];
    const index = indexText(labels);
    if (!scalar)
      return [{ text: `d${part}_${index}`, latex: labels.map((label) => `\\partial_{${part}_{${indexText([label])}}}`).join(" ") }];
    const power = labels.length === 1 ? "" : labels.length;
    return [{ text: `d${part}${power === "" ? "" : `^${power}`}`, latex: `\\partial_{${part}}${power === "" ? "" : `^{${power}}`}` }];
  });
  return { text: parts.map(({ text }) => text).join(" "), latex: parts.map(({ latex }) => latex).join(" ") };
}

const words = (...list: readonly string[]): string => list.filter(Boolean).join(" ");
