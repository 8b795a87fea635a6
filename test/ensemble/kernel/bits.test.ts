// Kernels of single and coupled programs: WebAssembly, native code and JavaScript give the same ensemble, bit for bit, and the readable walkers
// (ensemble/run.ts) the same to rounding.
import { describe, expect, it } from "vitest";
import { fitControl } from "../../../src/ensemble/control-fit.ts";
import { coupledProgram } from "../../../src/ensemble/coupled.ts";
import { kernelFor } from "../../../src/ensemble/kernel/kernel-for.ts";
import { runKernelBlock } from "../../../src/ensemble/kernel/run-kernel.ts";
import type { PathProgram } from "../../../src/ensemble/program.ts";
import { runBlock } from "../../../src/ensemble/run.ts";
import type { SgdKind } from "../../../src/ensemble/sgd.ts";
import { singleProgram } from "../../../src/ensemble/single.ts";
import { modelById } from "../../../src/model/index.ts";
import type { NormalKind } from "../../../src/numerics/normals.ts";
import { problemOf } from "../problems.ts";
import { compare, sameBits } from "./agreement.ts";
import { kernelProblems } from "./kernel-problems.ts";
import { allRunners } from "./runners.ts";

const normalKinds: readonly NormalKind[] = ["fast", "full"];

const isDiscrete = (name: string): boolean => kernelProblems[name]!.noise.kind === "discrete";

const single = (name: string, id: string, normals: NormalKind, substeps = id.startsWith("sgd") ? 1 : 4) => {
  const problem = kernelProblems[name]!;
  const process = id.startsWith("sgd") ? (id as SgdKind) : modelById(id);
  return singleProgram({ problem, process, substeps }, { kind: "state" }, [], [1, problem.steps], 1, normals);
};

describe.each(Object.keys(kernelProblems))("single programs, %s", (name) => {
  const models = ["sme1", "sme2", "ha-sme", "ha-sme-3", "spf"].filter((id) => id !== "ha-sme-3" || !name.includes("varying"));
  // with discrete noise models are what they are with Gaussian noise of its covariance: one of them shows that it is found
  it.each(isDiscrete(name) ? ["sgd", "sgd-gaussian", "ha-sme"] : ["sgd", ...models])(
    "%s",
    async (id) => {
      for (const normals of id === "sgd" || id === "ha-sme" ? normalKinds : (["fast"] as const)) await compare(single(name, id, normals));
    },
    300_000,
  );
});

describe("coupled programs", () => {
  it.each(Object.keys(kernelProblems))(
    "%s: five models on SGD's normals",
    async (name) => {
      const problem = kernelProblems[name]!;
      const ids = ["gradient-flow", "sme1", "sme2", "ha-sme", ...(name.includes("varying") ? [] : ["ha-sme-3"])];
      const companions = [...ids.map(modelById), ...(isDiscrete(name) ? (["sgd-gaussian"] as const) : [])];
      for (const normals of name.startsWith("d = 2") && !name.includes("varying") ? normalKinds : (["fast"] as const))
        await compare(coupledProgram(problem, companions, { kind: "tests" }, [1, problem.steps], 4, 3, 2, normals), [600]);
    },
    300_000,
  );

  it("observes moments about centers that change from step to step", async () => {
    const problem = kernelProblems["d = 2"]!;
    const centers = [0, 1].map((process) => [1, 12].map((step) => [0.9 - process / 10, step / 13]));
    await compare(coupledProgram(problem, [modelById("ha-sme")], { kind: "moments", centers }, [1, 12], 2, 5), [300]);
  });
});

describe("controls", () => {
  it.each(["d = 1", "d = 2", "d = 2, varying", "d = 3", "d = 1, discrete, varying", "d = 2, discrete"])(
    "%s: what is taken from the figures",
    async (name) => {
      const problem = kernelProblems[name]!;
      const companions = [...["gradient-flow", "sme1", "ha-sme"].map(modelById), ...(isDiscrete(name) ? (["sgd-gaussian"] as const) : [])];
      const observation = { kind: "tests" } as const;
      const steps = [1, problem.steps];
      for (const values of [true, false]) {
        const control = fitControl(problem, { companions, observation, steps, paths: 1e5, seed: 3, values });
        if (!control) expect.fail("this problem has a control");
        await compare(coupledProgram(problem, companions, observation, steps, 4, 3, 2, "fast", control), [600]);
      }
    },
    300_000,
  );
});

describe("mirrored paths", () => {
  it.each(["d = 1", "d = 2", "d = 2, varying", "d = 3, varying"])(
    "%s: the normals and their negatives",
    async (name) => {
      const problem = kernelProblems[name]!;
      const companions = ["gradient-flow", "ha-sme"].map(modelById);
      const observation = { kind: "tests" } as const;
      const steps = [1, problem.steps];
      const control = name.includes("varying")
        ? undefined
        : fitControl(problem, { companions, observation, steps, paths: 1e5, seed: 3, values: true });
      await compare(coupledProgram(problem, companions, observation, steps, 2, 3, 2, "fast", control, true), [300]);
    },
    300_000,
  );

  it("moments about centers, and discrete noise, whose own draws are not mirrored", async () => {
    const centers = [0, 1].map((process) => [1, 12].map((step) => [0.9 - process / 10, step / 13]));
    const moments = { kind: "moments", centers } as const;
    const program = (name: string, observation: typeof moments | { readonly kind: "tests" }) =>
      coupledProgram(kernelProblems[name]!, [modelById("ha-sme")], observation, [1, 12], 2, 5, 2, "full", undefined, true);
    await compare(program("d = 2", moments), [300]);
    await compare(program("d = 2, discrete", { kind: "tests" }), [300]);
  });
});

describe("blocks", () => {
  it("short ones: one path, one more than a vector, one less than a batch, the last of a block", async () => {
    await compare(single("d = 1", "sgd", "fast"), [1, 2, 33, 511, 513, 1023, 1024, 3 * 1024 + 5]);
    await compare(single("d = 3", "ha-sme", "full"), [1, 9, 127, 2 * 1024 + 129]);
  });

  it("path numbers above 2^32", async () => {
    await compare(single("d = 2", "sgd", "fast"), [2 ** 33 + 700]);
    await compare(single("d = 1", "ha-sme", "full"), [2 ** 40 - 24]);
    // the uniforms of discrete noise go by paths, the normals beside them by blocks of four
    const problem = kernelProblems["d = 1, discrete, varying"]!;
    await compare(single("d = 1, discrete, varying", "sgd", "fast"), [2 ** 33 + 700]);
    await compare(coupledProgram(problem, [modelById("ha-sme"), "sgd-gaussian"], { kind: "tests" }, [10], 2, 3), [2 ** 33 + 700]);
  });
});

describe("what paths meet", () => {
  it("z >= 1 and indefinite covariances are counted alike", async () => {
    const problem = problemOf({
      objective: { formula: "x^4/4 + y^2/2 + x*y/4", variables: ["x", "y"] },
      noise: { gaussian: { covariance: [["1", "0.3*x"], ["0.3*x", "1"]] } }, // biome-ignore format: a matrix
      learningRate: 0.4,
      start: [0.5, 0.5],
      steps: 3,
      tests: ["x"],
    });
    for (const id of ["sme2", "ha-sme"]) {
      const program = singleProgram({ problem, process: modelById(id), substeps: 4 }, { kind: "state" }, [], [3], 2);
      await compareEvents(program);
    }
  });

  it("overflows are counted alike, and their figures are NaN on every backend", async () => {
    const problem = problemOf({
      objective: { formula: "x^4", variables: ["x"] },
      noise: { gaussian: { sigma: 1 } },
      learningRate: 1,
      start: [1],
      steps: 12,
      tests: ["x"],
    });
    const counts = await compareEvents(singleProgram({ problem, process: "sgd", substeps: 1 }, { kind: "state" }, [], [12], 2));
    expect(counts.some((count) => count > 0)).toBe(true);
  });
});

/** Same bits on every backend, same events as the walkers; the figures themselves may part, since these paths stretch by much. */
async function compareEvents(program: PathProgram): Promise<readonly number[]> {
  const path = kernelFor(program)!;
  const [plain, ...others] = (await allRunners(path.kernel)).map((runner) => runKernelBlock(program, path, runner, 0, 900));
  for (const other of others) sameBits(other, plain!, "events");
  expect(Array.from(plain!.counts)).toEqual(Array.from(runBlock(program, 0, 900).counts));
  return Array.from(plain!.counts);
}
