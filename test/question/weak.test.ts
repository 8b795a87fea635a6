// `weak`: references in full, learning rates that divide the horizon, orders, dispatch, refusals.
import { describe, expect, it } from "vitest";
import { models } from "../../src/model/index.ts";
import { readProblem } from "../../src/problem/read.ts";
import { sampling } from "../../src/question/sampling.ts";
import { weak } from "../../src/question/weak.ts";
import { fitOrder } from "../../src/question/weak-order.ts";
import { problemOf, reference, well } from "../law/line-problems.ts";

it("every reference value to 1e-9 and never off by more than the stated error and the reference's own", async () => {
  let compared = 0;
  for (const c of reference("weak1d.json").cases) {
    const phis = Object.keys(c.expectations);
    const { result, warnings } = await weak(
      problemOf({ objective: c.objective, sigma: c.sigma, eta: c.eta, start: c.x0, steps: c.steps, tests: phis }),
    );
    expect(warnings).toEqual([]);
    for (const test of result.tests) {
      for (const [id, want] of Object.entries(c.expectations[test.phi]) as [string, number][]) {
        const got = (id === "sgd" ? test.rows[0]!.sgd : test.rows[0]!.models[id]!.value)!;
        const off = Math.abs(got.value - want);
        expect(off).toBeLessThan(1e-9);
        expect(off).toBeLessThan(got.error + 1.5 * c.selfCheck + 1e-12);
        expect(got.error).toBeLessThan(1e-8);
        compared++;
      }
    }
  }
  expect(compared).toBe(7 * 4 * 6);
});

describe("learning rates", () => {
  const problem = problemOf({ objective: well, sigma: 0.9, eta: 0.2, start: -1.05, steps: 10, tests: ["x^2"] });
  it("keep the horizon; orders are fitted to the largest errors along the way", async () => {
    const { result, warnings } = await weak(problem, { etas: [0.2, 0.1, 0.05], models: ["sme1", "sme2", "ha-sme-3"] });
    const { rows, orders } = result.tests[0]!;
    expect(rows.map((r) => r.steps)).toEqual([10, 20, 40]);
    expect(Object.keys(orders)).toEqual(["sme1", "sme2", "ha-sme-3"]);
    expect(orders["sme2"]!.slopes.length).toBe(2);
    expect(Math.abs(orders["sme2"]!.value - 2)).toBeLessThan(0.3);
    expect(Math.abs(orders["ha-sme-3"]!.value - 3)).toBeLessThan(0.4);
    for (const { models: byModel, steps, sgdStandardDeviation } of rows) {
      expect(sgdStandardDeviation).toBeGreaterThan(0.1);
      const { value, weakError, maxWeakError, alongTheWay } = byModel["sme1"]!;
      expect(value).not.toBeNull();
      expect(maxWeakError!.value).toBeGreaterThanOrEqual(Math.abs(weakError!.value));
      expect(maxWeakError!.step).toBeLessThanOrEqual(steps);
      expect(alongTheWay!.at(-1)).toMatchObject({ step: steps, weakError });
    }
    expect(warnings.filter((w) => w.code !== "order-not-fitted")).toEqual([]);
  });
  it("that do not divide the horizon are bad input that names the nearest", async () => {
    await expect(weak(problem, { etas: [0.3] })).rejects.toMatchObject({
      code: "question/eta",
      exitCode: 2,
      message: expect.stringContaining("--eta"),
    });
    await expect(weak(problem, { etas: [0.3] })).rejects.toThrow(/0\.33.*0\.28/);
  });
});

describe("orders", () => {
  it("are slopes with an error, or a reason", () => {
    const fit = fitOrder([0.4, 0.2, 0.1].map((eta) => ({ eta, weakError: -3 * eta ** 2, error: 1e-12 })));
    expect(fit).toMatchObject({ slopes: [expect.closeTo(2, 12), expect.closeTo(2, 12)] });
    expect("value" in fit && fit.value).toBeCloseTo(2, 12);
    expect(fitOrder([{ eta: 0.1, weakError: 1, error: 0 }])).toHaveProperty("reason");
    expect(
      fitOrder([
        { eta: 0.2, weakError: 1e-12, error: 1e-12 },
        { eta: 0.1, weakError: 1e-12, error: 1e-12 },
      ]),
    ).toMatchObject({ reason: expect.stringContaining("rounding") });
    expect(
      fitOrder([
        { eta: 0.2, weakError: 1, error: 0 },
        { eta: 0.1, weakError: -0.2, error: 0 },
      ]),
    ).toMatchObject({ reason: expect.stringContaining("sign") });
  });
});

describe("closed laws", () => {
  it("answer quadratics in any dimension for polynomials: E x^T Q x = tr Q C + m^T Q m", async () => {
    const problem = readProblem({
      objective: {
        quadratic: {
          matrix: [
            [1, 0.2, 0],
            [0.2, 2, 0],
            [0, 0, 0.5],
          ],
        },
      },
      noise: { gaussian: { sigma: 0.7 } },
      learningRate: 0.1,
      start: [1, -1, 0.5],
      steps: 7,
      tests: ["x^2 + y*z - 3*x + 2"],
    });
    const { result } = await weak(problem);
    // the chain itself: mean and covariance by their recursions
    const A = [
      [1, 0.2, 0],
      [0.2, 2, 0],
      [0, 0, 0.5],
    ];
    const R = A.map((row, i) => row.map((a, j) => (i === j ? 1 : 0) - 0.1 * a));
    let m = [1, -1, 0.5];
    let C = [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ];
    const times = (a: number[][], b: number[][]): number[][] =>
      a.map((row) => b[0]!.map((_, j) => row.reduce((s, v, k) => s + v * b[k]![j]!, 0)));
    for (let k = 0; k < 7; k++) {
      m = R.map((row) => row.reduce((s, r, j) => s + r * m[j]!, 0));
      C = times(times(R, C), R).map((row, i) => row.map((c, j) => c + (i === j ? 0.0049 : 0)));
    }
    const exact = m[0]! ** 2 + C[0]![0]! + m[1]! * m[2]! + C[1]![2]! - 3 * m[0]! + 2;
    const row = result.tests[0]!.rows[0]!;
    expect(Math.abs(row.sgd!.value - exact)).toBeLessThan(1e-13);
    expect(row.sgd!.kind).toBe("rounding");
    expect(Math.abs(row.models["ha-sme"]!.weakError!.value)).toBeLessThan(1e-13);
    expect(Math.abs(row.models["sme1"]!.weakError!.value)).toBeGreaterThan(1e-3);
  });
  it("two-step form at even steps on request, else null with no-diffusion", async () => {
    const problem = problemOf({ objective: "x^2/2", sigma: 0.5, eta: 1.5, start: 1, steps: 8, tests: ["cos(x)"] });
    const refused = await weak(problem);
    expect(refused.result.tests[0]!.rows[0]!.models["ha-sme"]!.value).toBeNull();
    expect(refused.warnings.some((w) => w.code === "no-diffusion" && w.model === "ha-sme")).toBe(true);
    const { models: byModel } = (await weak(problem, { twoStep: true })).result.tests[0]!.rows[0]!;
    expect(Math.abs(byModel["ha-sme"]!.maxWeakError!.value)).toBeLessThan(1e-13);
    expect(byModel["ha-sme"]!.maxWeakError!.step % 2).toBe(0);
  });
  it("on a quadratic are what the line's solvers find when they do not know of it", async () => {
    const asked = { sigma: 0.6, eta: 0.3, start: 0.8, steps: 9, tests: ["x^3", "exp(-x^2)"] };
    const closed = (await weak(problemOf({ objective: "x^2/2", ...asked }))).result;
    // a cubic term of 1e-300: not a quadratic, yet the same problem
    const solved = (await weak(problemOf({ objective: "x^2/2 + 1e-300*x^3", ...asked }))).result;
    expect(closed.method).not.toBe(solved.method);
    closed.tests.forEach((test, t) => {
      const [a, b] = [test.rows[0]!, solved.tests[t]!.rows[0]!];
      expect(Math.abs(a.sgd!.value - b.sgd!.value)).toBeLessThan(1e-13);
      for (const { id } of models) {
        const [x, y] = [a.models[id]!.value!, b.models[id]!.value!];
        expect(Math.abs(x.value - y.value)).toBeLessThanOrEqual(x.error + y.error);
        expect(Math.abs(x.value - y.value)).toBeLessThan(1e-10);
      }
    });
  });
});

it("what has no method is null with not-applicable; nothing at all is NoAnswerError", async () => {
  const problem = readProblem({
    objective: {
      quadratic: {
        matrix: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      },
    },
    noise: { gaussian: { sigma: 1 } },
    learningRate: 0.1,
    start: [1, 1, 1],
    steps: 2,
    tests: ["x", "cos(x*y*z)"],
  });
  const { result, warnings } = await weak(problem);
  expect(result.tests[0]!.rows[0]!.sgd).not.toBeNull();
  expect(result.tests[1]!.rows[0]!.sgd).toBeNull();
  expect(warnings.some((w) => w.code === "not-applicable")).toBe(true);
  await expect(weak({ ...problem, tests: [problem.tests[1]!] })).rejects.toMatchObject({ code: "question/weak", exitCode: 3 });
});

it("what only sampling knows of SGD is sampled at once, the models beside it; without who samples the models are solved", async () => {
  const rows = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(2 * i), 1 + Math.sin(5 * i)]);
  for (const features of [["a"], ["a", "b"]]) {
    const problem = readProblem({
      objective: { leastSquares: { data: { columns: ["a", "b", "y"], rows }, target: "y", features } },
      noise: { minibatch: { size: 3, replacement: false } },
      learningRate: 0.2,
      start: features.map(() => 0.5),
      steps: 3,
      tests: ["exp(x1)", "loss"],
    });
    const sampled = await weak(problem, { models: ["ha-sme"], engine: sampling.weak, paths: 4096 });
    expect(sampled.warnings.filter(({ code }) => code === "fallback")).toEqual([]);
    const [own, closed] = sampled.result.tests.map(({ rows: [row] }) => row!);
    expect(own!.sgd!.kind).toBe("standard-error");
    expect(closed!.sgd!.kind).toBe("rounding");
    const solved = (await weak(problem, { models: ["ha-sme"] })).result.tests[0]!.rows[0]!;
    expect(solved.sgd).toBeNull();
    const [exact, drawn] = [solved.models["ha-sme"]!.value!, own!.models["ha-sme"]!.value!];
    expect(exact.error).toBeLessThan(1e-8);
    expect(Math.abs(drawn.value - exact.value)).toBeLessThan(5 * drawn.error);
  }
});
