// Printed factors are read again by the formula parser and evaluated: the same numbers as the models' own.
import { describe, expect, it } from "vitest";
import { compile } from "../../src/codegen/compile.ts";
import { parseFormula } from "../../src/expr/parse.ts";
import { models } from "../../src/model/index.ts";
import { numberOps } from "../../src/numerics/factors.ts";
import { type Printed, printingOps, symbol } from "../../src/sbea/formula-text.ts";

const evaluate = (text: string, variables: string[], at: number[]) => {
  const { expr } = parseFormula(text, { variables });
  return compile([expr], variables).evaluate(Float64Array.from(at), new Float64Array(1))[0]!;
};

describe.each(models)("$id", (model) => {
  it("prints the c(z) that it evaluates", () => {
    const { text } = model.driftFactor(printingOps("text"), symbol("z"));
    // Away from removable points, where the plain quotient loses digits.
    for (const z of [-1.3, 0.4, 0.9]) expect(evaluate(text, ["z"], [z])).toBeCloseTo(model.driftFactor(numberOps, z), 12);
  });
  it("prints the m(u, v) that it evaluates", () => {
    const { text } = model.diffusionFactor(printingOps("text"), symbol("u"), symbol("v"));
    for (const [u, v] of [
      [0.3, 0.8],
      [-0.9, -0.2],
    ] as const) {
      expect(evaluate(text, ["u", "v"], [u, v])).toBeCloseTo(model.diffusionFactor(numberOps, u, v), 12);
    }
  });
});

describe("printingOps", () => {
  it("keeps the structure of any expression", () => {
    const o = printingOps("text");
    const [x, y] = [symbol("x"), symbol("y")];
    const cases: [Printed, (x: number, y: number) => number][] = [
      [o.subtract(x, o.subtract(y, o.constant(0.25))), (a, b) => a - (b - 0.25)],
      [o.divide(x, o.multiply(y, o.add(x, y))), (a, b) => a / (b * (a + b))],
      [o.negate(o.add(x, y)), (a, b) => -(a + b)],
      [o.negate(o.negate(x)), (a) => a],
      [o.add(x, o.negate(y)), (a, b) => a - b],
      [o.multiply(o.negate(x), o.negate(y)), (a, b) => a * b],
      [o.polynomial(o.subtract(x, y), [1, 0, -1 / 3, 2]), (a, b) => 1 - (a - b) ** 2 / 3 + 2 * (a - b) ** 3],
      [o.scale(-2, o.divide(x, y)), (a, b) => (-2 * a) / b],
      [o.logRatio(o.negate(o.divide(x, o.constant(4)))), (a) => -Math.log(1 - a / 4) / (a / 4)],
      [o.divide(o.sqrt(o.add(x, y)), o.expm1(x)), (a, b) => Math.sqrt(a + b) / Math.expm1(a)],
    ];
    for (const [{ text }, value] of cases) expect(evaluate(text, ["x", "y"], [0.7, 1.9]), text).toBeCloseTo(value(0.7, 1.9), 12);
  });
  it("writes TeX and Python", () => {
    expect(printingOps("latex").polynomial(symbol("z"), [1, 1 / 2, 1 / 3]).text).toBe("1 + \\frac{z}{2} + \\frac{z^{2}}{3}");
    expect(printingOps("python").polynomial(symbol("z"), [1, 1 / 2, 1 / 3]).text).toBe("1 + z/2 + z**2/3");
  });
});
