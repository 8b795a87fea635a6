import { expect, it } from "vitest";
import { solveOde } from "../../src/numerics/ode.ts";

it("solves the logistic equation and x' = -x³ to rounding, with an error that covers", () => {
  for (const t of [0.1, 1, 7]) {
    const logistic = solveOde((y) => y * (1 - y), 0.2, t)!;
    expect(Math.abs(logistic.value - 1 / (1 + 4 * Math.exp(-t)))).toBeLessThanOrEqual(logistic.error + 1e-15);
    const cubic = solveOde((y) => -(y ** 3), 1.3, t)!;
    expect(Math.abs(cubic.value - 1.3 / Math.sqrt(1 + 2 * 1.69 * t))).toBeLessThanOrEqual(cubic.error + 1e-15);
    expect(cubic.error).toBeLessThan(5e-12);
  }
});

it("gives null where the solution explodes", () => {
  expect(solveOde((y) => y * y, 1, 2)).toBeNull();
});
