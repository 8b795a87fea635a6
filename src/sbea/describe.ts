// The generator as rows for readers: coefficient, index notation or primes, TeX.
import type { DerivedOrder, DerivedTerm } from "../answer/derive.ts";
import type { GeneratorOrder, GeneratorTerm } from "./generator.ts";
import { sourceOf } from "./models.ts";
import { termLatex, termText } from "./notation.ts";
import { toText } from "./rational.ts";
import { scalarTerms } from "./scalar.ts";

/** How to read the texts of any dimension, and of one. */
export const notations = {
  tensor:
    "f_ij.. are derivatives of f; Sigma_ij, K_ijk, C_ijkl.. the gradient noise's cumulants of order 2, 3, 4..; indices after a comma differentiate; " +
    "repeated indices are summed; d_ij.. differentiates the test function; D D^T is symmetrised in i, j",
  scalar:
    "primes and f^(n) are derivatives; s = Sigma is the variance of the gradient noise, K, C4.. its higher cumulants; d^n differentiates the test function",
} as const;

/** One order's terms; `scalar` adds up those that are equal in one dimension. */
export function describeOrder(
  { order, terms }: GeneratorOrder,
  law: { readonly minibatch: boolean; readonly scalar: boolean },
): DerivedOrder {
  const batch = (term: GeneratorTerm) => (law.minibatch ? term.batchPower : 0);
  if (!law.scalar) return { order, terms: terms.map((term) => describeTerm(term, batch(term))) };
  // Terms that are equal in one dimension have the same cumulants, hence the same source, operator order and power of B.
  return {
    order,
    terms: scalarTerms(terms.map(({ term }) => term)).map(({ coefficient, operatorOrder, text, latex, first }) => {
      const power = operatorOrder === 1 ? "" : operatorOrder;
      const over = batch(terms.find(({ term }) => term === first)!);
      return {
        coefficient: toText(coefficient),
        operatorOrder,
        text: `${text} d${power === "" ? "" : `^${power}`}${overText(over)}`,
        latex: `${latex} \\partial${power === "" ? "" : `^{${power}}`}${overLatex(over)}`,
        source: sourceOf(first),
      };
    }),
  };
}

function describeTerm({ term, operatorOrder }: GeneratorTerm, over: number): DerivedTerm {
  return {
    coefficient: toText(term.coefficient),
    operatorOrder,
    text: termText(term) + overText(over),
    latex: termLatex(term) + overLatex(over),
    source: sourceOf(term),
  };
}

function overText(power: number): string {
  return power === 0 ? "" : power === 1 ? " / B" : ` / B^${power}`;
}

function overLatex(power: number): string {
  return power === 0 ? "" : ` B^{-${power}}`;
}
