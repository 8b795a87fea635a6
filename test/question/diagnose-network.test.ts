// `diagnose` on networks: against independent values, and by two routes (with eigenvectors, by products alone).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { DiagnoseResult, Estimate } from "../../src/answer/index.ts";
import { readProblemAt } from "../../src/node/files.ts";
import type { SgdProblem } from "../../src/problem/problem.ts";
import { diagnose } from "../../src/question/diagnose.ts";

const examples = new URL("../../examples/", import.meta.url).pathname;
const data = `${examples}data/`;
const { cases } = JSON.parse(readFileSync(new URL("../reference/networks.json", import.meta.url), "utf8"));
const problemOf = (problem: unknown): Promise<SgdProblem> => readProblemAt(problem, data);

const gap = (got: readonly number[], want: readonly number[]): number => {
  expect(got.length).toBe(want.length);
  const size = Math.max(...want.map(Math.abs)) || 1;
  return Math.max(...got.map((v, i) => Math.abs(v - want[i]!))) / size;
};
const figureOf = (figure: number | Estimate | null | undefined): number =>
  typeof figure === "number" ? figure : (figure?.value ?? Number.NaN);

// biome-ignore lint/suspicious/noExplicitAny: reference files are data of many shapes
const networks: any[] = cases.filter((c: { problem: { objective: object } }) => "network" in c.problem.objective);

describe.each(networks)("$name", (c) => {
  it("agrees with the independent values", { timeout: 120_000 }, async () => {
    const problem = await problemOf(c.problem);
    const { result } = await diagnose(problem, { point: c.at, vectors: true });
    // the reference is good to 6e-14 of the largest entry; eigenvalues and drifts to 1e-14 d of it
    const tolerance = 1e-11;
    expect(gap([result.value, figureOf(result.noiseTrace)], [c.value, c.noise.trace])).toBeLessThan(tolerance);
    expect(figureOf(result.hessianTrace) / c.hessianTrace).toBeCloseTo(1, 10);
    if (c.at === "start") {
      expect(gap(result.gradient!, c.gradient)).toBeLessThan(tolerance);
      expect(gap(result.drift!["ha-sme"]!, c.haSme.drift)).toBeLessThan(tolerance);
      if (c.haSme3) expect(gap(result.drift!["ha-sme-3"]!, c.haSme3.drift)).toBeLessThan(tolerance);
    } else
      for (const [id, value] of Object.entries<number>(c.stationaryExcessLoss))
        expect(figureOf(result.stationaryExcessLoss![id]) / value).toBeCloseTo(1, 9);
    if (c.eigenvalues) {
      expect(gap(result.eigenvalues as number[], c.eigenvalues)).toBeLessThan(tolerance);
      expect(Math.abs(figureOf(result.defect) - c.haSme.defect)).toBeLessThan(1e-13);
    } else {
      const ends = result.eigenvalues as Exclude<DiagnoseResult["eigenvalues"], readonly number[]>;
      ends.largest
        .slice(0, 5)
        .forEach(({ value, error }, k) => expect(Math.abs(value - c.eigenvaluesLargest[k])).toBeLessThan(error + 1e-12));
      expect(ends.smallest.at(-1)!.value).toBeCloseTo(Math.min(...c.eigenvaluesSmallest), 9);
      const { value, error } = result.defect as Estimate;
      expect(Math.abs(value - c.haSme.defect)).toBeLessThan(5 * error);
    }
  });
});

/** The same problem without a Hessian as a matrix: all that is left is products. */
function matrixFree(problem: SgdProblem): SgdProblem {
  const { hessian: _hessian, ...objective } = problem.objective;
  return { ...problem, objective };
}

describe("with eigenvectors and by products alone", () => {
  const softmax = JSON.parse(readFileSync(`${examples}iris-softmax.json`, "utf8"));
  it("the same figures at the start", { timeout: 60_000 }, async () => {
    const problem = await readProblemAt({ ...softmax, learningRate: 0.7 }, examples);
    const [dense, free] = await Promise.all([problem, matrixFree(problem)].map((p) => diagnose(p, { vectors: true })));
    const [a, b] = [dense!.result, free!.result];
    expect(figureOf(b.hessianTrace) / figureOf(a.hessianTrace)).toBeCloseTo(1, 12);
    expect(figureOf(b.noiseTrace) / figureOf(a.noiseTrace)).toBeCloseTo(1, 12);
    expect(b.zMax).toBeCloseTo(a.zMax, 12);
    expect(b.thresholds.oneStep!).toBeCloseTo(a.thresholds.oneStep!, 10);
    const compared = Object.keys(a.drift!).filter((id) => a.drift![id] !== null && b.drift![id] !== null);
    expect(compared).toEqual(["gradient-flow", "sme1", "sme2", "spf", "ha-sme", "ha-sme-3"]);
    for (const id of compared) expect(gap(b.drift![id]!, a.drift![id]!)).toBeLessThan(1e-10);
    expect(gap([b.layers![0]!.hessianTrace], [figureOf(a.hessianTrace)])).toBeLessThan(1e-12);
  });

  it("the same excess losses at the optimum, within 5 standard errors; a sweep row for each eta and batch", {
    timeout: 60_000,
  }, async () => {
    const problem = await readProblemAt(softmax, examples);
    const ask = { point: "optimum", etas: [0.5, 2, 6], batches: [10, 50] } as const;
    const dense = (await diagnose(problem, ask)).result;
    const free = (await diagnose(matrixFree(problem), ask)).result;
    expect(dense.gradientNorm).toBeLessThan(1e-10);
    expect(free.gradientNorm).toBeLessThan(1e-10);
    expect(free.value).toBeCloseTo(dense.value, 14);
    expect(dense.sweep).toHaveLength(6);
    dense.sweep!.forEach((row, k) => {
      const other = free.sweep![k]!;
      expect([other.eta, other.batch]).toEqual([row.eta, row.batch]);
      expect(other.stableInMean).toBe(row.stableInMean);
      expect(row.stableInMean).toBe(row.eta < dense.thresholds.unstable!);
      for (const id of ["sgd", "sme1", "sme2", "ha-sme"]) {
        const [want, got] = [row.stationaryExcessLoss[id] ?? null, other.stationaryExcessLoss[id] ?? null];
        if (want === null || got === null) expect(got).toBe(want);
        else expect(Math.abs(got.value - want.value)).toBeLessThan(5 * got.error);
      }
    });
  });
});

describe("what a sweep says", () => {
  it("SGD that is run agrees with linear theory where batches are large, and exceeds it where they are small", {
    timeout: 120_000,
  }, async () => {
    const problem = await readProblemAt(JSON.parse(readFileSync(`${examples}iris-softmax.json`, "utf8")), examples);
    const { result } = await diagnose(problem, {
      point: "optimum",
      models: ["sme1", "ha-sme"],
      etas: [1],
      batches: [10, 100],
      measure: true,
    });
    for (const row of result.sweep!) {
      const { value, error } = row.measuredExcessLoss!;
      const sgd = figureOf(row.stationaryExcessLoss["sgd"]);
      expect(row.stableInMeanSquare).toBe(true);
      // with batches of 100 the loss stays within the basin where H and Sigma are what they are at its bottom: 10 % of play
      if (row.batch === 100) expect(Math.abs(value - sgd)).toBeLessThan(5 * error + 0.1 * sgd);
      else expect(value).toBeGreaterThan(sgd - 5 * error);
      expect(figureOf(row.stationaryExcessLoss["sme1"])).toBeLessThan(sgd);
      expect(figureOf(row.stationaryExcessLoss["ha-sme"]) / sgd).toBeCloseTo(1, 9);
    }
  });

  it("bad lists are refused, long work is foretold", async () => {
    const problem = await readProblemAt(JSON.parse(readFileSync(`${examples}iris-softmax.json`, "utf8")), examples);
    await expect(diagnose(problem, { batches: [10, 151] })).rejects.toThrow(/found 151.*150/);
    await expect(diagnose(problem, { etas: [0.1, -1] })).rejects.toThrow(/found -1/);
    let told = "";
    await diagnose(problem, {
      onForecast: (text) => {
        told = text;
      },
    });
    expect(told).toMatch(/^150 samples, 15 parameters, with eigenvectors: about \d+ MB of memory and /);
  });
});
