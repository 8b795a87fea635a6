// Python of models: each einsum says what the evaluator does, and each module fetches exactly what it uses.
// The NumPy modules are run by python-run.test.ts. The JAX modules ran with a stand-in for jax.jacfwd only, not with JAX itself.
import { describe, expect, it } from "vitest";
import { models } from "../../src/model/index.ts";
import { evaluateTerm } from "../../src/sbea/contract.ts";
import { generator } from "../../src/sbea/generator.ts";
import { deriveSeries } from "../../src/sbea/models.ts";
import { einsum, pythonModule } from "../../src/sbea/python.ts";
import { randomTensors } from "./random-tensors.ts";

const tensors = randomTensors(2, 9);

/** Reads `p/q * np.einsum("ab,b->a", f_2, f_1)` and sums over all indices. */
function runEinsum(text: string): number[] {
  const [, top, bottom, inputs, output, names] = /^(-?\d+)(?:\/(\d+))? \* np\.einsum\("([a-z,]+)->([a-z]+)", (.*)\)$/.exec(text)!;
  const operands = inputs!.split(",");
  const arrays = names!.split(", ").map((name) => {
    const [tensor, ...numbers] = name.split("_");
    return tensor === "f" ? tensors.f(Number(numbers[0])) : tensors.cumulant(Number(numbers[0]), Number(numbers[1]));
  });
  const letters = [...new Set(operands.join(""))];
  const out = new Array<number>(2 ** output!.length).fill(0);
  for (let code = 0; code < 2 ** letters.length; code++) {
    const at = (indices: string) => Array.from(indices).reduce((offset, letter) => 2 * offset + ((code >> letters.indexOf(letter)) & 1), 0);
    const product = operands.reduce((value, indices, k) => value * arrays[k]![at(indices)]!, Number(top) / Number(bottom ?? 1));
    out[at(output!)]! += product;
  }
  return output!.length === 2 ? [out[0]!, (out[1]! + out[2]!) / 2, (out[1]! + out[2]!) / 2, out[3]!] : out;
}

describe("einsum", () => {
  it("is the contraction, for every term of L_0 .. L_4 that an SDE carries", () => {
    const series = deriveSeries(generator(4, "general"));
    const terms = [...series.drift, ...series.diffusion];
    expect(terms.length).toBeGreaterThan(50);
    for (const term of terms) {
      const expected = evaluateTerm(term, tensors, new Float64Array(2 ** term.free.length));
      for (const [k, value] of runEinsum(einsum(term)).entries()) expect(value).toBeCloseTo(expected[k]!, 13);
    }
  });
});

describe.each([...models, { id: "series-3", title: "Series", correction: deriveSeries(generator(3, "general")) }])("$id", (model) => {
  it.each(["numpy", "jax"] as const)("as %s: every tensor used is fetched, every tensor fetched is used", (library) => {
    const text = pythonModule(model, model.title, library);
    for (const name of ["drift", "diffusion"]) {
      const body = text.split(`def ${name}(x, eta, f, kappa):\n`)[1]!.split("\n\n")[0]!;
      const fetched = [...body.matchAll(/^ {4}((?:f|kappa)_[\d_]+) = /gm)].map((match) => match[1]!);
      const rest = body.replace(/^ {4}(?:f|kappa)_[\d_]+ = .*$/gm, "");
      const used = new Set([...rest.matchAll(/\b(?:f|kappa)_[\d_]+/g)].map((match) => match[0]));
      expect([...used].sort()).toEqual(fetched.sort());
      expect(body).toMatch(/ {4}return /);
    }
    for (const helper of ["log_ratio", "log_mean", "drift_factor", "diffusion_factor"]) {
      const calls = text.split(`${helper}(`).length - 1 - (text.includes(`def ${helper}(`) ? 1 : 0);
      expect(calls > 0).toBe(text.includes(`def ${helper}(`));
    }
  });
});
