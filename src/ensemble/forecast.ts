// What a sample with a tolerance will cost, from a pilot: the paths at which the last of the headlines is known well enough.
import type { Ensemble } from "./ensemble.ts";
import { stepBias } from "./figure.ts";
import { varianceOf } from "./moments.ts";
import { halfWidth95 } from "./options.ts";
import type { PathProgram } from "./program.ts";

/** A figure that is reported first, with its last correction: what tolerance and pilot look at. */
export interface Headline {
  readonly figure: number;
  readonly correction?: number;
  /** Of a difference: the figure whose error it is measured against. It may be zero, so that no relative tolerance applies. */
  readonly differenceFrom?: number;
}

/** Infinity where the step bias alone is too large, or the figure may be 0. */
export function pathsToTolerance({ moments }: Ensemble, headlines: readonly Headline[], tolerance: number): number {
  let paths = 1;
  for (const { figure, correction, differenceFrom } of headlines) {
    const value = moments.mean[figure]!;
    // what does not exist is not waited for (sample.ts)
    if (differenceFrom !== undefined || !Number.isFinite(value)) continue;
    const wanted = (tolerance * Math.abs(value)) / halfWidth95;
    const bias = correction === undefined ? 0 : stepBias(moments, correction);
    const left = wanted * wanted - bias * bias;
    const variance = varianceOf(moments, figure);
    if (variance > 0) paths = Math.max(paths, left > 0 ? variance / left : Number.POSITIVE_INFINITY);
  }
  return paths;
}

/** SGD steps of a path; how long exits take the pilot says. */
export function stepsOfPath({ spec }: PathProgram, { moments }: Ensemble): number {
  // the first figure of an exit program is the exit step
  return spec.question === "exit" ? moments.mean[0]! : (spec.steps.at(-1) ?? 0);
}
