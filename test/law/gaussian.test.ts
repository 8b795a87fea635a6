// Laws on quadratics against 50-digit recursions, HA-SME against SGD, SGD against its own recursion; existence and its warnings.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LawAtStep, LawResult } from "../../src/answer/law.ts";
import { gaussianLaws } from "../../src/law/gaussian.ts";
import { models } from "../../src/model/index.ts";
import { multiply } from "../../src/numerics/linear.ts";
import { gaussianNoise, matrix, problemOf, quadratic, randomSymmetric } from "./problems.ts";

const reference = JSON.parse(readFileSync(new URL("../reference/quadratic.json", import.meta.url), "utf8"));
// biome-ignore lint/suspicious/noExplicitAny: a reference case, checked by its use
type Case = any;
const flat = (rows: unknown): number[] => (Array.isArray(rows) ? rows.flat(3) : []) as number[];
/** Largest difference over the largest entry of `want`; Infinity where figures are missing. */
function gap(got: unknown, want: unknown): number {
  const g = flat(got);
  const w = flat(want);
  if (g.length !== w.length || w.length === 0) return Number.POSITIVE_INFINITY;
  const size = Math.max(...w.map(Math.abs)) || 1;
  return Math.max(...w.map((v, i) => Math.abs(v - g[i]!))) / size;
}
const solve = (rows: number[][], sigma: number[][], eta: number, x0: number[], at: number[], options = {}) =>
  gaussianLaws(problemOf(quadratic(rows), gaussianNoise(sigma), eta, x0), models, at, options);

describe("laws on quadratics", () => {
  it.each<Case>(reference.cases)("$name", (c) => {
    const { result } = solve(c.A, c.Sigma, c.eta, c.x0, c.steps, { twoStep: true });
    // Acceptance is 1e-11; what is left is rounding of eigenvectors and of k log r (k <= 64).
    const near = (got: unknown, want: unknown) => expect(gap(got, want)).toBeLessThan(3e-14);
    const laws = (got: readonly LawAtStep[], want: { mean: number[]; cov: number[][] }[]) => {
      expect(got.length).toBe(want.length);
      want.forEach((law, i) => {
        near(got[i]!.mean, law.mean);
        near(got[i]!.covariance, law.cov);
      });
    };
    laws(result.sgd.laws, c.sgd);
    if (c.sgdStationaryCov) near(result.sgd.stationary!.covariance, c.sgdStationaryCov);
    else expect(result.sgd.stationary).toBeNull();
    expect(Object.keys(c.models)).toContain("ha-sme");
    for (const [id, m] of Object.entries<Record<string, never>>(c.models)) {
      const got = result.models[id]!;
      expect(got.exists).toBe(m["embeddable"]);
      near(got.diffusion, m["diffusion"]);
      laws(got.laws, m["laws"]);
      const last = got.laws.at(-1)!;
      // The reference's divergences come from laws rounded to double.
      expect(Math.abs((last.klFromSgd as number) - m["klFromSgdAtLastStep"])).toBeLessThan(1e-12 * Math.max(1, m["klFromSgdAtLastStep"]));
      expect(Math.abs((last.w2SquaredFromSgd as number) - m["w2SquaredFromSgdAtLastStep"])).toBeLessThan(
        1e-13 * Math.max(1, m["w2SquaredFromSgdAtLastStep"]),
      );
      if (m["stationaryCov"]) near(got.stationary!.covariance, m["stationaryCov"]);
    }
  });
  it.each<Case>(reference.notEmbeddable)("$name: formal, with its defect", (c) => {
    const { result, warnings } = solve(c.A, c.Sigma, c.eta, [1, 1], [1, 4]);
    const got = result.models["ha-sme"]!;
    expect(got.exists).toBe(false);
    expect(gap(got.diffusion, c.diffusion)).toBeLessThan(1e-14);
    const trace = c.diffusion[0][0] + c.diffusion[1][1];
    expect(got.defect).toBeCloseTo(-c.diffusionMinEigenvalue / trace, 13);
    expect(warnings.filter((w) => w.code === "formal").map((w) => w.model)).toEqual(["ha-sme", "ha-sme-3", "ha-sme-4"]);
    // Formal, but its moments are SGD's.
    expect(gap(got.laws[1]!.covariance, result.sgd.laws[1]!.covariance)).toBeLessThan(1e-14);
  });
});

describe("HA-SME and SGD", () => {
  it("have the same law to rounding at every step, negative curvature included", () => {
    for (const [d, seed] of [
      [2, 1],
      [3, 2],
      [6, 3],
    ] as const) {
      const { result } = solve(randomSymmetric(d, seed), randomSymmetric(d, seed + 10, 0.5), 0.3, new Array(d).fill(1), [1, 2, 7, 50]);
      for (const id of ["ha-sme", "ha-sme-3"]) {
        result.models[id]!.laws.forEach((law, i) => {
          expect(gap(law.mean, result.sgd.laws[i]!.mean)).toBeLessThan(1e-14);
          expect(gap(law.covariance, result.sgd.laws[i]!.covariance)).toBeLessThan(1e-14);
          expect(law.klFromSgd as number).toBeGreaterThanOrEqual(0);
          expect(law.klFromSgd as number).toBeLessThan(1e-26);
          expect(law.w2SquaredFromSgd as number).toBeGreaterThanOrEqual(0);
          expect(law.w2SquaredFromSgd as number).toBeLessThan(1e-24 * flat(law.covariance).reduce((m, v) => Math.max(m, Math.abs(v)), 1));
        });
      }
    }
  });
  it("agree with the recursion x+ = (I - eta A) x, C+ = (I - eta A) C (I - eta A) + eta^2 Sigma", () => {
    const d = 4;
    const eta = 0.9;
    const rows = randomSymmetric(d, 21);
    const sigma = randomSymmetric(d, 22, 0.1);
    const r = matrix(rows).map((v, k) => (k % (d + 1) === 0 ? 1 : 0) - eta * v);
    let mean = Float64Array.of(1, -1, 0.5, 2);
    let covariance = new Float64Array(d * d);
    const at = [1, 2, 3, 30];
    const { result } = solve(rows, sigma, eta, Array.from(mean), at);
    for (let k = 1; k <= 30; k++) {
      mean = Float64Array.from({ length: d }, (_, i) => mean.reduce((sum, v, j) => sum + r[i * d + j]! * v, 0));
      covariance = multiply(multiply(r, covariance, d), r, d).map((v, ij) => v + eta * eta * matrix(sigma)[ij]!);
      const i = at.indexOf(k);
      if (i < 0) continue;
      // 30 steps of rounding.
      expect(gap(result.sgd.laws[i]!.mean, Array.from(mean))).toBeLessThan(1e-13);
      expect(gap(result.sgd.laws[i]!.covariance, Array.from(covariance))).toBeLessThan(1e-13);
    }
  });
  it("stay accurate for a million steps in a slow mode", () => {
    const { result } = solve([[1e-6]], [[1]], 0.5, [3], [1_000_000]);
    // r = 1 - 5e-7: r^1e6 = exp(1e6 log1p(-5e-7)).
    expect(Math.abs(flat(result.sgd.laws[0]!.mean)[0]! / (3 * Math.exp(1e6 * Math.log1p(-5e-7))) - 1)).toBeLessThan(1e-14);
    expect(gap(result.models["ha-sme"]!.laws[0]!.covariance, result.sgd.laws[0]!.covariance)).toBeLessThan(1e-14);
  });
});

describe("existence on quadratics", () => {
  it("z > 1 without --two-step: models with a pole are null with no-diffusion, the others have their laws", () => {
    const { result, warnings } = solve(
      [
        [4, 0],
        [0, 0.5],
      ],
      [
        [1, 0],
        [0, 1],
      ],
      0.35,
      [1, 1],
      [2],
    );
    for (const id of ["spf", "ha-sme", "ha-sme-3"]) {
      expect(result.models[id]!.exists).toBe(false);
      expect(result.models[id]!.laws[0]!.mean).toBeNull();
      expect(warnings.some((w) => w.code === "no-diffusion" && w.model === id)).toBe(true);
    }
    expect(result.models["sme2"]!.laws[0]!.mean).not.toBeNull();
  });
  it("two-step: even steps only, and says so", () => {
    const { result, warnings } = solve(
      [
        [4, 0],
        [0, 0.5],
      ],
      [
        [1, 0],
        [0, 1],
      ],
      0.35,
      [1, 1],
      [1, 2],
      { twoStep: true },
    );
    const got = result.models["ha-sme"]!;
    expect(got.regime).toBe("two-step");
    expect(got.laws[0]!.mean).toBeNull();
    expect(gap(got.laws[1]!.mean, result.sgd.laws[1]!.mean)).toBeLessThan(1e-14);
    expect(warnings.filter((w) => w.code === "two-step").every((w) => w.message.includes("odd steps 1"))).toBe(true);
  });
  it("z = 1 exactly: SGD forgets, no diffusion does, two-step or not", () => {
    const { result, warnings } = solve([[2]], [[1]], 0.5, [5], [1, 3], { twoStep: true });
    expect(result.sgd.laws.map((l) => [l.mean, l.covariance])).toEqual([
      [[0], [[0.25]]],
      [[0], [[0.25]]],
    ]);
    expect(result.models["ha-sme"]!.exists).toBe(false);
    expect(result.models["ha-sme"]!.laws[0]!.covariance).toBeNull();
    expect(warnings.some((w) => w.code === "no-diffusion" && w.model === "ha-sme")).toBe(true);
  });
  it("rank-deficient noise whose range is invariant exists", () => {
    // H = R diag(1, 2, 3) R^T with noise along two of its eigenvectors.
    const c = Math.cos(0.7);
    const s = Math.sin(0.7);
    const a = [
      [c * c + 2 * s * s, -c * s, 0],
      [-c * s, s * s + 2 * c * c, 0],
      [0, 0, 3],
    ];
    const sigma = [
      [c * c, c * s, 0],
      [c * s, s * s, 0],
      [0, 0, 2],
    ];
    const { result } = solve(a, sigma, 0.2, [1, 1, 1], [5]);
    expect(result.models["ha-sme"]!.exists).toBe(true);
    expect(result.models["ha-sme"]!.laws[0]!.klFromSgd as number).toBeLessThan(1e-20);
  });
  it("q = r_i r_j = 1 and opposite rates are exact", () => {
    const eta = 0.25;
    // r = 3/4 and 4/3 up to rounding: cross term grows like k.
    const { result } = solve(
      [
        [1, 0],
        [0, -4 / 3],
      ],
      [
        [1, 0.5],
        [0.5, 1],
      ],
      eta,
      [1, 1],
      [10],
    );
    expect(Math.abs((result.sgd.laws[0]!.covariance as number[][])[0]![1]! / (eta * eta * 0.5 * 10) - 1)).toBeLessThan(1e-14);
    expect(
      Math.abs((result.models["sme1"]!.laws[0]!.covariance as number[][])[0]![0]! / ((eta * (1 - Math.exp(-2 * 2.5))) / 2) - 1),
    ).toBeLessThan(1e-14);
  });
  it("--nearest gives the law of the projected process and its defect", () => {
    const c = reference.notEmbeddable[0];
    const { result, warnings } = solve(c.A, c.Sigma, c.eta, [1, 1], [3], { nearest: true });
    const got = result.models["ha-sme"]!;
    expect(got.exists).toBe(false);
    expect(warnings.some((w) => w.code === "nearest" && w.model === "ha-sme")).toBe(true);
    expect(gap(got.laws[0]!.covariance, result.sgd.laws[0]!.covariance)).toBeGreaterThan(1e-3);
  });
  it("overflow is null with unstable, and discrete noise has moments but no divergence", () => {
    const { result, warnings } = solve([[30]], [[1]], 1, [1], [400]);
    expect(result.sgd.laws[0]!.mean).toBeNull();
    expect(warnings.some((w) => w.code === "unstable" && w.model === undefined)).toBe(true);
    const noise = { ...gaussianNoise([[1]]), kind: "discrete" as const, gaussian: false };
    const discrete: LawResult = gaussianLaws(problemOf(quadratic([[1]]), noise, 0.1, [1]), models, [4]).result;
    expect(discrete.models["ha-sme"]!.laws[0]!.klFromSgd).toBeNull();
    expect(discrete.models["ha-sme"]!.laws[0]!.mean).not.toBeNull();
  });
  it("d = 200 takes about two seconds of one core", { timeout: 60_000 }, () => {
    const d = 200;
    const before = process.cpuUsage();
    const { result } = solve(randomSymmetric(d, 5, 0.1), randomSymmetric(d, 6, 0.1), 0.2, new Array(d).fill(1), [1, 5, 20, 50, 100]);
    const { user, system } = process.cpuUsage(before);
    expect(gap(result.models["ha-sme"]!.laws[4]!.covariance, result.sgd.laws[4]!.covariance)).toBeLessThan(1e-13);
    // CPU time, so that a busy machine does not count; three times what was measured.
    expect((user + system) / 1e6).toBeLessThan(7);
  });
});
