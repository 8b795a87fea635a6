// Maps: every cell is the question's own answer at that place, the lines stand where z is 1 and 2, and bad axes are refused.
import { describe, expect, it } from "vitest";
import { readProblem } from "../../src/problem/read.ts";
import { map } from "../../src/question/map.ts";
import { weakVerdicts } from "../../src/question/verdicts.ts";
import { weak } from "../../src/question/weak.ts";

const well = {
  objective: { formula: "x^2/2 + 1.5*exp(-x^2)" },
  noise: { gaussian: { sigma: 0.9 } },
  learningRate: 0.2,
  start: [-1.0481],
  steps: 10,
  tests: ["x", "x^2"],
};
const bowl = {
  objective: { quadratic: { matrix: [[2]] } },
  noise: { gaussian: { sigma: 1 } },
  learningRate: 0.1,
  start: [1],
  steps: 20,
  tests: ["x", "x^2"],
};

describe("map", () => {
  it.each([
    [[0.05, 0.0871, 0.152, 0.264, 0.459, 0.8], true],
    [[0.1, 0.2, 0.3, 0.4], false],
    [[1, 1.005, 1.01], false],
    [[0.1, 0.2, 0.4, 0.9], false],
  ] as const)("values with equal ratios, as they are typed: %j %s", async (eta, logarithmic) => {
    const { result } = await map(readProblem(bowl), { axes: { eta, sigma: [0.5, 2] } });
    expect(result.x.logarithmic).toBe(logarithmic);
  });
  it("on a quadratic: HA-SME is exact below z = 1 and has no figure beyond, and the lines are eta = 1/2 and 1", async () => {
    const { result } = await map(readProblem(bowl), { axes: { eta: [0.1, 0.2, 0.4, 0.8, 1.6], sigma: [0.5, 2] } });
    expect(result.x.name).toBe("eta");
    expect(result.x.logarithmic).toBe(true);
    expect(result.cells.length).toBe(10);
    for (const cell of result.cells) {
      expect(cell.verdicts["ha-sme"]).toBe(cell.x < 0.5 ? "exact" : "none");
      if (cell.x < 0.5) {
        expect(cell.errors[cell.best!]).toBeLessThan(1e-8);
        expect(cell.errors["sme1"]).toBeGreaterThan(1e-3);
      } else expect(cell.errors["ha-sme"]).toBeNull();
    }
    for (const [name, eta] of [
      ["z = 1", 0.5],
      ["z = 2", 1],
    ] as const) {
      const line = result.lines.find((l) => l.name === name)!;
      expect(line.points.map(([, y]) => y)).toEqual([0.5, 2]);
      for (const [x] of line.points) expect(Math.abs(x - eta)).toBeLessThan(1e-14);
    }
  });

  it("on a double well: each cell is what weak says there, and the best is the least", async () => {
    const { result } = await map(readProblem(well), { axes: { eta: [0.1, 0.2], sigma: [0.5, 0.9] } });
    const models = result.models;
    expect(models.length).toBeGreaterThanOrEqual(6);
    for (const cell of result.cells) {
      const problem = readProblem({ ...well, learningRate: cell.x, steps: Math.round(2 / cell.x), noise: { gaussian: { sigma: cell.y } } });
      const answer = await weak(problem, {});
      for (const { model, error } of weakVerdicts(models, answer.result, answer.warnings)) expect(cell.errors[model]).toBe(error);
      const least = Math.min(...models.map((id) => cell.errors[id] ?? Number.POSITIVE_INFINITY));
      expect(cell.errors[cell.best!]).toBe(least);
      expect(least).toBeGreaterThan(0);
    }
    expect(result.shares.reduce((sum, share) => sum + share.cells, 0)).toBe(4);
  });

  it("in two dimensions asks the plane", async () => {
    const plane = {
      objective: { formula: "0.6*x^2 + 0.4*y^2 + 0.3*cos(x + y/2)" },
      noise: { gaussian: { sigma: 0.7 } },
      learningRate: 0.1,
      start: [1, -0.5],
      steps: 5,
      tests: ["x*y"],
    };
    const { result } = await map(readProblem(plane), { axes: { eta: [0.1, 0.25], sigma: [0.3, 0.7] }, models: ["sme1", "ha-sme"] });
    for (const cell of result.cells) {
      expect(cell.best).toBe("ha-sme");
      expect(cell.errors["sme1"]! / cell.errors["ha-sme"]!).toBeGreaterThan(2);
    }
  });

  it("exits: a start outside the region is a cell without figures that says why", async () => {
    const problem = readProblem({ ...well, inside: "x < 0" });
    const { result, warnings } = await map(problem, { question: "exit", axes: { eta: [0.2, 0.4], start: [-1, 0.5] } });
    expect(result.cells.filter((c) => c.y < 0).every((c) => c.best !== null && c.errors["sme1"]! > 0)).toBe(true);
    const outside = result.cells.filter((c) => c.y > 0);
    expect(outside.length).toBe(2);
    for (const cell of outside) expect(cell.reason).toMatch(/outside/);
    expect(warnings.some((w) => w["cells"] === 2)).toBe(true);
  });

  it("exits: a cell where no model has a figure says why, of the models that have noise, each reason once", async () => {
    // the well is left in e^1000 steps at the small noise; past 1/lambda HA-SME and SPF are no diffusions
    const problem = readProblem({ ...well, inside: "x < 0" });
    const asked = { question: "exit", models: ["gradient-flow", "ha-sme", "spf"] } as const;
    const { result, warnings } = await map(problem, { ...asked, axes: { eta: [0.2, 0.7], sigma: [0.9, 1.2] } });
    const silent = result.cells.filter(({ best }) => best === null);
    expect(silent.map(({ x }) => x)).toEqual([0.7, 0.7]);
    for (const { reason } of silent) {
      expect(reason).not.toMatch(/no noise/);
      expect(reason).toMatch(/^(SPF, HA-SME|HA-SME, SPF)\W/);
    }
    const told = warnings.find(({ code }) => code === "not-applicable")!.message;
    expect(told).toContain(silent[0]!.reason!);
    const alone = await map(problem, { ...asked, models: ["gradient-flow", "sme1"], axes: { eta: [0.2, 0.25], sigma: [0.9, 1.2] } });
    expect(alone.result.cells.every(({ best }) => best === "sme1")).toBe(true);
  });

  it("laws: HA-SME is exact on a quadratic at the last step", async () => {
    const { result } = await map(readProblem(bowl), { question: "law", axes: { eta: [0.1, 0.3], start: [0, 1] } });
    for (const cell of result.cells) expect(cell.verdicts["ha-sme"]).toBe("exact");
  });

  it("reports progress, and stops on a signal", async () => {
    const seen: [number, number][] = [];
    await map(readProblem(bowl), { axes: { eta: [0.1, 0.2], sigma: [1, 2] }, onProgress: (done, total) => seen.push([done, total]) });
    expect(seen.map(([done]) => done)).toEqual([0, 1, 2, 3, 4]);
    expect(seen.every(([, total]) => total === 4)).toBe(true);
    const stop = new AbortController();
    const going = map(readProblem(bowl), {
      axes: { eta: [0.1, 0.2], sigma: [1, 2] },
      signal: stop.signal,
      onProgress: (done) => done === 2 && stop.abort(),
    });
    await expect(going).rejects.toMatchObject({ exitCode: 130 });
  });

  it.each([
    [{ eta: [0.1, 0.2] }, /found --eta; allowed: two of/],
    [{ eta: [0.1, 0.2], sigma: [1, 2], start: [0, 1] }, /two of/],
    [{ eta: [0.2, 0.1], sigma: [1, 2] }, /rising/],
    [{ eta: [0, 0.1], sigma: [1, 2] }, /> 0/],
  ])("refuses the axes %j", async (axes, message) => {
    await expect(map(readProblem(bowl), { axes })).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });
});
