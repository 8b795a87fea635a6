// KL and squared W2 of Gaussians: closed forms, tiny differences without noise, singular covariances.
import { describe, expect, it } from "vitest";
import { type GaussianLaw, gaussianKl, gaussianW2Squared } from "../../src/law/divergence.ts";
import { symmetricEigen, symmetricFunction } from "../../src/numerics/eigen.ts";
import { luFactor, multiply, solve } from "../../src/numerics/linear.ts";
import { matrix, randomSymmetric } from "./problems.ts";

const law = (mean: number[], rows: number[][]): GaussianLaw => ({ mean: Float64Array.from(mean), covariance: matrix(rows) });
const relative = (got: number, want: number) => Math.abs(got - want) / Math.abs(want);

/** The textbook formulas, which cancel but are right for laws far apart. */
function textbook(a: GaussianLaw, b: GaussianLaw): { kl: number; w2: number } {
  const d = a.mean.length;
  const determinant = (m: Float64Array) => {
    const { factors } = luFactor(m, d);
    return Math.abs(Array.from({ length: d }, (_, i) => factors[i * d + i]!).reduce((p, v) => p * v, 1));
  };
  const ratio = solve(b.covariance, a.covariance, d, d);
  const shift = a.mean.map((v, i) => b.mean[i]! - v);
  const solved = solve(b.covariance, shift, d);
  const trace = (m: Float64Array) => Array.from({ length: d }, (_, i) => m[i * d + i]!).reduce((s, v) => s + v, 0);
  const kl =
    (trace(ratio) -
      d +
      Math.log(determinant(b.covariance) / determinant(a.covariance)) +
      shift.reduce((s, v, i) => s + v * solved[i]!, 0)) /
    2;
  const root = symmetricFunction(symmetricEigen(b.covariance, d), Math.sqrt);
  const middle = multiply(multiply(root, a.covariance, d), root, d);
  const w2 =
    shift.reduce((s, v) => s + v * v, 0) +
    trace(a.covariance) +
    trace(b.covariance) -
    2 * symmetricEigen(middle, d).values.reduce((s, v) => s + Math.sqrt(v), 0);
  return { kl, w2 };
}

describe("divergences of Gaussians", () => {
  it.each([1, 2, 4, 9, 90])("agree with the textbook for laws far apart, d = %d", (d) => {
    const a = law(new Array(d).fill(0.3), randomSymmetric(d, d, 0.2));
    const b = law(new Array(d).fill(-0.1), randomSymmetric(d, d + 1, 0.5));
    const want = textbook(a, b);
    // The textbook formulas lose a digit or two.
    expect(relative(gaussianKl(a, b)!.value, want.kl)).toBeLessThan(1e-11);
    expect(relative(gaussianW2Squared(a, b), want.w2)).toBeLessThan(1e-11);
    expect(relative(gaussianW2Squared(b, a), want.w2)).toBeLessThan(1e-11);
  });
  it("keep their digits when laws are close", () => {
    for (const e of [1e-3, 1e-6, 1e-9]) {
      // Along one covariance: KL = (e - log(1+e))/2 + ..., W2^2 = (sqrt(1+e) - 1)^2 times the scale, in a turned basis.
      const [c, s] = [Math.cos(1), Math.sin(1)];
      const turned = (p: number, q: number) =>
        law(
          [1, 2],
          [
            [p * c * c + q * s * s, (p - q) * c * s],
            [(p - q) * c * s, p * s * s + q * c * c],
          ],
        );
      const kl = gaussianKl(turned(2 * (1 + e), 5), turned(2, 5))!.value;
      const w2 = gaussianW2Squared(turned(2 * (1 + e), 5), turned(2, 5));
      // The covariances themselves are rounded: relative error of e about 1e-16/e, twice in the square.
      expect(relative(kl, (e * e * (1 / 2 - e / 3 + (e * e) / 4)) / 2)).toBeLessThan(1e-9 + 4e-15 / e);
      expect(relative(w2, 2 * (e / (1 + Math.sqrt(1 + e))) ** 2)).toBeLessThan(1e-9 + 4e-15 / e);
    }
  });
  it("are zero for equal laws and never below it", () => {
    for (let seed = 1; seed < 20; seed++) {
      const rows = randomSymmetric(5, seed, 0.01);
      const a = law([1, 2, 3, 4, 5], rows);
      const b = law(
        [1, 2, 3, 4, 5],
        rows.map((row) => row.map((v) => v * (1 + Number.EPSILON))),
      );
      expect(gaussianKl(a, b)!.value).toBeGreaterThanOrEqual(0);
      expect(gaussianKl(a, b)!.value).toBeLessThan(1e-26);
      expect(gaussianW2Squared(a, b)).toBe(0);
    }
  });
  it("know singular covariances: infinite KL is null, equal ranges have one", () => {
    const thin = law(
      [0, 0],
      [
        [1, 1],
        [1, 1],
      ],
    );
    const full = law(
      [0, 0],
      [
        [1, 0],
        [0, 1],
      ],
    );
    expect(gaussianKl(full, thin)).toBeNull();
    expect(gaussianKl(thin, full)).toBeNull();
    expect(
      gaussianKl(
        thin,
        law(
          [0, 0],
          [
            [2, 2],
            [2, 2],
          ],
        ),
      )!.value,
    ).toBeCloseTo((0.5 - 1 - Math.log(0.5)) / 2, 14);
    expect(
      gaussianKl(
        law(
          [1, 0],
          [
            [1, 1],
            [1, 1],
          ],
        ),
        thin,
      ),
    ).toBeNull();
    expect(
      gaussianKl(
        law(
          [1, 1],
          [
            [1, 1],
            [1, 1],
          ],
        ),
        thin,
      )!.value,
    ).toBeCloseTo(0.5, 14);
    expect(gaussianKl(law([2], [[0]]), law([2], [[0]]))).toEqual({ value: 0, error: 0 });
    expect(gaussianKl(law([2], [[0]]), law([1], [[0]]))).toBeNull();
    // W2^2 of N(0, [[1,1],[1,1]]) and N(0, I): 2 + 2 - 2 sqrt 2.
    expect(gaussianW2Squared(thin, full)).toBeCloseTo(4 - 2 * Math.SQRT2, 14);
    expect(
      gaussianW2Squared(
        law(
          [0, 0],
          [
            [0, 0],
            [0, 0],
          ],
        ),
        full,
      ),
    ).toBeCloseTo(2, 14);
    expect(
      gaussianW2Squared(
        law(
          [0, 0],
          [
            [1, 0],
            [0, -1],
          ],
        ),
        full,
      ),
    ).toBeNaN();
  });
  it("do not mind scales", () => {
    const a = law(
      [0, 0],
      [
        [1, 1e-11],
        [1e-11, 2e-20],
      ],
    );
    const b = law(
      [0, 0],
      [
        [2, 0],
        [0, 1e-20],
      ],
    );
    const scaled = {
      kl: textbook(
        law(
          [0, 0],
          [
            [1, 0.1],
            [0.1, 2],
          ],
        ),
        law(
          [0, 0],
          [
            [2, 0],
            [0, 1],
          ],
        ),
      ).kl,
    };
    expect(relative(gaussianKl(a, b)!.value, scaled.kl)).toBeLessThan(1e-13);
  });
});
