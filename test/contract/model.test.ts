// Each model of the list keeps what it declares: its weak order, measured on the line for a non-quadratic f; exactness on quadratics;
// finite values; and it is plain data. A new model is tested by standing in the list.
import { describe, expect, it } from "vitest";
import { hasPole, isDeterministic } from "../../src/model/define.ts";
import { models } from "../../src/model/index.ts";
import { linearProblem, modelDiffusion, modelMoments, modelRates, sgdMoments } from "../../src/model/linear-law.ts";
import { declaredOrder } from "../../src/model/model.ts";
import { diffusionFactor, driftFactor, numberOps } from "../../src/numerics/factors.ts";
import { maxAbs } from "../../src/numerics/linear.ts";
import { readProblem } from "../../src/problem/read.ts";
import { weak } from "../../src/question/weak.ts";
import { matrix, randomSymmetric } from "../law/problems.ts";

const wave = { formula: "x^2/2 + 0.3*sin(2*x)" };
const orderOf = async (sigma: string, tests: string[]) => {
  const problem = readProblem({ objective: wave, noise: { gaussian: { sigma } }, learningRate: 0.1, start: [1], steps: 20, tests });
  return (await weak(problem, { etas: [0.1, 0.05, 0.025] })).result.tests;
};
const distance = (a: Float64Array, b: Float64Array) => maxAbs(a.map((v, i) => v - b[i]!)) / Math.max(maxAbs(b), 1e-300);

describe("the list", () => {
  it("has the interface's order, and ours are marked", () => {
    expect(models.map((m) => m.id)).toEqual(["gradient-flow", "sme1", "sme2", "spf", "ha-sme", "ha-sme-3", "ha-sme-4"]);
    expect(models.filter((m) => m.ours).map((m) => m.id)).toEqual(["ha-sme-3", "ha-sme-4"]);
  });
});

describe.each(models.map((model) => [model.id, model] as const))("%s", (id, model) => {
  it("is frozen data with a title, a source and TeX; what is data survives JSON", () => {
    expect(Object.isFrozen(model)).toBe(true);
    const plain = { ...model, correction: undefined };
    expect(JSON.parse(JSON.stringify(plain))).toEqual({
      id,
      title: model.title,
      source: model.source,
      ours: model.ours,
      declares: model.declares,
      tex: model.tex,
    });
    for (const text of [model.title, model.source, model.tex.drift, model.tex.diffusion]) expect(text.length).toBeGreaterThan(0);
  });

  it("has finite factors for z < 1, symmetric diffusion factors, and c(0) = 1", () => {
    for (const u of [-1e6, -3, -1e-8, 0, 1e-12, 0.5, 0.999999]) {
      expect(Number.isFinite(model.driftFactor(numberOps, u))).toBe(true);
      for (const v of [-2, 0, 0.3, 0.99]) {
        const m = model.diffusionFactor(numberOps, u, v);
        expect(Number.isFinite(m)).toBe(true);
        expect(m).toBe(model.diffusionFactor(numberOps, v, u));
      }
    }
    expect(model.driftFactor(numberOps, 0)).toBe(1);
    expect(hasPole(model)).toBe(!Number.isFinite(model.driftFactor(numberOps, 1)));
  });

  it(`declares that its law on quadratics is ${model.declares.exactOnQuadratics === "no" ? "not exact" : `exact in the ${model.declares.exactOnQuadratics}`}`, () => {
    const d = 3;
    const linear = linearProblem(
      { matrix: matrix(randomSymmetric(d, 31)), center: Float64Array.of(1, -1, 0.5) },
      matrix(randomSymmetric(d, 32, 0.3)),
      0.3,
      Float64Array.of(2, 1, -1),
    );
    const rates = modelRates(linear, model);
    const diffusion = modelDiffusion(linear, model);
    const gaps = [1, 3, 10].map((k) => {
      const own = modelMoments(linear, rates, diffusion, k);
      const sgd = sgdMoments(linear, k);
      return { mean: distance(own.mean, sgd.mean), covariance: distance(own.covariance, sgd.covariance) };
    });
    const exact = { mean: Math.max(...gaps.map((g) => g.mean)) < 1e-14, covariance: Math.max(...gaps.map((g) => g.covariance)) < 1e-14 };
    const declared = model.declares.exactOnQuadratics;
    expect(exact).toEqual({ mean: declared !== "no", covariance: declared === "law" });
    if (!isDeterministic(model) && declared === "law") {
      expect(model.driftFactor(numberOps, 0.7)).toBe(driftFactor(0.7));
      expect(model.diffusionFactor(numberOps, 0.7, -2)).toBe(diffusionFactor(0.7, -2));
    }
  });

  it(`declares weak order ${declaredOrder(model, true)}, with varying noise ${declaredOrder(model, false)}: measured`, {
    timeout: 60_000,
  }, async () => {
    // The slope between the two smallest rates is p + O(eta): 0.1 off at most here. For varying noise and x^2 the errors of ha-sme-3 change sign,
    // so x alone.
    for (const [sigma, tests] of [
      ["0.6", ["x", "x^2", "cos(x)"]],
      ["0.5 + 0.2*tanh(x)", ["x"]],
    ] as const) {
      for (const { phi, orders } of await orderOf(sigma, [...tests])) {
        const slope = orders[id]?.slopes.at(-1);
        const declared = declaredOrder(model, sigma === "0.6");
        expect(slope, `sigma ${sigma}, phi ${phi}`).toBeGreaterThan(declared - 0.1);
        expect(slope, `sigma ${sigma}, phi ${phi}`).toBeLessThan(declared + 0.2);
      }
    }
  });
});
