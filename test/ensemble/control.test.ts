// Controls: their laws are the exact ones, what they take has mean zero, and figures keep their means while their errors fall.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Estimate } from "../../src/answer/estimate.ts";
import { pathControl } from "../../src/ensemble/control.ts";
import { fitControl } from "../../src/ensemble/control-fit.ts";
import { sampleLaw } from "../../src/ensemble/law.ts";
import { leastSquares } from "../../src/ensemble/regression.ts";
import { sampleWeak } from "../../src/ensemble/weak.ts";
import { modelById } from "../../src/model/index.ts";
import { normalSource } from "../../src/numerics/random.ts";
import { kernelProblems } from "./kernel/kernel-problems.ts";
import { problemOf, quadratic } from "./problems.ts";

const companions = ["sme1", "ha-sme"].map(modelById);
const reference = JSON.parse(readFileSync(new URL("../reference/highdim.json", import.meta.url), "utf8"));

describe("what is taken from figures", () => {
  it.each(["d = 2, varying", "d = 3", "d = 2, discrete"])("%s: mean zero", (name) => {
    const problem = kernelProblems[name]!;
    const steps = [1, problem.steps];
    const { d } = problem.objective;
    const control = fitControl(problem, { companions, observation: { kind: "tests" }, steps, paths: 1e5, seed: 1, values: true })!;
    const [fine, paths] = [4, 20_000];
    const taken = pathControl(problem, control, steps, fine, 1);
    const source = normalSource(1, d);
    const normals = new Float64Array(fine * d);
    const size = problem.tests.length;
    const sums = new Float64Array(2 * 2 * size);
    const squares = new Float64Array(2 * 2 * size);
    for (let path = 0; path < paths; path++) {
      taken.begin(path);
      for (let k = 0; k < problem.steps; k++) {
        source.fill(path, k, fine, normals);
        taken.advance(k, normals);
        const place = steps.indexOf(k + 1);
        if (place < 0) continue;
        taken.look(place);
        for (let v = 0; v < size; v++)
          for (const [c, value] of [taken.own(v), taken.difference(0, v)].entries()) {
            sums[(place * 2 + c) * size + v]! += value;
            squares[(place * 2 + c) * size + v]! += value * value;
          }
      }
    }
    // 4 to 8 figures, the seed is fixed: 4.5 standard errors
    for (const [i, sum] of sums.entries()) expect(Math.abs(sum), `figure ${i}`).toBeLessThanOrEqual(4.5 * Math.sqrt(squares[i]!));
    expect(squares[2 * size]).toBeGreaterThan(0);
  });

  it("on a quadratic it is all there is: means and covariances are exact to rounding", async () => {
    const problem = { ...quadratic(), at: [1, 12] };
    const ha = [modelById("ha-sme")];
    const { result } = await sampleLaw(problem, ha, { paths: 4096 });
    const more = await sampleLaw(problem, ha, { paths: 4096, seed: 2 });
    for (const [l, law] of result.sgd.laws.entries())
      for (const i of [0, 1, 2]) {
        const [one, other] = [law.mean![i] as Estimate, more.result.sgd.laws[l]!.mean![i] as Estimate];
        // what is left is that the coefficients are known to so many digits only
        expect(one.error).toBeLessThan(1e-9);
        expect(Math.abs(one.value - other.value)).toBeLessThan(4.5 * Math.hypot(one.error, other.error));
      }
  });
});

describe("estimates", () => {
  it("six dimensions: within the stated errors, which have fallen", async () => {
    const c = reference.cases[0];
    const phis = Object.keys(c.expectations).slice(0, 2);
    const problem = problemOf({
      objective: { formula: c.objective, variables: c.variables },
      noise: c.noise,
      learningRate: c.eta,
      start: c.x0,
      steps: c.steps,
      tests: phis,
    });
    const ids = ["sme1", "sme2", "ha-sme"];
    const models = ids.map(modelById);
    const few = await sampleWeak(problem, models, { paths: 4095 });
    const wanted = await sampleWeak(problem, models, { paths: 4096 });
    const values = await sampleWeak(problem, models, { paths: 4096, tolerance: 1e-9 });
    expect(few.expectations.method).not.toMatch(/control/);
    expect(values.expectations.method).toMatch(/control variates from the quadratic part/);
    for (const [v, phi] of phis.entries()) {
      const want = c.expectations[phi];
      const [plain, without, row] = [few.rows[v]!, wanted.rows[v]!, values.rows[v]!];
      expect(Math.abs(row.sgd!.value - want.sgd) / row.sgd!.error).toBeLessThan(4.5);
      expect(row.sgd!.error).toBeLessThan(0.15 * plain.sgd!.error);
      expect(row.sgdStandardDeviation! / plain.sgdStandardDeviation!).toBeCloseTo(1, 2);
      // without a tolerance SGD's own mean is as it was
      expect(without.sgd!.error / plain.sgd!.error).toBeCloseTo(1, 1);
      for (const id of ids) {
        const { value, weakError } = row.models[id]!;
        expect(Math.abs(value!.value - want[id]) / value!.error, id).toBeLessThan(4.5);
        expect(Math.abs(weakError!.value - (want[id] - want.sgd)) / weakError!.error, id).toBeLessThan(4.5);
      }
      for (const id of ["sme1", "sme2"])
        expect(without.models[id]!.weakError!.error, id).toBeLessThan(0.5 * plain.models[id]!.weakError!.error);
    }
  });

  it("discrete noise: weak errors without the variance of two independent paths", async () => {
    const problem = { ...kernelProblems["d = 2, discrete"]!, steps: 50 };
    const plain = await sampleWeak(problem, companions, { paths: 4095 });
    const controlled = await sampleWeak(problem, companions, { paths: 4096 });
    for (const v of [0, 1])
      for (const id of ["sme1", "ha-sme", "sgd-gaussian"])
        expect(controlled.rows[v]!.models[id]!.weakError!.error, id).toBeLessThan(0.2 * plain.rows[v]!.models[id]!.weakError!.error);
  });

  it("no control where the quadratic part has no minimum, where it does not pay and where pilots cost as much as the sample", () => {
    const ask = { companions, observation: { kind: "tests" } as const, steps: [12], paths: 1e5, seed: 1, values: true };
    const saddle = { objective: { formula: "x^2/2 - y^2/2 + y^4/40", variables: ["x", "y"] }, noise: { gaussian: { sigma: 0.1 } } };
    const at = problemOf({ ...saddle, start: [0.1, 0], steps: 12, tests: ["x"] });
    expect(fitControl(at, ask)).toBeUndefined();
    expect(fitControl(kernelProblems["d = 2"]!, { ...ask, paths: 4095 })).toBeUndefined();
    expect(fitControl(kernelProblems["d = 2"]!, ask)).toBeDefined();
    const odd = { ...kernelProblems["d = 2"]!, tests: problemOf({ ...saddle, start: [0, 0], tests: ["sin(50*x)"] }).tests };
    expect(fitControl(odd, { ...ask, companions: [] })).toBeUndefined();
  });
});

it("least squares: the coefficients and the variance that is explained", () => {
  const count = 400;
  const source = normalSource(5, 3);
  const drawn = new Float64Array(3);
  const features = new Float64Array(2 * count);
  const values = new Float64Array(count);
  for (let p = 0; p < count; p++) {
    source.fill(p, 0, 1, drawn);
    features.set(drawn.subarray(0, 2), 2 * p);
    values[p] = 7 + 2 * drawn[0]! - drawn[1]! + 0.5 * drawn[2]!;
  }
  const { coefficients, gains } = leastSquares(features, 2, count, (path) => values[path]!, 1);
  // 4.5 standard errors of 0.5/20
  expect(Math.abs(coefficients[0]![0]! - 2)).toBeLessThan(0.11);
  expect(Math.abs(coefficients[0]![1]! + 1)).toBeLessThan(0.11);
  // (4 + 1 + 1/4)/(1/4) = 21, known to about 10 %
  expect(gains[0]! / 21).toBeGreaterThan(0.75);
  expect(gains[0]! / 21).toBeLessThan(1.33);
});
