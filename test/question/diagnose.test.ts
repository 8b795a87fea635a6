// `diagnose`: spectrum, thresholds, defects, stationary excess losses, verdicts and sweeps, against hand calculations and references.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Estimate } from "../../src/answer/estimate.ts";
import { readProblem } from "../../src/problem/read.ts";
import { diagnose } from "../../src/question/diagnose.ts";
import { law } from "../../src/question/law.ts";

const well = (eta: number, more: object = {}) =>
  readProblem({
    objective: { formula: "x^2/2 + 1.5*exp(-x^2)" },
    noise: { gaussian: { sigma: 0.9 } },
    learningRate: eta,
    start: [-0.5],
    steps: 10,
    ...more,
  });
const quadratic = (
  eta: number,
  sigma: number[][] = [
    [1, 0],
    [0, 1],
  ],
) =>
  readProblem({
    objective: {
      quadratic: {
        matrix: [
          [4, 0],
          [0, 0.5],
        ],
        center: [1, 2],
      },
    },
    noise: { gaussian: { covariance: sigma } },
    learningRate: eta,
    start: [0, 0],
    steps: 10,
  });
const value = (e: Estimate | null | undefined) => e?.value;

describe("diagnose at the start", () => {
  it("spectrum, thresholds, noise and regime", async () => {
    const { result, warnings } = await diagnose(quadratic(0.2), { vectors: true });
    expect(result).toMatchObject({
      point: [0, 0],
      value: 3,
      hessianTrace: 4.5,
      eigenvalues: [4, 0.5],
      zMax: 0.8,
      zMin: 0.1,
      regime: "one-step",
      noiseTrace: 2,
      defect: 0,
    });
    expect(result.thresholds).toEqual({ oneStep: 0.25, unstable: 0.5 });
    expect(result.gradientNorm).toBeCloseTo(Math.sqrt(17), 14);
    expect(result.gradient).toEqual([-4, -1]);
    expect(result.drift!["sme2"]![0]).toBeCloseTo(4 * 1.4, 14);
    expect(result.drift!["ha-sme"]![0]).toBeCloseTo((-4 * Math.log(0.2)) / 0.8, 13);
    expect(result.stationaryExcessLoss).toBeUndefined();
    expect(result.sweep).toBeUndefined();
    expect(warnings).toEqual([]);
    expect(Object.fromEntries(result.verdicts.map((v) => [v.model, v.trust]))).toEqual({
      "gradient-flow": "poor",
      sme1: "poor",
      sme2: "poor",
      spf: "poor",
      "ha-sme": "exact",
      "ha-sme-3": "exact",
      "ha-sme-4": "exact",
    });
  });
  it("regimes past 1/lambda and 2/lambda", async () => {
    const at = async (eta: number) => (await diagnose(quadratic(eta))).result;
    expect((await at(0.3)).regime).toBe("two-step");
    expect((await at(0.25)).regime).toBe("no-diffusion");
    expect((await at(0.6)).regime).toBe("unstable");
    const steep = await diagnose(quadratic(0.3));
    expect(steep.result.defect).toBeNull();
    expect(steep.result.verdicts.find((v) => v.model === "ha-sme")).toMatchObject({ trust: "none", why: expect.stringContaining("1.2") });
    expect(steep.result.verdicts.find((v) => v.model === "sme2")!.trust).toBe("poor");
    expect(steep.warnings.filter((w) => w.code === "no-diffusion").map((w) => w.model)).toEqual(["spf", "ha-sme", "ha-sme-3", "ha-sme-4"]);
  });
  it("where the third derivative vanishes at the point alone no model is exact", async () => {
    const problem = readProblem({
      objective: { formula: "x^4/4 - x^2/2 + y^2", variables: ["x", "y"] },
      noise: { gaussian: { sigma: 0.3 } },
      learningRate: 0.1,
      start: [0, 0],
      steps: 5,
    });
    const { result } = await diagnose(problem);
    expect(result.verdicts.find((v) => v.model === "ha-sme")).toMatchObject({ trust: "good", why: expect.stringContaining("point") });
    expect(result.verdicts.map((v) => v.trust)).not.toContain("exact");
  });

  it("an indefinite D D^T is formal, with its defect, and not to be trusted", async () => {
    const thin = readProblem({
      objective: {
        quadratic: {
          matrix: [
            [3, 0],
            [0, 0.01],
          ],
        },
      },
      noise: {
        gaussian: {
          covariance: [
            [1, 1],
            [1, 1],
          ],
        },
      },
      learningRate: 0.3,
      start: [1, 1],
      steps: 4,
    });
    const { result, warnings } = await diagnose(thin);
    const dd = [1.395506116966088, 0.7682737760794216, 0.30090225541299165];
    const trace = dd[0]! + dd[2]!;
    const smallest = trace / 2 - Math.hypot((dd[0]! - dd[2]!) / 2, dd[1]!);
    expect(result.defect as number).toBeCloseTo(-smallest / trace, 13);
    expect(warnings.map((w) => `${w.code} ${w.model}`)).toEqual(["formal ha-sme", "formal ha-sme-3", "formal ha-sme-4"]);
    expect(result.verdicts.find((v) => v.model === "ha-sme")!.trust).toBe("none");
  });
  it("indicators of theory.md 10 in one dimension", async () => {
    const eta = 0.2;
    const x = -0.5;
    const e = Math.exp(-x * x);
    const [g, h, t] = [x - 3 * x * e, 1 - (3 - 6 * x * x) * e, (18 * x - 12 * x ** 3) * e];
    const { result } = await diagnose(well(eta));
    const z = eta * h;
    const phi = -Math.log1p(-z) / z;
    expect(result.indicators!["thirdDerivative"]).toBeCloseTo(
      (eta * eta * Math.abs(t * (0.81 / 4 - (g * g) / 12))) / Math.abs(phi * g),
      12,
    );
    expect(result.indicators!["sme1RateError"]).toBeCloseTo(Math.abs(z) / 2, 14);
    expect(result.indicators!["noiseVariation"]).toBe(0);
    expect(result.indicators!["meanShift"]).toBeNull();
    const varying = readProblem({
      objective: { formula: "x^2/2" },
      noise: { gaussian: { sigma: "1 + x^2" } },
      learningRate: eta,
      start: [1],
      steps: 5,
    });
    // (eta/2) |2 s s' g| / s^2 with s = 2, s' = 2, g = 1.
    expect((await diagnose(varying)).result.indicators!["noiseVariation"]).toBeCloseTo(eta, 14);
  });
});

describe("diagnose at the optimum", () => {
  it("finds the well's bottom; excess losses are those of the frozen quadratic", async () => {
    const eta = 0.2;
    const { result } = await diagnose(well(eta), { point: "optimum" });
    const m = -Math.sqrt(Math.log(3));
    expect(result.point[0]!).toBeCloseTo(m, 14);
    expect(result.gradientNorm).toBeLessThan(1e-15);
    const h = 2 * Math.log(3);
    const loss = (variance: number) => (h * variance) / 2;
    expect(value(result.stationaryExcessLoss!["sgd"])).toBeCloseTo(loss((eta * 0.81) / (h * (2 - eta * h))), 13);
    expect(value(result.stationaryExcessLoss!["sme1"])).toBeCloseTo(loss((eta * 0.81) / (2 * h)), 13);
    expect(value(result.stationaryExcessLoss!["ha-sme"])).toBeCloseTo(value(result.stationaryExcessLoss!["sgd"])!, 14);
    expect(value(result.stationaryExcessLoss!["gradient-flow"])).toBe(0);
    // f'''(m) = (18 m - 12 m^3)/3; the shift in standard deviations, theory.md 10.
    const third = (18 * m - 12 * m ** 3) / 3;
    const z = eta * h;
    const phi = -Math.log1p(-z) / z;
    const shift = (eta * eta * Math.abs(third) * 0.81) / (4 * h * phi) / Math.sqrt((eta * 0.81) / (h * (2 - z)));
    expect(result.indicators!["meanShift"]).toBeCloseTo(shift, 12);
    expect(result.indicators!["thirdDerivative"]).toBeNull();
  });
  it("the mean's shift where a direction has no noise is that of the others; where the shift points there, there is none", async () => {
    const plane = (beside: string) =>
      diagnose(
        readProblem({
          objective: { formula: `x^2/2 + 1.5*exp(-x^2) + y^2/2 + ${beside}`, variables: ["x", "y"] },
          noise: { gaussian: { covariance: [[0.81, 0], [0, 0]] } }, // biome-ignore format: matrix
          learningRate: 0.2,
          start: [-1, 0],
          steps: 5,
        }),
        { point: "optimum" },
      );
    const alone = (await diagnose(well(0.2), { point: "optimum" })).result.indicators!["meanShift"]!;
    expect((await plane("0")).result.indicators!["meanShift"]).toBeCloseTo(alone as number, 12);
    // D3f:Sigma has an entry along y
    expect((await plane("0.1*y*(x^2 - log(3))^2")).result.indicators!["meanShift"]).toBeNull();
  });
  it("skewed noise: the stationary skewness, and so no exact verdict", async () => {
    const eta = 0.3;
    const skewed = readProblem({
      objective: { formula: "x^2/2" },
      noise: { discrete: { values: [[2], [-1]], probabilities: [1 / 3, 2 / 3] } },
      learningRate: eta,
      start: [1],
      steps: 3,
    });
    const { result } = await diagnose(skewed, { point: "optimum" });
    const r = 1 - eta;
    const k = 8 / 3 - 2 / 3;
    expect(result.indicators!["skewness"]).toBeCloseTo(((k / 2 ** 1.5) * (1 - r * r) ** 1.5) / (1 - r ** 3), 13);
    expect(result.verdicts.find((v) => v.model === "ha-sme")).toMatchObject({ trust: "poor", why: expect.stringContaining("skew") });
  });
  it("least squares on real data, exactly: an independent program's figures", async () => {
    const cases = JSON.parse(readFileSync(new URL("../reference/networks.json", import.meta.url), "utf8")).cases;
    const known = cases.filter((c: { problem: { objective: object } }) => "leastSquares" in c.problem.objective);
    expect(known.length).toBeGreaterThan(0);
    const data = new URL("../../examples/data/", import.meta.url);
    for (const c of known) {
      let text: string;
      try {
        text = readFileSync(new URL(c.problem.objective.leastSquares.data, data), "utf8");
      } catch {
        throw new Error(`the data file ${c.problem.objective.leastSquares.data} belongs in examples/data/`);
      }
      const { result } = await diagnose(readProblem(c.problem, { loadText: () => text }), { point: c.at });
      expect(result.value / c.value).toBeCloseTo(1, 13);
      expect((result.noiseTrace as number) / c.noise.trace).toBeCloseTo(1, 13);
      const off = c.eigenvalues.map((v: number, i: number) => Math.abs((result.eigenvalues as number[])[i]! - v));
      expect(Math.max(...off)).toBeLessThan(1e-13 * c.eigenvalues[0]);
      for (const [id, loss] of Object.entries<number>(c.exactStationaryExcessLoss))
        expect(value(result.stationaryExcessLoss![id])! / loss).toBeCloseTo(1, 11);
    }
  });
  it("where there is no minimum it says so", async () => {
    const saddle = readProblem({
      objective: { formula: "x^2 - y^2" },
      noise: { gaussian: { sigma: 1 } },
      learningRate: 0.1,
      start: [1, 1],
      steps: 3,
    });
    await expect(diagnose(saddle, { point: "optimum" })).rejects.toMatchObject({ code: "diagnose/no-optimum", exitCode: 3 });
  });
});

describe("sweeps", () => {
  const rows = [
    [1, 2, 1],
    [2, -1, 0.5],
    [0.3, 0.4, 2],
    [1, 1, 1],
    [-1, 0.2, 0],
  ];
  const regression = readProblem({
    objective: { leastSquares: { data: { columns: ["a", "b", "y"], rows }, target: "y" } },
    noise: { minibatch: { size: 2, replacement: true } },
    learningRate: 0.1,
    start: [0, 1],
    steps: 10,
  });
  it("one row an eta and batch; excess loss and stability agree with `law` at that rate", async () => {
    const { result } = await diagnose(regression, { point: "optimum", etas: [0.05, 0.1, 0.6, 1.2], batches: [1, 4] });
    expect(result.sweep!.map((r) => [r.eta, r.batch])).toEqual([
      [0.05, 1],
      [0.1, 1],
      [0.6, 1],
      [1.2, 1],
      [0.05, 4],
      [0.1, 4],
      [0.6, 4],
      [1.2, 4],
    ]);
    for (const row of result.sweep!) {
      const problem = readProblem({
        ...regression.json,
        noise: { minibatch: { size: row.batch, replacement: true } },
        learningRate: row.eta,
      });
      const { stationary } = (await law(problem, { at: [1] })).result.sgd;
      expect(stationary !== null).toBe(row.stableInMeanSquare);
      expect(row.stationaryExcessLoss["sgd"] !== null).toBe(row.stableInMeanSquare);
      if (stationary) {
        const h = problem.objective.quadratic!.matrix;
        const c = stationary.covariance as number[][];
        const excess = (h[0]! * c[0]![0]! + 2 * h[1]! * c[0]![1]! + h[3]! * c[1]![1]!) / 2;
        expect(value(row.stationaryExcessLoss["sgd"])! / excess).toBeCloseTo(1, 11);
      }
    }
    expect(result.sweep!.some((r) => r.stableInMean && r.stableInMeanSquare === false)).toBe(true);
    expect(result.thresholds.meanSquare!).toBeGreaterThan(0);
    expect(result.thresholds.meanSquare!).toBeLessThan(result.thresholds.unstable!);
  });
  it("refuses batches where there are none, and rates that are none", async () => {
    await expect(diagnose(quadratic(0.1), { batches: [1, 2] })).rejects.toMatchObject({ code: "diagnose/batch", exitCode: 2 });
    await expect(diagnose(regression, { batches: [0, 2] })).rejects.toThrow(/found 0/);
    await expect(diagnose(quadratic(0.1), { etas: [0.1, -1] })).rejects.toMatchObject({ code: "diagnose/eta", exitCode: 2 });
    const { result } = await diagnose(quadratic(0.1), { etas: [0.1, 0.3, 0.6] });
    expect(result.sweep!.map((r) => [r.stableInMean, r.stableInMeanSquare, r.defect])).toEqual([
      [true, true, 0],
      [true, true, null],
      [false, false, null],
    ]);
  });
});
