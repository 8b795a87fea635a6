// Sums of squares: they add up to the matrix, with as many terms as its rank.
import { expect, it } from "vitest";
import { squaresOf } from "../../src/numerics/pivoted-cholesky.ts";
import { createStream } from "../../src/numerics/random.ts";

it.each([
  [1, 1],
  [6, 6],
  [9, 4],
  [40, 25],
])("d = %i, rank %i", (d, rank) => {
  const stream = createStream(11);
  const s = new Float64Array(d * d);
  for (let k = 0; k < rank; k++) {
    // sizes over four decades
    const scale = 10 ** ((-4 * k) / rank);
    const v = Float64Array.from({ length: d }, () => scale * stream.normal());
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) s[i * d + j]! += v[i]! * v[j]!;
  }
  const squares = squaresOf(s, d);
  expect(squares.length).toBe(rank);
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, s[i * d + i]!);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (const v of squares) sum += v[i]! * v[j]!;
      // sums of `rank` products, each rounded, and what the end leaves out: d epsilon of the largest diagonal entry, with room for 4
      expect(Math.abs(sum - s[i * d + j]!)).toBeLessThan(4 * d * Number.EPSILON * largest);
    }
});

it("nothing of nothing", () => {
  expect(squaresOf(new Float64Array(9), 3)).toEqual([]);
});
