// TeX to MathML: structure of what models write, and never an exception or markup from the text.
import { describe, expect, test } from "vitest";
import { models } from "../../src/model/index.ts";
import { texToMathML } from "../../src/report/index.ts";

/** The markup between <semantics> and the annotation. */
const body = (tex: string) =>
  texToMathML(tex)
    .replace(/^.*?<semantics><mrow>/, "")
    .replace(/<\/mrow><annotation.*$/, "");

test.each([
  [String.raw`\frac{1}{\eta}`, "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>η</mi></mrow></mfrac>"],
  [String.raw`\tfrac14`, '<mstyle displaystyle="false"><mfrac><mn>1</mn><mn>4</mn></mfrac></mstyle>'],
  [String.raw`\tfrac1{12}`, '<mstyle displaystyle="false"><mfrac><mn>1</mn><mrow><mn>12</mn></mrow></mfrac></mstyle>'],
  ["x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"],
  ["H^{-1}", "<msup><mi>H</mi><mrow><mo>−</mo><mn>1</mn></mrow></msup>"],
  [String.raw`\mathrm{tr}\,\Sigma`, '<mi mathvariant="normal">tr</mi><mspace width="0.17em"></mspace><mi>Σ</mi>'],
  [String.raw`\left( a \right)`, '<mrow><mo stretchy="true">(</mo><mi>a</mi><mo stretchy="true">)</mo></mrow>'],
  [String.raw`\lVert v\rVert^2`, '<msup><mrow><mo stretchy="false">‖</mo><mi>v</mi><mo stretchy="false">‖</mo></mrow><mn>2</mn></msup>'],
  ["(a|b)", '<mrow><mo stretchy="false">(</mo><mi>a</mi><mo stretchy="false">|</mo><mi>b</mi><mo stretchy="false">)</mo></mrow>'],
  ["f''", "<msup><mi>f</mi><mo>′′</mo></msup>"],
  [
    String.raw`\begin{pmatrix} a & b \\ c & d \end{pmatrix}`,
    '<mrow><mo stretchy="true">(</mo><mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr><mtr><mtd><mi>c</mi></mtd><mtd><mi>d</mi></mtd></mtr></mtable><mo stretchy="true">)</mo></mrow>',
  ],
])("%s", (tex, markup) => expect(body(tex)).toBe(markup));

describe("models' own formulas", () => {
  test.each(models.flatMap((model) => [[model.id, model.tex.drift] as const, [model.id, model.tex.diffusion] as const]))(
    "%s: %s",
    (_, tex) => {
      expect(tex).not.toBe("");
      // What the converter does not know it shows as it was typed: nothing of theirs may be.
      expect(body(tex)).not.toMatch(/\\|<mtext>/);
      balanced(texToMathML(tex));
    },
  );
});

test("what is not known is shown as typed; broken input is no exception", () => {
  expect(body(String.raw`\unknown x`)).toBe(String.raw`<mtext>\unknown</mtext><mi>x</mi>`);
  for (const tex of [
    "",
    "{",
    "}",
    "}}x",
    "^",
    "_^",
    "x^",
    String.raw`\frac`,
    String.raw`\left(`,
    String.raw`\begin{pmatrix}a`,
    "((((",
    "|",
    String.raw`\mathrm`,
    "\\",
  ])
    balanced(texToMathML(tex));
});

test("text stays text", () => {
  const markup = texToMathML('<img src=x onerror="a">&');
  expect(markup).not.toMatch(/<img/);
  balanced(markup);
});

/** Every tag is closed in order. */
function balanced(markup: string): void {
  const open: string[] = [];
  for (const [, slash, name] of markup.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
    if (slash === "") open.push(name!);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
}
