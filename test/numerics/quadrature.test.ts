import { describe, expect, it } from "vitest";
import { integrate } from "../../src/numerics/integrate.ts";
import { bisect, gaussHermite, gaussLegendre } from "../../src/numerics/quadrature.ts";
import { signChanges } from "../../src/numerics/sign-change.ts";

describe("Gauss-Legendre", () => {
  it.each([1, 2, 5, 16, 40, 101])("is exact for degree 2n - 1, n = %i", (n) => {
    const { nodes, weights } = gaussLegendre(n);
    for (let p = 0; p <= 2 * n - 1; p++) {
      const sum = nodes.reduce((s, x, q) => s + weights[q]! * x ** p, 0);
      // n terms of size at most 1
      expect(Math.abs(sum - (p % 2 === 0 ? 2 / (p + 1) : 0))).toBeLessThan(2e-15 * Math.sqrt(n) + 1e-15);
    }
  });
  it("does not integrate degree 2n", () => {
    const { nodes, weights } = gaussLegendre(3);
    expect(Math.abs(nodes.reduce((s, x, q) => s + weights[q]! * x ** 6, 0) - 2 / 7)).toBeGreaterThan(1e-3);
  });
});

describe("Gauss-Hermite", () => {
  it.each([1, 2, 8, 40, 56, 96])("has the moments of a normal law, n = %i", (n) => {
    const { nodes, weights } = gaussHermite(n);
    let moment = 1;
    for (let p = 0; p <= Math.min(2 * n - 2, 30); p += 2) {
      if (p > 0) moment *= p - 1;
      const sum = nodes.reduce((s, x, q) => s + weights[q]! * x ** p, 0);
      expect(Math.abs(sum / moment - 1)).toBeLessThan(1e-13);
    }
  });
  it("gives E cos Z", () => {
    const { nodes, weights } = gaussHermite(40);
    expect(Math.abs(nodes.reduce((s, x, q) => s + weights[q]! * Math.cos(x), 0) - Math.exp(-0.5))).toBeLessThan(1e-14);
  });
});

describe("integrate", () => {
  it("finds kinks, and states an error that covers", () => {
    const { value, error } = integrate((x) => Math.abs(x - 0.3), -1, 1, 1e-13);
    expect(Math.abs(value - (1.69 + 0.49) / 2)).toBeLessThanOrEqual(error + 1e-15);
    expect(error).toBeLessThan(1e-13);
  });
  it("finds kinks next to the ends of panels, which Gauss points do not see", () => {
    for (let d = 3; d < 30; d++) {
      const kink = 0.25 + 2 ** -d * 1e-3;
      const { value } = integrate((x) => Math.abs(x - kink), -1, 1, 1e-15, 8);
      expect(Math.abs(value - ((1 + kink) ** 2 + (1 - kink) ** 2) / 2)).toBeLessThan(1e-14);
    }
  });
  it("finds a narrow peak with several pieces", () => {
    const { value } = integrate((x) => Math.exp(-0.5 * ((x - 0.37) / 0.01) ** 2), -1, 1, 1e-14, 8);
    expect(Math.abs(value - 0.01 * Math.sqrt(2 * Math.PI))).toBeLessThan(1e-14);
  });
  it("ends on what has no integral", () => {
    const { error } = integrate((x) => 1 / x, 0, 1, 1e-13);
    expect(error).toBeGreaterThan(1e-3);
  });
});

it("bisect and signChanges find roots to the last bits", () => {
  expect(bisect((x) => x * x - 2, 0, 2)).toBeCloseTo(Math.SQRT2, 15);
  const found = signChanges((x) => Math.sin(x), 1, 10, 64);
  expect(found.length).toBe(3);
  found.forEach((x, i) => expect(x).toBeCloseTo((i + 1) * Math.PI, 14));
});
