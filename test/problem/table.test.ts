// Tables: CSV, columns by name, standardizing, the real data sets.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readProblem } from "../../src/problem/read.ts";
import { readCsv, selectFeatures } from "../../src/problem/table.ts";

describe("CSV", () => {
  it("reads quoted names, CRLF and a byte-order mark", () => {
    const table = readCsv('\uFEFF"a, b",y\r\n1,2\r\n3,4\r\n', "t.csv");
    expect(table.columns).toEqual(["a, b", "y"]);
    expect(selectFeatures(table, { target: "y" }, "f").a).toEqual(Float64Array.of(1, 3));
  });
  it("names the row that is too short", () => {
    expect(() => readCsv("a,b\n1,2\n3\n", "t.csv")).toThrow(/t\.csv: row 2 has 1 cells; the header has 2/);
  });
  it("a constant column becomes 0, with a warning", () => {
    const table = readCsv("a,b,y\n0.1,1,1\n0.1,2,2\n0.1,3,3\n", "t.csv");
    const features = selectFeatures(table, { target: "y", standardize: true }, "f");
    expect(Array.from(features.a).filter((_, i) => i % 2 === 0)).toEqual([0, 0, 0]);
    expect(features.warnings).toMatchObject([{ code: "constant-column", column: "a" }]);
  });
});

describe("diabetes", () => {
  it("standardized features, intercept last; the minimum is the normal equations' solution", () => {
    const text = readFileSync("examples/data/diabetes.csv", "utf8");
    const problem = readProblem(JSON.parse(readFileSync("examples/diabetes.json", "utf8")), { loadText: () => text });
    const { objective } = problem;
    expect(objective.d).toBe(11);
    const { center, offset } = objective.quadratic!;
    // the mean of the target: features are centred, so the intercept is it
    expect(center[10]).toBeCloseTo(152.13348416289594, 9);
    const gradient = objective.gradient(center, new Float64Array(11));
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-10);
    const mean = new Float64Array(11);
    const row = new Float64Array(11);
    for (let i = 0; i < 442; i++) objective.samples!.gradient(i, center, row).forEach((g, j) => (mean[j]! += g / 442));
    expect(Math.max(...mean.map(Math.abs))).toBeLessThan(1e-10);
    // half the residual variance of ordinary least squares on these data (R^2 = 0.51775)
    expect(offset).toBeCloseTo(2859.69634758675 / 2, 6);
  });
});
