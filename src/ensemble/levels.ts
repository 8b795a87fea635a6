// Extrapolation in the substep. A figure's expectation at n substeps a step is E + c_1/n^p + c_2/n^q + ..; from n, n/2, n/4 substeps of the
// same path (the same normals) Neville's scheme removes the first two terms, figure by figure and path by path, so that the noise of the
// levels' differences is small. What the next elimination would move estimates the error that is left. After the last one there is none: what it
// has moved is the error of the one before, and so more than what is left; of three levels half of it is counted as error (measured at 4 and 8
// substeps on weak errors: a quarter is left), of two all of it.
import { InputError } from "../errors.ts";

export interface Levels {
  /** Vectors of normals a step: the finest level. */
  readonly fine: number;
  /** Substeps a step, descending from `fine`. */
  readonly substeps: readonly number[];
  /** Weights of the levels in the extrapolated figure. */
  readonly value: readonly number[];
  /** Weights of the levels in the figure whose mean is taken for the bias that is left. */
  readonly correction: readonly number[];
}

/** Powers of 1/n in the error's expansion. */
export const weakOrders = { stochastic: [1, 2], deterministic: [2, 3] } as const;

/**
 * Levels for a finest one of `fine` substeps: fine, fine/2, fine/4 as far as these are whole.
 * @param eliminations  terms removed, as far as the levels allow: each costs variance where levels decorrelate, as exits do
 * @throws InputError `ensemble/substeps` unless `fine` is 2, 4, .. 128
 */
export function levelsFor(fine: number, kind: keyof typeof weakOrders = "stochastic", eliminations: 0 | 1 | 2 = 2): Levels {
  if (![2, 4, 8, 16, 32, 64, 128].includes(fine))
    throw new InputError(
      "ensemble/substeps",
      `--substeps is ${fine}; figures with a step bias that is known need a power of two from 2 to 128 (half and a quarter of them are run, too).`,
      { substeps: fine },
    );
  const [first, second] = weakOrders[kind];
  const substeps = fine >= 4 ? [fine, fine / 2, fine / 4] : [fine, fine / 2];
  const none = [1, 0, 0];
  const once = eliminate(none, [0, 1, 0], first);
  const twice = eliminate(once, eliminate([0, 1, 0], [0, 0, 1], first), second);
  const stages = substeps.length === 3 ? [none, once, twice] : [none, once];
  const stage = Math.min(eliminations, stages.length - 1);
  const value = stages[stage]!;
  const last = stages.length - 1;
  const correction =
    stage < last
      ? difference(stages[last]!, value)
      : difference(value, stages[stage - 1]!).map((weight) => (last === 2 ? weight / 2 : weight));
  return { fine, substeps, value: value.slice(0, substeps.length), correction: correction.slice(0, substeps.length) };
}

function difference(a: readonly number[], b: readonly number[]): number[] {
  return a.map((weight, i) => weight - b[i]!);
}

/** (2^p finer - coarser)/(2^p - 1). */
function eliminate(finer: readonly number[], coarser: readonly number[], order: number): number[] {
  let ratio = 1;
  for (let p = 0; p < order; p++) ratio *= 2;
  return finer.map((weight, i) => (ratio * weight - coarser[i]!) / (ratio - 1));
}
