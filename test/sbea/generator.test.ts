// L_p: the terms of theory.md one by one, and all of one dimension against Leibniz's rule applied word for word.
import { describe, expect, it } from "vitest";
import { generator, type NoiseLaw } from "../../src/sbea/generator.ts";
import { termText } from "../../src/sbea/notation.ts";
import { add, rational, toText } from "../../src/sbea/rational.ts";
import { scalarTerms } from "../../src/sbea/scalar.ts";
import type { Term } from "../../src/sbea/term.ts";
import { leibnizGenerator } from "./leibniz-oracle.ts";

const texts = (law: NoiseLaw, p: number) => generator(p, law)[p]!.terms.map(({ term }) => `${toText(term.coefficient)} ${termText(term)}`);
const scalars = (law: NoiseLaw, p: number, operatorOrder: number) =>
  scalarTerms(generator(p, law)[p]!.terms.map(({ term }) => term))
    .filter((term) => term.operatorOrder === operatorOrder)
    .map((term) => `${toText(term.coefficient)} ${term.text}`);

describe("theory.md, section 3", () => {
  it("L_0", () => expect(texts("general", 0)).toEqual(["-1 f_i d_i"]));
  it("L_1", () => expect(texts("general", 1)).toEqual(["-1/2 f_ij f_j d_i", "1/2 Sigma_ij d_ij"]));
  it("L_2", () => {
    expect(texts("general", 2)).toEqual([
      "-1/3 f_ij f_jk f_k d_i",
      "-1/12 f_ijk f_j f_k d_i",
      "1/4 f_ijk Sigma_jk d_i",
      "1/4 f_k Sigma_ij,k d_ij",
      "1/2 f_ik Sigma_jk d_ij",
      "-1/6 K_ijk d_ijk",
    ]);
  });
  it("L_3 in one dimension: third-order operator only if Sigma varies, and HA-SME-4's terms", () => {
    expect(scalars("gaussian", 3, 3)).toEqual(["-1/4 s s'"]);
    expect(scalars("constant", 3, 3)).toEqual([]);
    expect(scalars("constant", 3, 1)).toEqual(["-1/4 f' f''^3", "-1/6 f'^2 f'' f'''", "1/2 f'' f''' s", "1/12 f' f'''' s"]);
    expect(scalars("constant", 3, 2)).toEqual(["5/12 f''^2 s", "1/6 f' f''' s"]);
  });
  it("L_4 in one dimension, constant covariance: -(1/12) s^2 f''' d^3", () => {
    expect(scalars("constant", 4, 3)).toEqual(["-1/12 f''' s^2"]);
  });
});

/** Sums of one-dimensional products, in the oracle's notation. */
function collapsed(terms: readonly Term[]): Record<string, string> {
  const sums = new Map<string, ReturnType<typeof rational>>();
  for (const { factors, free, coefficient } of terms) {
    const symbols = factors.map((factor) =>
      factor.tensor === "f" ? `1.${factor.indices.length - 1}` : `${factor.indices.length}.${factor.along.length}`,
    );
    const key = `${symbols.sort().join(" ")}|${free.length}`;
    sums.set(key, add(sums.get(key) ?? rational(0), coefficient));
  }
  return Object.fromEntries([...sums].filter(([, sum]) => sum[0] !== 0n).map(([key, sum]) => [key, toText(sum)]));
}

describe("against (S - I)^m by Leibniz's rule", () => {
  it.each([
    ["general", 6],
    ["gaussian", 2],
  ] as const)("%s noise: every coefficient of L_0 .. L_5 in one dimension", (law, highestCumulant) => {
    const oracle = leibnizGenerator(5, highestCumulant);
    const derived = generator(5, law);
    for (let p = 0; p <= 5; p++) {
      const expected = Object.fromEntries([...oracle[p]!].map(([key, value]) => [key, toText(value)]));
      expect(collapsed(derived[p]!.terms.map(({ term }) => term))).toEqual(expected);
      expect(Object.keys(expected).length).toBeGreaterThan(p);
    }
  });
});

describe("noise laws", () => {
  it("leave out what vanishes and change nothing else", () => {
    const general = generator(4, "general");
    const vanish: Record<"gaussian" | "constant", (term: Term) => boolean> = {
      gaussian: ({ factors }) => factors.some((factor) => factor.tensor === "cumulant" && factor.indices.length > 2),
      constant: ({ factors }) =>
        factors.some((factor) => factor.tensor === "cumulant" && (factor.indices.length > 2 || factor.along.length > 0)),
    };
    for (const law of ["gaussian", "constant"] as const) {
      const derived = generator(4, law);
      for (const { order, terms } of general) {
        const expected = terms.filter(({ term }) => !vanish[law](term)).map(({ key, term }) => `${key} ${toText(term.coefficient)}`);
        expect(derived[order]!.terms.map(({ key, term }) => `${key} ${toText(term.coefficient)}`)).toEqual(expected);
      }
    }
  });

  it("minibatches divide a cumulant of order r by B^(r-1)", () => {
    const powers = generator(3, "minibatch")[3]!.terms.map(({ term, batchPower }) => [termText(term), batchPower] as const);
    expect(powers).toContainEqual(["C_ijkl d_ijkl", 3]);
    expect(powers).toContainEqual(["Sigma_il Sigma_jk,l d_ijk", 2]);
    expect(powers).toContainEqual(["f_ij f_jk f_kl f_l d_i", 0]);
  });
});
