// `derive` as a LaTeX document: the generator order by order and the models, in lines that fit the page. TeX breaks no displayed formula
// by itself, so long ones are broken here before + and - at the outermost level, by an estimate of their width.
import type { Answer, DerivedTerm, DeriveResult } from "../answer/index.ts";

/** Width of a line in digits of the text's size: 16 cm at 10 points hold about 90; what stands before "=" and signs take the rest. */
const lineWidth = 70;

const notations = {
  tensor:
    "$f_{ij}, \\ldots$ are derivatives of $f$; $\\Sigma_{ij}, K_{ijk}, C_{ijkl}, \\ldots$ are the cumulants of the gradient noise of order 2, 3, 4 and more; indices after a comma differentiate, repeated ones are summed; $\\partial_{ij}$ differentiates the test function; $D D^{\\top}$ is symmetrised in $i, j$.",
  scalar:
    "Primes and $f^{(n)}$ are derivatives; $s = \\Sigma$ is the variance of the gradient noise, $K, C_4, \\ldots$ are its higher cumulants; $\\partial^n$ differentiates the test function.",
} as const;

const momentumNotation =
  "The state is $(x, p)$, $p = v/h$, $h = \\sqrt{\\eta}$, $\\gamma = (1-\\beta)/h$; a step takes the time $h$, orders are those of $h$; $\\partial_{x}$ and $\\partial_{p}$ differentiate along $x$ and $p$.";

/** A document with the generator and the models; needs amsmath alone. */
export function deriveLatex(answer: Answer<DeriveResult>): string {
  const { result } = answer;
  const generator = result.generator.map(({ order, terms }) => display([aligned(`L_{${order}}`, terms.map(termPiece))]));
  const models = result.models.flatMap((model) => [
    `\\paragraph{${model.title}${model.ours ? "\\textsuperscript{\\textdagger}" : ""}} weak order ${model.weakOrder}${result.momentum ? " in $h$" : ""}${varying(model)}`,
    display([aligned("b", pieces(model.drift.latex)), aligned("D D^{\\top}", pieces(model.diffusion.latex))]),
  ]);
  return [
    "\\documentclass{article}",
    "\\usepackage[T1]{fontenc}",
    "\\usepackage{amsmath}",
    "\\usepackage[a4paper,margin=2.5cm]{geometry}",
    "\\allowdisplaybreaks",
    "\\begin{document}",
    `\\section*{Modified equation of SGD${result.momentum ? " with momentum" : ""}, noise law: ${result.noiseLaw}}`,
    notations[result.dimension === 1 ? "scalar" : "tensor"],
    ...(result.momentum ? [momentumNotation] : []),
    ...generator,
    "\\section*{Models}",
    ...models,
    ...(result.models.some(({ ours }) => ours) ? ["\\noindent\\textdagger\\ ours, not in the paper"] : []),
    "\\end{document}",
    "",
  ].join("\n");
}

function varying({ weakOrder, weakOrderVarying }: DeriveResult["models"][number]): string {
  return weakOrderVarying === undefined || weakOrderVarying === weakOrder ? "" : ` (${weakOrderVarying} where $\\Sigma$ varies)`;
}

function display(lines: readonly string[]): string {
  return `\\begin{align*}\n${lines.join(" \\\\\n")}\n\\end{align*}`;
}

/** `left &= piece piece \\ &\quad piece ...`, as many pieces a line as fit. */
function aligned(left: string, parts: readonly string[]): string {
  const lines: string[] = [];
  let line = "";
  for (const part of parts) {
    if (line !== "" && widthOf(`${line} ${part}`) > lineWidth) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? part : ` ${part}`;
  }
  lines.push(line === "" ? "0" : line);
  return lines.map((text, k) => `${k === 0 ? `${left} &= ` : "&\\quad "}${text}`).join(" \\\\\n");
}

/** A term with its sign and coefficient, as one piece. */
function termPiece({ coefficient, latex }: DerivedTerm, place: number): string {
  const negative = coefficient.startsWith("-");
  const [numerator, denominator] = (negative ? coefficient.slice(1) : coefficient).split("/");
  const sign = negative ? (place === 0 ? "-" : "- ") : place === 0 ? "" : "+ ";
  const size = denominator !== undefined ? `\\tfrac{${numerator}}{${denominator}} ` : numerator === "1" ? "" : `${numerator} `;
  return `${sign}${size}${latex}`;
}

/** A formula cut before its + and - and after its \quad, where no brace is open. Parentheses of fixed size may be broken. */
export function pieces(latex: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < latex.length; at++) {
    if (latex[at] === "{") depth++;
    else if (latex[at] === "}") depth--;
    const isSign = /^ [+-] /.test(latex.slice(at, at + 3));
    const isQuad = latex.startsWith("\\quad ", at);
    if (depth > 0 || (!isSign && !isQuad)) continue;
    const end = isSign ? at : at + "\\quad".length;
    found.push(latex.slice(start, end).trim());
    start = end;
    at = end;
  }
  return [...found, latex.slice(start).trim()];
}

/** About how many digits wide the formula is: scripts count 0.7, fractions their longer part, signs with their space 2.5. */
export function widthOf(latex: string): number {
  const bare = latex
    .replace(/\\tfrac\{([^{}]*)\}\{([^{}]*)\}/g, (_, above: string, below: string) =>
      above.length > below.length ? `_{${above}}` : `_{${below}}`,
    )
    .replace(/\\(?:quad|[,!;])/g, "")
    .replace(/\\[a-zA-Z]+|\\./g, "x");
  let width = 0;
  const scripts: boolean[] = [];
  for (const [at, character] of Array.from(bare).entries()) {
    if (character === "{") scripts.push(/[_^]/.test(bare[at - 1] ?? ""));
    else if (character === "}") scripts.pop();
    else if (!/[\s_^]/.test(character)) width += scripts.includes(true) ? 0.7 : /[+=-]/.test(character) ? 2.5 : 1;
  }
  return width;
}
