// SGD on the line: closed Gaussian laws, the backward route by Gauss-Hermite and interpolation, references, discrete noise.
import { describe, expect, it } from "vitest";
import { latticePoint, runChain } from "../../src/law/chain.ts";
import { discreteExpectations, discreteStep, reachable } from "../../src/law/chain-discrete.ts";
import { chainExpectations, gaussianStep } from "../../src/law/chain-expectations.ts";
import { interpolate, lineMesh } from "../../src/law/line-mesh.ts";
import { lineProblem } from "../../src/law/line-problem.ts";
import { normalExpectation } from "../../src/law/normal-expectation.ts";
import { gaussHermite } from "../../src/numerics/quadrature.ts";
import { functionsOf, problemOf, reference, well } from "./line-problems.ts";

describe("forward", () => {
  it.each([0.1, 0.6, 1.4, -0.3])("is the closed law on a quadratic, z = %f", (z) => {
    const chain = { mean: (x: number) => (1 - z) * x, deviation: () => 0.25, stretch: () => 1 - z };
    let worst = 0;
    const run = runChain(chain, 1.1, 12, { fineness: 0.66 }, ({ step, first, masses }, lattice) => {
      const m = 1.1 * (1 - z) ** step;
      const v = (0.0625 * ((1 - z) ** (2 * step) - 1)) / ((1 - z) ** 2 - 1);
      let mean = 0;
      let square = 0;
      let cosine = 0;
      masses.forEach((mass, i) => {
        const x = latticePoint(lattice, first + i);
        mean += mass * x;
        square += mass * (x - m) ** 2;
        cosine += mass * Math.cos(x);
      });
      worst = Math.max(
        worst,
        Math.abs(mean - m) / (1 + Math.abs(m)),
        Math.abs(square / v - 1),
        Math.abs(cosine - Math.cos(m) * Math.exp(-v / 2)),
      );
    });
    expect("failure" in run).toBe(false);
    expect(worst).toBeLessThan(5e-14);
  });

  it("agrees with the backward route: Gauss-Hermite and interpolation", () => {
    const problem = problemOf({ objective: well, sigma: "0.9 + 0.2*sin(x)", eta: 0.2, start: -0.4, steps: 6, tests: ["x", "cos(2*x)"] });
    const line = lineProblem(problem);
    const functions = functionsOf(problem);
    const found = chainExpectations(line, functions, 6);
    if ("failure" in found) throw new Error("no law");
    // The domain is so wide that what is clamped at its ends has no mass after six steps.
    const mesh = lineMesh({
      low: -7,
      high: 7,
      breaks: [],
      functions: [line.mean, line.deviation],
      degree: 16,
      tolerance: 1e-12,
      maxWidth: () => 0.5,
    });
    const { nodes, weights } = gaussHermite(40);
    functions.forEach((phi, f) => {
      let u = mesh.nodes.map(phi);
      for (let k = 0; k < 6; k++) {
        const before = u;
        u = mesh.nodes.map((x) =>
          nodes.reduce(
            (s, z, q) => s + weights[q]! * interpolate(mesh, before, Math.min(7, Math.max(-7, line.mean(x) + line.deviation(x) * z))),
            0,
          ),
        );
      }
      expect(Math.abs(interpolate(mesh, u, -0.4) - found.curves[f]!.values[6]!)).toBeLessThan(1e-10);
    });
  });

  it("agrees with the references, within the errors that are stated", () => {
    for (const c of reference("weak1d.json").cases) {
      const phis = Object.keys(c.expectations);
      const problem = problemOf({ objective: c.objective, sigma: c.sigma, eta: c.eta, start: c.x0, steps: c.steps, tests: phis });
      const found = chainExpectations(lineProblem(problem), functionsOf(problem), c.steps);
      if ("failure" in found) throw new Error("no law");
      phis.forEach((phi, f) => {
        const off = Math.abs(found.curves[f]!.values[c.steps]! - c.expectations[phi].sgd);
        expect(off).toBeLessThan(c.selfCheck + 1e-12);
        expect(found.curves[f]!.errors[c.steps]!).toBeLessThan(1e-12);
      });
    }
  });

  it("averages kinks over the noise: E |x_k| on a quadratic", () => {
    const problem = problemOf({
      objective: "0.4*x^2 + 0*x^3",
      sigma: 0.5,
      eta: 0.5,
      start: 0.2,
      steps: 5,
      tests: ["abs(x)", "relu(x - 0.1)"],
    });
    const functions = functionsOf(problem);
    const found = chainExpectations(lineProblem(problem), functions, 5);
    if ("failure" in found) throw new Error("no law");
    const r = 1 - 0.4;
    functions.forEach((phi, f) => {
      for (let k = 1; k <= 5; k++) {
        const { value } = normalExpectation(phi, 0.2 * r ** k, Math.sqrt((0.0625 * (1 - r ** (2 * k))) / (1 - r * r)));
        const off = Math.abs(found.curves[f]!.values[k]! - value);
        expect(off).toBeLessThanOrEqual(found.curves[f]!.errors[k]! + 1e-13);
        expect(off).toBeLessThan(1e-9);
      }
    });
  });

  it("says when paths overflow, and when noise is too small", () => {
    const fast = lineProblem(problemOf({ objective: "x^4/4", sigma: 0.5, eta: 0.1, start: 5 }));
    expect(runChain(gaussianStep(fast), 5, 30, { fineness: 0.8 }, () => {})).toMatchObject({ failure: "unstable" });
    const none = lineProblem(problemOf({ objective: "x^4/4", sigma: "x", eta: 0.1, start: 0.5 }));
    expect(runChain(gaussianStep(none), 0.5, 30, { fineness: 0.8 }, () => {})).toMatchObject({ failure: "unresolved" });
  });
});

describe("discrete noise", () => {
  it("on a mesh is the enumeration of all paths", () => {
    const plain = { discrete: { values: [[-0.6], [0.9]], probabilities: [0.6, 0.4] } };
    const problem = problemOf({
      objective: "x^2/2 + cos(x)/2",
      noise: plain,
      eta: 0.15,
      start: -0.3,
      steps: 12,
      tests: ["x", "exp(-x^2)", "x^3"],
    });
    const line = lineProblem(problem);
    const step = discreteStep(problem, line);
    const functions = functionsOf(problem);
    const exact = discreteExpectations(step, -0.3, functions, 12);
    // More steps than are enumerated: the mesh answers, at the same twelve first steps.
    const meshed = discreteExpectations(step, -0.3, functions, 40);
    functions.forEach((_, f) => {
      expect(exact[f]!.kind).toBe("rounding");
      expect(meshed[f]!.kind).toBe("bound");
      for (let k = 0; k <= 12; k++) {
        const off = Math.abs(exact[f]!.values[k]! - meshed[f]!.values[k]!);
        expect(off).toBeLessThanOrEqual(meshed[f]!.errors[k]! + exact[f]!.errors[k]!);
        expect(off).toBeLessThan(1e-10);
      }
    });
  });
  it("over a top makes no figure that is not resolved", () => {
    // Without a density to smooth them, functions are stretched by 1 + eta |f''| a step at the top: after 40 steps there is nothing smooth left.
    const problem = problemOf({
      objective: well,
      noise: { discrete: { values: [[-0.6], [0.9]], probabilities: [0.6, 0.4] } },
      eta: 0.15,
      start: -0.3,
      tests: ["x"],
    });
    expect(discreteExpectations(discreteStep(problem, lineProblem(problem)), -0.3, functionsOf(problem), 40)).toEqual([null]);
  });
  it("keeps the range of the paths", () => {
    const problem = problemOf({
      objective: "x^2/2",
      noise: { discrete: { values: [[-1], [1]], probabilities: [0.5, 0.5] } },
      eta: 0.25,
      start: 0,
    });
    const range = reachable(discreteStep(problem, lineProblem(problem)), 0, 400)!;
    // x = (1 - eta) x + eta: the fixed point 1 is approached from below
    expect(range.high).toBeLessThanOrEqual(1 + 1e-12);
    expect(range.high).toBeGreaterThan(0.999);
  });
});
