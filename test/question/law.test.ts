// `law` from a problem file to its answer: dispatch, shape of the answer, what it refuses and how.
import { describe, expect, it } from "vitest";
import { models } from "../../src/model/index.ts";
import { readProblem } from "../../src/problem/read.ts";
import { law } from "../../src/question/law.ts";

const quadratic = {
  objective: {
    quadratic: {
      matrix: [
        [1, 0.2],
        [0.2, 3],
      ],
    },
  },
  noise: { gaussian: { sigma: 0.5 } },
  learningRate: 0.2,
  start: [1, -1],
  steps: 20,
};
const rows = [
  [1, 2, 1],
  [2, -1, 0.5],
  [0.3, 0.4, 2],
  [1, 1, 1],
  [-1, 0.2, 0],
];
const regression = (noise: object, more: object = {}) =>
  readProblem({
    objective: { leastSquares: { data: { columns: ["a", "b", "y"], rows }, target: "y", ...more } },
    noise,
    learningRate: 0.1,
    start: [0, 1, ...("intercept" in more ? [0] : [])],
    steps: 10,
  });
const numbers = (value: unknown): number[] => (Array.isArray(value) ? value.flatMap(numbers) : [value as number]);

describe("law", () => {
  it("answers quadratics in closed form, in interface.md's shape", async () => {
    const answer = await law(readProblem({ ...quadratic, at: [1, 5, 20] }), { seed: 7 });
    expect(answer).toMatchObject({ command: "law", seed: 7, result: { method: "closed form (quadratic)" } });
    expect(Object.keys(answer.result.models)).toEqual(["gradient-flow", "sme1", "sme2", "spf", "ha-sme", "ha-sme-3", "ha-sme-4"]);
    expect(answer.result.sgd.laws.map((l) => l.step)).toEqual([1, 5, 20]);
    expect(Object.keys(answer.result.sgd)).toEqual(["laws", "stationary"]);
    for (const model of Object.values(answer.result.models)) {
      expect(model).toMatchObject({ exists: true, regime: "one-step", defect: 0 });
      expect(model.laws.flatMap((l) => numbers([l.mean, l.covariance])).every(Number.isFinite)).toBe(true);
    }
    // Gradient flow has no noise: KL(SGD || it) is infinite.
    expect(answer.result.models["gradient-flow"]!.laws[0]!.klFromSgd).toBeNull();
    expect(JSON.parse(JSON.stringify(answer)).result).toEqual(answer.result);
  });
  it("is the same document for the same question, and the models asked for only", async () => {
    const ask = async () => JSON.stringify(await law(readProblem(quadratic), { models: ["ha-sme", "sme1"] }));
    expect(await ask()).toBe(await ask());
    expect(Object.keys((await law(readProblem(quadratic), { models: ["ha-sme", "sme1"] })).result.models)).toEqual(["sme1", "ha-sme"]);
  });
  it("knows formulas that are quadratic, whatever they are called", async () => {
    const formula = readProblem({ ...quadratic, objective: { formula: "u^2/2 + 0.2 u v + 1.5 v^2 - u + 3", variables: ["u", "v"] } });
    const same = readProblem({
      ...quadratic,
      objective: {
        quadratic: {
          matrix: [
            [1, 0.2],
            [0.2, 3],
          ],
          center: [3 / 2.96, -0.2 / 2.96],
        },
      },
    });
    const [a, b] = [await law(formula, { at: [4] }), await law(same, { at: [4] })];
    const [x, y] = [numbers(a.result.models["ha-sme"]!.laws[0]!.mean), numbers(b.result.models["ha-sme"]!.laws[0]!.mean)];
    expect(Math.max(...x.map((v, i) => Math.abs(v - y[i]!)))).toBeLessThan(1e-15);
    expect(numbers(a.result.sgd.stationary!.mean)[0]).toBeCloseTo(3 / 2.96, 14);
  });
  it("gives densities in one dimension that integrate to 1 with the law's moments", async () => {
    const { result } = await law(
      readProblem({ objective: { formula: "x^2" }, noise: { gaussian: { sigma: 1 } }, learningRate: 0.1, start: [2], steps: 5, at: [5] }),
    );
    const at = result.models["ha-sme"]!.laws[0]!;
    const { x, p } = at.density!;
    const h = x[1]! - x[0]!;
    const mass = p.reduce((s, v) => s + v * h, 0);
    const mean = p.reduce((s, v, i) => s + v * x[i]! * h, 0);
    // The tails beyond six deviations hold 2e-9.
    expect(Math.abs(mass - 1)).toBeLessThan(1e-8);
    expect(Math.abs(mean - numbers(at.mean)[0]!)).toBeLessThan(1e-8);
  });
  it("answers least squares with minibatches by closed moments, with Gaussian noise as the quadratic it is", async () => {
    const minibatch = await law(regression({ minibatch: { size: 2, replacement: false } }), { at: [3] });
    expect(minibatch.result.method).toMatch(/^closed moments/);
    expect(minibatch.result.models["ha-sme"]!.laws[0]).toMatchObject({ klFromSgd: null, w2SquaredFromSgd: null });
    expect(minibatch.result.models["ha-sme"]!.laws[0]!.w2SquaredLowerBound as number).toBeGreaterThan(0);
    const gaussian = await law(regression({ gaussian: { sigma: 0.3 } }), { at: [3] });
    expect(gaussian.result.method).toBe("closed form (quadratic)");
    const full = await law(regression({ minibatch: { size: 2, replacement: true } }, { intercept: true, l2: 0.1, standardize: true }), {
      at: [3],
    });
    expect(full.result.sgd.laws[0]!.mean!.length).toBe(3);
  });
  it("gives mean and covariance for skewed noise, but no divergence", async () => {
    const problem = readProblem({
      objective: { formula: "x^2" },
      noise: { discrete: { values: [[2], [-1]], probabilities: [1 / 3, 2 / 3] } },
      learningRate: 0.1,
      start: [1],
      steps: 2,
      at: [2],
    });
    const { result } = await law(problem);
    // Two steps by hand: x_2 = 0.64 - 0.1 (0.8 n_1 + n_2), var n = 2.
    expect(numbers(result.sgd.laws[0]!.mean)[0]).toBeCloseTo(0.64, 15);
    expect(numbers(result.sgd.laws[0]!.covariance)[0]).toBeCloseTo(0.01 * 2 * 1.64, 15);
    expect(result.models["ha-sme"]!.laws[0]!.klFromSgd).toBeNull();
    expect(result.sgd.laws[0]!.density).toBeUndefined();
  });
  it("answers non-quadratic problems in one dimension by densities", async () => {
    const problem = readProblem({
      objective: { formula: "x^4/4" },
      noise: { gaussian: { sigma: 0.5 } },
      learningRate: 0.1,
      start: [1],
      steps: 10,
      at: [10],
    });
    const { result } = await law(problem, { models: ["ha-sme-3", "sme1"] });
    expect(result.method).toMatch(/Fokker-Planck/);
    const [ours, sme1] = [result.models["ha-sme-3"]!.laws[0]!, result.models["sme1"]!.laws[0]!];
    const kl = (at: typeof ours) => (at.klFromSgd as { value: number }).value;
    expect(kl(ours)).toBeGreaterThan(0);
    expect(kl(ours)).toBeLessThan(0.01 * kl(sme1));
    expect(ours.density!.x.length).toBe(ours.density!.p.length);
  });
  it("hands what it cannot do to the engine, and says so without one", async () => {
    const hard = readProblem({
      objective: { formula: "x^4 + y^4 + z^4 + x*y*z" },
      noise: { gaussian: { sigma: 1 } },
      learningRate: 0.01,
      start: [1, 1, 1],
      steps: 4,
    });
    await expect(law(hard)).rejects.toMatchObject({ code: "law/no-method", exitCode: 3 });
    const sgd = { laws: [{ step: 4, mean: [0, 0, 0], covariance: null }], stationary: null };
    const answer = await law(hard, {
      engine: async (_problem, models) => ({ result: { method: `sampled for ${models.length}`, sgd, models: {} }, warnings: [] }),
    });
    expect(answer.result.method).toBe(`sampled for ${models.length}`);
    await expect(law(readProblem(quadratic), { method: "sample" })).rejects.toThrow(/no engine that samples/);
    await expect(law(regression({ minibatch: { size: 2, replacement: false, epochs: true } }))).rejects.toThrow(/epochs are not covered/);
  });
  it("refuses steps that are none, models that are none, and answers of nothing", async () => {
    await expect(law(readProblem(quadratic), { at: [0] })).rejects.toMatchObject({ code: "law/at", exitCode: 2 });
    await expect(law(readProblem(quadratic), { models: ["sme3"] })).rejects.toMatchObject({ code: "model/unknown", exitCode: 2 });
    const wild = readProblem({
      objective: { formula: "50 x^2" },
      noise: { gaussian: { sigma: 1 } },
      learningRate: 1,
      start: [1],
      steps: 400,
      at: [400],
    });
    await expect(law(wild, { models: ["ha-sme"] })).rejects.toMatchObject({ code: "law/nothing", exitCode: 3 });
  });
});
