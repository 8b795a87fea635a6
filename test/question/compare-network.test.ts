// `compare` on networks: ensembles of the models where they are small, frozen predictions beyond; the same document for any number of threads.
import { readFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { readProblemAt } from "../../src/node/files.ts";
import { networkPool } from "../../src/node/network-pool.ts";
import { compare } from "../../src/question/compare.ts";
import { averagesDefaults } from "../../src/question/network-averages.ts";

const examples = new URL("../../examples/", import.meta.url).pathname;
const file = JSON.parse(readFileSync(`${examples}iris-softmax.json`, "utf8"));
const problem = await readProblemAt(
  { ...file, learningRate: 1.5, noise: { minibatch: { size: 75, replacement: false } }, steps: 30, at: [10, 30], tests: ["loss", "x1"] },
  examples,
);
const pool = networkPool({
  threads: 2,
  files: new Map([
    ["data/iris.csv", `${examples}data/iris.csv`],
    ["data/iris-softmax.safetensors", `${examples}data/iris-softmax.safetensors`],
  ]),
});
afterAll(() => pool.close());

it("small networks: the models' own averages agree with SGD where batches are large, and with the test function", {
  timeout: 120_000,
}, async () => {
  const { result } = await compare([problem], { models: ["gradient-flow", "sme1", "ha-sme"] });
  const [compared] = result.problems;
  const row = (phi: string) => compared!.weak.tests.find((test) => test.phi === phi)!.rows[0]!;
  const loss = row("loss");
  const start = problem.objective.value(problem.start);
  const excess = loss.sgd!.value - start;
  expect(excess).toBeGreaterThan(10 * loss.sgd!.error);
  const error = (id: string) => loss.models[id]!.weakError!;
  // 5 standard errors; HA-SME lacks what the curvature changes, a twentieth of the excess
  expect(Math.abs(error("ha-sme").value)).toBeLessThan(5 * error("ha-sme").error + 0.05 * excess);
  expect(Math.abs(error("sgd-gaussian").value)).toBeLessThan(5 * error("sgd-gaussian").error + 0.05 * excess);
  // SME-1 lacks the factor 1/(1 - z/2): its own coupled paths show it within their errors
  const deficit = loss.models["ha-sme"]!.value!.value - loss.models["sme1"]!.value!.value;
  expect(deficit).toBeGreaterThan(0.1 * excess);
  // at the minimum gradient flow rests
  expect(Math.abs(loss.models["gradient-flow"]!.value!.value - start)).toBeLessThan(1e-12);
  // a test function of the user's has the models' figures, too
  expect(Math.abs(row("x1").models["ha-sme"]!.weakError!.value)).toBeLessThan(5 * row("x1").models["ha-sme"]!.weakError!.error);
  expect(compared!.weak.tests.map((test) => test.phi)).toEqual(["loss", "x1", "rms distance", "rms gradient norm"]);
  expect(compared!.weak.method).toContain("coupled");
  expect(compared!.diagnose.sweep).toHaveLength(3);
});

it("more parameters than are sampled: predictions with the start's Hessian and noise", { timeout: 120_000 }, async () => {
  const large = await readProblemAt(
    {
      ...file,
      objective: { network: { ...file.objective.network, hidden: [20], weights: undefined } },
      start: { seed: 1 },
      learningRate: 0.05,
      steps: 20,
      at: [20],
    },
    examples,
  );
  expect(large.objective.d).toBeGreaterThan(averagesDefaults.largestSampled);
  const { result, warnings } = await compare([large], { models: ["ha-sme"], paths: 8 });
  const [compared] = result.problems;
  expect(compared!.weak.method).toBe(
    "8 paths of SGD; models with the start's Hessian and noise; errors of the largest weak error allow for its choice among the steps",
  );
  // the largest error's own interval holds every step's at once
  const own = compared!.weak.tests[0]!.rows[0]!.models["ha-sme"]!;
  for (const { weakError } of own.alongTheWay!) expect(own.maxWeakError!.error).toBeGreaterThanOrEqual(weakError.error);
  expect(compared!.weak.tests[0]!.rows[0]!.models["ha-sme"]!.value).not.toBeNull();
  expect(warnings.some((w) => /start/.test(w.message) && w.code === "not-applicable")).toBe(true);
});

it("a number of paths that is asked for sets SGD's, and the twin's and the models' go with it", { timeout: 120_000 }, async () => {
  const short = await readProblemAt(
    { ...file, learningRate: 0.5, noise: { minibatch: { size: 75, replacement: false } }, steps: 2, at: [2], tests: ["loss"] },
    examples,
  );
  const methods = [];
  for (const paths of [undefined, 4096]) {
    const { result } = await compare([short], { models: ["sme1"], ...(paths && { paths }) });
    methods.push(result.problems[0]!.weak.method.split(";")[0]);
  }
  expect(methods).toEqual([
    "1024 paths of SGD, 512 of its Gaussian twin, 32 coupled ones of each model (2 substeps, extrapolated)",
    "4096 paths of SGD, 2048 of its Gaussian twin, 128 coupled ones of each model (2 substeps, extrapolated)",
  ]);
});

it("byte for byte the same in this thread and on two", { timeout: 120_000 }, async () => {
  const options = { models: ["sme1", "ha-sme"], paths: 20 };
  const here = await compare([problem], options);
  const shared = await compare([problem], { ...options, networkPaths: (...asked) => pool.paths(...asked) });
  expect(JSON.stringify(shared)).toBe(JSON.stringify(here));
});
