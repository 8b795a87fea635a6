// Minima near a start: smooth, degenerate, from a saddle and from a maximum; and what is none.
import { describe, expect, it } from "vitest";
import { findOptimum } from "../../src/law/optimum.ts";
import type { Objective } from "../../src/problem/objective.ts";
import { quadratic } from "./problems.ts";

const line = (f: (x: number) => number, g: (x: number) => number, h: (x: number) => number): Objective => ({
  kind: "formula",
  d: 1,
  variables: ["x"],
  value: ([x]) => f(x!),
  gradient: ([x], out) => out.fill(g(x!)),
  hessian: ([x], out) => out.fill(h(x!)),
});
const rosenbrock: Objective = {
  kind: "formula",
  d: 2,
  variables: ["x", "y"],
  value: ([x, y]) => (1 - x!) ** 2 + 100 * (y! - x! * x!) ** 2,
  gradient: ([x, y], out) => {
    out.set([-2 * (1 - x!) - 400 * x! * (y! - x! * x!), 200 * (y! - x! * x!)]);
    return out;
  },
  hessian: ([x, y], out) => {
    out.set([2 - 400 * (y! - 3 * x! * x!), -400 * x!, -400 * x!, 200]);
    return out;
  },
};
const found = (objective: Objective, start: number[]) => {
  const optimum = findOptimum(objective, Float64Array.from(start));
  if ("failure" in optimum) throw new Error(optimum.failure);
  return Array.from(optimum.x);
};

describe("findOptimum", () => {
  it("reaches minima to rounding", () => {
    const [x, y] = found(rosenbrock, [-1.2, 1]);
    // The gradient's rounding over the smallest curvature, 0.4: 1e-13.
    expect(Math.hypot(x! - 1, y! - 1)).toBeLessThan(1e-12);
    // x^2/2 + 1.5 exp(-x^2): minima at +-sqrt(log 3).
    const well = line(
      (x) => (x * x) / 2 + 1.5 * Math.exp(-x * x),
      (x) => x - 3 * x * Math.exp(-x * x),
      (x) => 1 - (3 - 6 * x * x) * Math.exp(-x * x),
    );
    expect(Math.abs(found(well, [-0.3])[0]! + Math.sqrt(Math.log(3)))).toBeLessThan(1e-15);
    expect(Math.abs(found(well, [2.5])[0]! - Math.sqrt(Math.log(3)))).toBeLessThan(1e-15);
    // From the top itself it leaves, to one of the two.
    expect(Math.abs(Math.abs(found(well, [0])[0]!) - Math.sqrt(Math.log(3)))).toBeLessThan(1e-15);
    expect(
      Math.abs(
        found(
          line(
            (x) => x ** 4,
            (x) => 4 * x ** 3,
            (x) => 12 * x * x,
          ),
          [1],
        )[0]!,
      ),
    ).toBeLessThan(1e-8);
    expect(
      found(
        quadratic(
          [
            [2, 0],
            [0, 1],
          ],
          [3, 4],
        ),
        [0, 0],
      ),
    ).toEqual([3, 4]);
  });
  it("says why there is none", () => {
    expect(
      findOptimum(
        quadratic([
          [1, 0],
          [0, -1],
        ]),
        Float64Array.of(1, 1),
      ),
    ).toMatchObject({ failure: expect.stringContaining("negative curvature") });
    const slide = line(
      (x) => Math.exp(-x),
      (x) => -Math.exp(-x),
      (x) => Math.exp(-x),
    );
    expect(findOptimum(slide, Float64Array.of(0))).toHaveProperty("failure");
    const fall = line(
      (x) => -x * x * x * x,
      (x) => -4 * x * x * x,
      (x) => -12 * x * x,
    );
    expect(findOptimum(fall, Float64Array.of(1))).toHaveProperty("failure");
  });
});
