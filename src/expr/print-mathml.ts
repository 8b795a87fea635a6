// Formula -> presentation MathML, which browsers show without any program: report pages need no TeX engine.
// Escaped throughout: names are letters, digits and underscores, but nothing here relies on that.
import type { Expr } from "./node.ts";
import { type Typesetter, typeset } from "./typeset.ts";

export interface MathmlOptions {
  /** "block" on a line of its own, "inline" (default) in a text. */
  readonly display?: "block" | "inline";
  /** Text alternative for readers that have no MathML; default none. */
  readonly alternative?: string;
}

/**
 * The formula as a <math> element.
 * @example printMathml(parseFormula("x^2").expr) // <math xmlns="..."><mrow><msup><mrow><mi>x</mi></mrow><mrow><mn>2</mn></mrow></msup></mrow></math>
 */
export function printMathml(expr: Expr, options: MathmlOptions = {}): string {
  const display = options.display === "block" ? ' display="block"' : "";
  const alternative = options.alternative === undefined ? "" : ` alttext="${escaped(options.alternative)}"`;
  return `<math xmlns="http://www.w3.org/1998/Math/MathML"${display}${alternative}>${row(typeset(expr, mathml))}</math>`;
}

const replacements: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
]);

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => replacements.get(character)!);

const greekNames =
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon phi chi psi omega";

/** alpha -> α, Gamma -> Γ. */
const greek: ReadonlyMap<string, string> = new Map(
  greekNames.split(" ").flatMap((name, i): [string, string][] => {
    const capital = name[0]!.toUpperCase() + name.slice(1);
    return [
      [name, String.fromCharCode(0x03b1 + i)],
      [capital, String.fromCharCode(0x0391 + i)],
    ];
  }),
);

const identifier = (name: string): string => `<mi>${escaped(greek.get(name) ?? name)}</mi>`;

/** One element, however many the row has. */
const row = (inner: string): string => `<mrow>${inner}</mrow>`;

const mathml: Typesetter = {
  number: (digits) => `<mn>${escaped(digits)}</mn>`,
  identifier(name, subscript) {
    if (subscript === "") return identifier(name);
    return `<msub>${identifier(name)}${/^[0-9]+$/.test(subscript) ? `<mn>${subscript}</mn>` : identifier(subscript)}</msub>`;
  },
  operator: (sign) => `<mo>${sign === "dot" ? "\u22C5" : sign === "+" ? "+" : "\u2212"}</mo>`,
  invisibleTimes: "<mo>\u2062</mo>",
  fraction: (above, below) => `<mfrac>${row(above)}${row(below)}</mfrac>`,
  superscript: (base, exponent) => `<msup>${row(base)}${row(exponent)}</msup>`,
  root: (radicand) => `<msqrt>${row(radicand)}</msqrt>`,
  fenced: (inner, fence) =>
    fence === "("
      ? `<mrow><mo>(</mo>${inner}<mo>)</mo></mrow>`
      : `<mrow><mo stretchy="true">|</mo>${inner}<mo stretchy="true">|</mo></mrow>`,
  functionName: (name, exponent) => (exponent === "" ? `<mi>${name}</mi>` : `<msup><mi>${name}</mi>${row(exponent)}</msup>`),
  apply: "<mo>\u2061</mo>",
};
