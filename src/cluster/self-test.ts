// What shows that two machines compute the same bits: a small job that meets elementary functions, normals, curvature and sums, and the hash of what
// comes out. A worker whose hash differs is turned away.

import { programOf } from "../ensemble/job.ts";
import type { CoupledJob } from "../ensemble/job-spec.ts";
import type { Engine } from "../ensemble/run.ts";
import { contentHash } from "../node/run-blocks.ts";
import { readProblem } from "../problem/read.ts";

const raw = {
  objective: { formula: "x^2/2 + 1.5*exp(-x^2) + 0.3*sin(x*y) + log(1 + y^2)*sqrt(1 + x^2)/4", variables: ["x", "y"] },
  noise: {
    gaussian: {
      covariance: [
        ["0.5 + 0.1*cos(x)^2", 0.1],
        [0.1, 0.4],
      ],
    },
  },
  learningRate: 0.1,
  start: [0.7, -0.4],
  steps: 6,
  tests: ["x^2", "x*tanh(y)"],
};

/** The hash of the self-test's figures on an engine. */
export async function selfTestBits(engine: Engine): Promise<string> {
  const problem = readProblem(raw);
  const job: CoupledJob = {
    question: "coupled",
    companions: ["sme2", "ha-sme"],
    observation: { kind: "tests" },
    steps: [2, 6],
    fine: 4,
    eliminations: 2,
    seed: 20,
    normals: "full",
  };
  const { job: _job, ...figures } = (await engine(programOf(problem, job), 0, 1100, {})).toJSON();
  return contentHash(JSON.stringify(figures)).slice(0, 16);
}
