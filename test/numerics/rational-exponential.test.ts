import { expect, it } from "vitest";
import { exponentialFactors, exponentialOrder, rationalExponential } from "../../src/numerics/rational-exponential.ts";

it("agrees with exp(z) to O(z^11), with the known constant", () => {
  for (const z of [0.4, 0.8]) {
    const constant = (Math.exp(-z) - rationalExponential(-z, 0)[0]) / z ** (exponentialOrder + 1);
    // 4! 6! / (10! 11!) = 1.19e-10, up to factors exp(O(z)); rounding of exp is below 1e-11 of it at these z
    expect(Math.abs(constant)).toBeGreaterThan(5e-11 * 0.2);
    expect(Math.abs(constant)).toBeLessThan(2.5e-10);
  }
});

it("eight pieces serve the whole negative axis to 5e-13", () => {
  let worst = 0;
  for (let y = 0; y < 5000; y += 0.07) worst = Math.max(worst, Math.abs(rationalExponential(-y / 8, 0)[0] ** 8 - Math.exp(-y)));
  expect(worst).toBeLessThan(5e-13);
  expect(worst).toBeGreaterThan(1e-13);
});

it("is at most 1 on the imaginary axis and in the left half plane, and 0 at infinity", () => {
  for (let y = 0; y < 100; y += 0.1) {
    for (const x of [0, -0.5, -3, -20]) {
      const [re, im] = rationalExponential(x, y);
      expect(Math.hypot(re, im)).toBeLessThanOrEqual(1 + 1e-13);
    }
  }
  expect(Math.abs(rationalExponential(-1e8, 0)[0])).toBeLessThan(1e-12);
  expect(exponentialFactors.every(({ re }) => re > 0)).toBe(true);
});
