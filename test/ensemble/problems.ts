// Problems of the ensemble's tests, read as users write them.

import type { SgdProblem } from "../../src/problem/problem.ts";
import { readProblem } from "../../src/problem/read.ts";

export function problemOf(fields: Record<string, unknown>): SgdProblem {
  return readProblem({ learningRate: 0.2, steps: 10, start: [1], ...fields });
}

/** f = x^2/2 + (1 - cos x)/2: the first family of test/reference/weak1d.json. */
export function cosine(fields: Record<string, unknown> = {}): SgdProblem {
  return problemOf({
    objective: { formula: "x^2/2 + (1 - cos(x))/2", variables: ["x"] },
    noise: { gaussian: { sigma: 1 } },
    start: [1.4],
    tests: ["x", "x^2"],
    ...fields,
  });
}

/** A quadratic in three dimensions, covariance neither isotropic nor commuting with H but such that HA-SME exists. */
export function quadratic(fields: Record<string, unknown> = {}): SgdProblem {
  return problemOf({
    objective: {
      quadratic: {
        matrix: [
          [1, 0.3, 0],
          [0.3, 1.4, -0.2],
          [0, -0.2, 0.7],
        ],
        center: [0.5, -0.25, 0],
      },
    },
    noise: {
      gaussian: {
        covariance: [
          [0.5, 0.1, 0],
          [0.1, 0.4, 0.05],
          [0, 0.05, 0.6],
        ],
      },
    },
    learningRate: 0.3,
    start: [1, -1, 2],
    steps: 12,
    tests: ["x1", "x1^2 + x2*x3"],
    ...fields,
  });
}
