// What paths met that decides whether a process's figures may be shown (interface.md, "When does a model exist?"), counted by paths.
import type { Extreme } from "./ensemble.ts";
import { isFiniteState, type Walker } from "./walker.ts";

/** Defects up to this are rounding. */
export const roundingDefect = 1e-12;
/** Defects up to this are mended by the nearest semidefinite matrix with a warning. */
export const mendedDefect = 1e-2;

/** Counts of a process, in this order: paths that overflowed; that met z >= 1; a defect above rounding; a defect above what is mended. */
export const event = { overflow: 0, noDiffusion: 1, indefinite: 2, veryIndefinite: 3 } as const;
export const eventsPerProcess = 4;
/** Extremes of a process: its largest defect, its largest z where z < 1 is needed and was not. */
export const extreme = { defect: 0, z: 1 } as const;
export const extremesPerProcess = 2;

/** Adds what one path's walkers (the levels of one process) met to the counts of process number `process`. */
export function noteEncounters(
  walkers: readonly Walker[],
  path: number,
  counts: Float64Array,
  extremes: (Extreme | null)[],
  process: number,
  larger: (a: Extreme | null, b: Extreme | null) => Extreme | null,
): void {
  let overflow = false;
  let worst: Walker | undefined;
  let farthest: Walker | undefined;
  for (const walker of walkers) {
    if (!isFiniteState(walker.x)) overflow = true;
    if (walker.encounters.defect > (worst?.encounters.defect ?? 0)) worst = walker;
    if (walker.encounters.zMax >= 1 && walker.encounters.zMax > (farthest?.encounters.zMax ?? 0)) farthest = walker;
  }
  const from = process * eventsPerProcess;
  if (overflow) counts[from + event.overflow]! += 1;
  if (farthest) {
    counts[from + event.noDiffusion]! += 1;
    const met = { value: farthest.encounters.zMax, path, place: Array.from(farthest.encounters.place) };
    extremes[process * extremesPerProcess + extreme.z] = larger(extremes[process * extremesPerProcess + extreme.z]!, met);
  }
  if (worst) {
    const { defect, place } = worst.encounters;
    if (defect > roundingDefect) counts[from + event.indefinite]! += 1;
    if (defect > mendedDefect) counts[from + event.veryIndefinite]! += 1;
    extremes[process * extremesPerProcess + extreme.defect] = larger(extremes[process * extremesPerProcess + extreme.defect]!, {
      value: Math.min(defect, Number.MAX_VALUE),
      path,
      place: Array.from(place),
    });
  }
}
