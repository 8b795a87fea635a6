// c(z) and m(u, v) against 50- and 60-digit values, at easy and nasty arguments.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { diffusionFactor, driftFactor, numberOps } from "../../src/numerics/factors.ts";

const read = (name: string) => JSON.parse(readFileSync(new URL(`../reference/${name}.json`, import.meta.url), "utf8"));
const relative = (got: number, want: number) => (want === 0 ? Math.abs(got) : Math.abs(got - want) / Math.abs(want));
/** Largest relative error; the argument that has it is shown where the test fails. */
const worst = (rows: number[][], f: (...x: number[]) => number) =>
  rows.reduce(
    (w, row) => {
      const error = relative(f(...row.slice(0, -1)), row.at(-1)!);
      return error > w.error || Number.isNaN(error) ? { error, row } : w;
    },
    { error: 0, row: [] as number[] },
  );

describe("factors", () => {
  const scalar = read("scalar");
  const factors = read("factors");
  // The interface promises 1e-14; measured worst is a few units roundoff, so 2e-15 keeps a margin to notice a loss.
  it("drift factor agrees with 50 digits", () => {
    expect(scalar.phi.length + factors.c.length).toBeGreaterThan(300);
    const w = worst([...scalar.phi, ...factors.c], driftFactor);
    expect(w.error, `at ${w.row}`).toBeLessThan(2e-15);
  });
  it("diffusion factor agrees with 50 digits", () => {
    expect(scalar.m.length + factors.m.length).toBeGreaterThan(1000);
    const w = worst([...scalar.m, ...factors.m], diffusionFactor);
    expect(w.error, `at ${w.row}`).toBeLessThan(4e-15);
  });
  it("agrees with the beta series inside the unit disc", () => {
    const a = read("beta").a as string[][];
    const fraction = (text: string) =>
      text
        .split("/")
        .map(Number)
        .reduce((p, q) => p / q);
    for (const [u, v] of [
      [0.01, -0.02],
      [0.03, 0.03],
      [-0.02, 0.005],
    ] as const) {
      const series = a.reduce((sum, row, n) => sum + row.reduce((s, text, k) => s + fraction(text) * u ** k * v ** (n - k), 0), 0);
      // The next terms are below 10 * 0.03^9 / 10 = 2e-14.
      expect(relative(diffusionFactor(u, v), series)).toBeLessThan(3e-14);
    }
  });
  it("is symmetric to the bit", () => {
    for (const [u, v] of factors.m as number[][]) expect(diffusionFactor(u!, v!)).toBe(diffusionFactor(v!, u!));
  });
  it("refuses the poles and passes NaN through", () => {
    expect(() => driftFactor(1)).toThrow(/pole/);
    expect(() => diffusionFactor(1, 0.2)).toThrow(/pole/);
    expect(numberOps.logRatio(-1)).toBe(Number.POSITIVE_INFINITY);
    expect(driftFactor(Number.NaN)).toBeNaN();
    expect(diffusionFactor(Number.NaN, 0.1)).toBeNaN();
  });
  it("is finite for huge arguments", () => {
    expect(driftFactor(-1e300)).toBeCloseTo(0, 12);
    expect(diffusionFactor(-1e200, -1e200)).toBe(0);
    expect(relative(diffusionFactor(-1e100, 0.5), Math.log(0.5e100) / 0.5e100)).toBeLessThan(1e-14);
  });
});
