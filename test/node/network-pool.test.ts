// The pool of threads for networks: the rows of this thread, for every kind of job, however paths are cut.
import { readFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { singleProgram } from "../../src/ensemble/single.ts";
import { readProblemAt } from "../../src/node/files.ts";
import { networkPool } from "../../src/node/network-pool.ts";
import { poolEngine } from "../../src/node/pool.ts";
import { type NetworkJob, networkPathsHere } from "../../src/question/network-paths.ts";

const examples = new URL("../../examples/", import.meta.url).pathname;
const files = new Map(["data/iris.csv", "data/iris-softmax.safetensors"].map((path) => [path, `${examples}${path}`]));
const problem = await readProblemAt(JSON.parse(readFileSync(`${examples}iris-softmax.json`, "utf8")), examples);
const pool = networkPool({ threads: 2, files, backend: "wasm" });
afterAll(() => pool.close());

const figures = ["loss", "rms distance", "rms gradient norm"];
const jobs: readonly [string, number, NetworkJob][] = [
  ["averages of SGD", 2000, { kind: "averages", process: "sgd", figures, steps: [5, 200], seed: 3 }],
  ["averages of the twin", 2000, { kind: "averages", process: "sgd-gaussian", figures, steps: [2, 4], seed: 3 }],
  ["models", 9, { kind: "models", models: ["sme1", "ha-sme"], substeps: 2, figures, steps: [3], seed: 3 }],
  [
    "excess losses",
    501,
    {
      kind: "excess",
      learningRate: 1.5,
      batch: 50,
      optimum: problem.start,
      value: problem.objective.value(problem.start),
      starts: null,
      steps: 40,
      burn: 20,
      every: 2,
      limit: 100,
      seed: 3,
    },
  ],
];

it.each(jobs)("%s: the same rows", { timeout: 60_000 }, async (_name, count, job) => {
  // so many paths that threads pay, the first ones compared: path i does not hang on how many there are
  const shared = await pool.paths(problem, job, job.kind === "averages" && job.process === "sgd-gaussian" ? 40 : count, {});
  const few = Math.min(count, 12);
  const here = await networkPathsHere(problem, job, few, {});
  expect(here.rows.length).toBeGreaterThan(0);
  expect(shared.rows.slice(0, here.rows.length)).toEqual(here.rows);
  expect(here.rows.every(Number.isFinite)).toBe(true);
});

it("is interrupted", async () => {
  const stopped = AbortSignal.abort();
  await expect(pool.paths(problem, jobs[0]![2], 4000, { signal: stopped })).rejects.toMatchObject({ exitCode: 130 });
});

it("ensembles on a network: threads run its passes on what the asking thread does, and say so", { timeout: 120_000 }, async () => {
  const raw = JSON.parse(readFileSync(`${examples}iris-softmax.json`, "utf8"));
  const texts: string[] = [];
  for (const backend of ["wasm", "javascript"]) {
    const own = await readProblemAt(raw, examples, { backend });
    expect(own.objective.network!.passes.backend).toBe(backend);
    const program = singleProgram({ problem: own, process: "sgd", substeps: 1 }, { kind: "state" }, [], [1], 1);
    for (const threads of [1, 2]) {
      const engine = poolEngine({ threads, files });
      try {
        texts.push(JSON.stringify(await engine(program, 0, 9 * 1024, {})));
        expect(engine.performance?.()).toMatchObject({ backend, threads });
      } finally {
        await engine.close();
      }
    }
  }
  expect(new Set(texts).size).toBe(1);
});
