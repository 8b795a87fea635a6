// Printing: what is read back is the same node, parentheses are few, TeX and MathML are well-formed.
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { build } from "../../src/expr/build.ts";
import { differentiate } from "../../src/expr/differentiate.ts";
import { evaluate } from "../../src/expr/evaluate.ts";
import { withoutLogSlopes } from "../../src/expr/expand.ts";
import { type Expr, postorder } from "../../src/expr/node.ts";
import { exprOps } from "../../src/expr/ops.ts";
import { parseFormula } from "../../src/expr/parse.ts";
import { printJson, readJson } from "../../src/expr/print-json.ts";
import { printMathml } from "../../src/expr/print-mathml.ts";
import { needsErf, printPython } from "../../src/expr/print-python.ts";
import { printTex } from "../../src/expr/print-tex.ts";
import { printText } from "../../src/expr/print-text.ts";
import { allFunctions, sparse, trees } from "./random-formula.ts";

const read = (text: string): Expr => parseFormula(text, {}).expr;
const formulas = trees(allFunctions).map((tree) => parseFormula(sparse(tree), { variables: ["x", "y"] }).expr);
const slope = (text: string, order: number): Expr => {
  let expr = read(text);
  for (let k = 0; k < order; k++) expr = differentiate(expr, "x");
  return expr;
};

describe("text", () => {
  it("is read back as the same node", () => {
    fc.assert(
      fc.property(formulas, (expr) => {
        // What is nowhere defined (x/0) or zero where it is (0*log(x)) is not kept in one form.
        fc.pre(!postorder([expr]).some((node) => node.args.some((arg) => arg === build.constant(0))));
        expect(parseFormula(printText(expr), { variables: ["x", "y"] }).expr).toBe(expr);
      }),
      { seed: 11, numRuns: 3000 },
    );
  });

  it.each([
    ["x^2/2+1.5exp(-x^2)", "x^2/2 + 1.5*exp(-x^2)"],
    ["(a+b)*(c-d)/((e1))", "(a + b)*(c - d)/e1"],
    ["a-(b-c)", "a - (b - c)"],
    ["a/(b*c)", "a/(b*c)"],
    ["2*(a*b)", "2*a*b"],
    ["-((a - b)*c)", "-((a - b)*c)"],
    ["2*((3a + 1)*b)", "2*((3*a + 1)*b)"],
    ["(a^b)^c", "(a^b)^c"],
    ["a^(b^c)", "a^b^c"],
    ["(-2)^x", "(-2)^x"],
    ["-2^x", "-2^x"],
    ["2^(-x)", "2^(-x)"],
    ["x^(1/3)", "x^(1/3)"],
    ["(1/3)*x", "1/3*x"],
    ["2*pi*x", "2*pi*x"],
    ["sqrt(2)*x + e", "sqrt(2)*x + e"],
    ["0.1x + 1e-12", "0.1*x + 1e-12"],
    ["1e21 x", "1e+21*x"],
  ])("of %s is %s", (text, expected) => {
    expect(printText(read(text))).toBe(expected);
    expect(read(expected)).toBe(read(text));
  });

  it("writes numbers out where a variable is called pi or e", () => {
    expect(printText(build.multiply(build.constant(2 * Math.PI), build.variable("pi")))).toBe(`2*${Math.PI}*pi`);
  });

  it("shows constants that derivatives make in closed form", () => {
    expect(printText(slope("erf(x)", 2))).toBe("-4/sqrt(pi)*exp(-x^2)*x");
  });

  it("refuses what would fill the memory", () => {
    let expr: Expr = build.variable("x");
    for (let k = 0; k < 60; k++) expr = build.multiply(build.add(expr, build.constant(1)), build.call("sin", expr));
    for (const print of [printText, printTex, printMathml, printPython]) expect(() => print(expr)).toThrow("print it as JSON");
    expect(readJson(printJson(expr))).toBe(expr);
  });

  it("writes K out for readers", () => {
    const c = exprOps.logRatio(build.negate(build.variable("z")));
    expect(printText(c)).toBe("-log(abs(1 - z))/z");
    for (const order of [1, 2, 3]) {
      let derived = c;
      for (let k = 0; k < order; k++) derived = differentiate(derived, "z");
      const at = new Map([["z", -1.7]]);
      const [direct, writtenOut] = evaluate([derived, withoutLogSlopes(derived)], at);
      expect(writtenOut).toBeCloseTo(direct!, 13);
    }
  });
});

describe("JSON", () => {
  it("is read back as the same node, derivatives with internal functions too", () => {
    fc.assert(
      fc.property(formulas, (expr) => {
        for (const formula of [expr, differentiate(expr, "x")])
          expect(readJson(JSON.parse(JSON.stringify(printJson(formula))))).toBe(formula);
      }),
      { seed: 12, numRuns: 500 },
    );
    const drift = differentiate(exprOps.logMean(build.variable("u"), build.variable("v")), "u");
    expect(readJson(JSON.parse(JSON.stringify(printJson(drift))))).toBe(drift);
  });

  it.each<[string, unknown]>([
    ["no list", {}],
    ["an empty list", []],
    ["no object", [1]],
    ["an unknown kind", [{ kind: "evil" }]],
    ["a later argument", [{ kind: "negate", args: [0] }]],
    [
      "a negative argument",
      [
        { kind: "variable", name: "x" },
        { kind: "negate", args: [-1] },
      ],
    ],
    [
      "a fractional argument",
      [
        { kind: "variable", name: "x" },
        { kind: "negate", args: [0.5] },
      ],
    ],
    [
      "a missing argument",
      [
        { kind: "variable", name: "x" },
        { kind: "add", args: [0] },
      ],
    ],
    ["an infinite constant", [{ kind: "constant", value: Number.POSITIVE_INFINITY }]],
    ["a constant of text", [{ kind: "constant", value: "1" }]],
    ["a bad name", [{ kind: "variable", name: "__proto__" }]],
    [
      "a bad exponent",
      [
        { kind: "variable", name: "x" },
        { kind: "integerPower", exponent: 1e9, args: [0] },
      ],
    ],
    [
      "an unknown function",
      [
        { kind: "variable", name: "x" },
        { kind: "call", name: "constructor", args: [0] },
      ],
    ],
    [
      "a bad order",
      [
        { kind: "variable", name: "x" },
        { kind: "logSlope", order: -1, args: [0] },
      ],
    ],
  ])("that is %s is refused", (_what, json) => {
    expect(() => readJson(json)).toThrow("Formula as JSON");
  });
});

describe("TeX", () => {
  it.each([
    ["x^2/2 + 1.5exp(-x^2)", "\\frac{x^{2}}{2} + 1.5 e^{-x^{2}}"],
    ["-3x^2/4", "-\\frac{3 x^{2}}{4}"],
    ["x1 + x_2 + beta + eta2 + x_max + loss", "x_{1} + x_{2} + \\beta + \\eta_{2} + x_{\\mathrm{max}} + \\mathrm{loss}"],
    ["\u03B8^2", "\\theta^{2}"],
    ["sin(x)^2 + sqrt(x) + abs(x - 1)", "\\sin^{2}\\left(x\\right) + \\sqrt{x} + \\left|x-1\\right|"],
    ["a^b^c + (a^b)^c", "a^{b^{c}} + \\left(a^{b}\\right)^{c}"],
    ["2*3^x", "2 \\cdot 3^{x}"],
    ["x/3 + y*(1/3)", "\\frac{x}{3} + \\frac{1}{3} y"],
    ["2pi x + 1e-7", "2 \\pi x + 10^{-7}"],
    ["(x + y)(x - y)", "\\left(x + y\\right) \\left(x-y\\right)"],
    ["erf(x) + relu(x)", "\\operatorname{erf}\\left(x\\right) + \\operatorname{relu}\\left(x\\right)"],
    ["(-2)^x", "\\left(-2\\right)^{x}"],
    ["x*exp(x-1)", "x e^{x-1}"],
    ["(exp(x) - 1)*y", "\\left(e^{x}-1\\right) y"],
  ])("of %s", (text, expected) => {
    expect(printTex(read(text))).toBe(expected);
  });

  it("has balanced braces and fences", () => {
    fc.assert(
      fc.property(formulas, (expr) => {
        const tex = printTex(expr);
        let depth = 0;
        for (const character of tex) {
          depth += character === "{" ? 1 : character === "}" ? -1 : 0;
          expect(depth).toBeGreaterThanOrEqual(0);
        }
        expect(depth).toBe(0);
        expect(tex.split("\\left").length).toBe(tex.split("\\right").length);
      }),
      { seed: 13, numRuns: 500 },
    );
  });
});

describe("MathML", () => {
  const children = new Map([
    ["mfrac", 2],
    ["msup", 2],
    ["msub", 2],
    ["msqrt", 1],
  ]);

  it("is well-formed presentation MathML", () => {
    fc.assert(
      fc.property(formulas, (expr) => {
        const { document } = parseHTML(`<html><body>${printMathml(expr)}</body></html>`);
        const math = document.querySelector("math")!;
        // read and written again it is the same: nothing was left open or escaped wrongly
        expect(math.outerHTML).toBe(printMathml(expr));
        for (const element of math.querySelectorAll("*")) {
          expect(["mrow", "mfrac", "msup", "msub", "msqrt", "mi", "mn", "mo"]).toContain(element.localName);
          const count = children.get(element.localName);
          if (count !== undefined) expect(element.children.length).toBe(count);
          if (["mi", "mn", "mo"].includes(element.localName)) expect(element.textContent).not.toBe("");
        }
      }),
      { seed: 14, numRuns: 500 },
    );
  });

  it("shows a formula as expected", () => {
    expect(printMathml(read("-x1^2/beta"), { display: "block", alternative: 'a "<b>"' })).toBe(
      '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block" alttext="a &quot;&lt;b&gt;&quot;"><mrow><mo>\u2212</mo>' +
        "<mfrac><mrow><msup><mrow><msub><mi>x</mi><mn>1</mn></msub></mrow><mrow><mn>2</mn></mrow></msup></mrow>" +
        "<mrow><mi>\u03B2</mi></mrow></mfrac></mrow></math>",
    );
  });
});

describe("Python", () => {
  it.each([
    ["x^2/2 + exp(-x)", "x**2/2 + np.exp(-x)"],
    ["sigmoid(x - 1)^2", "(1/(1 + np.exp(-(x - 1))))**2"],
    ["softplus(x) + relu(x) + atan(x)", "np.logaddexp(0, x) + np.maximum(x, 0) + np.arctan(x)"],
    ["lambda + pi", "lambda_ + np.pi"],
    ["erf(x)", "erf(x)"],
  ])("of %s", (text, expected) => {
    expect(printPython(read(text))).toBe(expected);
  });

  it("takes other modules", () => {
    expect(printPython(read("erf(x) + sqrt(x)"), { module: "jnp", erf: "jax.scipy.special.erf" })).toBe(
      "jax.scipy.special.erf(x) + jnp.sqrt(x)",
    );
    expect([read("erf(x)"), read("exp(x)")].map(needsErf)).toEqual([true, false]);
    expect(printPython(slope("abs(x) + relu(x)", 1))).toBe("np.sign(x) + np.heaviside(x, 0)");
  });
});
