// Symmetric eigenproblems: residual, orthogonality, known spectra, graded and repeated eigenvalues; both algorithms.
import { describe, expect, it } from "vitest";
import { generalEigenvalues, symmetricEigen, symmetricEigenvalues, symmetricFunction } from "../../src/numerics/eigen.ts";
import { maxAbs, multiply, transpose } from "../../src/numerics/linear.ts";

function noise(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return s / 2147483648 - 1;
  };
}
function randomSymmetric(d: number, seed: number): Float64Array {
  const a = Float64Array.from({ length: d * d }, noise(seed));
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) a[i * d + j] = a[j * d + i]!;
  return a;
}
/** Largest entry of A U - U diag and of U^T U - I. */
function errors(a: Float64Array, d: number): { residual: number; orthogonality: number } {
  const { values, vectors } = symmetricEigen(a, d);
  const au = multiply(a, vectors, d);
  const gram = multiply(transpose(vectors, d), vectors, d);
  return {
    residual: maxAbs(au.map((v, k) => v - vectors[k]! * values[k % d]!)),
    orthogonality: maxAbs(gram.map((v, k) => v - (Math.floor(k / d) === k % d ? 1 : 0))),
  };
}

describe("symmetricEigen", () => {
  it.each([1, 2, 3, 10, 50, 80, 81, 200])("d = %d: residual below 1e-14 of the norm, orthogonality below 1e-14", (d) => {
    const a = randomSymmetric(d, d);
    const norm = Math.max(...symmetricEigen(a, d).values.map(Math.abs));
    const e = errors(a, d);
    expect(e.residual).toBeLessThan(1e-14 * norm);
    expect(e.orthogonality).toBeLessThan(1e-14);
  });
  it("keeps small eigenvalues of graded matrices relatively accurate", () => {
    // D B D with B = [[1, .5], [.5, 1]]: eigenvalues about 1 and 0.75e-20.
    const { values } = symmetricEigen(Float64Array.of(1, 0.5e-10, 0.5e-10, 1e-20), 2);
    expect(Math.abs(values[0]! / 0.75e-20 - 1)).toBeLessThan(1e-14);
  });
  it("is exact on diagonal matrices and multiples of the identity", () => {
    expect(Array.from(symmetricEigen(Float64Array.of(3, 0, 0, -1), 2).values)).toEqual([-1, 3]);
    expect(Array.from(symmetricEigen(Float64Array.of(2, 0, 0, 2), 2).vectors)).toEqual([1, 0, 0, 1]);
    expect(Array.from(symmetricEigen(new Float64Array(9), 3).values)).toEqual([0, 0, 0]);
  });
  it("finds the second difference's spectrum", () => {
    for (const d of [60, 120]) {
      const a = new Float64Array(d * d);
      for (let i = 0; i < d; i++) {
        a[i * d + i] = 2;
        if (i > 0) a[i * d + i - 1] = a[(i - 1) * d + i] = -1;
      }
      const { values } = symmetricEigen(a, d);
      for (let k = 0; k < d; k++) expect(Math.abs(values[k]! - 4 * Math.sin(((k + 1) * Math.PI) / (2 * (d + 1))) ** 2)).toBeLessThan(2e-14);
    }
  });
  it("reports NaN in as NaN out and applies functions", () => {
    expect(symmetricEigen(Float64Array.of(Number.NaN, 0, 0, 1), 2).values.every(Number.isNaN)).toBe(true);
    const a = randomSymmetric(6, 3);
    const square = symmetricFunction(symmetricEigen(a, 6), (l) => l * l);
    expect(maxAbs(square.map((v, k) => v - multiply(a, a, 6)[k]!))).toBeLessThan(1e-14 * 6);
  });
});

describe("symmetricEigenvalues", () => {
  it.each([81, 150])("agrees with the full decomposition, d = %d", (d) => {
    const a = randomSymmetric(d, d + 1);
    const full = symmetricEigen(a, d).values;
    const alone = symmetricEigenvalues(a, d);
    expect(maxAbs(full.map((v, i) => v - alone[i]!))).toBeLessThan(1e-14 * maxAbs(full));
    expect(
      symmetricEigenvalues(
        a.map((v) => v * 1e200),
        d,
      )[d - 1]! /
        1e200 /
        full[d - 1]! -
        1,
    ).toBeLessThan(1e-13);
    expect(Array.from(symmetricEigenvalues(new Float64Array(d * d), d))).toEqual(new Array(d).fill(0));
  });

  it("converges where most eigenvalues are 0 and the rest spans fourteen orders of magnitude", () => {
    for (let rank = 1; rank <= 25; rank += 3) {
      const d = 80 + 4 * rank;
      const random = noise(rank);
      const a = new Float64Array(d * d);
      for (let q = 0; q < rank; q++) {
        const v = Array.from({ length: d }, () => (random() > -0.4 ? random() * 10 ** -(q % 14) : 0));
        for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) a[i * d + j]! += v[i]! * v[j]!;
      }
      const values = symmetricEigenvalues(a, d);
      const trace = Array.from({ length: d }, (_, i) => a[i * d + i]!).reduce((sum, value) => sum + value, 0);
      expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / trace - 1)).toBeLessThan(1e-13);
      expect(Math.abs(values[d - rank - 1]!)).toBeLessThan(1e-13 * trace);
    }
  });
});

describe("generalEigenvalues", () => {
  it("finds complex pairs and real ones", () => {
    const { real, imaginary } = generalEigenvalues(Float64Array.of(0, -2, 0, 2, 0, 0, 1, 5, 3), 3);
    expect(
      Array.from(real)
        .sort((a, b) => a - b)
        .map((v) => Math.round(v * 1e12) / 1e12 + 0),
    ).toEqual([0, 0, 3]);
    expect(Math.max(...imaginary)).toBeCloseTo(2, 12);
  });
});
