// Sigma of minibatches on least squares as formulas: what the sums over the samples give, at any point, and the same derivatives.
import { describe, expect, it } from "vitest";
import { differentiate } from "../../src/expr/differentiate.ts";
import { asFunction } from "../../src/expr/evaluate.ts";
import type { Expr } from "../../src/expr/node.ts";
import { createStream } from "../../src/numerics/random.ts";
import { readProblem } from "../../src/problem/read.ts";

function problemWith(n: number, d: number, noise: Record<string, unknown>) {
  const stream = createStream(11);
  const names = Array.from({ length: d }, (_, j) => `a${j + 1}`);
  // far from 0: what the mean takes away is large
  const rows = Array.from({ length: n }, () => [...names.map(() => 3 + stream.normal()), 10 + 5 * stream.normal()]);
  return readProblem({
    objective: { leastSquares: { data: { columns: [...names, "y"], rows }, target: "y", l2: 0.1 } },
    noise: { minibatch: noise },
    learningRate: 0.01,
    start: new Array(d).fill(0),
    steps: 1,
  });
}

describe.each([
  [1, { size: 4, replacement: true }],
  [3, { size: 4, replacement: false }],
  [8, { size: 5, replacement: true }],
] as const)("%i dimensions", (d, noise) => {
  const { objective, noise: read } = problemWith(25, d, noise);
  const formulas = read.covarianceFormulas!;
  const stream = createStream(5);
  const point = () => Float64Array.from({ length: d }, () => 4 * stream.normal());
  const at = (formula: Expr, x: Float64Array): number => asFunction(formula, objective.variables)(x);

  it("has the entries", () => {
    for (let k = 0; k < 5; k++) {
      const x = point();
      const expected = read.covariance(x, new Float64Array(d * d));
      const scale = Math.max(...expected.map(Math.abs));
      for (const [e, value] of expected.entries()) expect(Math.abs(at(formulas[e]!, x) - value)).toBeLessThan(1e-12 * scale);
    }
  });

  it("has their derivatives", () => {
    const x = point();
    const v = point();
    const expected = read.covarianceAlong(x, v, new Float64Array(d * d));
    const scale = Math.max(...expected.map(Math.abs));
    for (const [e, value] of expected.entries()) {
      const along = objective.variables.reduce((sum, name, i) => sum + v[i]! * at(differentiate(formulas[e]!, name), x), 0);
      expect(Math.abs(along - value)).toBeLessThan(1e-11 * scale);
    }
  });
});

it("nine dimensions have none, nor have networks", () => {
  expect(problemWith(25, 9, { size: 4, replacement: false }).noise.covarianceFormulas).toBeUndefined();
});
