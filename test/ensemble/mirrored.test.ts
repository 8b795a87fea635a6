// Antithetic paths: chosen where pairs are better than as many paths, and then right: means and stated errors against solved equations.
import { describe, expect, it } from "vitest";
import { fitControl } from "../../src/ensemble/control-fit.ts";
import { coupledProgram } from "../../src/ensemble/coupled.ts";
import { worthMirroring } from "../../src/ensemble/mirrored.ts";
import { sampleWeak } from "../../src/ensemble/weak.ts";
import { planeExpectations } from "../../src/law/plane.ts";
import { modelById } from "../../src/model/index.ts";
import { problemOf } from "./problems.ts";

const models = ["gradient-flow", "sme2", "ha-sme"].map(modelById);

/** On its way down: nearly linear in the normals. */
const early = (fields: Record<string, unknown> = {}) =>
  problemOf({
    objective: { formula: "x^2/2 + y^2 + 0.5*cos(x*y) + 0.3*sin(x+2*y)", variables: ["x", "y"] },
    noise: { gaussian: { sigma: 0.5 } },
    learningRate: 0.1,
    start: [1, 1],
    steps: 8,
    tests: ["x^2 + y^2", "cos(x)*y"],
    ...fields,
  });

describe("worthMirroring", () => {
  const worth = (problem: ReturnType<typeof early>, paths = 65536, values = true) => {
    const steps = Array.from({ length: problem.steps }, (_, k) => k + 1);
    const ask = { companions: models, observation: { kind: "tests" as const }, seed: 1, paths, values };
    return worthMirroring(problem, { ...ask, control: fitControl(problem, { ...ask, steps }) });
  };
  it("yes on the way down, no about the middle of a law", () => {
    expect(worth(early())).toBe(true);
    expect(worth(early({ steps: 60 }))).toBe(false);
  });
  it("no where SGD has draws of its own, with momentum, for few paths, without kernels", () => {
    expect(worth(early({ noise: { discrete: { values: [[0.5, 0], [-0.5, 0]], probabilities: [0.5, 0.5] } } }))).toBe(false); // biome-ignore format: a list
    expect(worth(early({ momentum: 0.5 }))).toBe(false);
    expect(worth(early(), 2048)).toBe(false);
    const names = Array.from({ length: 40 }, (_, i) => `x${i + 1}`);
    const many = {
      objective: { formula: names.map((x) => `${x}^2/2`).join(" + "), variables: names },
      start: names.map(() => 1),
      tests: ["x1"],
    };
    expect(worth(early({ ...many, noise: { gaussian: { covariance: names.map((_, i) => names.map((_n, j) => (i === j ? 1 + i : 0))) } } }))).toBe(false); // biome-ignore format: a matrix
  });
});

it("a pair's figures are the means of two paths', SGD's plain value is the first's", () => {
  const problem = early();
  const alone = coupledProgram(problem, models, { kind: "tests" }, [3, 8], 2, 1);
  const pairs = coupledProgram(problem, models, { kind: "tests" }, [3, 8], 2, 1, 2, "fast", undefined, true);
  const [single, both] = [new Float64Array(alone.size), new Float64Array(pairs.size)];
  for (let path = 0; path < 3; path++) {
    alone.run(path, single);
    pairs.run(path, both);
    expect(both[pairs.plain(1, 0)]).toBe(single[alone.sgd(1, 0)]);
    expect(both[pairs.sgd(1, 0)]).not.toBe(single[alone.sgd(1, 0)]);
    // a model without noise has one path
    expect(both[pairs.companion(0, 1, 0, 0)]).toBeCloseTo(single[alone.companion(0, 1, 0, 0)]!, 14);
  }
});

it("is named, and its errors hold: 24 seeds against the transfer operator", async () => {
  const problem = early();
  const asked = ["sme1", "sme2"].map(modelById);
  const exact = planeExpectations(problem, asked);
  let within = 0;
  let worst = 0;
  for (let seed = 1; seed <= 24; seed++) {
    const { rows, expectations } = await sampleWeak(problem, asked, { paths: 4096, substeps: 4, seed });
    expect(expectations.method).toMatch(/^sampling \(2048 antithetic pairs of coupled paths/);
    for (const [v, row] of rows.entries()) {
      const off = Math.abs(row.sgd!.value - exact.sgd[v]!.values[8]!) / row.sgd!.error;
      if (off < 1.96) within++;
      const sme = exact.models["sme1"]![v]!.values[8]! - exact.sgd[v]!.values[8]!;
      const difference = row.models["sme1"]!.weakError!;
      worst = Math.max(worst, off, Math.abs(difference.value - sme) / difference.error);
      // far below what as many paths alone would give
      expect(row.sgd!.error).toBeLessThan((0.5 * row.sgdStandardDeviation!) / Math.sqrt(4096));
    }
  }
  // 95 % of 48, and three standard deviations below it
  expect(within).toBeGreaterThanOrEqual(41);
  expect(worst).toBeLessThan(4.5);
}, 120_000);
