// The plane against numbers of an independent program (test/reference/weak2d.json; weak1d.json, rotated), against enumeration and
// closed forms. Tolerances: 1e-8 is what the interface promises; stated errors must cover the true ones up to the reference's own 1e-9.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { planeExpectations } from "../../src/law/plane.ts";
import { coefficientsOfMasses, massesAtNodes, planeBasis } from "../../src/law/plane-basis.ts";
import { chainStep } from "../../src/law/plane-chain.ts";
import { flow } from "../../src/law/plane-flow.ts";
import { follow } from "../../src/law/plane-follow.ts";
import { models } from "../../src/model/index.ts";
import { planeProblem } from "./plane-problem.ts";

const read = (name: string) => JSON.parse(readFileSync(new URL(`../reference/${name}`, import.meta.url), "utf8"));
const isotropic = (variance: string) => [
  [variance, "0"],
  ["0", variance],
];

describe("basis", () => {
  it.each([0, 1, 9, 40])("degree %i: weights sum to 1, polynomials are orthonormal, transforms are inverse to each other", (degree) => {
    const basis = planeBasis(degree);
    expect(basis.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 13);
    const c = Float64Array.from({ length: basis.size }, (_, i) => Math.sin(3 * i + 1));
    const masses = massesAtNodes(basis, c, new Float64Array(basis.nodes.length ** 2));
    const back = coefficientsOfMasses(basis, masses, new Float64Array(basis.size));
    // sums of up to 861 products of numbers of size 1
    for (let i = 0; i < c.length; i++) expect(Math.abs(back[i]! - c[i]!)).toBeLessThan(1e-12);
  });
});

describe("flow", () => {
  it("solves the pendulum to rounding", () => {
    const pendulum = (x: Float64Array, out: Float64Array) => {
      out[0] = x[1]!;
      out[1] = -Math.sin(x[0]!);
      return out;
    };
    const end = flow(pendulum, Float64Array.of(1, 0), 5);
    const energy = 0.5 * end.x[1]! ** 2 - Math.cos(end.x[0]!);
    expect(Math.abs(energy + Math.cos(1))).toBeLessThan(1e-13);
    expect(end.error).toBeLessThan(1e-11);
    const there = flow(pendulum, end.x, -0 + 1).x;
    expect(Math.abs(flow(pendulum, Float64Array.of(1, 0), 6).x[0]! - there[0]!)).toBeLessThan(1e-13);
  });
});

describe("reference weak2d.json", () => {
  for (const c of read("weak2d.json").cases) {
    it(`eta ${c.eta}: SGD and all models`, () => {
      const tests = Object.keys(c.expectations);
      const problem = planeProblem({ objective: c.objective, covariance: c.Sigma, eta: c.eta, start: c.x0, steps: c.steps, tests });
      const found = planeExpectations(problem, models);
      expect(found.warnings).toEqual([]);
      let compared = 0;
      tests.forEach((phi, i) => {
        for (const [id, want] of Object.entries<number>(c.expectations[phi])) {
          const curve = id === "sgd" ? found.sgd[i]! : found.models[id]![i]!;
          const off = Math.abs(curve.values[c.steps]! - want);
          expect(off, `${phi} ${id}`).toBeLessThan(1e-10);
          expect(off, `${phi} ${id}: stated`).toBeLessThanOrEqual(curve.errors[c.steps]! + 2 * c.selfCheck);
          compared++;
        }
        expect(found.deviations[i]).toBeGreaterThan(0.01);
      });
      expect(compared).toBe(12);
    });
  }
});

describe("rotated sums of one-dimensional problems (weak1d.json)", () => {
  const u = "(0.6*x + 0.8*y)";
  const v = "(0.8*x - 0.6*y)";
  const rotated = (formula: string, by: string) => formula.replace(/\bx\b/g, by);
  for (const c of read("weak1d.json").cases.filter((k: { name: string; eta: number }) => k.name === "bowl" && k.eta > 0.03)) {
    it(`bowl + quadratic, eta ${c.eta}: every model factorises`, () => {
      const phis = Object.keys(c.expectations);
      const problem = planeProblem({
        objective: `${rotated(c.objective, u)} + 0.3*${v}^2`,
        covariance: isotropic("1"),
        eta: c.eta,
        start: [0.6 * c.x0 + 0.8 * 0.5, 0.8 * c.x0 - 0.6 * 0.5],
        steps: c.steps,
        tests: [...phis.map((phi) => rotated(phi, u)), v],
      });
      const found = planeExpectations(problem, models);
      let compared = 0;
      phis.forEach((phi, i) => {
        for (const [id, want] of Object.entries<number>(c.expectations[phi])) {
          const curve = id === "sgd" ? found.sgd[i]! : found.models[id]![i]!;
          const off = Math.abs(curve.values[c.steps]! - want);
          expect(off, `${phi} ${id}`).toBeLessThan(1e-9);
          expect(off, `${phi} ${id}: stated`).toBeLessThanOrEqual(curve.errors[c.steps]! + 2 * c.selfCheck);
          compared++;
        }
      });
      expect(compared).toBeGreaterThanOrEqual(20);
      // E v is (1 - 0.6 eta)^k 0.5 for SGD, SPF, HA-SME and HA-SME-3.
      for (const curve of [found.sgd[phis.length]!, ...["spf", "ha-sme", "ha-sme-3"].map((id) => found.models[id]![phis.length]!)]) {
        for (let k = 0; k <= c.steps; k++) expect(Math.abs(curve.values[k]! - 0.5 * (1 - 0.6 * c.eta) ** k)).toBeLessThan(1e-11);
      }
    });
  }
});

describe("SGD with discrete noise", () => {
  it("agrees with the enumeration of all paths", () => {
    const values = [1, 0.5, -1, 0.25, 0.3, -1, -0.3, 0.25];
    const atoms = (x: Float64Array) => ({
      values: Float64Array.from(values, (w) => w * (1 + 0.2 * Math.sin(x[0]!))),
      probabilities: Float64Array.of(0.25, 0.25, 0.25, 0.25),
    });
    const problem = planeProblem({
      objective: "0.6*x^2 + 0.4*y^2 + 0.3*cos(x + y/2)",
      covariance: isotropic("1"),
      eta: 0.1,
      start: [1, -0.5],
      steps: 6,
      tests: ["x*y + cos(x)", "exp(-x^2)"],
      noise: { kind: "discrete", gaussian: false, atoms },
    });
    const phis = problem.tests.map(({ value }) => value);
    const found = follow((resolution) => chainStep(problem, "own", resolution), problem.start, 6, phis);
    if ("reason" in found) throw new Error(found.reason);
    let points = [problem.start];
    for (let k = 1; k <= 6; k++) {
      points = points.flatMap((x) => {
        const g = problem.objective.gradient(x, new Float64Array(2));
        const a = atoms(x).values;
        return [0, 1, 2, 3].map((m) => Float64Array.of(x[0]! - 0.1 * (g[0]! + a[2 * m]!), x[1]! - 0.1 * (g[1]! + a[2 * m + 1]!)));
      });
      phis.forEach((phi, i) => {
        const mean = points.reduce((s, x) => s + phi(x), 0) / points.length;
        const curve = found.along[i]!;
        expect(Math.abs(curve.values[k]! - mean)).toBeLessThan(curve.errors[k]! + 1e-13);
        expect(curve.errors[k]!).toBeLessThan(1e-9);
      });
    }
  });
});

describe("what there is no figure for", () => {
  const bowl = { objective: "0.6*x^2 + 0.4*y^2", covariance: isotropic("0.5"), eta: 0.1, start: [1, -0.5], steps: 5 };

  it("a phi with a kink or a spike is null and not-converged, beside one that is resolved", () => {
    const found = planeExpectations(planeProblem({ ...bowl, tests: ["abs(x-0.7)", "exp(-1e4*(x-0.7)^2)", "x*y"] }), models);
    expect(found.sgd.map((curve) => curve === null)).toEqual([true, true, false]);
    for (const id of ["sme1", "ha-sme"]) expect(found.models[id]!.map((curve) => curve === null)).toEqual([true, true, false]);
    expect(found.warnings.every((w) => w.code === "not-converged")).toBe(true);
    // one for SGD and for each model but the gradient flow, which is a curve whatever phi
    expect(found.warnings.length).toBe(models.length);
    for (const curve of found.models["gradient-flow"]!) expect(Math.max(...curve!.errors)).toBeLessThan(1e-11);
    // E x y of SGD on a quadratic with isotropic noise and a diagonal Hessian: product of means
    expect(Math.abs(found.sgd[2]!.values[5]! - 0.88 ** 5 * 0.92 ** 5 * -0.5)).toBeLessThan(1e-13);
  });

  it("HA-SME where z >= 1 lies in the bulk, and only a warning where it lies at the edge", () => {
    const quartic = { objective: "x^4/4 + y^2/2", covariance: isotropic("0.25"), start: [1, 0.5], steps: 5, tests: ["x"] };
    const bulk = planeExpectations(planeProblem({ ...quartic, eta: 0.2 }), models);
    expect(bulk.models["ha-sme"]).toEqual([null]);
    expect(bulk.models["sme2"]![0]).not.toBeNull();
    expect(bulk.warnings.find((w) => w.model === "ha-sme")!.code).toBe("no-diffusion");
    const edge = planeExpectations(planeProblem({ ...quartic, eta: 0.1, start: [1.6, 0.5], covariance: isotropic("1.5"), steps: 2 }), [
      models.find(({ id }) => id === "ha-sme")!,
    ]);
    const said = edge.warnings.find((w) => w.model === "ha-sme")!;
    expect(said.code).toBe("edge");
    expect(said["mass"]).toBeLessThan(1e-6);
    expect(said["mass"]).toBeGreaterThan(0);
    // the drift has a logarithm's pole at the edge: a figure only if it is resolved all the same
    const curve = edge.models["ha-sme"]![0]!;
    if (curve === null) expect(edge.warnings.some((w) => w.model === "ha-sme" && w.code === "not-converged")).toBe(true);
    else expect(Math.max(...curve.errors)).toBeLessThan(1e-8);
  });

  it("without noise all models are flows, and SGD a point", () => {
    const found = planeExpectations(
      planeProblem({ ...bowl, covariance: isotropic("0"), tests: ["x", "exp(-x^2)"], noise: { constant: true } }),
      models,
    );
    expect(Math.abs(found.sgd[0]!.values[5]! - 0.88 ** 5)).toBeLessThan(1e-14);
    expect(Math.abs(found.models["sme1"]![1]!.values[5]! - Math.exp(-Math.exp(-1.2)))).toBeLessThan(1e-14);
    // five steps of a few roundings each
    expect(Math.abs(found.models["ha-sme"]![0]!.values[5]! - 0.88 ** 5)).toBeLessThan(1e-13);
  });
});
