// Exit times by sampling: flat problems where they are known in closed form, and exact values of independent programs.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Estimate } from "../../src/answer/estimate.ts";
import { erfcx, meanTouch, stayingProbability } from "../../src/ensemble/crossing.ts";
import { sampleExit } from "../../src/ensemble/exit.ts";
import { lineExits } from "../../src/law/line-exit.ts";
import { modelById } from "../../src/model/index.ts";
import { createStream } from "../../src/numerics/random.ts";
import { problemOf } from "./problems.ts";

const reference = (name: string) => JSON.parse(readFileSync(new URL(`../reference/${name}`, import.meta.url), "utf8"));
const within = (estimate: Estimate | null | undefined, want: number, what: string) => {
  expect(estimate, what).toBeTruthy();
  expect(estimate!.error, what).toBeGreaterThan(0);
  expect(Math.abs(estimate!.value - want) / estimate!.error, what).toBeLessThan(4.5); // false alarm 7e-6 a figure
};

describe("between the points of a path", () => {
  it("erfcx at small and large arguments", () => {
    // mpmath, 17 digits
    for (const [u, want] of [
      [0, 1],
      [0.5, 0.6156903441929259],
      [2, 0.25539567631050575],
      [9.99, 0.05619664070685882],
      [10.01, 0.05608545435500192],
      [50, 0.011281536265323773],
    ] as const)
      expect(Math.abs(erfcx(u) / want - 1), `${u}`).toBeLessThan(1e-7); // what the asymptotic series leaves out at 10
  });

  it("the bridge: probability and mean time of a touch, against fine random walks", () => {
    // from a to b and to -b in time h, 400 steps; the walk's own touching bias is removed by shifting the boundary by 0.5826 of a step
    const stream = createStream(4);
    const [a, b, h, n, walks] = [0.5, 0.3, 1, 400, 4000];
    const shift = 0.5826 * Math.sqrt(h / n);
    for (const end of [b, -b]) {
      let touched = 0;
      let time = 0;
      for (let w = 0; w < walks; w++) {
        stream.moveTo(w, end > 0 ? 0 : 1, "start");
        let x = a;
        for (let k = 0; k < n - 1; k++) {
          const left = h - (k * h) / n;
          x += ((end - x) * (h / n)) / left + Math.sqrt((h / n) * (1 - h / n / left)) * stream.normal();
          if (x < shift) {
            touched++;
            time += ((k + 0.5) * h) / n;
            break;
          }
          if (k === n - 2 && end < shift) {
            touched++;
            time += h;
          }
        }
      }
      const p = end > 0 ? 1 - stayingProbability(a, b, 1, h) : 1;
      expect(Math.abs(touched / walks - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / walks) + 0.005);
      // times lie in (0, 1) with a standard deviation below 0.3
      expect(Math.abs(time / touched - meanTouch(a, b, h))).toBeLessThan((5 * 0.3) / Math.sqrt(touched) + 0.005);
    }
  });

  it("Brownian motion leaves an interval, and a square by the series", async () => {
    // f = 0 but for a term too small to see: every model is x + eta sigma W, watched always: E tau = (1 - x^2)/(eta sigma)^2 steps
    const problem = problemOf({
      objective: { formula: "1e-9*x^2", variables: ["x"] },
      noise: { gaussian: { sigma: 1 } },
      learningRate: 0.5,
      start: [0.3],
      steps: 1,
      inside: "-1 < x < 1",
    });
    const { models } = await sampleExit(problem, [modelById("ha-sme")], { paths: 8192, substeps: 4, survival: [] });
    within(models["ha-sme"]!.watchedAlways.meanSteps, (1 - 0.09) / 0.25, "interval");
    expect(models["ha-sme"]!.watchedLikeSgd.leftThrough!.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const square = problemOf({
      objective: { formula: "1e-9*(x^2 + y^2)", variables: ["x", "y"] },
      noise: { gaussian: { sigma: 1 } },
      learningRate: 0.5,
      start: [0, 0],
      steps: 1,
      inside: "-1 < x < 1 and -1 < y < 1",
    });
    // half the torsion function of the square at its centre: 0.2946854, times 2
    const found = await sampleExit(square, [modelById("sme1")], { paths: 8192, substeps: 4, survival: [] });
    within(found.models["sme1"]!.watchedAlways.meanSteps, 0.5893708 / 0.25, "square");
  });
});

describe("against independent programs", () => {
  it("exit2d.json: a quadratic disk and one with state-dependent covariance, means and survival", async () => {
    for (const number of [4, 2]) {
      const c = reference("exit2d.json").cases[number];
      const problem = problemOf({
        objective: { formula: c.objective, variables: c.variables },
        noise: c.noise,
        learningRate: c.eta,
        start: c.x0,
        steps: 1,
        inside: c.inside,
      });
      const steps = c.steps.filter((k: number) => k >= 5 && k <= 100);
      const found = await sampleExit(problem, [modelById("ha-sme")], { paths: 1024, substeps: 4, survival: steps });
      expect(found.warnings.map((w) => w.code).filter((code) => code !== "nearest" && code !== "edge")).toEqual([]);
      for (const [watched, want] of [
        [found.sgd, c.sgd],
        [found.models["ha-sme"]!.watchedLikeSgd, c.models["ha-sme"]],
      ]) {
        within(watched.meanSteps, want.meanExitSteps, c.name);
        for (const { step, probability } of watched.survival)
          within(probability, want.survival[c.steps.indexOf(step)], `${c.name}, survival at ${step}`);
      }
      const always = found.models["ha-sme"]!.watchedAlways.meanSteps!;
      expect(always.value).toBeLessThan(found.models["ha-sme"]!.watchedLikeSgd.meanSteps!.value);
    }
  }, 120_000);

  it("both ways of watching against the solved equations of law/line-exit.ts, noise that varies", async () => {
    const problem = problemOf({
      objective: { formula: "x^2/2 + (1 - cos(2*x))/4", variables: ["x"] },
      noise: { gaussian: { sigma: "1 + 0.2*sin(x)" } },
      learningRate: 0.3,
      start: [0.2],
      steps: 1,
      inside: "-0.5 < x < 0.6",
    });
    const some = ["sme1", "ha-sme"].map(modelById);
    const survival = [5, 20];
    const solved = await lineExits(problem, some, { survival });
    const sampled = await sampleExit(problem, some, { paths: 4096, substeps: 4, survival });
    within(sampled.sgd.meanSteps, solved.sgd.meanSteps!.value, "sgd");
    for (const { id } of some) {
      within(sampled.models[id]!.watchedAlways.meanSteps, solved.models[id]!.watchedAlways.meanSteps!.value, `${id} always`);
      within(sampled.models[id]!.watchedLikeSgd.meanSteps, solved.models[id]!.watchedLikeSgd.meanSteps!.value, `${id} like SGD`);
      for (const [i, step] of survival.entries())
        within(
          sampled.models[id]!.watchedLikeSgd.survival[i]!.probability,
          solved.models[id]!.watchedLikeSgd.survival[i]!.probability!.value,
          `${id} survival ${step}`,
        );
    }
  });

  it("the same seed gives the same answer; another does not", async () => {
    const problem = problemOf({
      objective: { formula: "x^2/2", variables: ["x"] },
      noise: { gaussian: { sigma: 1 } },
      learningRate: 0.5,
      start: [0],
      steps: 1,
      inside: "x < 0.6",
    });
    const ask = (seed: number) => sampleExit(problem, [modelById("sme1")], { paths: 1024, substeps: 2, survival: [1, 4], seed });
    expect(await ask(3)).toEqual(await ask(3));
    expect((await ask(4)).sgd.meanSteps!.value).not.toBe((await ask(3)).sgd.meanSteps!.value);
    // watched like SGD, the first step: P(x_1 > 0.6)
    const survival = (await ask(3)).sgd.survival[0]!.probability!;
    within(survival, 0.8849303297782918, "survival of one step"); // Phi(1.2)
  });
});

describe("what does not leave", () => {
  const bowl = (fields: Record<string, unknown>) =>
    problemOf({ objective: { formula: "x^2/2", variables: ["x"] }, learningRate: 0.2, start: [0.5], steps: 1, inside: "x < 2", ...fields });

  it("gradient flow rests in a bowl: never-exits, survival 1", async () => {
    const { models, warnings } = await sampleExit(bowl({ noise: { gaussian: { sigma: 1 } } }), [modelById("gradient-flow")], {
      paths: 64,
      maxSteps: 1000,
      survival: [3],
    });
    expect(models["gradient-flow"]!.watchedLikeSgd).toMatchObject({
      meanSteps: null,
      survival: [{ step: 3, probability: { value: 1, error: 0 } }],
    });
    expect(warnings.filter((w) => w.model).map((w) => `${w.code} ${w.model}`)).toEqual(["never-exits gradient-flow"]);
  });

  it("gradient flow leaves a slope at the time of its equation", async () => {
    // x' = -x from 0.5 to 0.1: t = log 5, in steps log(5)/0.2 = 8.047; seen at whole steps: 9
    const { models } = await sampleExit(bowl({ noise: { gaussian: { sigma: 1 } }, inside: "x > 0.1" }), [modelById("gradient-flow")], {
      paths: 64,
      survival: [8],
    });
    const { watchedLikeSgd, watchedAlways } = models["gradient-flow"]!;
    expect(watchedLikeSgd.meanSteps!.value).toBeCloseTo(9, 12);
    expect(Math.abs(watchedAlways.meanSteps!.value - Math.log(5) / 0.2)).toBeLessThan(1e-4);
    expect(watchedLikeSgd.survival[0]!.probability!.value).toBe(1);
  });

  it("paths given up: no mean but what is known", async () => {
    const { sgd, warnings } = await sampleExit(bowl({ noise: { gaussian: { sigma: 1 } } }), [], {
      paths: 512,
      maxSteps: 50,
      survival: [10],
    });
    expect(sgd.meanSteps).toBeNull();
    expect(sgd.survival[0]!.probability!.value).toBeGreaterThan(0.9);
    const w = warnings[0]!;
    expect(w.code === "not-converged" || w.code === "never-exits").toBe(true);
    expect(w["leastSteps"]).toBeGreaterThan(40);
  });

  it("a start outside is refused", async () => {
    await expect(sampleExit({ ...bowl({ noise: { gaussian: { sigma: 1 } } }), start: Float64Array.of(3) }, [])).rejects.toMatchObject({
      code: "ensemble/region",
    });
  });
});
