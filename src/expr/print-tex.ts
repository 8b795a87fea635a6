// Formula -> TeX (math mode, amsmath's \operatorname and nothing else): \frac, raised powers, e^{...}, Greek names, x_{1} for x1.
import type { Expr } from "./node.ts";
import { type Typesetter, typeset } from "./typeset.ts";

/**
 * The formula as TeX.
 * @example printTex(parseFormula("x1^2/2 + exp(-beta x1)").expr) // "\\frac{x_{1}^{2}}{2} + e^{-\\beta x_{1}}"
 */
export const printTex = (expr: Expr): string => typeset(expr, tex);

/** Greek letters that have a command of their own; the others look like Latin ones. */
const greek: ReadonlySet<string> = new Set(
  (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi varphi chi " +
    "psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
  ).split(" "),
);

const greekLetters: ReadonlyMap<string, string> = new Map(
  Array.from("αβγδεζηθικλμνξοπρςστυφχψω", (letter, i): [string, string] => [
    letter,
    (
      "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon varphi chi psi " +
      "omega"
    ).split(" ")[i]!,
  ]),
);

/** Functions that TeX has a command for. */
const commands: ReadonlySet<string> = new Set(["log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan"]);

function letters(name: string): string {
  if (greek.has(name)) return `\\${name}`;
  const spelled = Array.from(name, (letter) => {
    const command = greekLetters.get(letter);
    return command === undefined ? letter : command === "omicron" ? "o" : `\\${command} `;
  }).join("");
  return Array.from(name).length === 1 ? spelled.trim() : `\\mathrm{${spelled.trim().replaceAll("_", "\\_")}}`;
}

const tex: Typesetter = {
  number: (digits) => digits,
  identifier: (name, subscript) =>
    letters(name) + (subscript === "" ? "" : `_{${/^[0-9]+$/.test(subscript) ? subscript : letters(subscript)}}`),
  operator: (sign) => (sign === "dot" ? " \\cdot " : sign === "+" ? " + " : "-"),
  invisibleTimes: " ",
  fraction: (above, below) => `\\frac{${above}}{${below}}`,
  superscript: (base, exponent) => `${base}^{${exponent}}`,
  root: (radicand) => `\\sqrt{${radicand}}`,
  fenced: (inner, fence) => (fence === "(" ? `\\left(${inner}\\right)` : `\\left|${inner}\\right|`),
  functionName: (name, exponent) =>
    (commands.has(name) ? `\\${name}` : `\\operatorname{${name}}`) + (exponent === "" ? "" : `^{${exponent}}`),
  apply: "",
};
