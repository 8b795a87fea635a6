// derive against reference values made by an independent program (Taylor jets of log S, 30 digits), and what it refuses.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readProblem } from "../../src/problem/read.ts";
import { derive } from "../../src/question/derive.ts";

interface ReferenceCase {
  name: string;
  objective: string;
  variables: string[];
  x0: number[];
  noise: object;
  noiseAsDiscrete?: object;
  values: { phi: string; L: number[] }[];
}
const { cases } = JSON.parse(readFileSync("test/reference/sbea.json", "utf8")) as { cases: ReferenceCase[] };

const problemOf = (c: ReferenceCase, more: object = {}) =>
  readProblem({
    objective: { formula: c.objective, variables: c.variables },
    noise: c.noiseAsDiscrete ?? c.noise,
    learningRate: 0.1,
    start: c.x0,
    steps: 1,
    tests: c.values.map(({ phi }) => phi),
    ...more,
  });
const quick = cases.find(({ name }) => name === "2-D, Gaussian, constant Sigma")!;

describe("L_p phi at the start", () => {
  it.each(cases.map((c) => [c.name, c] as const))("%s", async (_, c) => {
    const order = c.values[0]!.L.length - 1;
    const { result, warnings } = await derive(problemOf(c), { order });
    expect(warnings).toEqual([]);
    for (const { phi, L } of c.values) {
      const values = result.applied!.find((a) => a.phi === phi)!.values;
      const scale = Math.max(...L.map(Math.abs));
      // 1e-12: rounding of some hundred products, relative to the largest order where an order nearly cancels.
      for (const [p, expected] of L.entries())
        expect(Math.abs(values[p]! - expected) / Math.max(Math.abs(expected), 1e-3 * scale)).toBeLessThan(1e-12);
    }
  });

  it("depends on the noise law that the problem has, and takes a wider one", async () => {
    const problem = problemOf(quick);
    const [own, wider] = [await derive(problem, { order: 3 }), await derive(problem, { order: 3, noiseLaw: "general" })];
    expect(own.result.noiseLaw).toBe("constant");
    for (const [k, { values }] of wider.result.applied!.entries()) {
      for (const [p, value] of values.entries()) expect(value).toBeCloseTo(own.result.applied![k]!.values[p]!, 12);
    }
  });

  it("sizes scale with eta and are those of the tensors", async () => {
    const sizes = async (learningRate: number) => (await derive(problemOf(quick, { learningRate }), { order: 2 })).result.sizes!;
    const [a, b] = [await sizes(0.1), await sizes(0.2)];
    for (const [k, { order, size }] of a.entries()) expect(b[k]!.size).toBeCloseTo(2 ** order * size!, 14);
    // |grad f| at the start, by hand: f = x^4/8 + x^2 y/3 + y^2 - sin(xy)/2 at (0.6, 0.7)
    const cosine = Math.cos(0.42) / 2;
    const gradient = [0.6 ** 3 / 2 + (2 * 0.6 * 0.7) / 3 - 0.7 * cosine, 0.36 / 3 + 1.4 - 0.6 * cosine];
    expect(a[0]).toMatchObject({ order: 0, operatorOrder: 1, source: "ha-sme" });
    expect(a[0]!.size).toBeCloseTo(Math.hypot(...gradient), 14);
  });
});

describe("without a problem", () => {
  it("gives the coefficients of theory.md, for general noise by default", async () => {
    const { result, problem, command } = await derive(undefined, { order: 2 });
    expect([command, problem, result.noiseLaw, result.dimension]).toEqual(["derive", {}, "general", null]);
    expect(result.generator.map(({ terms }) => terms.map(({ coefficient }) => coefficient).sort())).toEqual([
      ["-1"],
      ["-1/2", "1/2"],
      ["-1/12", "-1/3", "-1/6", "1/2", "1/4", "1/4"],
    ]);
    expect(result.beyondSde).toMatchObject({ order: 2, terms: [{ coefficient: "-1/6", text: "K_ijk d_ijk" }] });
    expect(result.applied).toBeUndefined();
  });

  it("lists the models up to the order, and those asked for", async () => {
    const ids = async (order: number, models?: string[]) =>
      (await derive(undefined, { order, models, noiseLaw: "gaussian" })).result.models.map(({ id }) => id);
    expect(await ids(1)).toEqual(["gradient-flow", "sme1", "sme2", "spf", "ha-sme", "series-1"]);
    expect(await ids(2)).toContain("ha-sme-3");
    expect(await ids(3, ["series-1", "sme2"])).toEqual(["series-1", "sme2"]);
    const { models } = (await derive(undefined, { order: 3, noiseLaw: "gaussian", models: ["series-0", "series-2", "series-3"] })).result;
    expect(models.map(({ weakOrder }) => weakOrder)).toEqual([1, 3, 3]);
    expect(models[0]!.drift).toEqual({ text: "-f_i", latex: "-f_{i}" });
    expect(models[1]!.diffusion.text).toBe("eta Sigma_ij + eta^2 (1/2 f_k Sigma_ij,k + f_ik Sigma_jk)");
    expect(models[1]!.python.numpy).toContain('np.einsum("ijk,jk->i", f_3, kappa_2_0)');
  });

  it("writes one dimension with primes, and minibatches with powers of B", async () => {
    const { result } = await derive(undefined, { order: 2, dimension: 1, noiseLaw: "minibatch" });
    expect(result.generator[2]!.terms.map(({ coefficient, text }) => `${coefficient} ${text}`)).toEqual([
      "-1/3 f' f''^2 d",
      "-1/12 f'^2 f''' d",
      "1/4 f''' s d / B",
      "1/4 f' s' d^2 / B",
      "1/2 f'' s d^2 / B",
      "-1/6 K d^3 / B^2",
    ]);
    expect(result.generator[2]!.terms[5]!.latex).toBe("K \\partial^{3} B^{-2}");
  });

  it("checks itself against jets when asked", async () => {
    const { check } = (await derive(undefined, { order: 2, check: true })).result;
    expect(check!.map(({ dimension, order }) => [dimension, order])).toEqual([
      [1, 2],
      [2, 2],
      [3, 2],
    ]);
    for (const { largestError } of check!) expect(largestError).toBeLessThan(1e-12);
  });
});

describe("refusals", () => {
  const code = async (ask: Promise<unknown>) =>
    ask.then(
      () => "answered",
      (error: { code: string; exitCode: number }) => `${error.code} ${error.exitCode}`,
    );
  it("are input errors", async () => {
    expect(await code(derive(undefined, { order: 12 }))).toBe("sbea/order 2");
    expect(await code(derive(undefined, { order: -1 }))).toBe("sbea/order 2");
    expect(await code(derive(undefined, { noiseLaw: "cauchy" as "general" }))).toBe("derive/noise-law 2");
    expect(await code(derive(undefined, { dimension: 0 }))).toBe("derive/dimension 2");
    expect(await code(derive(problemOf(quick), { dimension: 1 }))).toBe("derive/dimension 2");
    expect(await code(derive(undefined, { order: 2, models: ["series-3"] }))).toBe("derive/series 2");
    expect(await code(derive(undefined, { models: ["hasme"] }))).toBe("model/unknown 2");
    const varying = problemOf(cases[0]!);
    expect(await code(derive(varying, { noiseLaw: "constant" }))).toBe("derive/noise-law 2");
    const skewed = problemOf(cases.find(({ noiseAsDiscrete }) => noiseAsDiscrete)!);
    expect(await code(derive(skewed, { noiseLaw: "gaussian" }))).toBe("derive/noise-law 2");
  });

  it("name the largest order where a point has too many dimensions", async () => {
    const d = 40;
    const variables = Array.from({ length: d }, (_, i) => `x${i + 1}`);
    const problem = readProblem({
      objective: { formula: variables.map((name) => `${name}^2`).join(" + ") },
      noise: { gaussian: { sigma: 1 } },
      learningRate: 0.1,
      start: variables.map(() => 1),
      steps: 1,
      tests: ["x1"],
    });
    await expect(derive(problem, { order: 4 })).rejects.toThrow(/allowed: 0 to 2/);
    const { applied } = (await derive(problem, { order: 2 })).result;
    // H = 2 I, x_1 = 1: L_p x_1 = -H^p grad f/(p+1) = -2, -2, -8/3
    for (const [p, value] of [-2, -2, -8 / 3].entries()) expect(applied![0]!.values[p]).toBeCloseTo(value, 14);
  });

  it("warn where there is no derivative tensor", async () => {
    const problem = readProblem({
      objective: {
        leastSquares: {
          data: {
            columns: ["a", "y"],
            rows: [
              [1, 2],
              [2, 3],
              [3, 5],
            ],
          },
          target: "y",
        },
      },
      noise: { minibatch: { size: 1, replacement: true } },
      learningRate: 0.1,
      start: [0],
      steps: 1,
    });
    const { result, warnings } = await derive(problem, { order: 2 });
    expect(result.applied).toBeUndefined();
    expect(warnings.map((w) => w.code)).toEqual(["not-applicable"]);
  });
});
