// Sampling against exact values in full: every exit of exit2d.json and every case of highdim.json, within 4.5 stated errors.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Estimate } from "../../src/answer/estimate.ts";
import { sampleExit } from "../../src/ensemble/exit.ts";
import { sampleWeak } from "../../src/ensemble/weak.ts";
import { modelById } from "../../src/model/index.ts";
import { problemOf } from "../ensemble/problems.ts";

const cases = (name: string) => JSON.parse(readFileSync(new URL(`../reference/${name}`, import.meta.url), "utf8")).cases;

/** 4.5 errors: a false alarm in 150 000. */
function agrees(estimate: Estimate | null | undefined, want: number, what: string): void {
  expect(estimate, what).toBeTruthy();
  expect(
    Math.abs(estimate!.value - want) / estimate!.error,
    `${what}: ${estimate!.value} +- ${estimate!.error}, exact ${want}`,
  ).toBeLessThan(4.5);
}

describe("exit2d.json", () => {
  it.each(cases("exit2d.json") as { name: string }[])("$name", async (given) => {
    const c = cases("exit2d.json").find((other: { name: string }) => other.name === given.name);
    const problem = problemOf({
      objective: { formula: c.objective, variables: c.variables },
      noise: c.noise,
      learningRate: c.eta,
      start: c.x0,
      steps: 1,
      inside: c.inside,
    });
    const { sgd, models } = await sampleExit(problem, ["sme1", "ha-sme"].map(modelById), { paths: 512, substeps: 4, survival: [20] });
    const k = c.steps.indexOf(20);
    agrees(sgd.meanSteps, c.sgd.meanExitSteps, "sgd mean");
    agrees(sgd.survival[0]!.probability, c.sgd.survival[k], "sgd survival");
    for (const id of ["sme1", "ha-sme"]) {
      agrees(models[id]!.watchedLikeSgd.meanSteps, c.models[id].meanExitSteps, `${id} mean`);
      agrees(models[id]!.watchedLikeSgd.survival[0]!.probability, c.models[id].survival[k], `${id} survival`);
    }
  });
});

describe("highdim.json", () => {
  it.each((cases("highdim.json") as unknown[]).map((_, number) => ({ number })))("case $number", async ({ number }) => {
    const c = cases("highdim.json")[number];
    const phis = Object.keys(c.expectations).slice(0, 3);
    const problem = problemOf({
      objective: { formula: c.objective, variables: c.variables },
      noise: c.noise,
      learningRate: c.eta,
      start: c.x0,
      steps: c.steps,
      tests: phis,
    });
    const { rows } = await sampleWeak(problem, ["sme2", "ha-sme"].map(modelById), { paths: 512, substeps: 4 });
    phis.forEach((phi, v) => {
      const want = c.expectations[phi];
      agrees(rows[v]!.sgd, want.sgd, `${phi} sgd`);
      for (const id of ["sme2", "ha-sme"]) agrees(rows[v]!.models[id]!.weakError, want[id] - want.sgd, `${phi} ${id} weak error`);
    });
  });
});
