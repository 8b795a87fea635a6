// Numbering of values, folding of constants, dead code: what a program holds for what was asked.
import { describe, expect, it } from "vitest";
import { lower } from "../../src/codegen/lower.ts";
import { buildProgram } from "../../src/codegen/program.ts";
import { parseFormula } from "../../src/expr/parse.ts";

describe("buildProgram", () => {
  it("gives the same operation the same value, sums and products in either order", () => {
    const m = buildProgram(2);
    const [x, y] = [m.input(0), m.input(1)];
    expect(m.add(x, y)).toBe(m.add(y, x));
    expect(m.multiply(x, y)).toBe(m.multiply(y, x));
    expect(m.subtract(x, y)).not.toBe(m.subtract(y, x));
    expect(m.call1("exp", x)).toBe(m.call1("exp", x));
    expect(m.call1("exp", x)).not.toBe(m.call1("log", x));
  });

  it("tells 0 from -0 and knows NaN again", () => {
    const m = buildProgram(0);
    expect(m.constant(0)).not.toBe(m.constant(-0));
    expect(m.constant(Number.NaN)).toBe(m.constant(Number.NaN));
    const quotient = m.divide(m.constant(1), m.constant(-0));
    expect(m.finish([quotient]).instructions).toMatchObject([{ operation: "constant", value: Number.NEGATIVE_INFINITY }]);
  });

  it("keeps what the outputs need, in order", () => {
    const m = buildProgram(2);
    const [x, y] = [m.input(0), m.input(1)];
    m.multiply(x, y);
    const sum = m.add(x, m.constant(1));
    m.divide(sum, y);
    const { instructions, outputs } = m.finish([sum, sum]);
    expect(instructions.map(({ operation }) => operation)).toEqual(["input", "constant", "add"]);
    expect(outputs).toEqual([2, 2]);
  });

  it("drops signs that no double can tell, and no others", () => {
    const m = buildProgram(2);
    const [x, y] = [m.input(0), m.input(1)];
    const square = m.multiply(x, x);
    expect(m.negate(m.negate(x))).toBe(x);
    expect(m.abs(m.negate(x))).toBe(m.abs(x));
    expect(m.abs(m.abs(x))).toBe(m.abs(x));
    expect(m.abs(m.negate(square))).toBe(square);
    expect(m.abs(m.multiply(x, y))).not.toBe(m.multiply(x, y));
    expect(m.abs(x)).not.toBe(x);
  });

  it("selects by conditions that are known, NaN included, and by no others", () => {
    const m = buildProgram(2);
    const [x, y] = [m.input(0), m.input(1)];
    const [one, two, nan] = [1, 2, Number.NaN].map((value) => m.constant(value)) as [number, number, number];
    const [yes, no, open] = [m.less(one, two), m.lessEqual(nan, one), m.less(x, one)];
    for (const condition of [yes, m.not(no), m.and(yes, m.not(no)), m.or(open, yes), m.not(m.and(no, open))])
      expect(m.select(condition, x, y)).toBe(x);
    for (const condition of [no, m.equal(nan, nan), m.and(open, no), m.or(no, no)]) expect(m.select(condition, x, y)).toBe(y);
    for (const condition of [open, m.and(open, yes), m.or(no, open), m.not(open)]) expect([x, y]).not.toContain(m.select(condition, x, y));
    expect(m.rarelyNamed(no, "exp", x, y)).toBe(y);
    expect(m.rarelyNamed(yes, "exp", x, y)).not.toBe(y);
  });

  it("does not simplify 0 x, which is NaN at infinity", () => {
    const m = buildProgram(1);
    expect(m.finish([m.multiply(m.constant(0), m.input(0))]).instructions).toHaveLength(3);
  });

  it("refuses an input that it does not have", () => {
    expect(() => buildProgram(1).input(1)).toThrowError(expect.objectContaining({ code: "codegen/input" }));
  });
});

describe("lower", () => {
  it("computes a shared part once", () => {
    const program = lower([parseFormula("exp(x y) + exp(x y)^2").expr], ["x", "y"]);
    expect(program.instructions.filter(({ callee }) => callee === "exp")).toHaveLength(1);
  });

  it("names a variable that is no input", () => {
    expect(() => lower([parseFormula("x + q").expr], ["x"])).toThrowError(
      expect.objectContaining({ code: "codegen/unknown-variable", message: expect.stringContaining("q") }),
    );
  });
});
