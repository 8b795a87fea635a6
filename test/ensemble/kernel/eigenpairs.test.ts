// Models in five to eight dimensions where every walker needs its Hessian's eigenpairs: the rotations written out in a kernel give what the readable
// walkers give, on every backend with the same bits (a compiler takes long over such code: five dimensions stand for all).
import { describe, expect, it } from "vitest";
import { coupledProgram } from "../../../src/ensemble/coupled.ts";
import type { Ensemble } from "../../../src/ensemble/ensemble.ts";
import { sdeExitProgram } from "../../../src/ensemble/exit-program.ts";
import { blockRunner, kernelRunner } from "../../../src/ensemble/kernel/backends.ts";
import { kernelDefaults, kernelFor } from "../../../src/ensemble/kernel/kernel-for.ts";
import { eigenInstructions } from "../../../src/ensemble/kernel/spectral.ts";
import type { PathProgram } from "../../../src/ensemble/program.ts";
import { runBlock } from "../../../src/ensemble/run.ts";
import { singleProgram } from "../../../src/ensemble/single.ts";
import { modelById } from "../../../src/model/index.ts";
import { problemOf } from "../problems.ts";
import { allRunners } from "./runners.ts";

/** A chain of wells; noise that is not isotropic, so that polynomials in the Hessian are no way out. */
function chain(d: number, isotropic = false) {
  const names = Array.from({ length: d }, (_, i) => `x${i + 1}`);
  const covariance = names.map((_, i) => names.map((_n, j) => (i === j ? 0.2 + 0.03 * i : 0.02)));
  return problemOf({
    objective: { formula: names.map((x, i) => `${x}^2/2 + cos(${x}*${names[(i + 1) % d]})/4`).join(" + "), variables: names },
    noise: { gaussian: isotropic ? { sigma: 0.5 } : { covariance } },
    learningRate: 0.2,
    start: names.map((_, i) => 0.5 - 0.1 * i),
    steps: 5,
    tests: ["x1*x2"],
    inside: "x1 + x2 < 1.1",
  });
}

function near(a: Ensemble, b: Ensemble): void {
  for (let i = 0; i < b.moments.mean.length; i++)
    expect(Math.abs(a.moments.mean[i]! - b.moments.mean[i]!), `figure ${i}`).toBeLessThan(1e-9 * (1 + Math.abs(b.moments.mean[i]!)));
  expect(Array.from(a.counts)).toEqual(Array.from(b.counts));
}

async function compare(program: PathProgram, paths: number): Promise<void> {
  const path = kernelFor(program);
  if (!path) expect.fail("this program has a kernel");
  const texts = (await allRunners(path.kernel)).map((runner) => {
    const block = blockRunner(program);
    block.use(runner);
    const ensemble = block.run(0, paths);
    if (runner.backend === "wasm") near(ensemble, runBlock(program, 0, paths));
    return JSON.stringify(ensemble);
  });
  for (const text of texts) expect(text === texts[0]).toBe(true);
}

describe("five dimensions, every backend", () => {
  it(
    "one model alone",
    () => compare(singleProgram({ problem: chain(5), process: modelById("ha-sme"), substeps: 2 }, { kind: "state" }, [], [5], 1), 200),
    300_000,
  );
  it(
    "exits, isotropic noise",
    () => compare(sdeExitProgram(chain(5, true), modelById("ha-sme"), { inside: "x1 + x2 < 1.1", survival: [3], maxSteps: 40 }, 2, 1), 200),
    300_000,
  );
});

describe.each([6, 7, 8])("%i dimensions, WebAssembly", (d) => {
  it("one model alone", () => {
    const program = singleProgram({ problem: chain(d), process: modelById("sme2"), substeps: 2 }, { kind: "state" }, [], [5], 1);
    const block = blockRunner(program);
    if (!block.path) expect.fail("this program has a kernel");
    block.use(kernelRunner(block.path.kernel, "wasm"));
    expect(block.backend).toBe("wasm");
    near(block.run(0, 100), runBlock(program, 0, 100));
  }, 300_000);

  it("many walkers together have no kernel: their code would be too long", () => {
    // eigenpairs of the Hessian and of the covariance
    const walkers = Math.ceil(kernelDefaults.mostEigenInstructions / (2 * eigenInstructions(d)));
    // two levels a model, and SGD
    const few = Math.floor((walkers - 2) / 2);
    const models = (count: number) => Array.from({ length: count }, () => modelById("ha-sme"));
    if (few > 0) expect(kernelFor(coupledProgram(chain(d), models(few), { kind: "state" }, [5], 2, 1))).toBeDefined();
    expect(kernelFor(coupledProgram(chain(d), models(few + 1), { kind: "state" }, [5], 2, 1))).toBeUndefined();
  });
});
