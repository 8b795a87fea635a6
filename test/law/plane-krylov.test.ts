// Krylov's exponential against closed forms: a rotation, a stiff diagonal, and a nilpotent (far from normal) matrix.
import { describe, expect, it } from "vitest";
import { krylovExponential } from "../../src/law/plane-krylov.ts";

const norm = (v: Float64Array) => Math.sqrt(v.reduce((s, x) => s + x * x, 0));

describe("krylovExponential", () => {
  it("turns by an angle", () => {
    const turn = (v: Float64Array, out: Float64Array) => {
      out[0] = -v[1]!;
      out[1] = v[0]!;
    };
    const found = krylovExponential(turn, Float64Array.of(3, 0), 2);
    expect(Math.abs(found[0]! - 3 * Math.cos(2))).toBeLessThan(1e-14);
    expect(Math.abs(found[1]! - 3 * Math.sin(2))).toBeLessThan(1e-14);
  });

  it.each([1, 50, 2000])("damps a stiff diagonal, rates up to %d", (largest) => {
    const n = 200;
    const rates = Float64Array.from({ length: n }, (_, i) => (largest * i) / (n - 1));
    let calls = 0;
    const damp = (v: Float64Array, out: Float64Array) => {
      calls++;
      for (let i = 0; i < n; i++) out[i] = -rates[i]! * v[i]!;
    };
    const v = new Float64Array(n).fill(1);
    const found = krylovExponential(damp, v, 1);
    // tolerance 1e-14 |v| with |v| = 14
    for (let i = 0; i < n; i++) expect(Math.abs(found[i]! - Math.exp(-rates[i]!))).toBeLessThan(5e-13);
    // fewer than the rates' range would cost a Taylor series (about five a unit)
    if (largest === 2000) expect(calls).toBeLessThan(2000);
    if (largest === 1) expect(calls).toBeLessThan(20);
  });

  it("shifts: a nilpotent map of high degree", () => {
    const n = 30;
    const derivative = (v: Float64Array, out: Float64Array) => {
      for (let i = 0; i < n; i++) out[i] = i + 1 < n ? (i + 1) * v[i + 1]! : 0;
    };
    // coefficients of x^12, shifted to (x + 1)^12
    const v = new Float64Array(n);
    v[12] = 1;
    const found = krylovExponential(derivative, v, 1);
    let binomial = 1;
    for (let k = 0; k <= 12; k++) {
      expect(Math.abs(found[k]! - binomial)).toBeLessThan(1e-11);
      binomial = (binomial * (12 - k)) / (k + 1);
    }
    expect(norm(found.subarray(13))).toBeLessThan(1e-11);
  });
});
