// Stated errors with full counts: over many seeds, 95 % intervals cover the exact values in 92 to 97.5 % of cases, step bias included.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Estimate } from "../../src/answer/estimate.ts";
import { sampleExit } from "../../src/ensemble/exit.ts";
import { sampleWeak } from "../../src/ensemble/weak.ts";
import { modelById } from "../../src/model/index.ts";
import { problemOf } from "../ensemble/problems.ts";

const reference = (name: string) => JSON.parse(readFileSync(new URL(`../reference/${name}`, import.meta.url), "utf8"));

class Tally {
  readonly covered = new Map<string, [number, number]>();
  see(what: string, estimate: Estimate | null, want: number): void {
    const [hits, all] = this.covered.get(what) ?? [0, 0];
    this.covered.set(what, [hits + (Math.abs(estimate!.value - want) <= 1.96 * estimate!.error ? 1 : 0), all + 1]);
  }
  check(): void {
    for (const [what, [hits, all]] of this.covered) {
      // 92 and 97.5 %, widened by three standard deviations of a count of this size
      const slack = 3 * Math.sqrt((0.95 * 0.05) / all);
      console.log(`${what}: ${((100 * hits) / all).toFixed(1)} % of ${all}`);
      expect(hits / all, what).toBeGreaterThan(0.95 - 0.03 - slack);
      expect(hits / all, what).toBeLessThan(Math.min(1.01, 0.975 + slack));
    }
  }
}

describe("coverage", () => {
  it("weak values and weak errors, 400 seeds", async () => {
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
    const tally = new Tally();
    for (let seed = 1; seed <= 400; seed++) {
      const { rows } = await sampleWeak(problem, ["sme1", "sme2", "ha-sme", "ha-sme-3"].map(modelById), { paths: 1024, substeps: 4, seed });
      tally.see("sgd", rows[0]!.sgd, want.sgd);
      for (const [id, model] of Object.entries(rows[0]!.models)) {
        tally.see(`${id} value`, model.value, want[id]);
        tally.see(`${id} weak error`, model.weakError, want[id] - want.sgd);
      }
    }
    tally.check();
  }, 900_000);

  it("exits, 200 seeds", async () => {
    const c = reference("exit2d.json").cases[4];
    const problem = problemOf({
      objective: { formula: c.objective, variables: c.variables },
      noise: c.noise,
      learningRate: c.eta,
      start: c.x0,
      steps: 1,
      inside: c.inside,
    });
    const tally = new Tally();
    for (let seed = 1; seed <= 200; seed++) {
      const { sgd, models } = await sampleExit(problem, [modelById("ha-sme")], {
        paths: 256,
        substeps: 4,
        survival: [20],
        maxSteps: 1e4,
        seed,
      });
      tally.see("sgd mean", sgd.meanSteps, c.sgd.meanExitSteps);
      tally.see("sgd survival", sgd.survival[0]!.probability, c.sgd.survival[c.steps.indexOf(20)]);
      tally.see("ha-sme mean", models["ha-sme"]!.watchedLikeSgd.meanSteps, c.models["ha-sme"].meanExitSteps);
      tally.see(
        "ha-sme survival",
        models["ha-sme"]!.watchedLikeSgd.survival[0]!.probability,
        c.models["ha-sme"].survival[c.steps.indexOf(20)],
      );
    }
    tally.check();
  }, 900_000);
});
