// Closed moments on least squares: against 40-digit enumeration, the model's own drift and diffusion, the recursion over batches.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { diffusionMap, leastSquaresSystem, stateAt, unpack } from "../../src/law/least-squares.ts";
import { meanSquareThreshold } from "../../src/law/mean-square.ts";
import { leastSquaresLaws } from "../../src/law/moments.ts";
import { bind } from "../../src/model/bind.ts";
import { modelById, models } from "../../src/model/index.ts";
import { fromEigenbasis } from "../../src/numerics/eigen.ts";
import { leastSquaresObjective } from "../../src/problem/least-squares-objective.ts";
import { minibatchNoise } from "../../src/problem/minibatch-noise.ts";
import type { SgdProblem } from "../../src/problem/problem.ts";
import { problemOf, uniforms } from "./problems.ts";

const reference = JSON.parse(readFileSync(new URL("../reference/regression.json", import.meta.url), "utf8"));

function regression(rows: number[][], y: number[], size: number, replacement: boolean, eta: number, start: number[], l2 = 0): SgdProblem {
  const objective = leastSquaresObjective(Float64Array.from(rows.flat()), Float64Array.from(y), l2);
  return problemOf(objective, minibatchNoise({ size, replacement }, objective.samples!, objective.d), eta, start);
}
function random(n: number, d: number, seed: number): { rows: number[][]; y: number[] } {
  const u = uniforms(seed);
  return { rows: Array.from({ length: n }, () => Array.from({ length: d }, u)), y: Array.from({ length: n }, u) };
}
const flat = (rows: unknown): number[] => (Array.isArray(rows) ? rows.flat(3) : []) as number[];
function gap(got: unknown, want: unknown, size = Math.max(...flat(want).map(Math.abs)) || 1): number {
  const g = flat(got);
  const w = flat(want);
  if (g.length !== w.length || w.length === 0) return Number.POSITIVE_INFINITY;
  return Math.max(...w.map((v, i) => Math.abs(v - g[i]!))) / size;
}

describe("moments on least squares", () => {
  // biome-ignore lint/suspicious/noExplicitAny: a reference case, checked by its use
  it.each<any>(reference.cases)("$name, batch $batch, $replacement, eta $eta", (c) => {
    const { result } = leastSquaresLaws(regression(c.X, c.y, c.batch, c.replacement, c.eta, c.x0), models, c.steps);
    expect(Object.keys(c.expectations)).toEqual(["sgd", "sme1", "sme2", "spf", "ha-sme", "ha-sme-3"]);
    for (const [id, want] of Object.entries<Record<string, never>>(c.expectations)) {
      const got = id === "sgd" ? result.sgd : result.models[id]!;
      (want["moments"] as { mean: number[]; second: number[][] }[]).forEach(({ mean, second }, i) => {
        const covariance = second.map((row, a) => row.map((v, b) => v - mean[a]! * mean[b]!));
        const size = Math.max(...second.flat().map(Math.abs));
        // Acceptance is 1e-10; what is left is rounding of the exponential and 40 steps.
        expect(gap(got.laws[i]!.mean, mean)).toBeLessThan(1e-13);
        expect(gap(got.laws[i]!.covariance, covariance, size)).toBeLessThan(1e-13);
      });
      if (want["stationary"]) {
        const { mean, second } = want["stationary"] as { mean: number[]; second: number[][] };
        const covariance = second.map((row, a) => row.map((v, b) => v - mean[a]! * mean[b]!));
        expect(gap(got.stationary!.covariance, covariance, Math.max(...second.flat().map(Math.abs)))).toBeLessThan(1e-12);
      }
      if (id !== "sgd") expect(gap(result.models[id]!.diffusion, want["diffusionAtX0"])).toBeLessThan(1e-13);
    }
  });
  it("E D D^T agrees with the model bound to the problem, at a point (d = 4, l2, intercept)", () => {
    const { rows, y } = random(9, 3, 4);
    const problem = regression(
      rows.map((row) => [...row, 1]),
      y,
      2,
      false,
      0.4,
      [0.3, -1, 2, 0.1],
      0.05,
    );
    const system = leastSquaresSystem(problem);
    const x = Float64Array.of(1, 0.2, -0.7, 0.4);
    const state = stateAt(system, x);
    for (const model of models) {
      const map = diffusionMap(system, model, 0.4);
      const rowsOf = Float64Array.from({ length: system.pairs }, (_, p) =>
        state.reduce((sum, v, q) => sum + map[p * system.size + q]! * v, 0),
      );
      const got = fromEigenbasis(unpack(rowsOf, 4), system.eigen.vectors, 4, new Float64Array(16), new Float64Array(16));
      const want = new Float64Array(16);
      bind(model, problem).diffusionMatrix(x, want);
      expect(gap(Array.from(got), Array.from(want), Math.max(...want.map(Math.abs), 1e-300))).toBeLessThan(1e-12);
    }
  });
  it("SGD's moments with l2 agree with averages over all batches", () => {
    const { rows, y } = random(4, 2, 8);
    const eta = 0.5;
    const problem = regression(rows, y, 2, false, eta, [1, -1], 0.1);
    // All ordered pairs of distinct samples, two steps.
    let states = [[1, -1]];
    for (let step = 0; step < 2; step++) {
      const next: number[][] = [];
      const g = new Float64Array(2);
      const h = new Float64Array(2);
      for (const x of states) {
        for (let i = 0; i < 4; i++) {
          for (let j = 0; j < 4; j++) {
            if (i === j) continue;
            problem.objective.samples!.gradient(i, Float64Array.from(x), g);
            problem.objective.samples!.gradient(j, Float64Array.from(x), h);
            next.push([x[0]! - (eta * (g[0]! + h[0]!)) / 2, x[1]! - (eta * (g[1]! + h[1]!)) / 2]);
          }
        }
      }
      states = next;
    }
    const mean = [0, 1].map((a) => states.reduce((sum, x) => sum + x[a]!, 0) / states.length);
    const covariance = [0, 1].map((a) =>
      [0, 1].map((b) => states.reduce((sum, x) => sum + x[a]! * x[b]!, 0) / states.length - mean[a]! * mean[b]!),
    );
    const { result } = leastSquaresLaws(problem, [], [2]);
    expect(gap(result.sgd.laws[0]!.mean, mean)).toBeLessThan(1e-14);
    expect(gap(result.sgd.laws[0]!.covariance, covariance, 1)).toBeLessThan(1e-14);
  });
  it("powers, steps and the action of the exponential agree (d = 5 and 24)", { timeout: 60_000 }, () => {
    const { rows, y } = random(30, 5, 3);
    const problem = regression(rows, y, 4, true, 0.3, [1, 1, 1, 1, 1]);
    // 400 steps go by powers (size 21), asked one after the other they go by steps.
    const far = leastSquaresLaws(problem, models, [400]).result;
    const near = leastSquaresLaws(problem, models, [60]).result;
    const both = leastSquaresLaws(problem, models, [60, 400]).result;
    for (const id of ["ha-sme", "sme1", "ha-sme-3"]) {
      expect(gap(far.models[id]!.laws[0]!.covariance, both.models[id]!.laws[1]!.covariance)).toBeLessThan(1e-12);
      expect(gap(near.models[id]!.laws[0]!.covariance, both.models[id]!.laws[0]!.covariance)).toBeLessThan(1e-12);
    }
    const wide = random(60, 24, 5);
    const large = regression(wide.rows, wide.y, 4, true, 0.3, new Array(24).fill(1));
    const small = regression(
      wide.rows.map((row) => row.slice(0, 20)),
      wide.y,
      4,
      true,
      0.3,
      new Array(20).fill(1),
    );
    expect(leastSquaresLaws(large, [modelById("ha-sme")], [3]).result.models["ha-sme"]!.laws[0]!.covariance).not.toBeNull();
    expect(leastSquaresLaws(small, [modelById("ha-sme")], [3]).result.models["ha-sme"]!.stationary).not.toBeNull();
    // HA-SME's mean is SGD's; the covariances differ by eta^3 times the rates, far less for HA-SME-3.
    const law = leastSquaresLaws(large, [modelById("ha-sme"), modelById("ha-sme-3")], [1, 3]).result;
    const [first, third] = [law.models["ha-sme"]!.laws, law.models["ha-sme-3"]!.laws];
    for (const i of [0, 1]) {
      expect(gap(first[i]!.mean, law.sgd.laws[i]!.mean)).toBeLessThan(1e-13);
      const off = [first, third].map((laws) => gap(laws[i]!.covariance, law.sgd.laws[i]!.covariance));
      expect(off[1]!).toBeLessThan(0.2 * off[0]!);
    }
  });
  it("a full batch is gradient descent: no covariance, z >= 1 has no diffusion", () => {
    const { rows, y } = random(5, 2, 6);
    const { result } = leastSquaresLaws(regression(rows, y, 5, false, 0.2, [1, 2]), models, [3]);
    expect(flat(result.sgd.laws[0]!.covariance)).toEqual([0, 0, 0, 0]);
    const steep = leastSquaresLaws(regression(rows, y, 2, false, 30, [1, 2]), models, [1, 3]);
    expect(steep.result.models["ha-sme"]!.laws[0]!.mean).toBeNull();
    expect(steep.warnings.some((w) => w.code === "no-diffusion" && w.model === "ha-sme")).toBe(true);
    expect(steep.result.sgd.laws[0]!.mean).not.toBeNull();
  });
});

describe("mean-square threshold", () => {
  it("is where the reference's rate per step crosses 1", () => {
    for (const c of reference.cases) {
      const problem = regression(c.X, c.y, c.batch, c.replacement, c.eta, c.x0);
      const threshold = meanSquareThreshold(leastSquaresSystem(problem))!;
      expect(c.expectations.sgd.secondMomentRatePerStep < 1).toBe(c.eta < threshold);
      // Just below it stationary moments exist, just above they do not.
      const stationary = (eta: number) =>
        leastSquaresLaws(regression(c.X, c.y, c.batch, c.replacement, eta, c.x0), [], [1]).result.sgd.stationary;
      expect(stationary(threshold * (1 - 1e-6))).not.toBeNull();
      expect(stationary(threshold * (1 + 1e-6))).toBeNull();
    }
  });
  it("one feature: eta = 2 lambda / (lambda^2 + kappa var a^2)", () => {
    const a = [1, 2, -1, 3];
    const square = a.map((v) => v * v);
    const lambda = square.reduce((s, v) => s + v, 0) / 4;
    const variance = square.reduce((s, v) => s + v * v, 0) / 4 - lambda * lambda;
    const problem = regression(
      a.map((v) => [v]),
      [1, 3, 0, 4],
      2,
      false,
      0.1,
      [1],
    );
    const kappa = (4 - 2) / (2 * 3);
    expect(meanSquareThreshold(leastSquaresSystem(problem))! / ((2 * lambda) / (lambda * lambda + kappa * variance))).toBeCloseTo(1, 13);
  });
});
