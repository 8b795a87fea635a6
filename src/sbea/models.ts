// From the generator to SDEs. An Ito SDE's generator is b_i d_i + (1/2) (D D^T)_ij d_ij, so it carries exactly the operators
// of order 1 and 2: a term c d_i gives drift eta^p c, a term c d_ij gives D D^T 2 eta^p c. What no SDE carries is named.
//
// Resummation: the terms without a third or higher derivative of f and without a derivative of Sigma are, at every order,
// those of HA-SME's series (theory.md 2; k! l!/(k+l+1)!). That is checked here term by term for the orders at hand, and
// proved for all in docs/sbea.md. What remains of orders 1 and 2 is the correction that gives the next model.
import { InternalError } from "../errors.ts";
import type { Correction } from "./corrections.ts";
import type { GeneratorOrder, GeneratorTerm } from "./generator.ts";
import { equal, factorial, multiply, rational } from "./rational.ts";
import type { Factor, Rational, Term } from "./term.ts";
import { termKey } from "./term-of-graph.ts";

/**
 * What a term lives on: `ha-sme` (H and Sigma undifferentiated: HA-SME keeps it), `third-derivative` (third or higher
 * derivatives of f, Sigma undifferentiated), `noise-derivative` (a derivative of Sigma), `skewness` (third or higher cumulants).
 */
export type TermSource = "ha-sme" | "third-derivative" | "noise-derivative" | "skewness";
export const termSources: readonly TermSource[] = ["ha-sme", "third-derivative", "noise-derivative", "skewness"];

export function sourceOf({ factors }: Term): TermSource {
  const cumulants = factors.filter((factor) => factor.tensor === "cumulant");
  if (cumulants.some((factor) => factor.indices.length > 2)) return "skewness";
  if (cumulants.some((factor) => factor.along.length > 0)) return "noise-derivative";
  return factors.some((factor) => factor.tensor === "f" && factor.indices.length > 2) ? "third-derivative" : "ha-sme";
}

/** Whether an Ito SDE has a place for the term. */
export function carriedBySde({ operatorOrder }: GeneratorTerm): boolean {
  return operatorOrder <= 2;
}

/** HA-SME's terms in L_p: -1/(p+1) H^p grad f in d_i, and in d_ij (1/2) sum_{k+l=p-1} k! l!/(k+l+1)! H^k Sigma H^l. */
export function haSmeSeries(p: number): readonly Term[] {
  const chain = (from: number, first: number, length: number): Factor[] =>
    Array.from({ length }, (_, k) => ({ tensor: "f", indices: [k === 0 ? from : first + k - 1, first + k] }));
  const drift: Term = {
    coefficient: rational(-1, p + 1),
    etaPower: p,
    factors: [...chain(0, 1, p), { tensor: "f", indices: [p] }],
    free: [0],
  };
  const diffusion: Term[] = [];
  for (let k = p - 1; 2 * k >= p - 1 && k >= 0; k--) {
    const l = p - 1 - k;
    // Under d_ij (k, l) and (l, k) are one term.
    const twice = k === l ? 2n : 1n;
    diffusion.push({
      coefficient: rational(factorial(k) * factorial(l), twice * factorial(p)),
      etaPower: p,
      factors: [
        ...chain(0, 2, k),
        { tensor: "cumulant", indices: [k === 0 ? 0 : 1 + k, l === 0 ? 1 : 1 + k + l], along: [] },
        ...chain(1, 2 + k, l),
      ],
      free: [0, 1],
    });
  }
  return [drift, ...diffusion];
}

/**
 * Proves that the terms of L_p which HA-SME should keep are HA-SME's, no more, no fewer, with equal coefficients.
 * @returns the number of terms compared
 * @throws InternalError `sbea/resummation` at the first difference
 */
export function checkResummation({ order, terms }: GeneratorOrder): number {
  const kept = new Map(terms.filter(({ term }) => sourceOf(term) === "ha-sme").map((t) => [t.key, t.term.coefficient]));
  const series = haSmeSeries(order);
  for (const term of series) {
    const found: Rational | undefined = kept.get(termKey(term));
    if (!found || !equal(found, term.coefficient)) {
      throw new InternalError("sbea/resummation", `L_${order} does not have HA-SME's term with coefficient ${term.coefficient.join("/")}.`);
    }
  }
  if (kept.size !== series.length)
    throw new InternalError("sbea/resummation", `L_${order} has ${kept.size} terms of HA-SME's kind in place of ${series.length}.`);
  return series.length;
}

/** Terms of orders 1 and 2 that HA-SME lacks, up to eta^p, p the generator's last order: HA-SME with them has all that an SDE can carry. */
export function deriveCorrection(generator: readonly GeneratorOrder[]): Correction {
  return asSde(generator, ({ term }) => sourceOf(term) !== "ha-sme");
}

/** The generator cut after its last order and after second-order operators: the model `series-p`, all of it in terms. */
export function deriveSeries(generator: readonly GeneratorOrder[]): Correction {
  return asSde(generator, () => true);
}

function asSde(generator: readonly GeneratorOrder[], wanted: (term: GeneratorTerm) => boolean): Correction {
  const terms = generator.flatMap(({ terms }) => terms).filter(wanted);
  return {
    drift: terms.filter(({ operatorOrder }) => operatorOrder === 1).map(({ term }) => term),
    diffusion: terms
      .filter(({ operatorOrder }) => operatorOrder === 2)
      .map(({ term }) => ({ ...term, coefficient: multiply(rational(2), term.coefficient) })),
  };
}

/** The first order with operators of order 3 or more, and those: no SDE has a higher weak order than this p. Undefined if all orders at hand are carried. */
export function beyondSde(generator: readonly GeneratorOrder[]): GeneratorOrder | undefined {
  for (const { order, terms } of generator) {
    const left = terms.filter((term) => !carriedBySde(term));
    if (left.length > 0) return { order, terms: left };
  }
  return undefined;
}
