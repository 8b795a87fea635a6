import { describe, expect, it } from "vitest";
import { eigenSolver } from "../../src/ensemble/eigenpairs.ts";
import { createStream } from "../../src/numerics/random.ts";

describe("eigenpairs of small symmetric matrices", () => {
  it.each([1, 2, 3, 5, 8, 20])("A U = U diag(lambda), U orthogonal, d = %i", (d) => {
    const solver = eigenSolver(d);
    const stream = createStream(d);
    for (let trial = 0; trial < 60; trial++) {
      const a = new Float64Array(d * d);
      for (let i = 0; i < d; i++)
        for (let j = 0; j <= i; j++) a[i * d + j] = a[j * d + i] = stream.moveTo(trial, i * d + j, "start").normal();
      // every few trials something degenerate: a multiple of I, zero rows, a matrix of rank one, widely different sizes
      if (trial % 6 === 1) for (let k = 0; k < d * d; k++) a[k] = k % (d + 1) === 0 ? 2 : 0;
      if (trial % 6 === 2) for (let i = 0; i < d; i++) a[i * d] = a[i] = 0;
      if (trial % 6 === 3) for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) a[i * d + j] = (i + 1) * (j + 1);
      if (trial % 6 === 4) for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) a[i * d + j]! *= 10 ** (-i - j);
      const values = new Float64Array(d);
      const u = new Float64Array(d * d);
      solver.solve(a, values, u);
      const norm = Math.sqrt(a.reduce((sum, x) => sum + x * x, 0));
      // backward stable: a few units of rounding a dimension
      const tolerance = 8 * d * Number.EPSILON;
      for (let i = 0; i < d; i++) {
        for (let j = 0; j < d; j++) {
          let residual = -values[j]! * u[i * d + j]!;
          let gram = i === j ? -1 : 0;
          for (let k = 0; k < d; k++) {
            residual += a[i * d + k]! * u[k * d + j]!;
            gram += u[k * d + i]! * u[k * d + j]!;
          }
          expect(Math.abs(residual)).toBeLessThanOrEqual(tolerance * norm);
          expect(Math.abs(gram)).toBeLessThanOrEqual(tolerance);
        }
      }
    }
  });

  it("gives NaN for entries that are not finite", () => {
    const values = new Float64Array(3);
    eigenSolver(3).solve(Float64Array.of(1, 0, 0, 0, Number.POSITIVE_INFINITY, 0, 0, 0, 1), values, new Float64Array(9));
    expect(values.every(Number.isNaN)).toBe(true);
  });
});
