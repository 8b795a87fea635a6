// States from kernels: those that the ensembles average, bit for bit, on both backends; those of `pathBlocks` to rounding.
import { describe, expect, it } from "vitest";
import { blockRunner } from "../../../src/ensemble/kernel/backends.ts";
import { stateRunner } from "../../../src/ensemble/kernel/states.ts";
import { type Scheme, singleProgram } from "../../../src/ensemble/single.ts";
import { modelById } from "../../../src/model/index.ts";
import type { SgdProblem } from "../../../src/problem/problem.ts";
import { pathStates } from "../../../src/question/path-states.ts";
import { pathBlocks } from "../../../src/question/paths.ts";
import { problemOf } from "../problems.ts";
import { kernelProblems } from "./kernel-problems.ts";

const coin = problemOf({
  objective: { formula: "x^2/2 + x*y/4 + y^2" },
  noise: { discrete: { values: [[0.5, 0], [-0.5, 0]], probabilities: [0.5, 0.5] } }, // biome-ignore format: atoms
  learningRate: 0.2,
  start: [1, 0.5],
  steps: 7,
});
const ball = problemOf({
  objective: { formula: "x^2/2 + y^2" },
  noise: { gaussian: { sigma: 0.4 } },
  learningRate: 0.1,
  momentum: 0.6,
  start: [1, 0.5],
  steps: 7,
});
const problems: { readonly [name: string]: SgdProblem } = { ...kernelProblems, "discrete noise": coin, momentum: ball };
const schemeOf = (problem: SgdProblem, id: string): Scheme =>
  id === "sgd" ? { problem, process: id, substeps: 1 } : { problem, process: modelById(id), substeps: 4 };

describe.each(Object.keys(problems))("%s", (name) => {
  const problem = problems[name]!;
  const ids = name === "momentum" ? ["sgd"] : ["sgd", "ha-sme"];
  it.each(ids)("%s", async (id) => {
    const steps = [0, 1, problem.steps];
    const scheme = schemeOf(problem, id);
    const { d } = problem.objective;
    const wasm = stateRunner(scheme, steps, 1)!;
    const plain = stateRunner(scheme, steps, 1, { backend: "javascript" })!;
    expect([wasm.backend, plain.backend]).toEqual(["wasm", "javascript"]);
    // a whole batch and a part of one
    for (const [first, count] of [
      [0, wasm.paths],
      [2048, 5],
    ] as const) {
      const states = new Float64Array(steps.length * count * wasm.size);
      const others = states.slice();
      wasm.run(first, count, states);
      plain.run(first, count, others);
      expect(others).toEqual(states);
      const rounded = new Float32Array(states.length);
      wasm.run(first, count, rounded);
      expect(rounded).toEqual(Float32Array.from(states));
      expect(Array.from(states.subarray(0, d))).toEqual(Array.from(problem.start));

      const program = singleProgram(scheme, { kind: "state" }, [], steps.slice(1), 1);
      const runner = blockRunner(program);
      const block = first / 1024;
      // the mean over one path is its state
      const own = runner.run(block, first + 1).moments.mean;
      const at = (k: number, p: number, i: number) => states[(k * count + p) * wasm.size + i]!;
      const { mean } = runner.run(block, first + count).moments;
      for (let k = 1; k < steps.length; k++)
        for (let i = 0; i < wasm.size; i++) {
          const f = (k - 1) * wasm.size + i;
          expect(at(k, 0, i)).toBe(own[f]);
          let [sum, size] = [0, 0];
          for (let p = 0; p < count; p++) {
            sum += at(k, p, i);
            size += Math.abs(at(k, p, i));
          }
          // two orders of summation
          expect(Math.abs(sum / count - mean[f]!)).toBeLessThanOrEqual(count * 2 ** -52 * (size / count));
        }
    }

    const options = { models: [id], paths: 300, substeps: scheme.substeps, steps };
    let seen = 0;
    const byPath: Float64Array[] = [];
    for await (const { count, x } of pathBlocks(problem, options))
      for (let p = 0; p < count; p++) byPath.push(x.slice(p * steps.length * d, (p + 1) * steps.length * d));
    for await (const { first, count, x, backend } of pathStates(problem, options)) {
      expect(backend).toBe("wasm");
      for (let p = 0; p < count; p++, seen++)
        for (let k = 0; k < steps.length; k++)
          for (let i = 0; i < d; i++) {
            const other = byPath[first + p]![k * d + i]!;
            // 2^-24 by rounding to 32 bits, 1e-9 as in bits.test.ts
            expect(Math.abs(x[(k * count + p) * d + i]! - other)).toBeLessThanOrEqual((2 ** -24 + 1e-9) * (1 + Math.abs(other)));
          }
    }
    expect(seen).toBe(300);
  });
});

describe("pathStates", () => {
  it("goes path by path where there is no kernel, the same paths", async () => {
    const problem = problemOf({
      objective: { network: { data: { columns: ["a", "y"], rows: [[1, 2], [2, 3], [3, 5], [0, 1]] }, target: "y", hidden: [], loss: "squared-error" } }, // biome-ignore format: a table
      noise: { minibatch: { size: 2, replacement: true } },
      learningRate: 0.1,
      start: [0, 0],
      steps: 4,
    });
    const parts = [];
    for await (const part of pathStates(problem, { paths: 40, steps: [0, 4] })) parts.push(part);
    expect(parts.map(({ count, backend }) => [count, backend])).toEqual([[40, "javascript"]]);
    const blocks = [];
    for await (const block of pathBlocks(problem, { paths: 40, steps: [0, 4] })) blocks.push(block);
    for (let p = 0; p < 40; p++)
      for (const k of [0, 1]) expect(parts[0]!.x[2 * (k * 40 + p)]).toBe(Math.fround(blocks[0]!.x[2 * (2 * p + k)]!));
  });

  it("a path that overflows is NaN from there on", async () => {
    const problem = problemOf({ objective: { formula: "x^4" }, noise: { gaussian: { sigma: 1 } }, learningRate: 1, start: [1], steps: 12 });
    for await (const { x, count } of pathStates(problem, { paths: 100, steps: [1, 12] })) {
      expect(x.subarray(0, count).every(Number.isFinite)).toBe(true);
      expect(x.subarray(count).some(Number.isNaN)).toBe(true);
    }
  });

  it("stops when it is told to, and refuses a model that is no process", async () => {
    const problem = kernelProblems["d = 2"]!;
    const stop = new AbortController();
    const parts = pathStates(problem, { paths: 1e6, steps: [12], signal: stop.signal });
    expect((await parts.next()).done).toBe(false);
    stop.abort();
    await expect(parts.next()).rejects.toMatchObject({ exitCode: 130 });
    const beyond = { ...kernelProblems["d = 1"]!, learningRate: 5, start: Float64Array.of(2) };
    await expect(pathStates(beyond, { models: ["ha-sme"], paths: 8, steps: [1] }).next()).rejects.toMatchObject({ exitCode: 3 });
  });
});
