// Exits as kernels: the same bits on every backend, and what the readable walkers give, to rounding; paths that have left are taken out on the
// way, so that short blocks and blocks of which few paths are left are looked at.
import { describe, expect, it } from "vitest";
import { sdeExitProgram, sgdExitProgram } from "../../../src/ensemble/exit-program.ts";
import { modelById } from "../../../src/model/index.ts";
import { compareExits } from "./agreement.ts";
import { kernelProblems } from "./kernel-problems.ts";

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
        const ours = await compareExits(program);
        // the test is about exits: some paths leave
        expect(ours.moments.mean[0]!).toBeLessThan(asked.maxSteps);
      }
    },
    300_000,
  );
});
