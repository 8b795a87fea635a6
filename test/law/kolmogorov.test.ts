// E phi of the models on the line: references, the closed law of a quadratic, kinks, tiny noise, and what is refused.
import { describe, expect, it } from "vitest";
import { linearOf } from "../../src/law/gaussian.ts";
import { kolmogorov } from "../../src/law/kolmogorov.ts";
import { lineExpectations } from "../../src/law/line-expectations.ts";
import { lawRange } from "../../src/law/line-models.ts";
import { lineProblem, lineSde } from "../../src/law/line-problem.ts";
import { normalExpectation } from "../../src/law/normal-expectation.ts";
import { modelById, models } from "../../src/model/index.ts";
import { modelDiffusion, modelMoments, modelRates } from "../../src/model/linear-law.ts";
import { functionsOf, problemOf, reference, well } from "./line-problems.ts";

const stochastic = models.filter(({ id }) => id !== "gradient-flow");

it("agrees with the references to 1e-11, within the errors that are stated", () => {
  for (const c of reference("weak1d.json").cases) {
    const phis = Object.keys(c.expectations);
    const problem = problemOf({ objective: c.objective, sigma: c.sigma, eta: c.eta, start: c.x0, steps: c.steps, tests: phis });
    const line = lineProblem(problem);
    const ids = Object.keys(c.expectations[phis[0]!]).filter((id) => id !== "sgd");
    const curves = kolmogorov(
      line,
      ids.map((id) => lineSde(modelById(id), line)),
      functionsOf(problem),
      c.steps,
      lawRange(line, c.steps)!,
    );
    expect(ids.length).toBe(5);
    ids.forEach((id, s) => {
      phis.forEach((phi, f) => {
        const curve = curves[s]![f]!;
        expect(Math.abs(curve.values[c.steps]! - c.expectations[phi][id])).toBeLessThan(1.5 * c.selfCheck + 5e-12);
        expect(curve.errors[c.steps]!).toBeLessThan(1e-9);
      });
    });
  }
});

it.each([
  { objective: "0.7*(x - 0.2)^2", eta: 0.3, sigma: 0.8, start: 1.2, steps: 12 },
  { objective: "-0.45*x^2", eta: 0.3, sigma: 0.5, start: 0.1, steps: 12 },
  { objective: "x^2/2", eta: 0.05, sigma: 0.02, start: 1, steps: 30 },
])("is the closed law on the quadratic $objective at every step, kinks included", (c) => {
  const problem = problemOf({ ...c, tests: ["x", "x^2", "cos(3*x)", "abs(x - 0.3)", "exp(-20*x^2)"] });
  const line = lineProblem(problem);
  const functions = functionsOf(problem);
  const sdes = stochastic.map((model) => lineSde(model, line));
  const curves = kolmogorov(line, sdes, functions, c.steps, lawRange(line, c.steps)!);
  const linear = linearOf(problem);
  sdes.forEach(({ model }, s) => {
    for (let k = 1; k <= c.steps; k++) {
      const { mean, covariance } = modelMoments(linear, modelRates(linear, model), modelDiffusion(linear, model), k);
      functions.forEach((phi, f) => {
        const exact = normalExpectation(phi, mean[0]! + linear.center[0]!, Math.sqrt(covariance[0]!));
        const curve = curves[s]![f]!;
        const off = Math.abs(curve.values[k]! - exact.value);
        expect(off).toBeLessThanOrEqual(curve.errors[k]! + exact.error + 1e-12);
        expect(off).toBeLessThan(2e-9);
      });
    }
  });
});

describe("line expectations", () => {
  it("give the path for gradient flow, and for every process without noise", () => {
    const problem = problemOf({ objective: "x^4/4", sigma: 0, eta: 0.1, start: 1.3, steps: 20, tests: ["x"] });
    const found = lineExpectations(problem, models, {});
    let x = 1.3;
    for (let k = 1; k <= 20; k++) x -= 0.1 * x ** 3;
    expect(Math.abs(found.sgd[0]!.values[20]! - x)).toBeLessThan(1e-14);
    const flow = found.models["gradient-flow"]![0]!;
    expect(Math.abs(flow.values[20]! - 1.3 / Math.sqrt(1 + 2 * 1.69 * 2))).toBeLessThanOrEqual(flow.errors[20]!);
    expect(flow.errors[20]!).toBeLessThan(1e-10);
    for (const { id } of stochastic) expect(found.models[id]![0]).not.toBeNull();
  });
  it("refuse a model where SGD's law is at z >= 1, and warn of an edge where it hardly is", () => {
    const refused = lineExpectations(problemOf({ objective: "x^4/4", sigma: 2, eta: 0.1, start: 1, steps: 10, tests: ["x"] }), models, {});
    expect(refused.models["ha-sme"]![0]).toBeNull();
    expect(refused.models["sme2"]![0]).not.toBeNull();
    expect(refused.warnings.some((w) => w.code === "no-diffusion" && w.model === "ha-sme" && Number(w["mass"]) > 1e-6)).toBe(true);
    const edge = lineExpectations(
      problemOf({ objective: "exp(x) - x", sigma: 0.4, eta: 0.3, start: 0.5, steps: 10, tests: ["x"] }),
      models,
      {},
    );
    expect(edge.models["ha-sme"]![0]).not.toBeNull();
    const said = edge.warnings.find((w) => w.code === "edge" && w.model === "ha-sme");
    expect(Number(said?.["mass"])).toBeGreaterThan(0);
    expect(Number(said?.["mass"])).toBeLessThan(1e-6);
  });
  it("give no figure for a phi that is not defined where the law goes, and say so", () => {
    const found = lineExpectations(
      problemOf({ objective: well, sigma: 0.9, eta: 0.2, start: -1, steps: 5, tests: ["log(x + 1.2)", "x"] }),
      models,
      {},
    );
    expect(found.sgd[0]).toBeNull();
    expect(found.sgd[1]).not.toBeNull();
    expect(found.models["sme1"]![0]).toBeNull();
    expect(found.warnings.filter((w) => w.code === "not-converged").length).toBeGreaterThan(1);
  });
  it("give no figure where SGD's paths overflow; the models that do not are answered", () => {
    const found = lineExpectations(problemOf({ objective: "x^4/4", sigma: 0.5, eta: 0.1, start: 5, steps: 10, tests: ["x"] }), models, {});
    expect(found.sgd[0]).toBeNull();
    expect(found.warnings.some((w) => w.code === "unstable")).toBe(true);
    expect(found.models["sme1"]![0]).not.toBeNull();
  });
});
