// The problems of the baselines (baselines/baseline.c), and a family that grows with d.
import { singleProgram } from "../src/ensemble/single.ts";
import { modelById } from "../src/model/index.ts";
import type { NormalKind } from "../src/numerics/normals.ts";
import type { SgdProblem } from "../src/problem/problem.ts";
import { readProblem } from "../src/problem/read.ts";

export const problems = {
  "double-well": readProblem({
    objective: { formula: "x^2/2 + 1.5*exp(-x^2)", variables: ["x"] },
    noise: { gaussian: { sigma: 0.9 } },
    learningRate: 0.2,
    start: [-1.0481470739682048],
    steps: 50,
  }),
  coupled: readProblem({
    objective: { formula: "x^2/2 + y^2 + 0.5*cos(x*y) + 0.3*sin(x+2*y)", variables: ["x", "y"] },
    noise: { gaussian: { sigma: 0.5 } },
    learningRate: 0.1,
    start: [1, 1],
    steps: 50,
    tests: ["x^2"],
  }),
} as const;

/** sum x_i^2/2 + cos(x_i x_{i+1})/3. */
export function chain(d: number): SgdProblem {
  const names = Array.from({ length: d }, (_, i) => `x${i + 1}`);
  const formula = names.map((x, i) => `${x}^2/2${i + 1 < d ? ` + cos(${x}*${names[i + 1]})/3` : ""}`).join(" + ");
  return readProblem({
    objective: { formula, variables: names },
    noise: { gaussian: { sigma: 0.5 } },
    learningRate: 0.1,
    start: names.map(() => 1),
    steps: 50,
  });
}

/** Mean and covariance of the last state, as the baselines report them. */
export function momentsProgram(problem: SgdProblem, id: "sgd" | "ha-sme", normals: NormalKind = "fast") {
  const process = id === "sgd" ? ("sgd" as const) : modelById(id);
  const centers = [[Array.from(problem.start)]];
  return singleProgram({ problem, process, substeps: id === "sgd" ? 1 : 4 }, { kind: "moments", centers }, [], [problem.steps], 1, normals);
}
