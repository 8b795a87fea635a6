// The coupling of SGD with its models (theory.md 6): exact on quadratics, all levels of a path one path, SGD's law unchanged.
import { describe, expect, it } from "vitest";
import { coupledSgdWalker } from "../../src/ensemble/coupled-sgd.ts";
import { levelsFor } from "../../src/ensemble/levels.ts";
import { sdeWalker } from "../../src/ensemble/sde.ts";
import { sgdWalker } from "../../src/ensemble/sgd.ts";
import { sampleWeak } from "../../src/ensemble/weak.ts";
import { haSme } from "../../src/model/ha-sme.ts";
import { modelById, models } from "../../src/model/index.ts";
import { normalSource } from "../../src/numerics/random.ts";
import { cosine, problemOf, quadratic } from "./problems.ts";

describe("on quadratics", () => {
  it.each([1, 2, 4, 8])("HA-SME and HA-SME-3 at every level are SGD's path to rounding, %i vectors of normals a step", (fine) => {
    const problem = quadratic();
    const d = 3;
    const source = normalSource(1, d);
    const normals = new Float64Array(fine * d);
    const sgd = coupledSgdWalker(problem, haSme, fine);
    const others = [1, 2, 4, 8]
      .filter((level) => level <= fine)
      .flatMap((level) => ["ha-sme", "ha-sme-3"].map((id) => sdeWalker(problem, modelById(id), fine, level)));
    for (let path = 0; path < 20; path++) {
      for (const walker of [sgd, ...others]) walker.begin(path);
      for (let k = 0; k < problem.steps; k++) {
        source.fill(path, k, fine, normals);
        for (const walker of [sgd, ...others]) walker.advance(k, normals);
        // states are of size 2; a step adds some tens of operations, each off by half a unit of rounding
        for (const walker of others) for (let i = 0; i < d; i++) expect(Math.abs(walker.x[i]! - sgd.x[i]!)).toBeLessThan(1e-13);
      }
    }
  });

  it("every model's levels agree: local linearisation is exact there", () => {
    const problem = quadratic();
    const d = 3;
    const source = normalSource(2, d);
    const normals = new Float64Array(4 * d);
    for (const model of models) {
      const walkers = [1, 2, 4].map((level) => sdeWalker(problem, model, 4, level));
      for (const walker of walkers) walker.begin(0);
      for (let k = 0; k < 12; k++) {
        source.fill(0, k, 4, normals);
        for (const walker of walkers) walker.advance(k, normals);
      }
      for (const walker of walkers)
        for (let i = 0; i < d; i++) expect(Math.abs(walker.x[i]! - walkers[0]!.x[i]!), model.id).toBeLessThan(1e-13);
    }
  });

  it("weak errors of the exact models are zero to rounding and said to be", async () => {
    const { rows } = await sampleWeak(quadratic(), [modelById("ha-sme"), modelById("sme1")], { paths: 1024, substeps: 4 });
    for (const row of rows) {
      const { weakError, maxWeakError } = row.models["ha-sme"]!;
      expect(Math.abs(weakError!.value)).toBeLessThan(1e-14);
      expect(weakError!.error).toBeLessThan(1e-13);
      expect(maxWeakError!.value).toBeLessThan(1e-13);
      expect(Math.abs(weakError!.value)).toBeLessThan(3 * weakError!.error);
      expect(Math.abs(row.models["sme1"]!.weakError!.value)).toBeGreaterThan(1e-3);
    }
  });
});

describe("off quadratics", () => {
  it("one substep of HA-SME is SGD's own path, whatever f", () => {
    const problem = cosine();
    const source = normalSource(1, 1);
    const normals = new Float64Array(1);
    const sgd = sgdWalker(problem, 1);
    const model = sdeWalker(problem, haSme, 1, 1);
    for (let path = 0; path < 50; path++) {
      sgd.begin(path);
      model.begin(path);
      for (let k = 0; k < 10; k++) {
        source.fill(path, k, 1, normals);
        sgd.advance(k, normals);
        model.advance(k, normals);
        expect(Math.abs(sgd.x[0]! - model.x[0]!)).toBeLessThan(1e-13);
      }
    }
  });

  it("coupled SGD keeps SGD's one-step covariance, also where HA-SME does not exist", () => {
    // z = 0.3 * 4 > 1 along the first axis: the fallback; the second problem is regular
    for (const matrix of [
      [
        [4, 0],
        [0, 1],
      ],
      [
        [1, 0.4],
        [0.4, 2],
      ],
    ]) {
      const problem = problemOf({
        objective: { quadratic: { matrix } },
        noise: {
          gaussian: {
            covariance: [
              [1, 0.3],
              [0.3, 0.5],
            ],
          },
        },
        learningRate: 0.3,
        start: [1, 1],
        steps: 1,
      });
      const walker = coupledSgdWalker(problem, haSme, 4);
      const source = normalSource(8, 2);
      const normals = new Float64Array(8);
      const gradient = problem.objective.gradient(problem.start, new Float64Array(2));
      const sums = [0, 0, 0];
      const n = 20000;
      for (let path = 0; path < n; path++) {
        source.fill(path, 0, 4, normals);
        walker.begin(path);
        walker.advance(0, normals);
        const [a, b] = [0, 1].map((i) => (walker.x[i]! - 1) / 0.3 + gradient[i]!) as [number, number];
        sums[0]! += (a * a) / n;
        sums[1]! += (a * b) / n;
        sums[2]! += (b * b) / n;
      }
      // 5 standard errors of a sample covariance
      expect(Math.abs(sums[0]! - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
      expect(Math.abs(sums[1]! - 0.3)).toBeLessThan(5 * Math.sqrt((0.5 + 0.09) / n));
      expect(Math.abs(sums[2]! - 0.5)).toBeLessThan(5 * 0.5 * Math.sqrt(2 / n));
    }
  });
});

describe("levels", () => {
  it("weights reproduce constants and remove the first two terms of the error", () => {
    for (const [kind, orders] of [
      ["stochastic", [1, 2]],
      ["deterministic", [2, 3]],
    ] as const) {
      const { substeps, value, correction } = levelsFor(8, kind);
      expect(substeps).toEqual([8, 4, 2]);
      const apply = (weights: readonly number[], f: (n: number) => number) => weights.reduce((sum, w, i) => sum + w * f(substeps[i]!), 0);
      expect(apply(value, () => 1)).toBeCloseTo(1, 14);
      expect(apply(correction, () => 1)).toBeCloseTo(0, 14);
      for (const order of orders) expect(apply(value, (n) => n ** -order)).toBeCloseTo(0, 14);
      expect(apply(correction, (n) => n ** -orders[0])).toBeCloseTo(0, 14);
      expect(Math.abs(apply(correction, (n) => n ** -orders[1]))).toBeGreaterThan(1e-4);
    }
    expect(levelsFor(2)).toMatchObject({ substeps: [2, 1], value: [2, -1], correction: [1, -1] });
    expect(levelsFor(4, "stochastic", 0)).toMatchObject({ value: [1, 0, 0], correction: [8 / 3 - 1, -2, 1 / 3] });
    expect(levelsFor(4, "stochastic", 1)).toMatchObject({ value: [2, -1, 0], correction: [8 / 3 - 2, -1, 1 / 3] });
  });

  it.each([0, 1, 3, 6, 256, Number.NaN])("refuses %d substeps", (fine) => {
    expect(() => levelsFor(fine)).toThrow(/power of two/);
  });
});
