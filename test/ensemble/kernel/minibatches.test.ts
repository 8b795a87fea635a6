// Minibatches of a table's rows as kernels: the samples of numerics/batches.ts and the sums over their rows, on every backend with the same bits, and
// what the readable walkers give, to rounding.
import { describe, expect, it } from "vitest";
import { coupledProgram } from "../../../src/ensemble/coupled.ts";
import { sdeExitProgram, sgdExitProgram } from "../../../src/ensemble/exit-program.ts";
import { kernelFor } from "../../../src/ensemble/kernel/kernel-for.ts";
import { walkPaths } from "../../../src/ensemble/kernel/walk.ts";
import type { ObservationSpec } from "../../../src/ensemble/observation.ts";
import { singleProgram } from "../../../src/ensemble/single.ts";
import { modelById } from "../../../src/model/index.ts";
import type { BatchRule } from "../../../src/numerics/batches.ts";
import { createStream } from "../../../src/numerics/random.ts";
import type { SgdProblem } from "../../../src/problem/problem.ts";
import { problemOf } from "../problems.ts";
import { compare, compareExits } from "./agreement.ts";
import { allRunners } from "./runners.ts";

/** y = a . (1, 2, ..) + noise on n rows of features in (-1, 1). */
function table(n: number, features: number) {
  const stream = createStream(7);
  const names = Array.from({ length: features }, (_, j) => `a${j + 1}`);
  const rows = Array.from({ length: n }, () => {
    const a = names.map(() => 2 * stream.uniform() - 1);
    return [...a, a.reduce((sum, value, j) => sum + (j + 1) * value, 0.3 * stream.normal())];
  });
  return { columns: [...names, "y"], rows };
}

interface Shape extends Partial<BatchRule> {
  readonly n: number;
  readonly d: number;
  readonly size: number;
}

const replaced = { replacement: true, epochs: false };
const fresh = { replacement: false, epochs: false };
const epochs = { replacement: false, epochs: true };

function rowsProblem(
  { n, d, size, replacement = false, epochs: inEpochs = false }: Shape,
  fields: Record<string, unknown> = {},
): SgdProblem {
  return problemOf({
    objective: { leastSquares: { data: table(n, d), target: "y", l2: 0.05 } },
    noise: { minibatch: { size, replacement, ...(inEpochs ? { epochs: true } : {}) } },
    learningRate: 0.2,
    start: new Array(d).fill(0.5),
    steps: 13,
    tests: ["loss"],
    ...fields,
  });
}

const single = (problem: SgdProblem, steps = [1, problem.steps], observation: ObservationSpec = { kind: "state" }) =>
  singleProgram({ problem, process: "sgd", substeps: 1 }, observation, [], steps, 1);

describe("single programs", () => {
  // batches of one, of what makes whole programs of rows and what does not, written out and in loops, of all there is; n even and odd
  it.each<Shape>([
    { n: 30, d: 1, size: 1, ...fresh },
    { n: 31, d: 3, size: 6, ...fresh },
    { n: 31, d: 3, size: 31, ...fresh },
    { n: 64, d: 11, size: 33, ...fresh },
    { n: 30, d: 2, size: 7, ...replaced },
    { n: 30, d: 2, size: 50, ...replaced },
    { n: 30, d: 2, size: 7, ...epochs },
    { n: 17, d: 2, size: 4, ...epochs },
    { n: 47, d: 2, size: 36, ...epochs },
  ])("%o", async (shape) => {
    await compare(single(rowsProblem(shape)), [1024, 1024 + 77]);
  });

  it("momentum, and figures of test functions", async () => {
    const problem = rowsProblem({ n: 31, d: 3, size: 6 }, { momentum: 0.7 });
    await compare(single(problem, [1, 13], { kind: "tests" }), [500]);
  });

  it("path numbers above 2^32", async () => {
    for (const rule of [fresh, replaced, epochs]) await compare(single(rowsProblem({ n: 30, d: 2, size: 7, ...rule })), [2 ** 33 + 700]);
  });
});

it("words that are passed over", async () => {
  // 2^32 mod n is nearly n: one word in 65 000 is passed over, and a batch of four has no word to spare
  const n = 66050;
  const rows = { columns: ["a", "y"], rows: Array.from({ length: n }, (_, i) => [1 - (i % 7) / 5, i / n]) };
  const objective = { leastSquares: { data: rows, target: "y" } };
  const stream = createStream(1);
  let passed = 0;
  for (let path = 0; path < 1024; path++)
    for (let step = 0; step < 40; step++) {
      stream.moveTo(path, step, "gradientNoise");
      // integers below 2^32 are the words themselves
      for (let b = 0; b < 4; b++) if (stream.integer(2 ** 32) >= 2 ** 32 - (2 ** 32 % n)) passed++;
    }
  expect(passed).toBeGreaterThan(0);
  for (const replacement of [true, false]) {
    const problem = problemOf({ objective, noise: { minibatch: { size: 4, replacement } }, start: [0.5], steps: 40 });
    await compare(single(problem));
  }
}, 60_000);

it("steps above 2^24", async () => {
  for (const rule of [fresh, replaced, epochs]) {
    const problem = rowsProblem({ n: 30, d: 2, size: 7, ...rule });
    const path = kernelFor(single(problem))!;
    // a multiple of the four batches of an epoch
    const from = 2 ** 24 + 4 * 10;
    const states = (await allRunners(path.kernel)).map((runner) => {
      const { used } = walkPaths(path, runner, 0, path.paths);
      runner.prepare(used, 1 << 20);
      runner.steps(0, used, from, from + 3, 0);
      return Array.from(runner.memory.subarray(path.walkers[0]!.state, path.walkers[0]!.state + 2 * path.paths));
    });
    for (const other of states) expect(other).toEqual(states[0]);
    expect(states[0]![1]).not.toBe(0.5);
  }
});

describe("models, whose covariance is that of the batches", () => {
  const shapes: readonly Shape[] = [
    { n: 30, d: 1, size: 3, ...fresh },
    { n: 31, d: 2, size: 6, ...replaced },
    { n: 31, d: 3, size: 4, ...epochs },
  ];
  it.each(shapes)("single programs, %o", async (shape) => {
    const problem = rowsProblem(shape);
    for (const process of ["sgd-gaussian", ...["sme2", "ha-sme", "spf"].map(modelById)] as const) {
      const substeps = process === "sgd-gaussian" ? 1 : 4;
      await compare(singleProgram({ problem, process, substeps }, { kind: "state" }, [], [1, 5], 1), [300]);
    }
  });

  it.each(shapes)("beside SGD, %o", async (shape) => {
    const companions = [...["gradient-flow", "ha-sme"].map(modelById), "sgd-gaussian" as const];
    // blocks of fast normals serve several paths below four dimensions but three, whose code is long
    for (const normals of shape.d === 3 ? (["fast"] as const) : (["fast", "full"] as const))
      await compare(coupledProgram(rowsProblem(shape), companions, { kind: "tests" }, [1, 6], 4, 3, 2, normals), [600]);
    if (shape.d < 3) await compare(coupledProgram(rowsProblem(shape), companions, { kind: "tests" }, [2], 2, 3), [2 ** 33 + 700]);
  });

  it("exits", async () => {
    const problem = rowsProblem({ n: 31, d: 2, size: 3 });
    const asked = { inside: "(x1 - 0.87)^2 + (x2 - 1.75)^2 > 0.05", survival: [8], maxSteps: 90 };
    for (const id of ["sme1", "ha-sme"])
      expect((await compareExits(sdeExitProgram(problem, modelById(id), asked, 2, 1))).moments.mean[0]!).toBeLessThan(80);
    expect((await compareExits(sgdExitProgram(problem, asked, 1, "sgd-gaussian"))).moments.mean[0]!).toBeLessThan(80);
  });

  it("more than eight dimensions have none", () => {
    const problem = rowsProblem({ n: 30, d: 9, size: 7 });
    expect(kernelFor(singleProgram({ problem, process: "sgd-gaussian", substeps: 1 }, { kind: "state" }, [], [3], 1))).toBeUndefined();
    expect(kernelFor(single(problem))).toBeDefined();
  });
});

describe("exits", () => {
  it.each([
    ["fresh", fresh],
    ["replaced", replaced],
    ["epochs", epochs],
  ] as const)("%s", async (_name, rule) => {
    // biome-ignore format: a list
    const problem = rowsProblem({ n: 31, d: 2, size: 3, ...rule });
    const program = sgdExitProgram(problem, { inside: "(x1 - 0.87)^2 + (x2 - 1.75)^2 > 0.05", survival: [2, 8], maxSteps: 90 }, 1, "sgd");
    const ours = await compareExits(program);
    // some leave at once, some late: the rest was moved together
    expect(ours.moments.mean[0]!).toBeLessThan(80);
    expect(ours.moments.squares[0]! / ours.paths).toBeGreaterThan(10);
  });
});
