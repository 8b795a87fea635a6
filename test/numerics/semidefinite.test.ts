// Defects and projections, singular values and polar factors, exp(A) v: against each other and closed forms.
import { describe, expect, it } from "vitest";
import { symmetricEigen } from "../../src/numerics/eigen.ts";
import { expm } from "../../src/numerics/expm.ts";
import { expmAction } from "../../src/numerics/expm-action.ts";
import { identity, maxAbs, multiply, multiplyVector, transpose } from "../../src/numerics/linear.ts";
import { projectPsd, psdDefect } from "../../src/numerics/semidefinite.ts";
import { polarFactor, singularValues } from "../../src/numerics/svd.ts";
import { matrix, randomSymmetric, uniforms } from "../law/problems.ts";

describe("psdDefect and projectPsd", () => {
  it("is |negative eigenvalues| over the trace", () => {
    expect(psdDefect(Float64Array.of(2), 1)).toBe(0);
    expect(psdDefect(Float64Array.of(-1), 1)).toBe(Number.POSITIVE_INFINITY);
    expect(psdDefect(Float64Array.of(1, 2, 2, 1), 2)).toBeCloseTo(0.5, 15);
    expect(psdDefect(Float64Array.of(1, 1, 1, 1), 2)).toBe(0);
    expect(psdDefect(new Float64Array(4), 2)).toBe(0);
    expect(psdDefect(Float64Array.of(Number.NaN, 0, 0, 1), 2)).toBeNaN();
    expect(psdDefect(Float64Array.of(4, 0, 0, 0, -1, 0, 0, 0, 2), 3)).toBeCloseTo(0.2, 15);
    // Rank one with rounding: no more than rounding.
    const v = [0.1, 0.7, -0.3];
    expect(psdDefect(Float64Array.from(v.flatMap((a) => v.map((b) => a * b))), 3)).toBeLessThan(1e-15);
  });
  it("projects to the nearest psd matrix", () => {
    const d = 6;
    const a = matrix(randomSymmetric(d, 3));
    const out = new Float64Array(d * d);
    expect(projectPsd(a, d, out)).toBe(psdDefect(a, d));
    const before = symmetricEigen(a, d).values;
    const after = symmetricEigen(out, d).values;
    expect(maxAbs(before.map((v, i) => after[i]! - Math.max(v, 0)))).toBeLessThan(1e-14);
  });
});

describe("singular values and the polar factor", () => {
  it("Q is orthogonal and Q^T A symmetric psd with A's singular values", () => {
    for (const d of [1, 2, 5, 30]) {
      const u = uniforms(d);
      const a = Float64Array.from({ length: d * d }, u);
      const q = polarFactor(a, d);
      expect(maxAbs(multiply(transpose(q, d), q, d).map((v, k) => v - identity(d)[k]!))).toBeLessThan(1e-14);
      const p = multiply(transpose(q, d), a, d);
      expect(maxAbs(p.map((v, k) => v - transpose(p, d)[k]!))).toBeLessThan(1e-14 * d);
      const values = symmetricEigen(p, d).values;
      expect(maxAbs(singularValues(a, d).map((s, i) => s - values[d - 1 - i]!))).toBeLessThan(1e-14 * d);
    }
    expect(
      maxAbs(
        multiply(polarFactor(new Float64Array(9), 3), transpose(polarFactor(new Float64Array(9), 3), 3), 3).map(
          (v, k) => v - identity(3)[k]!,
        ),
      ),
    ).toBeLessThan(1e-15);
  });
});

describe("exp(A) v", () => {
  it("agrees with the exponential itself", () => {
    for (const [n, size] of [
      [3, 0.1],
      [12, 1],
      [40, 3],
    ] as const) {
      const u = uniforms(n);
      const a = Float64Array.from({ length: n * n }, () => size * u());
      const v = Float64Array.from({ length: n }, u);
      const want = multiplyVector(expm(a, n), v, n);
      expect(maxAbs(expmAction(a, v, n).map((w, i) => w - want[i]!)) / maxAbs(want)).toBeLessThan(1e-13);
    }
  });
});
