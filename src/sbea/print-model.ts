// A model's drift and D D^T as one line of text or TeX, in any dimension (index notation) or in one (primes). The factors
// c and m print themselves (formula-text.ts); corrections are grouped by their power of eta.
import type { Ops } from "../numerics/ops.ts";
import type { Correction } from "./corrections.ts";
import { printingOps, symbol } from "./formula-text.ts";
import { coefficientLatex, contractionLatex, contractionText } from "./notation.ts";
import { toText } from "./rational.ts";
import { scalarTerms } from "./scalar.ts";
import type { Rational, Term } from "./term.ts";

/** What is printed: a model, or a series that is all terms and has no factors. */
export interface PrintableModel {
  driftFactor?<T>(ops: Ops<T>, z: T): T;
  diffusionFactor?<T>(ops: Ops<T>, u: T, v: T): T;
  readonly correction?: Correction;
}

/** One dimension is written with primes. */
export interface PrintOptions {
  readonly scalar: boolean;
  readonly style: "text" | "latex";
}

/** "-c(eta H) grad f + eta^2 (1/4 f_ijk Sigma_jk - ...), c(z) = ...". */
export function printDrift(model: PrintableModel, options: PrintOptions): string {
  const { scalar, style } = options;
  const words = wordsOf(options);
  const c = model.driftFactor?.(printingOps(style), symbol("z")).text;
  const gradient = scalar ? "f'" : words.gradient;
  const main = c === undefined ? "" : c === "1" ? `-${gradient}` : `-c(${words.eta} ${scalar ? "f''" : "H"}) ${gradient}`;
  return sentence(
    main,
    printTerms(model.correction?.drift ?? [], options),
    c === undefined || c === "1" ? "" : `${words.where}c(z) = ${c}`,
  );
}

/** "eta U [(U^T Sigma U) o m(eta lambda_i, eta lambda_j)] U^T + ..., m(u, v) = ...". */
export function printDiffusion(model: PrintableModel, options: PrintOptions): string {
  const { scalar, style } = options;
  const words = wordsOf(options);
  const m = model.diffusionFactor?.(printingOps(style), symbol("u"), symbol("v")).text;
  const plain = m === undefined || m === "0" || m === "1";
  const whole = scalar ? `${words.eta} s m(${words.eta} f'', ${words.eta} f'')` : words.hadamard;
  const main = m === undefined || m === "0" ? "" : m === "1" ? `${words.eta} ${scalar ? "s" : words.sigma}` : whole;
  return sentence(main, printTerms(model.correction?.diffusion ?? [], options), plain ? "" : `${words.where}m(u, v) = ${m}`);
}

/** A sum of terms by powers of eta: "-f_i - eta (1/2 f_ij f_j)"; without operators. */
export function printTerms(terms: readonly Term[], { scalar, style }: PrintOptions): string {
  const printed: readonly { coefficient: Rational; etaPower: number; text: string; latex: string }[] = scalar
    ? scalarTerms(terms)
    : terms.map((term) => ({
        coefficient: term.coefficient,
        etaPower: term.etaPower,
        text: contractionText(term),
        latex: contractionLatex(term),
      }));
  const groups = new Map<number, { sum: string; single: boolean }>();
  for (const { coefficient, etaPower, text, latex } of printed) {
    const negative = coefficient[0] < 0n;
    const size: Rational = negative ? [-coefficient[0], coefficient[1]] : coefficient;
    const factor = style === "latex" ? coefficientLatex(size) : toText(size) === "1" ? "" : toText(size);
    const word = [factor, style === "latex" ? latex : text].filter(Boolean).join(" ");
    const sofar = groups.get(etaPower);
    if (sofar) groups.set(etaPower, { sum: `${sofar.sum} ${negative ? "-" : "+"} ${word}`, single: false });
    else groups.set(etaPower, { sum: `${negative ? "-" : ""}${word}`, single: !negative && factor === "" });
  }
  return [...groups]
    .map(([power, { sum, single }]) => {
      const name = style === "latex" ? "\\eta" : "eta";
      const eta = power === 0 ? "" : power === 1 ? name : style === "latex" ? `${name}^{${power}}` : `${name}^${power}`;
      if (eta === "") return sum;
      return single ? `${eta} ${sum}` : style === "latex" ? `${eta} \\bigl(${sum}\\bigr)` : `${eta} (${sum})`;
    })
    .join(" + ");
}

function wordsOf({ style }: PrintOptions) {
  return style === "text"
    ? { eta: "eta", gradient: "grad f", sigma: "Sigma", where: ", ", hadamard: "eta U [(U^T Sigma U) o m(eta lambda_i, eta lambda_j)] U^T" }
    : {
        eta: "\\eta",
        gradient: "\\nabla f",
        sigma: "\\Sigma",
        where: ",\\quad ",
        hadamard: "\\eta\\,U\\bigl[(U^{\\top}\\Sigma U)\\circ \\bigl(m(\\eta\\lambda_i, \\eta\\lambda_j)\\bigr)_{ij}\\bigr]U^{\\top}",
      };
}

function sentence(main: string, more: string, where: string): string {
  const sum = [main, more].filter(Boolean).join(" + ");
  return `${sum === "" ? "0" : sum}${where}`;
}
