// The models' factors as kernels use them (elementary/lean-factors.ts) against the full functions, which are within 2.2 ulp of the exact values
// (elementary.test.ts): over a hundred thousand arguments each, those near 0 and near the pole included.
import { describe, expect, it } from "vitest";
import { numberArithmetic } from "../../src/numerics/arithmetic.ts";
import { leanExpm1, leanLogMean, leanLogRatio } from "../../src/numerics/elementary/lean-factors.ts";
import { expm1, logMean, logRatio } from "../../src/numerics/elementary/numbers.ts";
import { randomNumbers, ulp } from "./special-numbers.ts";

const draw = randomNumbers(23);
const small = (): number => (draw() - 0.5) * 2 ** -Math.floor(60 * draw());

function worst(lean: (x: number) => number, full: (x: number) => number, argument: () => number): { error: number; x: number } {
  let found = { error: 0, x: 0 };
  for (let i = 0; i < 1e5; i++) {
    const x = argument();
    const error = Math.abs(lean(x) - full(x)) / ulp(full(x));
    if (!(error <= found.error)) found = { error, x };
  }
  return found;
}

describe("lean factors", () => {
  it("expm1", () => {
    const found = worst(
      (x) => leanExpm1(numberArithmetic, x),
      expm1,
      () => (draw() < 0.5 ? small() : 40 * draw() - 30),
    );
    expect(found.error, `at ${found.x}`).toBeLessThanOrEqual(2);
    for (const x of [0, 800, -800]) expect(leanExpm1(numberArithmetic, x)).toBe(expm1(x));
  });
  it("log(1 + z)/z", () => {
    const found = worst(
      (x) => leanLogRatio(numberArithmetic, x),
      logRatio,
      () => (draw() < 0.5 ? small() : 20 * draw() - 0.9),
    );
    expect(found.error, `at ${found.x}`).toBeLessThanOrEqual(3);
    expect(leanLogRatio(numberArithmetic, 0)).toBe(1);
  });
  it("the mean of two logarithms, near the curve where they cancel too", () => {
    let error = 0;
    for (let i = 0; i < 1e5; i++) {
      const u = draw() < 0.3 ? small() : 0.999 - 4 * draw();
      const v = draw() < 0.3 ? -u / (1 - u) + small() : 0.999 - 4 * draw();
      error = Math.max(error, Math.abs(leanLogMean(numberArithmetic, u, v) / logMean(u, v) - 1));
    }
    // where the product is near 1 the factor is smooth in it; v near the pole of -u/(1 - u), up to 1000, costs the digits
    expect(error).toBeLessThan(2e-13);
    expect(leanLogMean(numberArithmetic, 0, 0)).toBe(1);
  });
});
