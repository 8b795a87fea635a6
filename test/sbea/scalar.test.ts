// One dimension: HA-SME-4's terms of theory.md, and that the sum over products is the sum over contractions.
import { expect, it } from "vitest";
import { evaluateTerm } from "../../src/sbea/contract.ts";
import { haSme4Correction } from "../../src/sbea/corrections.ts";
import { generator } from "../../src/sbea/generator.ts";
import { toNumber, toText } from "../../src/sbea/rational.ts";
import { scalarTerms } from "../../src/sbea/scalar.ts";
import { randomTensors } from "./random-tensors.ts";

it("HA-SME-4 adds eta^3 (s f' f'''' + 6 s f'' f''' - 2 f'^2 f'' f''')/12 to the drift, eta^3 s f' f'''/3 to D D^T", () => {
  const added = (terms: readonly Parameters<typeof scalarTerms>[0][number][]) =>
    scalarTerms(terms.filter((term) => term.etaPower === 3))
      .map(({ coefficient, text }) => `${toText(coefficient)} ${text}`)
      .sort();
  expect(added(haSme4Correction.drift)).toEqual(["-1/6 f'^2 f'' f'''", "1/12 f' f'''' s", "1/2 f'' f''' s"]);
  expect(added(haSme4Correction.diffusion)).toEqual(["1/3 f' f''' s"]);
});

it("keeps the value of every operator", () => {
  const tensors = randomTensors(1, 4);
  for (const { terms } of generator(4, "general")) {
    for (const n of new Set(terms.map(({ operatorOrder }) => operatorOrder))) {
      const own = terms.map(({ term }) => term).filter((term) => term.free.length === n);
      const sum = own.reduce((total, term) => total + evaluateTerm(term, tensors, new Float64Array(1))[0]!, 0);
      const collapsed = scalarTerms(own).reduce((total, { coefficient, first }) => {
        const value = evaluateTerm(first, tensors, new Float64Array(1))[0]!;
        return total + (value / toNumber(first.coefficient)) * toNumber(coefficient);
      }, 0);
      // some 50 summands of size 1
      expect(Math.abs(collapsed - sum)).toBeLessThan(1e-13);
    }
  }
});

it("writes powers and high derivatives", () => {
  const texts = scalarTerms(generator(4, "gaussian")[4]!.terms.map(({ term }) => term)).map(({ text, latex }) => [text, latex]);
  expect(texts).toContainEqual(["f'^4 f^(5)", "(f')^{4} f^{(5)}"]);
  expect(texts.every(([text]) => !text!.includes("undefined"))).toBe(true);
});
