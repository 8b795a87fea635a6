// Terms through products against whole tensors (contract.ts), for every term of the generator that has a plan; which these are; and that no
// tensor is formed on the way: the source here gives contractions alone, from tensors that the products never see.
import { describe, expect, it } from "vitest";
import { evaluateTerm, type TensorSource } from "../../src/sbea/contract.ts";
import { haSme4Correction } from "../../src/sbea/corrections.ts";
import { generator } from "../../src/sbea/generator.ts";
import { deriveSeries } from "../../src/sbea/models.ts";
import { contractionText, parseTerm } from "../../src/sbea/notation.ts";
import { productPlans } from "../../src/sbea/product-plan.ts";
import { type ProductSource, runProducts } from "../../src/sbea/products.ts";
import type { Term } from "../../src/sbea/term.ts";
import { randomTensors } from "./random-tensors.ts";

/** sum over the last axes of a tensor against a vector or a matrix. */
function contracted(tensor: Float64Array, by: Float64Array): Float64Array {
  return Float64Array.from({ length: tensor.length / by.length }, (_, i) =>
    by.reduce((sum, b, k) => sum + tensor[i * by.length + k]! * b, 0),
  );
}

function sourceOf(tensors: TensorSource): ProductSource {
  const { d } = tensors;
  return {
    d,
    gradient: (out) => out.set(tensors.f(1)),
    hessian: (out) => out.set(tensors.f(2)),
    covariance: (out) => out.set(tensors.cumulant(2, 0)),
    third: (v, w, out) => out.set(contracted(contracted(tensors.f(3), v), w)),
    thirdOver: (s, out) => out.set(contracted(tensors.f(3), s)),
    fourth: (v, s, out) => out.set(contracted(contracted(tensors.f(4), s), v)),
    covarianceAlong: (v, out) => out.set(contracted(tensors.cumulant(2, 1), v)),
  };
}

/** The contraction by products, symmetrised as evaluateTerm does; undefined without a plan. */
function byProducts(term: Term, tensors: TensorSource): Float64Array | undefined {
  const plans = productPlans(true);
  const place = plans.add(term);
  if (place === undefined) return undefined;
  const value = runProducts(plans.steps, sourceOf(tensors)).value(place);
  const { d } = tensors;
  return term.free.length === 1 ? value : value.map((_, ij) => (value[ij]! + value[(ij % d) * d + Math.floor(ij / d)]!) / 2);
}

const series = deriveSeries(generator(4, "gaussian"));
const terms = [...series.drift, ...series.diffusion].map((term): Term => ({ ...term, coefficient: [1n, 1n] }));

describe("products", () => {
  it.each([2, 3])("equal the contraction of whole tensors in dimension %i", (d) => {
    const tensors = randomTensors(d, 40 + d);
    let planned = 0;
    for (const term of terms) {
      const found = byProducts(term, tensors);
      if (!found) continue;
      planned++;
      const expected = evaluateTerm(term, tensors, new Float64Array(d ** term.free.length));
      const scale = Math.max(...expected.map(Math.abs), 1);
      // At most 3^5 summands in another order.
      for (const [i, value] of found.entries()) expect(Math.abs(value - expected[i]!), contractionText(term)).toBeLessThan(1e-14 * scale);
    }
    expect(planned).toBeGreaterThan(40);
  });

  it("there are for all that HA-SME-4 adds, and not for fifth derivatives and second derivatives of Sigma", () => {
    const plans = productPlans(true);
    for (const term of [...haSme4Correction.drift, ...haSme4Correction.diffusion]) expect(plans.add(term)).toBeDefined();
    const without = terms.filter((term) => productPlans(true).add(term) === undefined).map(contractionText);
    expect(without.every((text) => /f_.{5}|Sigma_..,..|Sigma.*Sigma/.test(text))).toBe(true);
    expect(without).toContain("f_ijklm f_j f_k f_l f_m");
  });

  it("share their steps, and ask for each once a point", () => {
    const plans = productPlans(true);
    const places = [...haSme4Correction.drift, ...haSme4Correction.diffusion].map((term) => plans.add(term)!);
    const kinds = plans.steps.map(({ what }) => what);
    for (const what of ["gradient", "hessian", "covariance", "fourth", "thirdAlong"])
      expect(kinds.filter((k) => k === what)).toHaveLength(1);
    // Sigma, and H Sigma symmetrised; g, g and g, H g.
    expect(kinds.filter((what) => what === "thirdOver")).toHaveLength(2);
    expect(kinds.filter((what) => what === "third")).toHaveLength(2);
    const asked: string[] = [];
    const source = sourceOf(randomTensors(3, 1));
    const counting: ProductSource = {
      ...source,
      fourth: (v, s, out) => {
        asked.push("fourth");
        source.fourth!(v, s, out);
      },
      hessian: (out) => {
        asked.push("hessian");
        source.hessian(out);
      },
    };
    const products = runProducts(plans.steps, counting);
    for (const place of [...places, ...places]) products.value(place);
    expect(asked.sort()).toEqual(["fourth", "hessian"]);
    products.moved();
    for (const place of places) products.value(place);
    expect(asked).toHaveLength(4);
  });

  it("are not to be had without the derivative, nor for scalars and traces", () => {
    expect(productPlans(false).add(parseTerm("1 f_ijkl f_j Sigma_kl d_i", 3))).toBeUndefined();
    expect(productPlans(false).add(parseTerm("1 f_ijk f_j f_k d_i", 2))).toBeDefined();
    const trace: Term = { coefficient: [1n, 1n], etaPower: 0, factors: [{ tensor: "f", indices: [0, 1, 1] }], free: [0] };
    expect(productPlans(true).add(trace)).toBeUndefined();
    const scalar: Term = {
      coefficient: [1n, 1n],
      etaPower: 0,
      factors: [
        { tensor: "f", indices: [0] },
        { tensor: "f", indices: [0] },
      ],
      free: [],
    };
    expect(productPlans(true).add(scalar)).toBeUndefined();
  });
});
