// Regions: intervals on the line, found by sign changes and bisected to the last bit.
import { describe, expect, it } from "vitest";
import { readProblem } from "../../src/problem/read.ts";

const region = (inside: string, start = [0.5]) =>
  readProblem({ objective: { formula: "x^2/2" }, noise: { gaussian: { sigma: 1 } }, learningRate: 0.1, start, steps: 5, inside }).inside!;

describe("the component around the start", () => {
  it.each([
    ["x < 2", Number.NEGATIVE_INFINITY, 2],
    ["-5 < x < 0.75", -5, 0.75],
    ["x^2 < 3", -Math.sqrt(3), Math.sqrt(3)],
    ["x > 0 and x < 1e6", 0, 1e6],
    ["cos(x) > 0", -Math.PI / 2, Math.PI / 2],
  ])("%s", (text, a, b) => {
    const interval = region(text).intervalAround!(0.5);
    for (const [got, want] of [
      [interval.a, a],
      [interval.b, b],
    ] as const) {
      if (Number.isFinite(want)) expect(Math.abs(got - want)).toBeLessThanOrEqual(4 * Number.EPSILON * Math.abs(want));
      else expect(got).toBe(want);
    }
  });
  it("a disk contains what lies in it", () => {
    const problem = readProblem({
      objective: { formula: "x^2 + y^2" },
      noise: { gaussian: { sigma: 1 } },
      learningRate: 0.1,
      start: [0, 0],
      steps: 5,
      inside: "x^2 + y^2 < 1.69",
    });
    expect(problem.inside!.contains(Float64Array.of(1.2, 0.4))).toBe(true);
    expect(problem.inside!.contains(Float64Array.of(1.2, 0.6))).toBe(false);
  });
});
