// With momentum a model without a velocity has the kernel of plain SGD's model at eta/(1 - beta): the same bits on every backend, and what the
// readable walkers give; models with a velocity run path by path.
import { describe, expect, it } from "vitest";
import { sdeExitProgram } from "../../../src/ensemble/exit-program.ts";
import type { ExitKernel } from "../../../src/ensemble/kernel/exit-kernel.ts";
import { kernelFor } from "../../../src/ensemble/kernel/kernel-for.ts";
import { runExitBlock } from "../../../src/ensemble/kernel/run-exit-kernel.ts";
import { runBlock } from "../../../src/ensemble/run.ts";
import { langevin, overdamped } from "../../../src/model/momentum.ts";
import { readProblem } from "../../../src/problem/read.ts";
import { allRunners } from "./runners.ts";

const problem = readProblem({
  objective: { formula: "x^2/2 + 1.5*exp(-x^2)" },
  noise: { gaussian: { sigma: 1.5 } },
  learningRate: 0.05,
  momentum: 0.8,
  start: [-1],
  steps: 40,
  inside: "x < 0",
});
const asked = { inside: problem.inside!.text, survival: [2, 8], maxSteps: 60 };

describe("kernels of models with momentum", () => {
  it("overdamped: the bits of every backend, the figures of the walker", async () => {
    const program = sdeExitProgram(problem, overdamped, asked, 4, 1, "fast");
    const kernel = kernelFor(program) as ExitKernel | undefined;
    if (!kernel) expect.fail("this program has a kernel");
    const toPath = 1024 + 300;
    const runners = await allRunners(kernel.kernel);
    expect(runners.length).toBeGreaterThan(1);
    const all = runners.map((runner) => JSON.stringify(runExitBlock(program, kernel, runner, 1, toPath)));
    for (const [i, text] of all.entries()) expect(text === all[0], runners[i]!.backend).toBe(true);
    const [ours, walked] = [runExitBlock(program, kernel, runners[0]!, 1, toPath), runBlock(program, 1, toPath)];
    expect(Array.from(ours.counts)).toEqual(Array.from(walked.counts));
    for (let i = 0; i < program.size; i++)
      expect(Math.abs(ours.moments.mean[i]! - walked.moments.mean[i]!)).toBeLessThan(1e-9 * (1 + Math.abs(walked.moments.mean[i]!)));
    expect(ours.moments.mean[0]!).toBeLessThan(asked.maxSteps);
  });
  it("langevin has none", () => {
    expect(kernelFor(sdeExitProgram(problem, langevin, asked, 4, 1, "fast"))).toBeUndefined();
  });
});
