// Gradient noises: covariance, its derivative along a vector, cumulants and draws hold together.
import { describe, expect, it } from "vitest";
import { streamFor } from "../../src/numerics/random.ts";
import type { SgdProblem } from "../../src/problem/problem.ts";
import { readProblem } from "../../src/problem/read.ts";

const base = {
  objective: { formula: "x^2 + y^2/2 + 0.3*cos(x*y)", variables: ["x", "y"] },
  learningRate: 0.1,
  start: [0.4, -0.2],
  steps: 5,
};
const data = {
  columns: ["a", "b", "y"],
  rows: [
    [1, 2, 1],
    [2, 1, 0],
    [0, 1, 3],
    [1, 1, 1],
    [-1, 0.5, 2],
  ],
};
const leastSquares = { ...base, objective: { leastSquares: { data, target: "y", l2: 0.1 } } };
const problems: Record<string, unknown> = {
  "gaussian, sigma(x)": { ...base, noise: { gaussian: { sigma: "1 + 0.3*sin(x)*y" } } },
  "gaussian, covariance(x)": {
    ...base,
    noise: {
      gaussian: {
        covariance: [
          ["0.6 + 0.2*cos(y)", "0.25"],
          ["0.25", "0.5 + 0.15*sin(x)"],
        ],
      },
    },
  },
  "discrete, values(x)": {
    ...base,
    noise: {
      discrete: {
        values: [
          ["1 + x/4", "y"],
          ["-2 - x/2", "-2*y"],
        ],
        probabilities: [2 / 3, 1 / 3],
      },
    },
  },
  "minibatch with replacement": { ...leastSquares, noise: { minibatch: { size: 2, replacement: true } } },
  "minibatch without replacement": { ...leastSquares, noise: { minibatch: { size: 3, replacement: false } } },
};

describe.each(Object.entries(problems))("%s", (_name, raw) => {
  const problem: SgdProblem = readProblem(raw);
  const { noise, objective } = problem;
  const d = objective.d;
  const x = problem.start;
  it("D Sigma[v] is the central difference of Sigma", () => {
    const v = Float64Array.of(0.7, -0.4);
    const h = 1e-5;
    const at = (s: number) =>
      noise
        .covariance(
          x.map((xi, i) => xi + s * v[i]!),
          new Float64Array(d * d),
        )
        .slice();
    const [plus, minus] = [at(h), at(-h)];
    const along = noise.covarianceAlong(x, v, new Float64Array(d * d));
    // h^2 times third derivatives plus epsilon/h: both near 1e-10
    along.forEach((value, i) => expect(value).toBeCloseTo((plus[i]! - minus[i]!) / (2 * h), 8));
  });
  it("draws have mean zero and covariance Sigma", () => {
    const draws = 40000;
    const mean = new Float64Array(d);
    const square = new Float64Array(d * d);
    const fourth = new Float64Array(d * d);
    const draw = new Float64Array(d);
    for (let path = 0; path < draws; path++) {
      noise.sample(x, streamFor(7, path, 0, "gradientNoise"), draw);
      for (let i = 0; i < d; i++) {
        mean[i]! += draw[i]! / draws;
        for (let j = 0; j < d; j++) {
          square[i * d + j]! += (draw[i]! * draw[j]!) / draws;
          fourth[i * d + j]! += (draw[i]! * draw[j]!) ** 2 / draws;
        }
      }
    }
    const sigma = noise.covariance(x, new Float64Array(d * d));
    // five standard errors with a fixed seed: a false alarm in 2e6
    mean.forEach((m, i) => expect(Math.abs(m)).toBeLessThan(5 * Math.sqrt(sigma[i * (d + 1)]! / draws) + 1e-15));
    square.forEach((s, k) => expect(Math.abs(s - sigma[k]!)).toBeLessThan(5 * Math.sqrt(Math.max(fourth[k]! - s * s, 0) / draws) + 1e-12));
  });
});

describe("cumulants of formulas", () => {
  it("third cumulant of two-point noise", () => {
    const { noise } = readProblem({
      ...base,
      objective: { formula: "x^2" },
      start: [0.4],
      noise: { discrete: { values: [["1 + x"], ["-2*(1 + x)"]], probabilities: [2 / 3, 1 / 3] } },
    });
    const x = Float64Array.of(0.4);
    // E v^3 = (2/3 - 8/3) (1 + x)^3 = -2 (1 + x)^3, its derivative -6 (1 + x)^2
    expect(noise.cumulant!(3, 0, x, new Float64Array(1))[0]).toBeCloseTo(-2 * 1.4 ** 3, 13);
    expect(noise.cumulant!(3, 1, x, new Float64Array(1))[0]).toBeCloseTo(-6 * 1.4 ** 2, 13);
    // kappa_4 = E v^4 - 3 (E v^2)^2 = (2/3 + 16/3) - 3 * 4 = -6, times (1 + x)^4
    expect(noise.cumulant!(4, 0, x, new Float64Array(1))[0]).toBeCloseTo(-6 * 1.4 ** 4, 12);
  });
});
