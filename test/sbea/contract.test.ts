// contract.ts against the plain sum over all values of all indices.
import { describe, expect, it } from "vitest";
import { evaluateTerm, labelsOf, type TensorSource } from "../../src/sbea/contract.ts";
import { rational, toNumber } from "../../src/sbea/rational.ts";
import type { Term } from "../../src/sbea/term.ts";
import { randomTensors } from "./random-tensors.ts";

const f = (...indices: number[]) => ({ tensor: "f", indices }) as const;
const cumulant = (indices: number[], along: number[] = []) => ({ tensor: "cumulant", indices, along }) as const;

const terms: Term[] = [
  { coefficient: rational(-1), etaPower: 0, factors: [f(0)], free: [0] },
  { coefficient: rational(-1, 2), etaPower: 1, factors: [f(0, 1), f(1)], free: [0] },
  { coefficient: rational(1, 4), etaPower: 2, factors: [f(0, 1, 2), cumulant([1, 2])], free: [0] },
  { coefficient: rational(1, 2), etaPower: 2, factors: [f(0, 2), cumulant([2, 1])], free: [0, 1] },
  { coefficient: rational(1, 4), etaPower: 2, factors: [f(2), cumulant([0, 1], [2])], free: [0, 1] },
  { coefficient: rational(1, 3), etaPower: 3, factors: [f(0, 2, 2), f(3), f(3)], free: [0] },
  { coefficient: rational(5, 7), etaPower: 3, factors: [f(2, 0), f(3, 4, 1), cumulant([2, 3, 5], [4]), f(5)], free: [1, 0] },
  { coefficient: rational(2, 3), etaPower: 3, factors: [f(0), f(1), f(2)], free: [2, 0, 1] },
  { coefficient: rational(2, 3), etaPower: 3, factors: [f(0), f(0)], free: [] },
];

/** All d^labels values of the indices, one after another. */
function bruteForce(term: Term, tensors: TensorSource): Float64Array {
  const { d } = tensors;
  const labels = [...new Set(term.factors.flatMap((factor) => labelsOf(factor)))];
  const out = new Float64Array(d ** term.free.length);
  for (let code = 0; code < d ** labels.length; code++) {
    const value = new Map(labels.map((label, place) => [label, Math.floor(code / d ** place) % d]));
    const at = (list: readonly number[]) => list.reduce((offset, label) => offset * d + value.get(label)!, 0);
    let product = toNumber(term.coefficient);
    for (const factor of term.factors) {
      const tensor =
        factor.tensor === "f" ? tensors.f(factor.indices.length) : tensors.cumulant(factor.indices.length, factor.along.length);
      product *= tensor[at(labelsOf(factor))]!;
    }
    out[at(term.free)]! += product;
  }
  if (term.free.length !== 2) return out;
  return out.map((_, place) => (out[place]! + out[(place % d) * d + Math.floor(place / d)]!) / 2);
}

describe("evaluateTerm", () => {
  it.each([1, 2, 3])("equals the sum over all indices in dimension %i", (d) => {
    const tensors = randomTensors(d, 11 + d);
    for (const term of terms) {
      const expected = bruteForce(term, tensors);
      const out = new Float64Array(expected.length).fill(Number.NaN);
      expect(evaluateTerm(term, tensors, out)).toBe(out);
      const scale = Math.max(...expected.map(Math.abs));
      // At most 3^6 summands, each with a handful of roundings.
      for (const [i, value] of out.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-14 * scale);
    }
  });

  it("uses the tensors of the point it is asked for, not those it was planned with", () => {
    const term = terms[2]!;
    const first = Array.from(evaluateTerm(term, randomTensors(2, 1), new Float64Array(2)));
    const second = Array.from(evaluateTerm(term, randomTensors(2, 2), new Float64Array(2)));
    const again = Array.from(evaluateTerm(term, randomTensors(2, 1), new Float64Array(2)));
    expect(second).not.toEqual(first);
    expect(again).toEqual(first);
  });

  it("does the example of its docstring", () => {
    const tensors: TensorSource = { d: 1, f: (order) => Float64Array.of(order === 1 ? 3 : 2), cumulant: () => Float64Array.of(0) };
    expect(evaluateTerm(terms[1]!, tensors, new Float64Array(1))[0]).toBe(-3);
  });
});
