// The local pool: threads and backends change no byte of an ensemble; interrupts end it; work that cannot go to threads stays here; numbers of
// threads and backends that make no sense are refused by name.
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { coupledProgram } from "../../src/ensemble/coupled.ts";
import { sgdExitProgram } from "../../src/ensemble/exit-program.ts";
import type { PathProgram } from "../../src/ensemble/program.ts";
import { plainEngine } from "../../src/ensemble/run.ts";
import { singleProgram } from "../../src/ensemble/single.ts";
import { modelById } from "../../src/model/index.ts";
import { type PoolOptions, poolEngine } from "../../src/node/pool.ts";
import { problemOf } from "../ensemble/problems.ts";

type Pool = ReturnType<typeof poolEngine>;
const opened: Pool[] = [];
const pool = (options: PoolOptions) => {
  const engine = poolEngine(options);
  opened.push(engine);
  return engine;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((engine) => engine.close()));
});

const well = problemOf({
  objective: { formula: "x^2/2 + 1.5*exp(-x^2)", variables: ["x"] },
  noise: { gaussian: { sigma: 0.9 } },
  start: [-1.05],
  inside: "x < 0",
  steps: 10,
  tests: ["x", "x^2"],
});
const minibatch = problemOf({
  objective: { leastSquares: { data: { columns: ["a", "y"], rows: [[1, 0.5], [2, 1], [-1, 1], [0.5, -1]] }, target: "y", l2: 0.1 } }, // biome-ignore format: rows
  noise: { minibatch: { size: 2, replacement: false } },
  learningRate: 0.1,
  start: [1],
  steps: 6,
  tests: ["x1"],
});
const network = problemOf({
  objective: { network: { data: { columns: ["a", "y"], rows: [[1, 0.5], [2, 1], [-1, 1], [0.5, -1]] }, target: "y", hidden: [], loss: "squared-error" } }, // biome-ignore format: rows
  noise: { minibatch: { size: 2, replacement: false } },
  learningRate: 0.1,
  start: [1, 0],
  steps: 6,
  tests: ["loss"],
});
/** Not a whole number of blocks, and more than are kept in one thread. */
const paths = 13 * 1024 + 77;

const programs: { readonly [name: string]: () => PathProgram } = {
  single: () => singleProgram({ problem: well, process: modelById("ha-sme"), substeps: 4 }, { kind: "state" }, [], [10], 1),
  coupled: () => coupledProgram(well, ["sme1", "ha-sme"].map(modelById), { kind: "tests" }, [5, 10], 2, 1),
  exit: () => sgdExitProgram(well, { inside: "x < 0", survival: [5], maxSteps: 50 }, 1),
  mirrored: () => coupledProgram(well, [modelById("ha-sme")], { kind: "tests" }, [5, 10], 2, 1, 2, "fast", undefined, true),
  minibatch: () => singleProgram({ problem: minibatch, process: "sgd", substeps: 1 }, { kind: "state" }, [], [6], 1),
  network: () => singleProgram({ problem: network, process: "sgd", substeps: 1 }, { kind: "state" }, [], [6], 1),
};

describe("threads", () => {
  // to start a thread in a checkout costs more than these paths: the engines are used again
  const [one, two, three] = [1, 2, 3].map((threads) => poolEngine({ threads, backend: "wasm" })) as [Pool, Pool, Pool];
  const plainTwo = poolEngine({ threads: 2, backend: "javascript" });
  afterAll(async () => {
    await Promise.all([one, two, three, plainTwo].map((engine) => engine.close()));
  });

  it.each(Object.keys(programs))(
    "%s: 1, 2 and 3 threads, WebAssembly and JavaScript give the same bytes",
    async (name) => {
      const texts: string[] = [];
      for (const [engine, threads] of [
        [one, 1],
        [two, 2],
        [three, 3],
        [plainTwo, 2],
      ] as const) {
        texts.push(JSON.stringify(await engine(programs[name]!(), 0, paths, {})));
        expect(engine.performance?.()).toMatchObject({ threads });
      }
      expect(texts.map((text) => text === texts[0])).toEqual([true, true, true, true]);
      // a second call goes on from a later block in the same threads
      const lower = await two(programs[name]!(), 0, 9 * 1024, {});
      expect(JSON.stringify(lower.merge(await two(programs[name]!(), 9, paths, {}))) === texts[0]).toBe(true);
    },
    120_000,
  );

  it("programs without a kernel are run as the plain engine runs them", async () => {
    const plain = await plainEngine(programs["network"]!(), 0, paths, {});
    const spread = await two(programs["network"]!(), 0, paths, {});
    expect(JSON.stringify(spread) === JSON.stringify(plain)).toBe(true);
  }, 60_000);

  it("several programs in turn, each by its own kernel", async () => {
    for (const name of ["single", "exit", "single", "coupled", "exit"]) {
      const want = await one(programs[name]!(), 0, paths, {});
      expect(JSON.stringify(await two(programs[name]!(), 0, paths, {})) === JSON.stringify(want), name).toBe(true);
    }
  }, 120_000);

  it("progress goes up to the number of paths", async () => {
    const seen: number[] = [];
    await two(programs["single"]!(), 0, paths, { onProgress: (done, total) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  }, 60_000);

  it("an oracle is asked from this thread alone", async () => {
    const program = programs["single"]!();
    const oracle = { ...program, problem: { ...program.problem, objective: { ...program.problem.objective, kind: "oracle" as const } } };
    const engine = pool({ threads: 3 });
    await engine(oracle, 0, paths, {});
    expect(engine.performance?.()).toMatchObject({ threads: 1 });
  }, 60_000);
});

describe("interrupts", () => {
  it.each([1, 2])(
    "with %i threads, and the engine works again afterwards",
    async (threads) => {
      const engine = pool({ threads });
      const controller = new AbortController();
      const long = engine(programs["single"]!(), 0, 4e7, { signal: controller.signal, onProgress: () => controller.abort() });
      await expect(long).rejects.toMatchObject({ code: "ensemble/interrupted" });
      expect((await engine(programs["single"]!(), 0, paths, {})).paths).toBe(paths);
    },
    60_000,
  );

  it("what fails in a thread fails here, with its words", async () => {
    const engine = pool({ threads: 2 });
    const broken = { ...programs["single"]!(), job: "{}" };
    await expect(engine(broken, 0, paths, {})).rejects.toThrow();
    expect((await engine(programs["single"]!(), 0, paths, {})).paths).toBe(paths);
  }, 60_000);
});

describe("what makes no sense", () => {
  it.each([0, -1, 1.5, 1000, Number.NaN])("%f threads", (threads) => {
    expect(() => poolEngine({ threads })).toThrow(expect.objectContaining({ code: "node/threads", exitCode: 2 }));
  });
  it("a backend that is not there", () => {
    expect(() => poolEngine({ backend: "foo" })).toThrow(expect.objectContaining({ code: "node/backend", exitCode: 2 }));
    expect(() => poolEngine({ backend: "foo" })).toThrow(/foo.*auto, wasm, native, javascript/);
  });
});
