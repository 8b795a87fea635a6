// Products, LU, Cholesky and the exponential: identities that hold to rounding, and exponentials known in closed form.
import { describe, expect, it } from "vitest";
import { expm } from "../../src/numerics/expm.ts";
import {
  cholesky,
  identity,
  luFactor,
  luSolve,
  maxAbs,
  multiply,
  multiplyRectangular,
  multiplyVector,
  norm1,
  solve,
  transpose,
} from "../../src/numerics/linear.ts";

/** Numbers in (-1, 1), the same on every run. */
function noise(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return s / 2147483648 - 1;
  };
}
const random = (size: number, seed: number) => Float64Array.from({ length: size }, noise(seed));
const distance = (a: Float64Array, b: Float64Array) => maxAbs(a.map((v, i) => v - b[i]!));

describe("products", () => {
  it("multiplies, transposes and applies to vectors consistently", () => {
    const n = 7;
    const a = random(n * n, 1);
    const b = random(n * n, 2);
    const x = random(n, 3);
    // Rounding: n terms of size 1, twice.
    expect(distance(multiplyVector(multiply(a, b, n), x, n), multiplyVector(a, multiplyVector(b, x, n), n))).toBeLessThan(1e-13);
    expect(distance(transpose(multiply(a, b, n), n), multiply(transpose(b, n), transpose(a, n), n))).toBeLessThan(1e-14);
    expect(multiply(a, identity(n), n)).toEqual(a);
    const r = random(3 * 5, 4);
    expect(Array.from(multiplyRectangular(r, random(5 * 2, 5), 3, 5, 2)).length).toBe(6);
    expect(transpose(transpose(r, 3, 5), 5, 3)).toEqual(r);
  });
});

describe("LU and Cholesky", () => {
  it("solves with several right-hand sides, pivoting where it must", () => {
    for (const n of [1, 2, 5, 40]) {
      const a = random(n * n, n);
      if (n > 1) a[0] = 0;
      const b = random(n * 3, n + 1);
      const x = luSolve(luFactor(a, n), b, 3);
      // Residual of partial pivoting: growth (below 10 here) x n x unit roundoff x |x|.
      expect(distance(multiplyRectangular(a, x, n, n, 3), b)).toBeLessThan(1e-14 * n * Math.max(1, maxAbs(x)));
    }
  });
  it("knows singular matrices", () => {
    expect(luFactor(Float64Array.of(1, 2, 2, 4), 2).singular).toBe(true);
    expect(() => solve(Float64Array.of(1, 2, 2, 4), Float64Array.of(1, 1), 2)).toThrow(/singular/);
  });
  it("factors positive definite matrices and no others", () => {
    const n = 12;
    const a = random(n * n, 9);
    const spd = multiply(a, transpose(a, n), n);
    const l = cholesky(spd, n)!;
    expect(distance(multiply(l, transpose(l, n), n), spd)).toBeLessThan(1e-14);
    expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeNull();
  });
});

describe("expm", () => {
  it("is exact on rotations, nilpotents and diagonals, of any size of norm", () => {
    for (const t of [1e-9, 0.1, 1, 5, 40]) {
      const rotation = expm(Float64Array.of(0, -t, t, 0), 2);
      // Conditioning: t times the unit roundoff, and the squarings' growth.
      expect(distance(rotation, Float64Array.of(Math.cos(t), -Math.sin(t), Math.sin(t), Math.cos(t)))).toBeLessThan(1e-15 * (4 + 4 * t));
    }
    expect(distance(expm(Float64Array.of(0, 1e8, 0, 0), 2), Float64Array.of(1, 1e8, 0, 1))).toBe(0);
    const diagonal = expm(Float64Array.of(-3, 0, 0, 2), 2);
    expect(Math.abs(diagonal[0]! - Math.exp(-3))).toBeLessThan(1e-15);
    expect(Math.abs(diagonal[3]! - Math.exp(2)) / Math.exp(2)).toBeLessThan(2e-15);
  });
  it("does not overscale matrices far from normal", () => {
    // exp [[1, b], [0, -1]] = [[e, b sinh 1], [0, 1/e]]: plain scaling by the norm loses log2(b) squarings' worth of digits.
    const b = 1e6;
    const e = expm(Float64Array.of(1, b, 0, -1), 2);
    expect(Math.abs(e[0]! / Math.E - 1)).toBeLessThan(1e-14);
    expect(Math.abs(e[1]! / (b * Math.sinh(1)) - 1)).toBeLessThan(1e-14);
  });
  it("is a group: exp(A) exp(-A) = I and exp(2A) = exp(A)^2", () => {
    const n = 20;
    const a = random(n * n, 5);
    const plus = expm(a, n);
    const minus = expm(
      a.map((v) => -v),
      n,
    );
    const condition = norm1(plus, n) * norm1(minus, n);
    expect(distance(multiply(plus, minus, n), identity(n))).toBeLessThan(1e-15 * condition);
    const twice = expm(
      a.map((v) => 2 * v),
      n,
    );
    expect(distance(multiply(plus, plus, n), twice) / maxAbs(twice)).toBeLessThan(1e-13);
  });
  it("gives NaN for what is not finite and I for 0", () => {
    expect(expm(new Float64Array(4), 2)).toEqual(identity(2));
    expect(expm(Float64Array.of(Number.NaN, 0, 0, 0), 2).every(Number.isNaN)).toBe(true);
  });
});
