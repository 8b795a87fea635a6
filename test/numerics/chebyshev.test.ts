import { describe, expect, it } from "vitest";
import { chebyshevSeries } from "../../src/numerics/chebyshev.ts";
import { exp, log1p } from "../../src/numerics/elementary.ts";

/** sum_k c_k T_k(t) by cosines: another way than Clenshaw's. */
const sumAt = (series: Float64Array, t: number): number => series.reduce((sum, c, k) => sum + c * Math.cos(k * Math.acos(t)), 0);

describe("Chebyshev series", () => {
  it.each([
    ["e^x on [-1, 1]", exp, 0, 1],
    ["e^x on [3, 5]", exp, 4, 1],
    ["log(1 - x) on [-0.3, 0.7]", (x: number) => log1p(-x), 0.2, 0.5],
    ["a constant", () => 3, 0.2, 0.5],
  ])("%s: all that is left out is below the tolerance", (_, f, middle, radius) => {
    const series = chebyshevSeries(f, middle, radius, 1e-12)!;
    const scale = Math.max(...series.map(Math.abs));
    for (let n = 0; n <= 50; n++) {
      const t = -1 + n / 25;
      expect(Math.abs(sumAt(series, t) - f(middle + radius * t))).toBeLessThan(1.1e-12 * scale + 1e-14 * scale);
    }
  });

  it("takes as many coefficients as the ellipse of analyticity says", () => {
    // singular at 1, interval [-0.3, 0.7]: a = (1 - 0.2)/0.5, rho = a + sqrt(a^2 - 1) = 2.85, 1e-12 = rho^-n / n at n = 24
    const { length } = chebyshevSeries((x) => log1p(-x), 0.2, 0.5, 1e-12)!;
    expect(length).toBeGreaterThan(21);
    expect(length).toBeLessThan(28);
  });

  it("refuses what 64 coefficients do not reach, and what is not finite", () => {
    expect(chebyshevSeries(Math.abs, 0, 1, 1e-12)).toBeUndefined();
    expect(chebyshevSeries((x) => log1p(-x), 0.5, 0.4999, 1e-12)).toBeUndefined();
    expect(chebyshevSeries((x) => Math.sqrt(x), 0, 1, 1e-3)).toBeUndefined();
  });
});
