// The counts by which orders are foretold, recounted; and what is refused.
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { generator, noiseLaws } from "../../src/sbea/generator.ts";
import { foretoldTerms, largestOrder, requireOrder } from "../../src/sbea/growth.ts";

describe.each(noiseLaws)("%s noise", (law) => {
  it("has the number of terms that is written down, to order 6", () => {
    expect(generator(6, law).map(({ terms }) => terms.length)).toEqual([0, 1, 2, 3, 4, 5, 6].map((p) => foretoldTerms(law, p)));
  });
  it("foretells growing orders, refuses those too large and names the largest", () => {
    const largest = largestOrder(law);
    expect(largest).toBeGreaterThanOrEqual(6);
    for (let p = 1; p < 30; p++) expect(foretoldTerms(law, p)).toBeGreaterThan(foretoldTerms(law, p - 1));
    expect(() => requireOrder(law, largest)).not.toThrow();
    for (const order of [largest + 1, 40, 1e6, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => requireOrder(law, order)).toThrow(InputError);
      expect(() => requireOrder(law, order)).toThrow(`0 to ${largest}`);
    }
  });
});
