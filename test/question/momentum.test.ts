// The questions with momentum: which models answer, effective rates, thresholds and excess losses against theory.md 7, refusals, words.
import { describe, expect, it } from "vitest";
import { readProblem } from "../../src/problem/read.ts";
import { compare } from "../../src/question/compare.ts";
import { derive } from "../../src/question/derive.ts";
import { diagnose } from "../../src/question/diagnose.ts";
import { exit } from "../../src/question/exit.ts";
import { law } from "../../src/question/law.ts";
import { momentumNetworkSentences, varianceRatio } from "../../src/question/momentum-sentences.ts";
import { paths } from "../../src/question/paths.ts";
import { sampling } from "../../src/question/sampling.ts";
import { weak } from "../../src/question/weak.ts";

const rows = [
  [4, 0.6],
  [0.6, 0.5],
];
const bowl = (more: object = {}) =>
  readProblem({
    objective: { quadratic: { matrix: rows } },
    noise: { gaussian: { sigma: 0.5 } },
    learningRate: 0.1,
    momentum: 0.9,
    start: [1, -1],
    steps: 20,
    ...more,
  });
const well = readProblem({
  objective: { formula: "x^2/2 + 1.5*exp(-x^2)" },
  noise: { gaussian: { sigma: 1.5 } },
  learningRate: 0.05,
  momentum: 0.8,
  start: [-1],
  steps: 20,
  tests: ["x", "x^2"],
  inside: "x < 0",
});
const number = (figure: unknown) => (typeof figure === "number" ? figure : (figure as { value: number }).value);

describe("law", () => {
  it("models without momentum are plain SGD's at eta/(1 - beta), of x alone", async () => {
    const problem = bowl({ momentum: 0.5 });
    const got = await law(problem, { models: ["sme1", "overdamped"] });
    const plain = await law(bowl({ momentum: 0, learningRate: 0.2 }), { models: ["sme1"] });
    const [own, want] = [got.result.models["sme1"]!.laws.at(-1)!, plain.result.models["sme1"]!.laws.at(-1)!];
    expect(own.mean).toEqual(want.mean);
    expect(own.covariance).toEqual(want.covariance);
    expect(got.result.models["overdamped"]!.laws.at(-1)!.covariance).toEqual(want.covariance);
    expect(got.result.sgd.laws[0]!.mean).toHaveLength(4);
  });
  it("says that the exact SDE is no process, and why a model is missing", async () => {
    const { warnings, result } = await law(bowl());
    expect(warnings.find((w) => w.model === "exact-sde")!.code).toBe("formal");
    expect(result.exactSde!.defect!).toBeGreaterThan(0.02);
    expect(warnings.find((w) => w.model === "ha-sme")!.message).toMatch(/effective learning rate eta\/\(1 - beta\) = 1/);
  });
  it("a model of momentum without momentum is bad input", async () => {
    await expect(law(bowl({ momentum: 0 }), { models: ["langevin"] })).rejects.toMatchObject({ exitCode: 2, message: /--momentum/ });
  });
});

describe("weak, exit, paths", () => {
  it("polynomials on quadratics need no sampling", async () => {
    const { result } = await weak(bowl({ tests: ["x", "x*y", "loss"] }), { method: "exact" });
    const moments = (await law(bowl(), { at: [20] })).result;
    const [sgd, own] = [moments.sgd.laws[0]!, moments.models["langevin"]!.laws[0]!];
    expect(result.tests[0]!.rows[0]!.sgd!.value).toBeCloseTo(number(sgd.mean![0]), 13);
    expect(result.tests[0]!.rows[0]!.models["langevin"]!.weakError!.value).toBeCloseTo(number(own.mean![0]) - number(sgd.mean![0]), 12);
    expect(result.tests[1]!.rows[0]!.sgd!.value).toBeCloseTo(
      number(sgd.covariance![0]![1]) + number(sgd.mean![0]) * number(sgd.mean![1]),
      12,
    );
  });
  it("on the line models in x alone are solved, SGD and Langevin sampled", async () => {
    const { result } = await exit(well, { models: ["sme1", "langevin"], paths: 512, engine: sampling.exit, substeps: 2, maxSteps: 1e5 });
    const plain = await exit(readProblem({ ...well.json, momentum: 0, velocity: [0], learningRate: 0.25 }), { models: ["sme1"] });
    const [mean, alone] = [result, plain.result].map((r) => r.models["sme1"]!.watchedLikeSgd.meanSteps!.value);
    // 0.05/(1 - 0.8) is not quite 0.25
    expect(mean! / alone!).toBeCloseTo(1, 10);
    const [sgd, own] = [result.sgd.meanSteps!, result.models["langevin"]!.watchedLikeSgd.meanSteps!];
    // Kramers: with a velocity slower than the overdamped limit, and near SGD
    expect(sgd.value).toBeGreaterThan(1.5 * plain.result.models["sme1"]!.watchedLikeSgd.meanSteps!.value);
    expect(Math.abs(Math.log(own.value / sgd.value))).toBeLessThan(0.4);
  });
  it("paths: moments of (x, v)", async () => {
    const { result } = await paths(bowl(), { models: ["sgd"], paths: 4096 });
    const want = (await law(bowl(), { at: [20] })).result.sgd.laws[0]!;
    expect(result.moments!.mean).toHaveLength(4);
    result.moments!.covariance!.forEach((row, i) => {
      row.forEach(({ value, error }, j) => expect(Math.abs(value - number(want.covariance![i]![j]))).toBeLessThan(5 * error));
    });
  });
});

describe("diagnose", () => {
  it("thresholds, temperature and excess loss", async () => {
    const { result } = await diagnose(bowl(), { point: "optimum", etas: [0.1, 0.5, 1] });
    const lambda = (result.eigenvalues as number[])[0]!;
    expect(result.thresholds.oneStep).toBeCloseTo((1 + Math.sqrt(0.9)) ** 2 / lambda, 12);
    expect(result.thresholds.unstable).toBeCloseTo(3.8 / lambda, 12);
    expect(result.momentum!.swings).toBeCloseTo((1 - Math.sqrt(0.9)) ** 2 / lambda, 12);
    expect(number(result.momentum!.temperature)).toBeCloseTo((0.1 * 0.25) / (2 * 0.1), 12);
    // E f = tr(A Cov)/2 by the law itself
    const { result: laws } = await law(bowl());
    const half = (covariance: readonly (readonly unknown[])[]) =>
      rows.reduce((sum, row, i) => sum + row.reduce((s, a, j) => s + (a * number(covariance[i]![j])) / 2, 0), 0);
    for (const id of ["ha-sme-m", "langevin", "overdamped", "sme1"])
      expect(result.stationaryExcessLoss![id]!.value).toBeCloseTo(half(laws.models[id]!.stationary!.covariance), 12);
    expect(result.stationaryExcessLoss!["sgd"]!.value).toBeCloseTo(half(laws.sgd.stationary!.covariance), 12);
    expect(result.sweep!.map((row) => row.stableInMean)).toEqual([true, true, false]);
    expect(result.sweep![2]!.stationaryExcessLoss["sgd"]).toBeNull();
  });
  it("a sweep over batches scales what is linear in the noise", async () => {
    const rows = Array.from({ length: 12 }, (_, i) => [i, (i * i) % 5, Math.sin(i)]);
    const problem = readProblem({
      objective: { leastSquares: { data: { columns: ["a", "b", "y"], rows }, target: "y", standardize: true } },
      noise: { minibatch: { size: 2, replacement: false } },
      learningRate: 0.05,
      momentum: 0.8,
      start: [0, 0],
      steps: 5,
    });
    const { result } = await diagnose(problem, { point: "optimum", models: ["overdamped"], batches: [2, 6] });
    const [small, large] = result.sweep!.map(({ stationaryExcessLoss }) => stationaryExcessLoss);
    // (n - B)/(B (n - 1)): 10/22 and 6/66
    for (const id of ["sgd", "overdamped"]) expect(large![id]!.value / small![id]!.value).toBeCloseTo(6 / 66 / (10 / 22), 10);
  });
  it("trusts models with a velocity where modes swing", async () => {
    const { result } = await diagnose(bowl());
    const trust = (id: string) => result.verdicts.find((v) => v.model === id)!;
    expect(trust("overdamped").why).toMatch(/does not swing/);
    expect(trust("ha-sme-m").trust).toBe("good");
    expect(trust("ha-sme").trust).toBe("none");
  });
});

describe("derive", () => {
  // f' = x^3/5 + x, s = (1 + x^2/10)^2/4, at x = 1.2, p = v/h
  const problem = (more: object = {}) =>
    readProblem({
      objective: { formula: "x^4/20 + x^2/2" },
      noise: { gaussian: { sigma: "0.5*(1 + x^2/10)" } },
      learningRate: 0.04,
      momentum: 0.9,
      velocity: [0.06],
      start: [1.2],
      steps: 1,
      tests: ["x", "x^3"],
      ...more,
    });
  it("L_q phi at the start, by hand", async () => {
    const { result } = await derive(problem(), { order: 2 });
    expect(result.momentum!.beta).toBe(0.9);
    expect(result.momentum!.h).toBeCloseTo(0.2, 15);
    expect(result.momentum!.gamma).toBeCloseTo(0.5, 14);
    const [x, p, gamma] = [1.2, 0.3, 0.5];
    const [f1, f2] = [x ** 3 / 5 + x, (3 * x * x) / 5 + 1];
    // L_0 = p d/dx - (gamma p + f') d/dp; the parts of L_1 and L_2 that reach functions of x, by hand
    const drifts = [p, -(gamma * p + f1) / 2, (f2 * p - gamma * (gamma * p + f1)) / 6];
    for (const [q, drift] of drifts.entries()) {
      expect(result.applied![0]!.values[q]).toBeCloseTo(drift, 13);
      expect(result.applied![1]!.values[q]).toBeCloseTo(drift * 3 * x * x, 12);
    }
    expect(result.sizes!.find(({ order, source }) => order === 0 && source === "quadratic")!.size).toBeCloseTo(
      Math.hypot(p, gamma * p + f1),
      13,
    );
    expect(result.sizes!.some(({ source }) => source === "noise-derivative")).toBe(true);
  });
  it("models: Langevin and the series, their weak orders in h, and no order above 3", async () => {
    const { result } = await derive(undefined, {
      momentum: true,
      order: 4,
      noiseLaw: "constant",
      models: ["langevin", "series-1", "series-2", "series-4"],
    });
    expect(result.momentum).toEqual({ beta: null, h: null, gamma: null });
    expect(result.models.map(({ weakOrder }) => weakOrder)).toEqual([1, 2, 3, 3]);
    expect(result.models[0]!.drift.text).toBe("x: p_i; p: -gamma p_i - f_i");
    expect(result.models[0]!.diffusion.text).toBe("xx: 0; xp: 0; pp: h Sigma_ij");
    expect(result.models[2]!.note).toMatch(/indefinite/);
    expect(result.models[1]!.python.jax).toContain("def drift(x, p, h, gamma, f, kappa)");
  });
  it("checks itself against jets when asked, in one to three dimensions", async () => {
    const { check } = (await derive(undefined, { momentum: true, order: 2, check: true })).result;
    expect(check!.map(({ dimension }) => dimension)).toEqual([1, 2, 3]);
    for (const { largestError } of check!) expect(largestError).toBeLessThan(1e-12);
  });
  it("refuses models of plain SGD and orders that take too long", async () => {
    await expect(derive(problem(), { models: ["ha-sme"] })).rejects.toMatchObject({ exitCode: 2, message: /langevin, series-0/ });
    await expect(derive(problem(), { order: 7 })).rejects.toMatchObject({ exitCode: 2, code: "sbea/order" });
  });
});

describe("compare", () => {
  it("tells in words what momentum changes: noise, stability", async () => {
    const { result } = await compare([bowl({ steps: 8 })]);
    const words = result.problems[0]!.sentences!.join(" ");
    expect(words).toMatch(/Noise: .*effective one eta\/\(1 - beta\) = 1/);
    expect(words).toMatch(/Stability: .*2\(1 \+ beta\)\/lambda/);
    expect(words).toMatch(/swings about the minimum/);
    expect(result.problems[0]!.law.sgd.laws[0]!.mean).toHaveLength(2);
  });
  it("the ratio of variances is that of theory.md 7", () => {
    expect(varianceRatio(0.4, 0.9)).toBeCloseTo((1.9 / (0.1 * 0.4 * 3.4)) * 0.4 * 1.6, 12);
  });
});

describe("words for networks", () => {
  it("the threshold, its factor over plain SGD's, and the swing are those of the diagnosis", async () => {
    // a bowl's diagnosis stands for a network's: the sentences read thresholds and modes alone
    const diagnosed = (await diagnose(bowl(), {})).result;
    const lines = momentumNetworkSentences(bowl(), diagnosed);
    const [steepest] = diagnosed.eigenvalues as readonly number[];
    const stability = lines.find((line) => line.startsWith("Stability"))!;
    expect(stability).toContain(`2(1 + beta)/lambda = ${(3.8 / steepest!).toPrecision(2)},`);
    expect(stability).toContain("1.9 times that of plain SGD");
    expect(stability).toContain("lose half their swing in 13 steps");
    const noise = lines.find((line) => line.startsWith("Noise"))!;
    expect(noise).toContain("momentum 0.9");
    expect(noise).toContain("eta/(1 - beta) = 1.0:");
    const silent = momentumNetworkSentences(bowl(), { ...diagnosed, thresholds: { ...diagnosed.thresholds, unstable: null } });
    expect(silent.some((line) => line.startsWith("Stability"))).toBe(false);
    const still = momentumNetworkSentences(bowl(), { ...diagnosed, momentum: { ...diagnosed.momentum!, modes: "none swings" } });
    expect(still.find((line) => line.startsWith("Stability"))).toContain("no direction swings");
    expect(momentumNetworkSentences(bowl({ momentum: 0 }), diagnosed)).toEqual([]);
  });
});
