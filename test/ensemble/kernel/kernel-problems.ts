// Problems of the kernels' tests: one, two and three dimensions, noise that varies and noise that does not, Gaussian and discrete.
import type { SgdProblem } from "../../../src/problem/problem.ts";
import { problemOf } from "../problems.ts";

const plane = { formula: "x^2/2 + y^2 + 0.5*cos(x*y) + 0.3*sin(x+2*y)", variables: ["x", "y"] };
const space = { formula: "x^2 + y^2/2 + z^2/4 + 0.2*cos(x*y + z)", variables: ["x", "y", "z"] };

export const kernelProblems: { readonly [name: string]: SgdProblem } = {
  "d = 1": problemOf({
    objective: { formula: "x^2/2 + 1.5*exp(-x^2)", variables: ["x"] },
    noise: { gaussian: { sigma: 0.9 } },
    learningRate: 0.2,
    start: [-1.05],
    steps: 12,
    tests: ["x^2", "sin(x)"],
    inside: "x < 0",
  }),
  "d = 1, varying": problemOf({
    objective: { formula: "x^2/2 + 0.3*log(1 + x^2)", variables: ["x"] },
    noise: { gaussian: { covariance: [["0.5 + 0.2*sin(x)"]] } },
    learningRate: 0.2,
    start: [0.7],
    steps: 10,
    tests: ["x", "tanh(x)"],
    inside: "-0.2 < x < 0.9",
  }),
  "d = 2": problemOf({
    objective: plane,
    noise: { gaussian: { sigma: 0.5 } },
    learningRate: 0.1,
    start: [1, 1],
    steps: 12,
    tests: ["cos(x)*y", "x^2 + y^2"],
    inside: "x^2 + y^2 > 0.2 and y < 1.1",
  }),
  "d = 2, varying": problemOf({
    objective: plane,
    noise: {
      gaussian: {
        covariance: [
          ["0.3 + 0.1*cos(x)", "0.05"],
          ["0.05", "0.2"],
        ],
      },
    },
    learningRate: 0.1,
    start: [0.4, 0.2],
    steps: 8,
    tests: ["x*y"],
    inside: "x^2 + y^2 > 0.02 and x < 0.6",
  }),
  "d = 3": problemOf({
    objective: space,
    noise: { gaussian: { sigma: 0.5 } },
    learningRate: 0.2,
    start: [1, 1, 1],
    steps: 6,
    tests: ["x*y*z", "x^2"],
    inside: "x^2 + y^2 + z^2 > 1.2 and x < 1.3",
  }),
  "d = 3, varying": problemOf({
    objective: space,
    noise: {
      gaussian: {
        covariance: [
          ["0.3 + 0.1*cos(x)", "0.05", "0"],
          ["0.05", "0.2", "0.02*sin(y)"],
          ["0", "0.02*sin(y)", "0.25"],
        ],
      },
    },
    learningRate: 0.15,
    start: [0.5, 0.5, 0.5],
    steps: 4,
    tests: ["x + y*z"],
    inside: "x + y > 0.2 and z < 0.7",
  }),
  "d = 1, discrete, varying": problemOf({
    objective: { formula: "x^2/2 + 0.3*log(1 + x^2)", variables: ["x"] },
    // skewed; values and probabilities depend on x, the mean vanishes
    noise: { discrete: { values: [["-0.4"], ["0.8 + 0.2*sin(x)"]], probabilities: ["(4 + sin(x))/(6 + sin(x))", "2/(6 + sin(x))"] } },
    learningRate: 0.2,
    start: [0.7],
    steps: 10,
    tests: ["x", "tanh(x)"],
    inside: "-0.2 < x < 0.9",
  }),
  "d = 2, discrete": problemOf({
    objective: plane,
    noise: { discrete: { values: [[1, 0], [-0.5, 0.75], [-0.5, -0.75], [0, 0]], probabilities: [0.2, 0.2, 0.2, 0.4] } }, // biome-ignore format: a table
    learningRate: 0.1,
    start: [1, 1],
    steps: 12,
    tests: ["cos(x)*y", "x^2 + y^2"],
    inside: "x^2 + y^2 > 0.4 and y < 1.02",
  }),
  "d = 3, discrete": problemOf({
    objective: space,
    noise: { discrete: { values: [[0.6, 0.4, 0.5], [0.6, -0.4, -0.5], [-0.6, 0.4, -0.5], [-0.6, -0.4, 0.5]], probabilities: [0.25, 0.25, 0.25, 0.25] } }, // biome-ignore format: a table
    learningRate: 0.2,
    start: [1, 1, 1],
    steps: 6,
    tests: ["x*y*z", "x^2"],
    inside: "x^2 + y^2 + z^2 > 1.2 and x < 1.3",
  }),
};
