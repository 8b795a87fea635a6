// `exit` as a question: shape of the answer, default survival, bad input, regions of several pieces.
import { expect, it } from "vitest";
import { models } from "../../src/model/index.ts";
import { readProblem } from "../../src/problem/read.ts";
import { exit } from "../../src/question/exit.ts";
import { problemOf, well } from "../law/line-problems.ts";

const problem = problemOf({ objective: well, sigma: 1.8, eta: 0.15, start: -1, inside: "x < 0" });

it("answers SGD and every model, both ways of watching, with about six survival steps round the mean", async () => {
  const { command, result, warnings } = await exit(problem);
  expect(command).toBe("exit");
  expect(Object.keys(result.models)).toEqual(models.map(({ id }) => id));
  const mean = result.sgd.meanSteps!.value;
  const steps = result.sgd.survival.map((s) => s.step);
  expect(steps.length).toBeGreaterThanOrEqual(5);
  expect(steps[0]).toBeLessThan(mean / 4);
  expect(steps.at(-1)).toBeGreaterThan(2 * mean);
  let before = 1;
  for (const { probability } of result.sgd.survival) {
    expect(probability!.value).toBeLessThanOrEqual(before);
    before = probability!.value;
  }
  for (const { id } of models.slice(1)) {
    const { watchedLikeSgd, watchedAlways } = result.models[id]!;
    // watched always, a path is seen to leave sooner
    expect(watchedAlways.meanSteps!.value).toBeLessThan(watchedLikeSgd.meanSteps!.value);
    expect(watchedLikeSgd.survival.map((s) => s.step)).toEqual(steps);
  }
  expect(result.models["gradient-flow"]!.watchedLikeSgd.meanSteps).toBeNull();
  expect(warnings.some((w) => w.code === "never-exits" && w.model === "gradient-flow")).toBe(true);
});

it("refuses bad input: no region, steps that are none, dimensions without an engine", async () => {
  await expect(exit(problemOf({ objective: well, eta: 0.1, start: -1 }))).rejects.toMatchObject({
    code: "question/inside",
    exitCode: 2,
    message: expect.stringContaining("inside"),
  });
  await expect(exit(problem, { survival: [1.5] })).rejects.toMatchObject({ code: "question/survival", exitCode: 2 });
  const plane = readProblem({
    objective: {
      quadratic: {
        matrix: [
          [1, 0],
          [0, 1],
        ],
      },
    },
    noise: { gaussian: { sigma: 1 } },
    learningRate: 0.1,
    start: [0, 0],
    steps: 1,
    inside: "x^2 + y^2 < 1",
  });
  await expect(exit(plane)).rejects.toMatchObject({ exitCode: 3 });
});

it("says when the region has another piece within reach", async () => {
  const { warnings } = await exit(problemOf({ objective: "x^2/2", sigma: 2, eta: 0.3, start: 0.5, inside: "x^2 > 0.01" }));
  expect(warnings.some((w) => w.message.includes("another piece"))).toBe(true);
});
