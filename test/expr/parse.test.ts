// The grammar of interface.md, example by example. Hash-consing makes "the same formula" the same object.
import { describe, expect, it } from "vitest";
import { build } from "../../src/expr/build.ts";
import { evaluate } from "../../src/expr/evaluate.ts";
import { parseCondition, parseFormula } from "../../src/expr/parse.ts";
import { printText } from "../../src/expr/print-text.ts";

const read = (text: string, constants?: Record<string, number>) => parseFormula(text, { constants }).expr;
const at = (text: string, x: number, y = 0) =>
  evaluate(
    [parseFormula(text, { variables: ["x", "y"] }).expr],
    new Map([
      ["x", x],
      ["y", y],
    ]),
  )[0];

describe("grammar", () => {
  it.each([
    ["-x^2", "-(x^2)"],
    ["a^b^c", "a^(b^c)"],
    ["2x^2", "2*(x^2)"],
    ["1/2x", "1/(2*x)"],
    ["2(x+1)", "2*(x+1)"],
    ["(a)(b)", "a*b"],
    ["x exp(x)", "x*exp(x)"],
    ["2exp(x)", "2*exp(x)"],
    ["2 x y", "(2*x)*y"],
    ["x y^2", "x*(y^2)"],
    ["a/b/c", "(a/b)/c"],
    ["a - b - c", "(a - b) - c"],
    ["a/b*c", "(a/b)*c"],
    ["a*b/c", "(a*b)/c"],
    ["2^-3x", "(2^(-3))*x"],
    ["x^-y^2", "x^(-(y^2))"],
    ["-x*y", "-(x*y)"],
    ["x*-y", "-(x*y)"],
    ["--x", "x"],
    ["+x - +y", "x - y"],
    ["-2^2x", "(-4)*x"],
    ["(x+1)(x-1)/(2x)", "((x+1)*(x-1))/(2*x)"],
    ["x*(2)^2", "x*(2^2)"],
    ["2e-3x", "0.002*x"],
    ["2e x", "2*e*x"],
    [".5x + 1.", "0.5*x + 1"],
    ["x\u00B7y \u2212 1", "x*y - 1"],
    ["e^x", "exp(x)"],
    ["\u03B1 + \u03B2_1", "(\u03B1) + (\u03B2_1)"],
    ["x\n  + y\t* 2", "x + y*2"],
  ])("%s is %s", (text, meaning) => {
    expect(read(text)).toBe(read(meaning));
  });

  it("gives the numbers that interface.md names", () => {
    expect(read("2^-3")).toBe(build.constant(0.125));
    expect(at("-x^2", 3)).toBe(-9);
    expect(at("1/2x", 4)).toBe(0.125);
    expect(at("2^3^2", 0)).toBe(512);
    expect(read("2e-3")).toBe(build.constant(0.002));
    expect(read("pi")).toBe(build.constant(Math.PI));
    expect(read("e")).toBe(build.constant(Math.E));
  });

  it("knows every function", () => {
    const values = "exp log sqrt sin cos tan sinh cosh tanh atan abs erf log1p expm1 sigmoid softplus relu"
      .split(" ")
      .map((f) => at(`${f}(x)`, 0.7));
    const expected = [
      ...[Math.exp(0.7), Math.log(0.7), Math.sqrt(0.7), Math.sin(0.7), Math.cos(0.7), Math.tan(0.7), Math.sinh(0.7), Math.cosh(0.7)],
      ...[Math.tanh(0.7), Math.atan(0.7), 0.7, 0.6778011938374185, Math.log1p(0.7), Math.expm1(0.7), 1 / (1 + Math.exp(-0.7))],
      ...[Math.log(1 + Math.exp(0.7)), 0.7],
    ];
    // elementary functions are good to a few units in the last place
    values.forEach((value, i) => {
      expect(Math.abs(value! - expected[i]!)).toBeLessThan(8 * Number.EPSILON * Math.abs(expected[i]!));
    });
    expect(values).toHaveLength(17);
  });
});

describe("names", () => {
  it("are variables in order of appearance, constants and functions excepted", () => {
    expect(parseFormula("y^2 + pi x - exp(y) z + e").variables).toEqual(["y", "x", "z"]);
    expect(parseFormula("a x + b", { constants: { a: 2, b: 1 } }).variables).toEqual(["x"]);
    expect(parseFormula("x - x + y").variables).toEqual(["x", "y"]);
  });

  it("are variables where declared, pi and e too, in the order declared", () => {
    const { expr, variables } = parseFormula("e + pi", { variables: ["pi", "e", "unused"] });
    expect(variables).toEqual(["pi", "e", "unused"]);
    expect(expr).toBe(build.add(build.variable("e"), build.variable("pi")));
    expect(printText(parseFormula("e^x + pi e", { variables: ["e", "x"] }).expr)).toBe("e^x + pi*e");
  });

  it("may be constants of the problem, which redefine pi and e", () => {
    expect(read("2k", { k: 1.5 })).toBe(build.constant(3));
    expect(read("e + pi", { e: 1, pi: 2 })).toBe(build.constant(3));
  });

  it("are never looked up in prototypes", () => {
    for (const name of ["constructor", "toString", "hasOwnProperty", "valueOf"]) {
      expect(parseFormula(`${name} + x`).variables).toEqual([name, "x"]);
      expect(() => parseFormula(`${name} + x`, { variables: ["x"] })).toThrow(`unknown name "${name}"`);
      expect(() => parseFormula(`${name}(x)`)).toThrow(`unknown function "${name}"`);
    }
    expect(() => parseFormula("__proto__ + x", { variables: ["x"] })).toThrow('unknown name "__proto__"');
    expect(() => parseFormula("__proto__ + x")).toThrow("__proto__");
    expect(() => parseFormula("x", { variables: ["__proto__"] })).toThrow("cannot name a variable");
  });
});

describe("regions", () => {
  const conditions = (text: string) =>
    parseCondition(text, { variables: ["x", "y"] }).map(({ expr, strict }) => `${printText(expr)} ${strict ? "<" : "<="} 0`);
  it.each([
    ["x < 0", ["x < 0"]],
    ["x > 0", ["-x < 0"]],
    ["x^2 + y^2 < 4", ["x^2 + y^2 - 4 < 0"]],
    ["x <= 1", ["x - 1 <= 0"]],
    ["1 >= x", ["x - 1 <= 0"]],
    ["x \u2264 1", ["x - 1 <= 0"]],
    ["-5 < x < 0", ["-5 - x < 0", "x < 0"]],
    ["0 > x >= -5", ["x < 0", "-5 - x <= 0"]],
    ["x < 0 and y > 1", ["x < 0", "1 - y < 0"]],
    ["(x < 0) and (y > 1 and y < 2)", ["x < 0", "1 - y < 0", "y - 2 < 0"]],
    ["((x) < (0))", ["x < 0"]],
    ["(x + 1)*(y) < 2 and -1 < x < 1", ["(x + 1)*y - 2 < 0", "-1 - x < 0", "x - 1 < 0"]],
  ])("%s", (text, expected) => {
    expect(conditions(text)).toEqual(expected);
  });
});
