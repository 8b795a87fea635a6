// Where SGD's law stays for good: the range of the chain once doubling the time does not widen it any more, up to masses of 1e-20. Inside
// an interval that is left it is the range of the paths that are still inside. Paths that run off, or spread without end, never settle.
import { type Lattice, latticePoint, runChain } from "./chain.ts";
import { gaussianStep, latticeLevels } from "./chain-expectations.ts";
import type { LineProblem } from "./line-problem.ts";

const defaults = {
  /** Steps after which the range has to have settled, or masses carried in all. */
  steps: 8000,
  work: 3e6,
};

export interface LawRangeSoFar {
  readonly low: number;
  readonly high: number;
  readonly steps: number;
}

/** The settled range with a margin of 1 %; null where it does not settle. */
export function settledRange(line: LineProblem): { readonly low: number; readonly high: number } | null {
  const found = followRange(line, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, () => false);
  return found.settled ? withMargin(found.range) : null;
}

export function withMargin({ low, high }: { readonly low: number; readonly high: number }): { low: number; high: number } {
  const slack = 0.01 * (high - low);
  return { low: low - slack, high: high + slack };
}

/**
 * Follows the law within (a, b) until its range settles.
 * @param keep  whether the range so far is to be remembered as `early`, the last one kept
 */
export function followRange(
  line: LineProblem,
  a: number,
  b: number,
  keep: (range: LawRangeSoFar) => boolean,
): { readonly settled: boolean; readonly range: LawRangeSoFar; readonly early: LawRangeSoFar | null } {
  const origin: LawRangeSoFar = { low: line.start, high: line.start, steps: 0 };
  let range = origin;
  let early: LawRangeSoFar | null = null;
  let before: LawRangeSoFar | null = null;
  let settled = false;
  let work = 0;
  let of: Lattice | undefined;
  runChain(
    gaussianStep(line),
    line.start,
    defaults.steps,
    { ...latticeLevels[0], within: { low: a, high: b } },
    ({ step, first, masses }, lattice) => {
      // A restart on a finer lattice begins anew.
      if (of !== lattice) [range, early, before, of] = [origin, null, null, lattice];
      let i = 0;
      let j = masses.length - 1;
      while (i < j && !(masses[i]! > 1e-20)) i++;
      while (j > i && !(masses[j]! > 1e-20)) j--;
      range = {
        low: Math.min(range.low, latticePoint(lattice, first + i)),
        high: Math.max(range.high, latticePoint(lattice, first + j)),
        steps: step,
      };
      if (keep(range)) early = range;
      work += masses.length;
      if (work > defaults.work) return true;
      // At 16, 32, 64, ...: unchanged, to 1 %, while the time has doubled.
      if (step < 16 || (step & (step - 1)) !== 0) return false;
      const slack = 0.01 * (range.high - range.low);
      settled = before !== null && before.low - range.low <= slack && range.high - before.high <= slack;
      before = range;
      return settled;
    },
  );
  return { settled, range, early };
}
