// `compare` on a network, from its minimum: SGD's ensemble against frozen predictions.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readProblemAt } from "../../src/node/files.ts";
import { compare } from "../../src/question/compare.ts";

const examples = new URL("../../examples/", import.meta.url).pathname;

it("from the minimum, with large batches: HA-SME within its errors, SME-1 short of noise, gradient flow at rest", {
  timeout: 60_000,
}, async () => {
  const file = JSON.parse(readFileSync(`${examples}iris-softmax.json`, "utf8"));
  const problem = await readProblemAt({ ...file, learningRate: 1.5, noise: { minibatch: { size: 75, replacement: false } } }, examples);
  const { result } = await compare([problem]);
  const [compared] = result.problems;
  const loss = compared!.weak.tests.find((test) => test.phi === "loss")!.rows[0]!;
  const sgd = loss.sgd!;
  const start = problem.objective.value(problem.start);
  const excess = sgd.value - start;
  expect(excess).toBeGreaterThan(10 * sgd.error);
  // 5 standard errors and a twentieth: noise and curvature are not quite what they are at the minimum
  expect(Math.abs(loss.models["ha-sme"]!.value!.value - sgd.value)).toBeLessThan(5 * sgd.error + 0.05 * excess);
  expect(loss.models["sme1"]!.value!.value - start).toBeLessThan(0.85 * (loss.models["ha-sme"]!.value!.value - start));
  expect(Math.abs(loss.models["gradient-flow"]!.value!.value - start)).toBeLessThan(1e-12);
  expect(loss.models["ha-sme-4"]!.value).toBeNull();
  expect(compared!.weak.tests.map((test) => test.phi)).toEqual(["loss", "rms distance", "rms gradient norm"]);
  expect(compared!.byQuestion.weak!.map((row) => row.model)).toContain("ha-sme");
  expect(compared!.diagnose.sweep).toHaveLength(3);
  // byte for byte the same again
  expect(JSON.stringify((await compare([problem])).result)).toBe(JSON.stringify(result));
});
