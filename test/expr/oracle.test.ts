// The whole chain against programs that share nothing with it: mathjs reads the same text and differentiates it its own way, and plain
// recursion over Math gives the values.
import fc from "fast-check";
import { derivative as mathjsDerivative, parse as mathjsParse } from "mathjs";
import { describe, expect, it } from "vitest";
import { differentiate } from "../../src/expr/differentiate.ts";
import { evaluate } from "../../src/expr/evaluate.ts";
import { parseFormula } from "../../src/expr/parse.ts";
import { allFunctions, commonFunctions, dense, sparse, trees, value } from "./random-formula.ts";

const seed = 20240518;
const point = fc.record({ x: fc.double({ min: -2, max: 2, noNaN: true }), y: fc.double({ min: 0.1, max: 3, noNaN: true }) });
const asMap = (at: { x: number; y: number }) => new Map(Object.entries(at));

describe("values", () => {
  it("are those of plain recursion over Math, from text with few and with many parentheses", () => {
    let compared = 0;
    fc.assert(
      fc.property(trees(allFunctions), point, (tree, at) => {
        const expected = value(tree, asMap(at));
        fc.pre(expected !== undefined);
        compared++;
        for (const text of [sparse(tree), dense(tree)]) {
          const { expr } = parseFormula(text, { variables: ["x", "y"] });
          const [found] = evaluate([expr], asMap(at));
          // the first-order bound of the recursion's error, doubled for ours and again for second order
          expect(Math.abs(found! - expected!.value), text).toBeLessThanOrEqual(4 * expected!.error + 1e-300);
        }
      }),
      { seed, numRuns: 1500 },
    );
    expect(compared).toBeGreaterThanOrEqual(1500);
  });

  it("are mathjs's for the same text", () => {
    let compared = 0;
    fc.assert(
      fc.property(trees(commonFunctions), point, (tree, at) => {
        const bound = value(tree, asMap(at));
        fc.pre(bound !== undefined);
        const text = sparse(tree);
        const theirs: unknown = mathjsParse(text).evaluate({ ...at });
        fc.pre(typeof theirs === "number" && Number.isFinite(theirs));
        compared++;
        const [ours] = evaluate([parseFormula(text).expr], asMap(at));
        expect(Math.abs(ours! - (theirs as number)), text).toBeLessThanOrEqual(4 * bound!.error + 1e-300);
      }),
      { seed, numRuns: 500 },
    );
    expect(compared).toBeGreaterThanOrEqual(500);
  });
});

describe("derivatives", () => {
  for (const order of [1, 2, 3]) {
    it(`of order ${order} are mathjs's`, () => {
      let compared = 0;
      fc.assert(
        // abs has no second derivative in mathjs; the depth shrinks with the order, for its formulas grow fast
        fc.property(trees(order === 1 ? commonFunctions : commonFunctions.slice(0, -1), 5 - order), point, (tree, at) => {
          fc.pre(value(tree, asMap(at)) !== undefined);
          let ours = parseFormula(sparse(tree), { variables: ["x", "y"] }).expr;
          let theirs = mathjsParse(dense(tree));
          for (let k = 0; k < order; k++) {
            ours = differentiate(ours, "x");
            theirs = mathjsDerivative(theirs, "x", { simplify: false });
          }
          const expected: unknown = theirs.evaluate({ ...at });
          fc.pre(typeof expected === "number" && Math.abs(expected) < 1e8);
          // Ill-conditioned points, where the two disagree by rounding alone, are told by moving x a little.
          const [moved, found] = [1e-9, 0].map((by) => evaluate([ours], new Map([...asMap(at), ["x", at.x + by]]))[0]!);
          fc.pre(Math.abs(moved! - found!) < 1e-5 * (1 + Math.abs(found!)));
          compared++;
          expect(Math.abs(found! - (expected as number)), sparse(tree)).toBeLessThanOrEqual(1e-8 * (1 + Math.abs(expected as number)));
        }),
        { seed, numRuns: 300, maxSkipsPerRun: 300 },
      );
      expect(compared).toBeGreaterThanOrEqual(300);
    });
  }
});
