// Size and depth: 64 kB of text and a nesting of 500 pass through everything; 20 000 parentheses are refused before anything overflows.
import { describe, expect, it } from "vitest";
import { differentiate } from "../../src/expr/differentiate.ts";
import { evaluate } from "../../src/expr/evaluate.ts";
import { type Expr, freeVariables, nodeCount } from "../../src/expr/node.ts";
import { parseCondition, parseFormula } from "../../src/expr/parse.ts";
import { asQuadratic } from "../../src/expr/polynomial.ts";
import { printJson, readJson } from "../../src/expr/print-json.ts";
import { printMathml } from "../../src/expr/print-mathml.ts";
import { printPython } from "../../src/expr/print-python.ts";
import { printTex } from "../../src/expr/print-tex.ts";
import { printText } from "../../src/expr/print-text.ts";
import { simplify } from "../../src/expr/substitute.ts";
import { long, size } from "./long-formulas.ts";

const nested: [string, string][] = [
  ["parentheses", `${"(".repeat(500)}x${")".repeat(500)}`],
  ["functions", `${"sin(".repeat(500)}x${")".repeat(500)}`],
  ["sums to the right", `${"y+(".repeat(500)}x${")".repeat(500)}`],
  ["differences to the right", `${"-y-(".repeat(500)}x${")".repeat(500)}`],
  ["products to the right", `${"y*(".repeat(500)}x${")".repeat(500)}`],
  ["fractions", `${"1/(1+".repeat(500)}x${")".repeat(500)}`],
  ["square roots", `${"sqrt(1+".repeat(500)}x^2${")".repeat(500)}`],
  ["powers", `${"(1+".repeat(500)}x${")^2".repeat(500)}`],
];

function everything(expr: Expr): void {
  const slope = differentiate(expr, "x");
  expect(nodeCount([expr, slope])).toBeGreaterThan(0);
  expect(simplify(expr)).toBeDefined();
  asQuadratic(expr, freeVariables([expr]));
  for (const formula of [expr, slope]) {
    evaluate(
      [formula],
      new Map([...printJson(formula)].flatMap((n): [string, number][] => (n.kind === "variable" ? [[n.name, 0.5]] : []))),
    );
    expect(readJson(JSON.parse(JSON.stringify(printJson(formula))))).toBe(formula);
  }
  for (const text of [printText(expr), printTex(expr), printMathml(expr), printPython(expr)]) expect(text.length).toBeGreaterThan(0);
}

describe("64 kB", () => {
  it.each(long)("%s passes through everything", (_name, text) => {
    expect(text.length).toBeGreaterThanOrEqual(size);
    everything(parseFormula(text).expr);
  });
});

describe("a nesting of 500", () => {
  it.each(nested)("%s passes through everything", (_name, text) => {
    everything(parseFormula(text).expr);
  });
});

describe("deeper nesting", () => {
  it.each([1001, 20_000, 400_000])("of %d is refused kindly", (depth) => {
    for (const text of [
      `${"(".repeat(depth)}x${")".repeat(depth)}`,
      `${"(".repeat(depth)}x`,
      `${"exp(".repeat(depth)}x${")".repeat(depth)}`,
    ]) {
      expect(() => parseFormula(text, { field: "objective.formula" })).toThrow(/objective\.formula[\s\S]*nested too deeply|too long/);
      expect(() => parseCondition(`${text} < 1`)).toThrow(/nested too deeply|too long/);
    }
  });
});
