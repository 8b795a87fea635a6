// The generator against log S by Taylor jets, for all noise laws, on random points; and the check itself against a spoiled generator.
import { describe, expect, it } from "vitest";
import { checkGenerator } from "../../src/sbea/check.ts";
import { generator, noiseLaws } from "../../src/sbea/generator.ts";
import { add, rational } from "../../src/sbea/rational.ts";

// Jets round at 1e-16 of the largest intermediate; sums of some 1e4 products that cancel to a thousandth stay below this.
const tolerance = 1e-11;

describe.each(noiseLaws)("%s noise", (law) => {
  it.each([
    [1, 6],
    [2, 4],
    [3, 3],
  ])("in %i dimensions up to L_%i", (dimension, order) => {
    for (const seed of [1, 2]) {
      const rows = checkGenerator(order, law, dimension, seed);
      expect(rows).toHaveLength(order + 1);
      for (const row of rows) expect(row.relativeError).toBeLessThan(tolerance);
      expect(rows.every((row) => Math.abs(row.jet) > 0)).toBe(true);
    }
  });
});

it("sees each single coefficient of L_3 that is off by 1/1000", () => {
  const right = generator(3, "general");
  for (const k of right[3]!.terms.keys()) {
    const terms = right[3]!.terms.map((t, j) =>
      j === k ? { ...t, term: { ...t.term, coefficient: add(t.term.coefficient, rational(1, 1000)) } } : t,
    );
    const rows = checkGenerator(3, "general", 2, 1, [...right.slice(0, 3), { order: 3, terms }]);
    expect(rows[3]!.relativeError).toBeGreaterThan(1e3 * tolerance);
  }
});
