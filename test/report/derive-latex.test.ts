// The LaTeX of `derive`, without TeX: braces and environments match, macros are known, one & a line, lines are short enough. That real TeX
// takes it without an overfull line was seen by hand (pdflatex, orders 3 to 5, all noise laws).
import { describe, expect, it } from "vitest";
import { modelById } from "../../src/model/index.ts";
import { derive } from "../../src/question/derive.ts";
import { pieces, widthOf } from "../../src/report/derive-latex.ts";
import { deriveLatex, texToMathML } from "../../src/report/index.ts";

const text = [
  "documentclass",
  "usepackage",
  "allowdisplaybreaks",
  "begin",
  "end",
  "section",
  "paragraph",
  "textsuperscript",
  "textdagger",
  "noindent",
];
const mathematics = [
  ..."beta bigl bigr circ colon eta frac gamma lVert lambda ldots log nabla partial quad rVert Sigma sqrt tfrac top".split(" "),
  ..."\\,!{};: ".split(""),
];
const known = new Set([...text, ...mathematics]);

/** Removes a pair of braces after another from the inside; what is left of them does not match. */
function unmatched(tex: string): string {
  let rest = tex.replace(/\\[{}]/g, "").replace(/[^{}]/g, "");
  while (rest.includes("{}")) rest = rest.replaceAll("{}", "");
  return rest;
}

const cases = [
  [{ order: 4 }, "general, any dimension"],
  [{ order: 4, dimension: 1 }, "general, one dimension"],
  [{ order: 3, noiseLaw: "minibatch" }, "minibatches"],
  [{ order: 5, noiseLaw: "constant" }, "constant covariance"],
  [{ order: 4, momentum: true }, "momentum"],
  [{ order: 4, noiseLaw: "gaussian", models: ["ha-sme-4", "series-0", "series-4"] }, "some models"],
] as const;

describe.each(cases)("derive %o (%s)", (options) => {
  it("is well-formed LaTeX that fits the page", async () => {
    const tex = deriveLatex(await derive(undefined, options as Parameters<typeof derive>[1]));
    expect(unmatched(tex)).toBe("");
    const open: string[] = [];
    for (const [, what, name] of tex.matchAll(/\\(begin|end)\{([^}]*)\}/g)) {
      if (what === "begin") open.push(name!);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
    for (const [macro] of tex.matchAll(/\\(?:[a-zA-Z]+|.)/g)) expect(known, macro).toContain(macro.slice(1));
    const displays = [...tex.matchAll(/\\begin\{align\*\}\n(.*?)\n\\end\{align\*\}/gs)].map((match) => match[1]!);
    expect(displays.length).toBeGreaterThan(options.order + 1);
    for (const line of displays.flatMap((display) => display.split(" \\\\\n"))) {
      expect(line.match(/&/g)).toHaveLength(1);
      // A single piece longer than a line would not be broken.
      expect(widthOf(line.split("&")[1]!)).toBeLessThan(76);
      expect(line).not.toMatch(/undefined|NaN|\$|[^ ]&.*\n/);
    }
    expect(tex.replace(/\\begin\{align\*\}.*?\\end\{align\*\}/gs, "").match(/\$/g)!.length % 2).toBe(0);
  });
});

describe("lines", () => {
  it("are cut before signs and after quads that no brace holds", () => {
    expect(pieces("a + \\frac{b - c}{d} - e,\\quad f = x^{n + 1}")).toEqual(["a", "+ \\frac{b - c}{d}", "- e,\\quad", "f = x^{n + 1}"]);
    expect(pieces("-f_{i}")).toEqual(["-f_{i}"]);
  });
  it("count scripts less than letters, and macros as one sign", () => {
    expect(widthOf("\\Sigma")).toBe(1);
    expect(widthOf("f_{ij}")).toBeCloseTo(2.4, 12);
    expect(widthOf("\\tfrac{1}{12}")).toBeCloseTo(1.4, 12);
  });
  it("lose nothing of the terms", async () => {
    const answer = await derive(undefined, { order: 4 });
    const tex = deriveLatex(answer);
    for (const { terms } of answer.result.generator) for (const { latex } of terms) expect(tex).toContain(latex);
    const bare = (formula: string) => formula.replace(/ \\\\\n&\\quad /g, " ").replace(/\s+/g, " ");
    for (const { drift, diffusion } of answer.result.models)
      for (const { latex } of [drift, diffusion]) expect(bare(tex)).toContain(bare(latex));
  });
});

it("pages know the macros of the series, too", () => {
  for (const order of [0, 1, 2, 3, 4]) {
    const { tex } = modelById(`series-${order}`);
    for (const formula of [tex.drift, tex.diffusion]) expect(texToMathML(formula)).not.toMatch(/<mtext>/);
  }
});
