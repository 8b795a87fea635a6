// Extrapolation in the substep. A figure's expectation at n substeps a step is E + c_1/n^p + c_2/n^q + ..; from n, n/2, n/4 substeps of the
// same path (the same normals) Neville's scheme removes the first two terms, figure by figure and path by path, so that the noise of the
// levels' differences is small. What the last elimination moved is the error of the one before, and so more than what is left: of three levels
// half of it is counted as error (measured: a quarter is left at 4 and 8 substeps, test/ensemble/levels.test.ts), of two all of it.
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
 * @param extrapolate  false: the figure is that of the finest level alone, and the bias all that extrapolation would move
 * @throws InputError `ensemble/substeps` unless `fine` is 2, 4, .. 128
 */
export function levelsFor(fine: number, kind: keyof typeof weakOrders = "stochastic", extrapolate = true): Levels {
  if (![2, 4, 8, 16, 32, 64, 128].includes(fine))
    throw new InputError("ensemble/substeps", `--substeps is ${fine}; figures with a step bias that is known need a power of two from 2 to 128 (half and a quarter of them are run, too).`, { substeps: fine });
  const [first, second] = weakOrders[kind];
  const substeps = fine >= 4 ? [fine, fine / 2, fine / 4] : [fine, fine / 2];
  const a = eliminate([1, 0, 0], [0, 1, 0], first);
  const b = eliminate([0, 1, 0], [0, 0, 1], first);
  const best = substeps.length === 3 ? eliminate(a, b, second) : a;
  const finest = [1, 0, 0];
  const value = extrapolate ? best : finest;
  const before = extrapolate && substeps.length === 3 ? a : finest;
  const share = extrapolate && substeps.length === 3 ? 0.5 : 1;
  const correction = best.map((weight, i) => share * (weight - before[i]!));
  return { fine, substeps, value: value.slice(0, substeps.length), correction: correction.slice(0, substeps.length) };
}

/** (2^p finer - coarser)/(2^p - 1). */
function eliminate(finer: readonly number[], coarser: readonly number[], order: number): number[] {
  const ratio = 2 ** order;
  return finer.map((weight, i) => (ratio * weight - coarser[i]!) / (ratio - 1));
}
