// Weak errors by sampling against exact values of independent programs, and the stated errors against what happens over many seeds.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Estimate } from "../../src/answer/estimate.ts";
import { sampleExpectations, sampleWeak } from "../../src/ensemble/weak.ts";
import { modelById, models } from "../../src/model/index.ts";
import { cosine, problemOf } from "./problems.ts";

const reference = (name: string) => JSON.parse(readFileSync(new URL(`../reference/${name}`, import.meta.url), "utf8"));
/** The check of the acceptance tests: 4.5 stated errors, false alarm 7e-6 a figure. */
const within = (estimate: Estimate | null, want: number, what: string) => {
  expect(estimate, what).not.toBeNull();
  expect(estimate!.error, what).toBeGreaterThan(0);
  expect(Math.abs(estimate!.value - want) / estimate!.error, what).toBeLessThan(4.5);
};

describe("weak errors in one dimension", () => {
  it.each([0, 4])("case %i of weak1d.json: values, weak errors and their largest", async (number) => {
    const c = reference("weak1d.json").cases[number];
    const phis = Object.keys(c.expectations).slice(0, 2);
    const problem = problemOf({
      objective: { formula: c.objective, variables: ["x"] },
      noise: { gaussian: { sigma: c.sigma } },
      learningRate: c.eta,
      start: [c.x0],
      steps: c.steps,
      tests: phis,
    });
    const { rows, warnings } = await sampleWeak(problem, models, { paths: 4096, substeps: 4 });
    expect(warnings).toEqual([]);
    phis.forEach((phi, v) => {
      const want = c.expectations[phi];
      const row = rows[v]!;
      within(row.sgd, want.sgd, `${phi} sgd`);
      expect(row.sgdStandardDeviation).toBeGreaterThan(0);
      for (const [id, result] of Object.entries(row.models)) {
        if (want[id] === undefined) continue;
        within(result.value, want[id], `${phi} ${id}`);
        within(result.weakError, want[id] - want.sgd, `${phi} ${id} weak error`);
        expect(result.maxWeakError!.value).toBeGreaterThanOrEqual(Math.abs(result.weakError!.value));
        expect(result.alongTheWay!.at(-1)!.weakError).toEqual(result.weakError);
      }
      // what the coupling is for: HA-SME's weak error is known far better than SGD's mean
      expect(row.models["ha-sme"]!.weakError!.error).toBeLessThan(0.1 * row.sgd!.error);
    });
  });

  it("curves hold the same figures", async () => {
    const problem = cosine({ steps: 4 });
    const options = { paths: 1024, substeps: 2 };
    const some = [modelById("sme2")];
    const { rows } = await sampleWeak(problem, some, options);
    const { sgd, models: curves } = await sampleExpectations(problem, some, options);
    expect(sgd[1]!.values.length).toBe(5);
    expect(sgd[1]!.values[0]).toBeCloseTo(1.96, 14);
    expect(sgd[1]!.values[4]).toBe(rows[1]!.sgd!.value);
    expect(curves["sme2"]![1]!.fromSgd!.values[4]).toBe(rows[1]!.models["sme2"]!.weakError!.value);
    expect(curves["sme2"]![1]!.largest).toEqual(rows[1]!.models["sme2"]!.maxWeakError);
  });

  it("a tolerance is met, by a schedule that depends on nothing else", async () => {
    const problem = cosine({ steps: 3, tests: ["x^2"] });
    const once = await sampleWeak(problem, [modelById("sme1")], { tolerance: 0.02, substeps: 2 });
    const again = await sampleWeak(problem, [modelById("sme1")], { tolerance: 0.02, substeps: 2 });
    const { value, error } = once.rows[0]!.sgd!;
    expect(1.96 * error).toBeLessThan(0.02 * value);
    expect(again).toEqual(once);
    const hopeless = await sampleWeak(problem, [modelById("sme1")], { tolerance: 1e-6, paths: 2048, substeps: 2 });
    expect(hopeless.paths).toBe(2048);
    expect(hopeless.warnings.map((w) => w.code)).toContain("not-converged");
  });

  it("discrete noise: SGD by its own draws, and its Gaussian twin beside the models", async () => {
    const problem = cosine({
      noise: { discrete: { values: [[-1], [1]], probabilities: [0.5, 0.5] } },
      steps: 2,
      tests: ["x^4"],
      learningRate: 0.2,
    });
    const { rows } = await sampleWeak(problem, [modelById("ha-sme")], { paths: 8192, substeps: 2 });
    // two steps of two values: SGD's E x^4 exactly, by enumeration
    const step = (x: number, noise: number) => x - 0.2 * (x + Math.sin(x) / 2 + noise);
    const ends = [-1, 1].flatMap((a) => [-1, 1].map((b) => step(step(1.4, a), b)));
    within(rows[0]!.sgd, ends.reduce((sum, x) => sum + x ** 4, 0) / 4, "sgd");
    // the twin: one step is exactly Gaussian, the second by Gauss-Hermite with 3 nodes is good to far below the error here
    const nodes = [-Math.sqrt(3), 0, Math.sqrt(3)];
    const weights = [1 / 6, 2 / 3, 1 / 6];
    const twin = nodes.reduce(
      (sum, a, i) => sum + weights[i]! * nodes.reduce((inner, b, j) => inner + weights[j]! * step(step(1.4, a), b) ** 4, 0),
      0,
    );
    within(rows[0]!.models["sgd-gaussian"]!.value, twin, "sgd-gaussian");
  });
});

describe("weak errors in six dimensions", () => {
  it("highdim.json: values and weak errors", async () => {
    const c = reference("highdim.json").cases[0];
    const phis = Object.keys(c.expectations).slice(0, 5);
    const problem = problemOf({
      objective: { formula: c.objective, variables: c.variables },
      noise: c.noise,
      learningRate: c.eta,
      start: c.x0,
      steps: c.steps,
      tests: phis,
    });
    const { rows } = await sampleWeak(problem, ["sme2", "ha-sme", "ha-sme-3"].map(modelById), { paths: 2048, substeps: 4 });
    phis.forEach((phi, v) => {
      const want = c.expectations[phi];
      within(rows[v]!.sgd, want.sgd, `${phi} sgd`);
      for (const id of ["sme2", "ha-sme", "ha-sme-3"]) {
        within(rows[v]!.models[id]!.value, want[id], `${phi} ${id}`);
        within(rows[v]!.models[id]!.weakError, want[id] - want.sgd, `${phi} ${id} weak error`);
      }
      expect(rows[v]!.models["ha-sme"]!.weakError!.error).toBeLessThan(0.2 * rows[v]!.sgd!.error);
    });
  });
});

describe("stated errors", () => {
  it("95 % intervals cover the exact values as often as they say (60 seeds; test/slow repeats it with more)", async () => {
    const c = reference("weak1d.json").cases[0];
    const problem = problemOf({
      objective: { formula: c.objective, variables: ["x"] },
      noise: { gaussian: { sigma: 1 } },
      learningRate: c.eta,
      start: [c.x0],
      steps: c.steps,
      tests: ["x^2"],
    });
    const want = c.expectations["x^2"];
    let covered = 0;
    let figures = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { rows } = await sampleWeak(problem, [modelById("sme2"), modelById("ha-sme")], { paths: 512, substeps: 4, seed });
      for (const [estimate, exact] of [
        [rows[0]!.sgd, want.sgd],
        [rows[0]!.models["sme2"]!.value, want.sme2],
        [rows[0]!.models["sme2"]!.weakError, want.sme2 - want.sgd],
        [rows[0]!.models["ha-sme"]!.weakError, want["ha-sme"] - want.sgd],
      ] as const) {
        figures++;
        if (Math.abs(estimate!.value - exact) <= 1.96 * estimate!.error) covered++;
      }
    }
    // the four figures of a seed go together (an effective number of about 120): 3 standard deviations are 6 %
    expect(covered / figures).toBeGreaterThan(0.89);
    expect(covered / figures).toBeLessThan(0.995);
  });
});
