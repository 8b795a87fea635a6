// Exits as kernels: the same bits on every backend, and what the readable walkers give, to rounding; paths that have left are taken out on the
// way, so that short blocks and blocks of which few paths are left are looked at.
import { describe, expect, it } from "vitest";
import { sdeExitProgram, sgdExitProgram } from "../../../src/ensemble/exit-program.ts";
import type { ExitKernel } from "../../../src/ensemble/kernel/exit-kernel.ts";
import { kernelFor } from "../../../src/ensemble/kernel/kernel-for.ts";
import { runExitBlock } from "../../../src/ensemble/kernel/run-exit-kernel.ts";
import { runBlock } from "../../../src/ensemble/run.ts";
import { modelById } from "../../../src/model/index.ts";
import { kernelProblems } from "./kernel-problems.ts";
import { allRunners } from "./runners.ts";

describe.each(Object.entries(kernelProblems))("exits, %s", (name, problem) => {
  const asked = { inside: problem.inside!.text, survival: [2, 8], maxSteps: 60 };
  const discrete = problem.noise.kind === "discrete";
  const ids = discrete ? ["sgd", "sgd-gaussian", "ha-sme"] : ["sgd", "ha-sme", "sme2", ...(name.includes("varying") ? [] : ["ha-sme-3"])];
  it.each(ids)(
    "%s",
    async (id) => {
      for (const normals of id === "ha-sme" ? (["fast", "full"] as const) : (["fast"] as const)) {
        const program =
          id === "sgd" || id === "sgd-gaussian"
            ? sgdExitProgram(problem, asked, 1, id, normals)
            : sdeExitProgram(problem, modelById(id), asked, id === "sme2" ? 2 : 4, 1, normals);
        const kernel = kernelFor(program) as ExitKernel | undefined;
        if (!kernel) expect.fail("this program has a kernel");
        const toPath = 1024 + 300;
        const runners = await allRunners(kernel.kernel);
        const all = runners.map((runner) => JSON.stringify(runExitBlock(program, kernel, runner, 1, toPath)));
        for (const [i, text] of all.entries()) expect(text === all[0], runners[i]!.backend).toBe(true);
        const [ours, walked] = [runExitBlock(program, kernel, runners[0]!, 1, toPath), runBlock(program, 1, toPath)];
        expect(Array.from(ours.counts)).toEqual(Array.from(walked.counts));
        for (let i = 0; i < program.size; i++) {
          const scale = 1 + Math.abs(walked.moments.mean[i]!);
          expect(Math.abs(ours.moments.mean[i]! - walked.moments.mean[i]!), `figure ${i}`).toBeLessThan(1e-9 * scale);
        }
        // the test is about exits: some paths leave
        expect(ours.moments.mean[0]!).toBeLessThan(asked.maxSteps);
      }
    },
    300_000,
  );
});
