// Terms in index notation, as text and TeX, and back from text. Sigma, K and C are the noise's cumulants of order 2, 3 and
// more; indices after a comma differentiate (Sigma_ij,k is d_k Sigma_ij); repeated indices are summed; d_ij is the operator
// on the test function, whose indices are the free ones. A drift ends in d_i, a D D^T in d_ij (symmetrised). The cumulant of order 1 is the
// heavy ball's velocity p (heavy-ball.ts).
import { InternalError } from "../errors.ts";
import { fromText } from "./rational.ts";
import type { Factor, Rational, Term } from "./term.ts";

const letters = "ijklmnpqrstuvwabcegh";

/** "f_ijk Sigma_jk d_i". */
export function termText(term: Term): string {
  return [...term.factors.map(factorText), `d_${indexText(term.free)}`].join(" ");
}

/** The factors alone: "f_ijk Sigma_jk". */
export function contractionText(term: Term): string {
  return term.factors.map(factorText).join(" ");
}

/** "f_{ijk} \Sigma_{jk} \partial_{i}". */
export function termLatex(term: Term): string {
  return `${contractionLatex(term)} \\partial_{${indexText(term.free)}}`;
}

/** The factors alone: "f_{ijk} \Sigma_{jk}". */
export function contractionLatex(term: Term): string {
  return term.factors
    .map((factor) =>
      factor.tensor === "f" ? `f_{${factorIndices(factor)}}` : `${cumulantName(factor, "\\Sigma")}_{${factorIndices(factor)}}`,
    )
    .join(" ");
}

/** "-\tfrac{1}{12}"; "" and "-" for 1 and -1 where something follows. */
export function coefficientLatex([numerator, denominator]: Rational): string {
  const size = numerator < 0n ? -numerator : numerator;
  const sign = numerator < 0n ? "-" : "";
  if (denominator !== 1n) return `${sign}\\tfrac{${size}}{${denominator}}`;
  return size === 1n ? sign : `${sign}${size}`;
}

/**
 * A term from text: "-1/12 f_ijk f_j f_k d_i". Coefficient, factors, operator; one letter an index.
 * @throws InternalError `sbea/notation`: the texts are the program's own
 */
export function parseTerm(text: string, etaPower: number): Term {
  const [coefficient = "", ...words] = text.split(" ");
  const labels = new Map<string, number>();
  const number = (indices: string) =>
    Array.from(indices, (letter) => {
      if (!labels.has(letter)) labels.set(letter, labels.size);
      return labels.get(letter)!;
    });
  const last = words.pop() ?? "";
  if (!last.startsWith("d_")) throw new InternalError("sbea/notation", `The term "${text}" does not end in an operator such as d_ij.`);
  const free = number(last.slice(2));
  const factors = words.map((word): Factor => {
    const [name = "", indices = ""] = word.split("_");
    const [own = "", along = ""] = indices.split(",");
    if (name === "f") return { tensor: "f", indices: number(own) };
    if (name !== cumulantName({ indices: Array.from(own) }, "Sigma"))
      throw new InternalError("sbea/notation", `"${word}" in the term "${text}" is no tensor.`);
    return { tensor: "cumulant", indices: number(own), along: number(along) };
  });
  return { coefficient: fromText(coefficient), etaPower, factors, free };
}

function factorText(factor: Factor): string {
  return `${factor.tensor === "f" ? "f" : cumulantName(factor, "Sigma")}_${factorIndices(factor)}`;
}

function cumulantName({ indices }: { readonly indices: ArrayLike<unknown> }, sigma: string): string {
  return (["p", sigma, "K"] as const)[indices.length - 1] ?? "C";
}

function factorIndices(factor: Factor): string {
  const own = indexText(factor.indices);
  return factor.tensor === "cumulant" && factor.along.length > 0 ? `${own},${indexText(factor.along)}` : own;
}

export function indexText(labels: readonly number[]): string {
  return labels.map((label) => letters[label]!).join("");
}
