// SGD with momentum on the line, without sampling: against closed forms on a quadratic, plain SGD's lattice as momentum vanishes, E phi after two
// steps by nested quadrature, and what becomes of it in `weak` and `law`; the models' errors shrink like eta at fixed momentum (theory.md 7).
import { describe, expect, it } from "vitest";
import { chainExpectations } from "../../src/law/chain-expectations.ts";
import { heavyBallExpectations, heavyBallLaws } from "../../src/law/heavy-ball-line.ts";
import { lineProblem } from "../../src/law/line-problem.ts";
import { momentumLaws } from "../../src/law/momentum.ts";
import { selectMomentumModels } from "../../src/model/momentum.ts";
import { gaussHermite } from "../../src/numerics/quadrature.ts";
import { readProblem } from "../../src/problem/read.ts";
import { law } from "../../src/question/law.ts";
import { sampling } from "../../src/question/sampling.ts";
import { weak } from "../../src/question/weak.ts";

const well = (more: object = {}) =>
  readProblem({
    objective: { formula: "x^2/2 + 1.5*exp(-x^2)" },
    noise: { gaussian: { sigma: "1.2 + 0.3*tanh(x)" } },
    learningRate: 0.1,
    momentum: 0.7,
    velocity: [0.05],
    start: [-1],
    steps: 20,
    tests: ["x", "cos(2*x)"],
    at: [1, 2, 20],
    ...more,
  });
const solved = (problem: ReturnType<typeof well>) => {
  const found = heavyBallExpectations(problem);
  if ("reason" in found) throw new Error(found.reason);
  return found;
};

describe("the lattice in (x, v)", () => {
  it("has the closed-form laws of a quadratic, in both regimes", () => {
    for (const learningRate of [0.1, 1.6]) {
      const problem = readProblem({
        objective: { quadratic: { matrix: [[2]] } },
        noise: { gaussian: { sigma: 0.5 } },
        learningRate,
        momentum: 0.8,
        velocity: [0.3],
        start: [1],
        steps: 30,
      });
      const steps = [2, 7, 30];
      const want = momentumLaws(problem, selectMomentumModels(["overdamped"]), steps).result.sgd.laws;
      const found = heavyBallLaws(problem, steps);
      if ("reason" in found) throw new Error(found.reason);
      for (const [i, { mean, covariance }] of found.moments.entries()) {
        const figures = [...mean, ...covariance.flat()];
        const exact = [...want[i]!.mean!, ...want[i]!.covariance!.flat()] as number[];
        figures.forEach(({ value, error }, k) => {
          expect(Math.abs(value - exact[k]!)).toBeLessThan(error);
          // the coarse lattice is good to 1e-11 a step of the scale
          expect(error).toBeLessThan(1e-9);
        });
        expect(found.positions.fine[i]!.variance).toBeCloseTo(exact[2]!, 11);
      }
    }
  });

  it("is plain SGD's as momentum vanishes", () => {
    const tiny = well({ momentum: 1e-15, velocity: [0] });
    const plain = chainExpectations(lineProblem(tiny), [(x) => x, (x) => Math.cos(2 * x)], 20);
    if ("failure" in plain) throw new Error("no plain law");
    solved(tiny).curves.forEach((curve, f) => {
      for (let k = 0; k <= 20; k++)
        expect(Math.abs(curve!.values[k]! - plain.curves[f]!.values[k]!)).toBeLessThan(
          curve!.errors[k]! + plain.curves[f]!.errors[k]! + 1e-14,
        );
    });
  });

  it("two steps are a double integral over the noise", () => {
    const problem = well();
    const { curves } = solved(problem);
    const rule = gaussHermite(60);
    const slope = (x: number) => x - 3 * x * Math.exp(-x * x);
    const sigma = (x: number) => 1.2 + 0.3 * Math.tanh(x);
    const advance = ([x, v]: readonly [number, number], z: number): readonly [number, number] => {
      const next = 0.7 * v - 0.1 * (slope(x) + sigma(x) * z);
      return [x + next, next];
    };
    let sum = 0;
    rule.nodes.forEach((a, i) => {
      rule.nodes.forEach((b, j) => {
        sum += rule.weights[i]! * rule.weights[j]! * Math.cos(2 * advance(advance([-1, 0.05], a), b)[0]);
      });
    });
    const total = rule.weights.reduce((s, w) => s + w, 0);
    expect(Math.abs(curves[1]!.values[2]! - sum / (total * total))).toBeLessThan(curves[1]!.errors[2]! + 1e-13);
  });

  it("says what it cannot do", () => {
    expect(solved(well({ tests: ["abs(x)"] })).curves[0]).toBeNull();
    expect(heavyBallExpectations(well({ noise: { gaussian: { sigma: "x + 1" } } }))).toHaveProperty("reason");
    expect(heavyBallExpectations(well({ objective: { formula: "-x^4" }, learningRate: 0.5 }))).toHaveProperty("reason");
  });
});

describe("in the questions", () => {
  it("weak without sampling: SGD, Langevin dynamics, and the models in x alone; HA-SME-M is refused by name", async () => {
    const { result, warnings } = await weak(well(), { method: "exact", models: ["overdamped", "langevin", "ha-sme-m"] });
    const row = result.tests[0]!.rows[0]!;
    expect(result.method).toContain("Langevin: splitting on a lattice in (x, v)");
    expect(row.sgd!.kind).toBe("bound");
    expect(row.sgd!.error).toBeLessThan(1e-9);
    expect(row.models["overdamped"]!.weakError!.error).toBeLessThan(1e-7);
    expect(row.models["langevin"]!.weakError!.error).toBeLessThan(1e-5);
    expect(row.models["ha-sme-m"]!.value).toBeNull();
    expect(warnings.find((w) => w.model === "ha-sme-m")!.code).toBe("not-applicable");
  });
  it("the overdamped limit's weak error shrinks like eta", async () => {
    const { result } = await weak(
      well({
        at: undefined,
        learningRate: 0.04,
        momentum: 0.5,
        velocity: [0],
        steps: 25,
        tests: ["x^2"],
        noise: { gaussian: { sigma: 1 } },
      }),
      {
        method: "exact",
        models: ["overdamped"],
        etas: [0.02, 0.01, 0.005],
      },
    );
    // slopes between neighbouring eta, at the end of the horizon, tend to 1: 0.963, 0.991
    const errors = result.tests[0]!.rows.map((row) => Math.abs(row.models["overdamped"]!.weakError!.value));
    const [first, second] = errors.slice(1).map((error, i) => Math.log2(errors[i]! / error)) as [number, number];
    expect(Math.abs(second - 1)).toBeLessThan(0.03);
    expect(Math.abs(second - 1)).toBeLessThan(Math.abs(first - 1));
  });
  it("what is not resolved is sampled with a warning, and the lattices agree with the paths", async () => {
    const problem = well({ tests: ["x", "abs(x)"], steps: 6, at: [6] });
    const { result, warnings } = await weak(problem, { models: ["langevin"], paths: 2048, substeps: 2, engine: sampling.weak });
    const [smooth, kinked] = result.tests.map((test) => test.rows[0]!);
    expect(smooth!.sgd!.kind).toBe("bound");
    expect(smooth!.models["langevin"]!.value!.kind).toBe("bound");
    expect(kinked!.sgd!.kind).toBe("standard-error");
    expect(kinked!.models["langevin"]!.value!.kind).toBe("standard-error");
    expect(warnings.map(({ code }) => code)).toContain("fallback");
    const coupled = await weak(problem, { models: ["langevin"], method: "sample", paths: 8192, engine: sampling.weak });
    const drawn = coupled.result.tests[0]!.rows[0]!.models["langevin"]!.weakError!;
    const solved = smooth!.models["langevin"]!.weakError!;
    expect(drawn.error).toBeLessThan(Math.abs(solved.value));
    expect(Math.abs(drawn.value - solved.value)).toBeLessThan(5 * drawn.error);
    // the lattice against the paths
    const paths = await weak(problem, { models: [], method: "sample", paths: 8192, engine: sampling.weak });
    const sampled = paths.result.tests[0]!.rows[0]!.sgd!;
    expect(Math.abs(sampled.value - smooth!.sgd!.value)).toBeLessThan(5 * sampled.error);
  });
  it("law: moments of (x, v), a density of x, and divergences of models in x alone", async () => {
    const { result } = await law(well(), { method: "exact", models: ["sme1", "overdamped"], at: [20] });
    const own = result.sgd.laws[0]!;
    expect(own.mean).toHaveLength(2);
    const { x, p } = own.density!;
    const step = x[1]! - x[0]!;
    const total = p.reduce((sum, value) => sum + value * step, 0);
    expect(total).toBeCloseTo(1, 6);
    const mean = p.reduce((sum, value, i) => sum + value * x[i]! * step, 0);
    expect(mean).toBeCloseTo((own.mean![0] as { value: number }).value, 6);
    for (const { laws } of Object.values(result.models)) {
      expect((laws[0]!.klFromSgd as { value: number }).value).toBeGreaterThan(0);
      expect((laws[0]!.w2SquaredFromSgd as { value: number }).value).toBeGreaterThan(0);
    }
  });
});
