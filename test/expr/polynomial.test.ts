// Recognition of quadratics: exact coefficients, and nothing recognised that is none.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/expr/evaluate.ts";
import { parseFormula } from "../../src/expr/parse.ts";
import { asQuadratic, degreeOf } from "../../src/expr/polynomial.ts";

const of = (text: string, variables = ["x", "y"]) => asQuadratic(parseFormula(text, { variables }).expr, variables);

describe("asQuadratic", () => {
  it.each<[string, number, number[], number[]]>([
    ["x^2/2", 0, [0, 0], [1, 0, 0, 0]],
    ["(x - 1)^2", 1, [-2, 0], [2, 0, 0, 0]],
    ["(x - 0.1)^2/2 + 3y - 7", -6.995, [-0.1, 3], [1, 0, 0, 0]],
    ["x*y", 0, [0, 0], [0, 1, 1, 0]],
    ["(x + 2y)(x - y) + 1", 1, [0, 0], [2, 1, 1, -4]],
    ["(x + y)^2 - (x - y)^2", 0, [0, 0], [0, 4, 4, 0]],
    ["exp(1)*x/pi + sin(2)", Math.sin(2), [Math.E / Math.PI, 0], [0, 0, 0, 0]],
    ["5", 5, [0, 0], [0, 0, 0, 0]],
    ["y", 0, [0, 1], [0, 0, 0, 0]],
    ["x*x^2 - x^3 + x", 0, [1, 0], [0, 0, 0, 0]],
    ["-(3x^2 - y^2)/7", 0, [0, 0], [-6 / 7, 0, 0, 2 / 7]],
  ])("%s", (text, constant, linear, hessian) => {
    const found = of(text)!;
    expect(found.constant).toBeCloseTo(constant, 15);
    expect(Array.from(found.linear)).toEqual(linear);
    expect(Array.from(found.hessian)).toEqual(hessian);
    expect(Array.from(found.quadratic)).toEqual(hessian.map((h) => h / 2));
  });

  it.each(["x^3", "x^2 y", "abs(x)", "relu(x)", "sqrt(x^2 + 1)", "1/x", "x^1.5", "2^x", "exp(log(x))", "abs(x)^3", "x/x", "x + log(x)"])(
    "does not take %s for one",
    (text) => {
      expect(of(text)).toBeUndefined();
    },
  );

  it("gives the formula's own values", () => {
    const small = fc.integer({ min: -5, max: 5 });
    fc.assert(
      fc.property(fc.array(fc.tuple(small, small, small, small), { minLength: 1, maxLength: 6 }), small, small, (terms, x, y) => {
        const text = terms.map(([a, b, c, d]) => `(${a}*x + (${b})*y - (${c}))*(x - (${d})*y + 1)/4`).join(" - ");
        const { expr } = parseFormula(text, { variables: ["x", "y"] });
        const { constant, linear, quadratic } = asQuadratic(expr, ["x", "y"])!;
        const value =
          constant + linear[0]! * x + linear[1]! * y + quadratic[0]! * x * x + 2 * quadratic[1]! * x * y + quadratic[3]! * y * y;
        // small integers over 4: every operation is exact
        expect(value + 0).toBe(
          evaluate(
            [expr],
            new Map([
              ["x", x],
              ["y", y],
            ]),
          )[0]! + 0,
        );
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("bounds degrees", () => {
    expect(["3", "x", "x y", "(x + 1)^3 y", "x/2", "exp(2) x", "exp(x)", "1/x"].map((text) => degreeOf(parseFormula(text).expr))).toEqual([
      0,
      1,
      2,
      4,
      1,
      1,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
