// Text and TeX of terms, and text read back.
import { describe, expect, it } from "vitest";
import { generator } from "../../src/sbea/generator.ts";
import { coefficientLatex, parseTerm, termLatex, termText } from "../../src/sbea/notation.ts";
import { rational, toText } from "../../src/sbea/rational.ts";
import { graphOfTerm, termKey } from "../../src/sbea/term-of-graph.ts";

describe("terms", () => {
  it("read back as the same contraction, for every term of L_0 .. L_4", () => {
    let read = 0;
    for (const { order, terms } of generator(4, "general")) {
      for (const { term, key } of terms) {
        const text = `${toText(term.coefficient)} ${termText(term)}`;
        const again = parseTerm(text, order);
        expect(termKey(again)).toBe(key);
        expect(`${toText(again.coefficient)} ${termText(again)}`).toBe(text);
        read++;
      }
    }
    expect(read).toBe(1 + 2 + 6 + 20 + 81);
  });

  it("have the same key whatever the letters and the order of factors and of symmetric indices", () => {
    const key = termKey(parseTerm("1 f_ijk Sigma_jk d_i", 2));
    expect(termKey(parseTerm("1 Sigma_pq f_qmp d_m", 2))).toBe(key);
    expect(termKey(parseTerm("1 f_ijk f_j f_k d_i", 2))).not.toBe(key);
    // a derivative of Sigma is not Sigma's own index
    expect(termKey(parseTerm("1 Sigma_ij,k f_k d_ij", 2))).not.toBe(termKey(parseTerm("1 Sigma_ik,j f_k d_ij", 2)));
    expect(graphOfTerm(parseTerm("1 f_ij f_j d_i", 1)).open).toEqual([1, 0]);
  });

  it("print as TeX", () => {
    expect(termLatex(parseTerm("1/4 f_k Sigma_ij,k d_ij", 2))).toBe("f_{k} \\Sigma_{ij,k} \\partial_{ij}");
    expect(coefficientLatex(rational(-1, 12))).toBe("-\\tfrac{1}{12}");
    expect(coefficientLatex(rational(-1))).toBe("-");
    expect(coefficientLatex(rational(2))).toBe("2");
  });

  it("refuse what is no term", () => {
    expect(() => parseTerm("1 f_ij f_j", 1)).toThrow(/operator/);
    expect(() => parseTerm("1 K_ij d_ij", 1)).toThrow(/no tensor/);
  });
});
