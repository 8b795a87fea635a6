// The weighted Laplacian against the sum of second derivatives that it stands for, and how small it stays.
import { describe, expect, it } from "vitest";
import { build } from "../../src/expr/build.ts";
import { differentiate, gradientOf } from "../../src/expr/differentiate.ts";
import { evaluate } from "../../src/expr/evaluate.ts";
import { laplacian } from "../../src/expr/laplacian.ts";
import { type Expr, nodeCount } from "../../src/expr/node.ts";
import { parseFormula } from "../../src/expr/parse.ts";
import { uniform } from "../sbea/random-tensors.ts";

const names = ["x", "y", "z"];
const weightName = (i: number, j: number) => `w ${Math.min(i, j)} ${Math.max(i, j)}`;
const weight = (i: number, j: number): Expr => {
  if (i > j) throw new Error("asked below the diagonal");
  return build.variable(weightName(i, j));
};

/** sum_ij w_ij d_ij f, term by term. */
function direct(f: Expr): Expr {
  let sum: Expr = build.constant(0);
  for (const [i, a] of names.entries())
    for (const [j, b] of names.entries())
      sum = build.add(sum, build.multiply(build.variable(weightName(i, j)), differentiate(differentiate(f, a), b)));
  return sum;
}

describe("laplacian", () => {
  it.each([
    "x^3 y + z^2/2",
    "exp(x y) sin(y - z) + cos(x + y + z)",
    "log(exp(x) + exp(2y) + exp(z - x))",
    "(1 + x^2)^1.5/(2 + sin(y z)) + x^y",
    "tanh(x + 2y) sigmoid(z) + softplus(x z) - erf(x y z)/cosh(y) + sqrt(3 + x)",
    "abs(x - y) + relu(z) + z",
    "x y",
    "7",
  ])("of %s is the sum of weighted second derivatives", (text) => {
    const f = parseFormula(text, { variables: names }).expr;
    const [one, other] = [laplacian(f, names, weight), direct(f)];
    const random = uniform(5);
    for (let trial = 0; trial < 20; trial++) {
      const at = new Map<string, number>([...names.map((name): [string, number] => [name, 0.6 + 0.5 * random()])]);
      for (let i = 0; i < 3; i++) for (let j = i; j < 3; j++) at.set(weightName(i, j), random());
      const value = (e: Expr) => evaluate([e], at)[0]!;
      // Two groupings of some dozens of terms below 10.
      expect(Math.abs(value(one) - value(other))).toBeLessThan(1e-13 * Math.max(1, Math.abs(value(other))));
    }
  });

  it("of a function of a linear form costs one quadratic form, whatever is differentiated further", () => {
    const d = 20;
    const many = Array.from({ length: d }, (_, i) => `x${i}`);
    const f = parseFormula(`cos(${many.map((name, i) => `${i + 1}.5*${name}`).join(" + ")})`, { variables: many }).expr;
    const forms: Expr[] = [];
    const hidden = laplacian(
      f,
      many,
      (i, j) => build.variable(weightName(i, j)),
      (form) => {
        forms.push(form);
        return build.variable("form");
      },
    );
    expect(forms).toHaveLength(1);
    // -cos(u) form; its 20 slopes share one sine.
    expect(nodeCount(gradientOf(hidden, many))).toBeLessThan(nodeCount([f]) + 5 * d);
    // 210 products of weights and constants and their sums; the Hessian's 400 second derivatives would need more.
    expect(nodeCount(forms)).toBeLessThan(1000);
  });

  it("does the example of its docstring", () => {
    const f = parseFormula("x^2 y", { variables: ["x", "y"] }).expr;
    const unit = laplacian(f, ["x", "y"], (i, j) => build.constant(i === j ? 1 : 0));
    expect(unit).toBe(parseFormula("2 y", { variables: ["y"] }).expr);
  });
});
