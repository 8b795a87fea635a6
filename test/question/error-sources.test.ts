// Sizes of the modified equation's terms: by hand in one dimension, what vanishes, what is left out, and how they scale with eta.
import { describe, expect, it } from "vitest";
import { readProblem } from "../../src/problem/read.ts";
import { errorSources } from "../../src/question/error-sources.ts";

const sizes = (problem: Parameters<typeof readProblem>[0]) => {
  const found = errorSources(readProblem(problem))!;
  const of = (source: string, order: number, carried = true) =>
    found.sources.find((s) => s.source === source && s.order === order && s.carried === carried)?.size;
  return { ...found, of };
};
const line = { objective: { formula: "x^2/2 + x^3/6" }, noise: { gaussian: { sigma: 0.5 } }, learningRate: 0.1, start: [1], steps: 100 };

describe("in one dimension", () => {
  it("they are the terms of theory.md 3, over the spread of the noise", () => {
    const { time, length, of, sources } = sizes(line);
    // f' = 3/2, f'' = 2, f''' = 1 at x = 1, s = 1/4.
    const [f1, f2, f3, s, eta] = [1.5, 2, 1, 0.25, 0.1];
    expect(time).toBe(1 / 4);
    expect(length).toBeCloseTo(Math.sqrt(eta * s * time), 15);
    expect(of("ha-sme", 1)).toBeCloseTo(time * eta * ((f2 * f1) / 2 / length + s / 2 / length ** 2), 12);
    expect(of("third-derivative", 2)).toBeCloseTo((time * eta ** 2 * Math.abs((-f3 * f1 * f1) / 12 + (f3 * s) / 4)) / length, 12);
    // Constant Gaussian noise has no others.
    expect(new Set(sources.map((each) => each.source))).toEqual(new Set(["ha-sme", "third-derivative"]));
    expect(sources.every(({ carried }) => carried)).toBe(true);
  });

  it("the variation of the noise has an operator that no SDE carries, from eta^3 on", () => {
    const { time, length, of } = sizes({ ...line, noise: { gaussian: { sigma: "sqrt(1 + x)/2" } } });
    // s = (1 + x)/4, s' = 1/4: L_2 has (1/4) f' s' d^2, L_3 has -(1/4) s s' d^3.
    expect(of("noise-derivative", 2)).toBeCloseTo((time * 0.1 ** 2 * 0.25 * 1.5 * 0.25) / length ** 2, 12);
    expect(of("noise-derivative", 3, false)).toBeCloseTo((time * 0.1 ** 3 * 0.25 * 0.5 * 0.25) / length ** 3, 12);
    expect(of("noise-derivative", 2, false)).toBeUndefined();
  });

  it("skewed noise has one from eta^2 on", () => {
    const discrete = { values: [[1], [-0.5]], probabilities: [1 / 3, 2 / 3] };
    const { time, length, of } = sizes({ ...line, noise: { discrete } });
    // K = 1/3 - 2/24 = 1/4: L_2 has -K/6 d^3.
    expect(of("skewness", 2, false)).toBeCloseTo((time * 0.1 ** 2 * (0.25 / 6)) / length ** 3, 12);
  });
});

describe("what vanishes and what is left out", () => {
  it("on quadratics everything but HA-SME's own is 0", () => {
    const { sources } = sizes({ ...line, objective: { formula: "x^2 + y^2/4 + x*y/5", variables: ["x", "y"] }, start: [1, 1] });
    for (const { source, size } of sources) expect(source === "ha-sme" ? size! > 0 : size === 0).toBe(true);
  });
  it("minibatches: cumulants that are not at hand are null, the rest is there", () => {
    const rows = [
      [1, 2],
      [2, 3],
      [3, 5],
      [4, 4],
    ];
    const { of } = sizes({
      objective: { leastSquares: { data: { columns: ["a", "y"], rows }, target: "y" } },
      noise: { minibatch: { size: 1, replacement: true } },
      learningRate: 0.05,
      start: [0],
      steps: 5,
    });
    expect(of("ha-sme", 2)).toBeGreaterThan(0);
    expect(of("third-derivative", 2)).toBe(0);
    expect(of("noise-derivative", 2)).toBeGreaterThan(0);
    expect(of("skewness", 2, false)).toBeNull();
  });
  it("many dimensions, and no noise", () => {
    const variables = Array.from({ length: 7 }, (_, i) => `x${i}`);
    const wide = { ...line, objective: { formula: variables.map((v) => `${v}^2`).join("+"), variables }, start: variables.map(() => 1) };
    expect(errorSources(readProblem(wide))).toBeUndefined();
    expect(errorSources(readProblem({ ...line, noise: { gaussian: { sigma: 0 } } }))).toBeUndefined();
  });
  it("a flat start is measured over the horizon", () => {
    const { time } = sizes({ ...line, objective: { formula: "x^4" }, start: [0] });
    expect(time).toBe(10);
  });
});
