// Kernels in many dimensions, by polynomials in the Hessian: the same bits on every backend, and the readable walkers' values to 1e-9. Paths
// whose Hessian leaves the interval of the polynomials are run by the program itself.
import { describe, expect, it } from "vitest";
import { interpret } from "../../../src/codegen/interpreter.ts";
import { columnsRunner } from "../../../src/codegen/kernel/columns.ts";
import { coupledProgram } from "../../../src/ensemble/coupled.ts";
import { event, eventsPerProcess } from "../../../src/ensemble/events.ts";
import { hessianProgram } from "../../../src/ensemble/kernel/hessian-program.ts";
import { kernelFor } from "../../../src/ensemble/kernel/kernel-for.ts";
import { runKernelBlock } from "../../../src/ensemble/kernel/run-kernel.ts";
import { spectralIntervals } from "../../../src/ensemble/kernel/spectral-interval.ts";
import type { PathProgram } from "../../../src/ensemble/program.ts";
import { runBlock } from "../../../src/ensemble/run.ts";
import { singleProgram } from "../../../src/ensemble/single.ts";
import { modelById } from "../../../src/model/index.ts";
import { symmetricEigen } from "../../../src/numerics/eigen.ts";
import type { SgdProblem } from "../../../src/problem/problem.ts";
import { readProblem } from "../../../src/problem/read.ts";
import { allRunners } from "./runners.ts";

const names = (d: number): string[] => Array.from({ length: d }, (_, i) => `x${i + 1}`);

/** Functions of linear forms, as a network's loss is made of. */
function ridges(d: number, eta: number): SgdProblem {
  const forms = Array.from({ length: d }, (_, k) => {
    const form = names(d).map((x, i) => `${Math.sin(1 + 3 * k + 2 * i).toFixed(3)}*${x}`);
    return `0.4*(${form.join("+")})^2/2 + 0.2*cos(1.1*(${form.join("+")}) + 0.${k + 1})`;
  });
  return readProblem({
    objective: { formula: forms.join(" + ").replaceAll("+-", "-"), variables: names(d) },
    noise: { gaussian: { sigma: 0.5 } },
    learningRate: eta,
    start: names(d).map((_, i) => 0.3 * (-1) ** i),
    steps: 5,
    tests: [
      names(d)
        .map((x) => `${x}^2`)
        .join(" + "),
      "sin(x1)",
      `exp(-0.2*x${d}^2)`,
    ],
  });
}

/** A sparse Hessian that grows without bound: paths far out leave every interval, and meet z >= 1. */
const wells = readProblem({
  objective: { formula: "(x1^2-1)^2/4 + (x2^2-1)^2/4 + x1*x2/5 + x3^4/8 + x4^2/2 + x5^2 + x3*x5/3", variables: names(5) },
  noise: { gaussian: { sigma: 1.2 } },
  learningRate: 0.13,
  start: [1, 0.5, 0.2, -0.5, 0.4],
  steps: 12,
  tests: ["x1^2 + x2^2", "cos(x3)"],
});

const coupled = (problem: SgdProblem, ids: readonly string[], fine = 4) =>
  coupledProgram(problem, ids.map(modelById), { kind: "tests" }, [1, problem.steps], fine, 1);

async function agree(problem: SgdProblem, ids: readonly string[], toPath: number, fine = 4) {
  return agreeOn(() => coupled(problem, ids, fine), toPath);
}

async function agreeOn(make: () => PathProgram, toPath: number) {
  const program = make();
  const path = kernelFor(program);
  if (!path) expect.fail("this program has a kernel");
  const runners = await allRunners(path.kernel);
  const [first, ...others] = runners.map((runner) => runKernelBlock(program, path, runner, 0, toPath));
  for (const [i, other] of others.entries()) expect(other.toJSON(), runners[i + 1]!.backend).toEqual(first!.toJSON());
  const readable = runBlock(make(), 0, toPath);
  for (const figures of ["mean", "squares"] as const)
    for (const [i, value] of readable.moments[figures].entries()) {
      const scale = figures === "mean" ? 1 : toPath;
      expect(Math.abs(first!.moments[figures][i]! - value), `${figures} ${i}`).toBeLessThan(1e-9 * scale * (1 + Math.abs(value)));
    }
  expect(Array.from(first!.counts)).toEqual(Array.from(readable.counts));
  expect(first!.extremes.map((extreme) => extreme?.path)).toEqual(readable.extremes.map((extreme) => extreme?.path));
  return { program, path, readable };
}

describe("steps by polynomials", () => {
  it.each([
    ["d = 6, all kinds of factors", ridges(6, 0.2), ["sme1", "sme2", "spf", "ha-sme"], 4],
    ["d = 6, corrections of the drift", ridges(6, 0.2), ["ha-sme", "ha-sme-3"], 2],
    ["d = 11", ridges(11, 0.03), ["sme1", "ha-sme-3"], 4],
  ] as const)(
    "%s",
    async (_, problem, ids, fine) => {
      await agree(problem, ids, 150, fine);
    },
    120_000,
  );

  it("a model alone, in three substeps", async () => {
    const problem = ridges(6, 0.2);
    const scheme = { problem, process: modelById("ha-sme-3"), substeps: 3 };
    await agreeOn(() => singleProgram(scheme, { kind: "state" }, [], [1, problem.steps], 1), 150);
  }, 120_000);

  it("runs paths that leave the interval the readable way, and counts what they meet", async () => {
    const { program, path, readable } = await agree(wells, ["sme1", "ha-sme"], 1024);
    // HA-SME is process 2, and some of its paths met z >= 1: no polynomial is good there
    expect(readable.counts[2 * eventsPerProcess + event.noDiffusion]).toBeGreaterThan(0);
    let runs = 0;
    const counted = Object.create(program, {
      run: {
        value: (...given: [number, Float64Array]) => {
          runs++;
          program.run(...given);
        },
      },
    });
    runKernelBlock(counted, path, columnsRunner(path.kernel), 0, 1024);
    expect(runs).toBeGreaterThan(0);
    expect(runs).toBeLessThan(300);
  }, 120_000);

  it("is none where noise is not isotropic, or a model corrects more than the drift: eigenpairs then, and beyond eight dimensions no kernel", () => {
    for (const d of [6, 9]) {
      const skew = { ...ridges(d, 0.2), noise: readProblem(anisotropic(d)).noise };
      for (const [problem, model] of [
        [skew, "sme1"],
        [ridges(d, 0.2), "ha-sme-4"],
      ] as const) {
        const path = kernelFor(coupled(problem, [model]));
        expect(path === undefined).toBe(d > 8);
        expect(path?.beyond, "only polynomials leave an interval").toBeUndefined();
      }
    }
  });
});

const anisotropic = (d: number) => ({
  objective: {
    formula: names(d)
      .map((x) => `${x}^2/2`)
      .join(" + "),
    variables: names(d),
  },
  noise: { gaussian: { covariance: names(d).map((_, i) => names(d).map((_n, j) => (i === j ? 1 + i : 0))) } },
  learningRate: 0.1,
  start: names(d).map(() => 0),
  steps: 1,
});

describe("interval of eigenvalues", () => {
  it("holds the eigenvalues at the start, without being far wider", () => {
    const problem = ridges(8, 0.1);
    const { middle, radius } = spectralIntervals(problem)[0]!;
    const values = symmetricEigen(problem.objective.hessian!(problem.start, new Float64Array(64)), 8).values.map((v) => 0.1 * v);
    expect(Math.min(...values)).toBeGreaterThan(middle - radius);
    expect(Math.max(...values)).toBeLessThan(middle + radius);
    expect(radius).toBeLessThan(3 * (Math.max(...values) - Math.min(...values)));
  });
});

describe("program of the Hessian", () => {
  it.each([
    ["functions of linear forms", ridges(7, 0.1)],
    ["a sparse formula", wells],
  ])("%s: the compiled Hessian's entries", (_, { objective, start }) => {
    const { d, variables, formula } = objective;
    const program = hessianProgram(formula!, variables);
    const lower = new Float64Array(program.outputs.length);
    interpret(program)(Float64Array.from(start), 1, lower);
    const whole = objective.hessian!(start, new Float64Array(d * d));
    for (let i = 0, k = 0; i < d; i++) for (let j = 0; j <= i; j++, k++) expect(lower[k]).toBeCloseTo(whole[i * d + j]!, 12);
    expect(lower).toHaveLength((d * (d + 1)) / 2);
  });

  it("is short for functions of linear forms", () => {
    const { formula, variables } = ridges(12, 0.1).objective;
    // entry by entry it would be three times as long
    expect(hessianProgram(formula!, variables).instructions.length).toBeLessThan(2 * 12 ** 3);
  });
});
