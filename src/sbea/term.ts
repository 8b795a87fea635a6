// Terms of a modified equation as data: an exact coefficient times a contraction of derivative tensors of f with cumulant
// tensors of the noise. One evaluator (contract.ts) serves all; models, tables and kernels are made from the same terms.

/** Numerator and denominator, coprime, denominator > 0. */
export type Rational = readonly [numerator: bigint, denominator: bigint];

/**
 * One tensor of a contraction. Indices are labels; a label that occurs twice is summed over, one that occurs once is free.
 * - f: derivative of f along all `indices` (order = indices.length >= 1).
 * - cumulant: the noise's cumulant of order `indices.length` (2 is Sigma, 3 is K), differentiated along `along`. Order 1 occurs in terms of
 *   the heavy ball alone (heavy-ball.ts): its velocity p.
 */
export type Factor =
  | { readonly tensor: "f"; readonly indices: readonly number[] }
  | { readonly tensor: "cumulant"; readonly indices: readonly number[]; readonly along: readonly number[] };

export interface Term {
  readonly coefficient: Rational;
  /** Power of eta in front. */
  readonly etaPower: number;
  readonly factors: readonly Factor[];
  /** Labels of the free indices, in order: one for a drift, two for D D^T (symmetrised by the evaluator). */
  readonly free: readonly number[];
}
