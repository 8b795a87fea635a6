// What vector kernels are made of, against the plain twin: every elementary function at special and hard arguments (branches that are hardly ever
// taken, taken in one lane of a vector and not in its neighbour), and Philox at both ends of its counter.
import { describe, expect, it } from "vitest";
import { elementaryProgram } from "../../../src/codegen/elementary-programs.ts";
import { inline } from "../../../src/codegen/kernel/flat.ts";
import { type Kernel, lanes, layout, type MapNode, type RandomNode } from "../../../src/codegen/kernel/kernel.ts";
import { buildProgram } from "../../../src/codegen/program.ts";
import { elementaryFunctions } from "../../../src/numerics/elementary/list.ts";
import { drawWord, keyOf, philox, purposes, stepWord } from "../../../src/numerics/philox.ts";
import { fastAngular, fastRadial, fullAngular, fullRadial } from "../../../src/numerics/random.ts";
import { allRunners } from "../../ensemble/kernel/runners.ts";
import { randomNumbers, specialNumbers } from "../../numerics/special-numbers.ts";

const blocks = 1024;

function kernelOf(memory: ReturnType<typeof layout>, numbers: number, normals: "fast" | "full", fields: Partial<Kernel>): Kernel {
  const sums = memory.take(0);
  const key = keyOf(12345);
  return {
    blocks,
    sharing: 1,
    normals,
    key,
    memory: memory.size(),
    numbers,
    ways: [[]],
    observe: [],
    figures: { at: 0, count: 0 },
    sums,
    ...fields,
  };
}

/** The calls whose names stand behind `rarely` only need not be writable in a vector program by themselves. */
const functions = [...elementaryFunctions].filter(([name]) => !name.endsWith("Far"));

describe("elementary functions in kernels", () => {
  it.each(functions)(
    "%s: the same bits on every backend",
    async (name, { arity }) => {
      const memory = layout();
      const numbers = memory.take(blocks / 2);
      const [x, y, out] = [memory.take(blocks), memory.take(blocks), memory.take(blocks)];
      const m = buildProgram(2);
      const program = m.finish(inline(m, elementaryProgram(name), [m.input(0), m.input(1)].slice(0, arity)));
      const columns = [x, y].map((at) => ({ at, stride: 0 }));
      const node: MapNode = { kind: "map", over: "blocks", program, inputs: columns, outputs: [{ at: out, stride: 0 }] };
      const kernel = kernelOf(memory, numbers, "fast", { observe: [node] });
      const runners = await allRunners(kernel);
      const draw = randomNumbers(21);
      for (let round = 0; round < 20; round++) {
        for (let i = 0; i < blocks; i++)
          for (const at of [x, y]) {
            const kind = draw();
            const value =
              kind < 0.2
                ? specialNumbers[Math.floor(draw() * specialNumbers.length)]!
                : kind < 0.4
                  ? (draw() < 0.5 ? -1 : 1) * (1 + draw()) * 2 ** Math.floor(2046 * draw() - 1022)
                  : 20 * (draw() - 0.5);
            for (const runner of runners) runner.memory[at + i] = value;
          }
        for (const runner of runners) runner.observe(blocks);
        for (let i = 0; i < blocks; i++) {
          const want = runners[0]!.memory[out + i]!;
          for (const { backend, memory: got } of runners)
            if (!Object.is(got[out + i], want))
              expect.fail(`${backend}: ${name}(${got[x + i]}, ${got[y + i]}) = ${got[out + i]}, not ${want}`);
        }
      }
    },
    120_000,
  );
});

describe("Philox in kernels", () => {
  it.each(["fast", "full"] as const)("%s: the raw doubles of numerics/random.ts", async (normals) => {
    const memory = layout();
    const numbers = memory.take(blocks / 2);
    const saved = memory.take((3 * blocks) / 2);
    const out = memory.take(3 * 4 * blocks);
    const node: RandomNode = { kind: "random", word3: (purposes.normals << 28) | 5, saved, out: { at: out, stride: 4 * blocks } };
    const kernel = kernelOf(memory, numbers, normals, { ways: [[{ kind: "repeat", times: 3, body: [node] }]] });
    const words = new Int32Array(4);
    const count = 8 * lanes;
    for (const runner of await allRunners(kernel)) {
      const blockNumbers = new Int32Array(runner.memory.buffer, runner.memory.byteOffset + 8 * numbers, blocks);
      for (const [first, high] of [[0, 0], [-count, 3], [0x7ffffff0, 0x1fffff]] as const) // biome-ignore format: pairs
        for (const step of [0, 1, 2 ** 24 - 1, 2 ** 24, 2 ** 32 - 2]) {
          for (let b = 0; b < count; b++) blockNumbers[b] = (first + b) | 0;
          runner.prepare(count, Math.floor(step / 2 ** 24) << 20);
          runner.steps(0, count, step, step + 1, high);
          for (let pass = 0; pass < 3; pass++)
            for (let b = 0; b < count; b++) {
              const { low: key0, high: key1 } = kernel.key;
              philox(blockNumbers[b]!, high, stepWord(step, pass), drawWord("normals", step, 5), key0, key1, words);
              const [w0, w1, w2, w3] = words as unknown as [number, number, number, number];
              const want =
                normals === "fast"
                  ? [fastRadial(w1, w0), fastAngular(w0), fastRadial(w3, w2), fastAngular(w2)]
                  : [fullRadial(w1, w0), fullAngular(w3, w2)];
              for (const [i, value] of want.entries()) {
                const got = runner.memory[out + (4 * pass + i) * blocks + b];
                if (got !== value) expect.fail(`${runner.backend}, step ${step}, pass ${pass}, block ${b}: ${got}, not ${value}`);
              }
            }
        }
    }
  });
});
