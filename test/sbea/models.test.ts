// Resummation, corrections and what no SDE carries, proved from the derived generator.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { haSme3Correction, haSme4Correction } from "../../src/sbea/corrections.ts";
import { type GeneratorOrder, generator } from "../../src/sbea/generator.ts";
import { beyondSde, checkResummation, deriveCorrection, deriveSeries, haSmeSeries, sourceOf } from "../../src/sbea/models.ts";
import { termText } from "../../src/sbea/notation.ts";
import { multiply, rational, toText } from "../../src/sbea/rational.ts";
import type { Term } from "../../src/sbea/term.ts";
import { termKey } from "../../src/sbea/term-of-graph.ts";

const upTo5 = generator(5, "general");

/** Comparable form of a list of terms: contraction, coefficient, power of eta. */
const normal = (terms: readonly Term[]) => terms.map((term) => `${termKey(term)} ${toText(term.coefficient)} ${term.etaPower}`).sort();

describe("resummation", () => {
  it.each([0, 1, 2, 3, 4, 5])("L_%i has exactly HA-SME's terms without derivatives of H and Sigma", (p) => {
    expect(checkResummation(upTo5[p]!)).toBe(1 + Math.ceil(p / 2));
  });

  it("uses the fractions of beta.json", () => {
    const { a } = JSON.parse(readFileSync("test/reference/beta.json", "utf8")) as { a: string[][] };
    for (let p = 1; p <= 5; p++) {
      for (const { factors, coefficient } of haSmeSeries(p).slice(1)) {
        const k = factors.findIndex((factor) => factor.tensor === "cumulant");
        const l = p - 1 - k;
        // D D^T is twice the coefficient of d_ij, and holds (k, l) and (l, k).
        const inDiffusion = multiply(coefficient, rational(k === l ? 2 : 1));
        expect(toText(inDiffusion)).toBe(a[p - 1]![l]);
      }
    }
  });

  it("would see a wrong coefficient, a missing term and a term too many", () => {
    const spoil = (change: (terms: GeneratorOrder["terms"]) => GeneratorOrder["terms"]) => () =>
      checkResummation({ order: 2, terms: change(upTo5[2]!.terms) });
    expect(spoil((terms) => terms.map((t, i) => (i === 0 ? { ...t, term: { ...t.term, coefficient: rational(-1, 4) } } : t)))).toThrow(
      /HA-SME/,
    );
    expect(spoil((terms) => terms.slice(1))).toThrow(/HA-SME/);
    expect(spoil((terms) => [...terms, upTo5[3]!.terms[0]!])).toThrow(/HA-SME/);
  });
});

describe("corrections", () => {
  it("HA-SME-3's are what L_2 has besides, for Gaussian noise", () => {
    const derived = deriveCorrection(generator(2, "gaussian"));
    expect(normal(derived.drift)).toEqual(normal(haSme3Correction.drift));
    expect(normal(derived.diffusion)).toEqual(normal(haSme3Correction.diffusion));
    expect(derived.drift).toHaveLength(2);
  });

  it("HA-SME-4's are HA-SME-3's and what L_3 has besides, for constant covariance", () => {
    const derived = deriveCorrection(generator(3, "constant"));
    expect(normal(derived.drift)).toEqual(normal(haSme4Correction.drift));
    expect(normal([...derived.diffusion, ...haSme3Correction.diffusion])).toEqual(normal(haSme4Correction.diffusion));
  });

  it("with HA-SME's terms they make up the series", () => {
    const cut = generator(4, "gaussian");
    const series = deriveSeries(cut);
    const correction = deriveCorrection(cut);
    const haSme = cut.flatMap(({ order }) => haSmeSeries(order));
    expect(normal(series.drift)).toEqual(normal([...correction.drift, ...haSme.filter((term) => term.free.length === 1)]));
    expect(series.diffusion.length).toBe(correction.diffusion.length + haSme.filter((term) => term.free.length === 2).length);
  });
});

describe("what no SDE carries", () => {
  const lost = (law: "general" | "gaussian" | "constant") => beyondSde(generator(4, law));
  it("starts at L_2 with skewness, at L_3 where Sigma varies, at L_4 for constant Gaussian noise", () => {
    expect(lost("general")?.order).toBe(2);
    expect(lost("gaussian")?.order).toBe(3);
    expect(lost("constant")?.order).toBe(4);
    expect(beyondSde(generator(3, "constant"))).toBeUndefined();
  });
  it("is skewness, the variation of Sigma, and the third derivative", () => {
    expect(lost("general")?.terms.map(({ term }) => termText(term))).toEqual(["K_ijk d_ijk"]);
    expect(lost("gaussian")?.terms.map(({ term }) => `${toText(term.coefficient)} ${termText(term)}`)).toEqual([
      "-1/4 Sigma_il Sigma_jk,l d_ijk",
    ]);
    expect(lost("constant")?.terms.map(({ term }) => `${toText(term.coefficient)} ${termText(term)}`)).toEqual([
      "-1/12 f_ilm Sigma_jl Sigma_km d_ijk",
    ]);
    expect(new Set(lost("constant")?.terms.map(({ term }) => sourceOf(term)))).toEqual(new Set(["third-derivative"]));
  });
});
