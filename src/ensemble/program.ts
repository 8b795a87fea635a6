// What is done to one path: the figures that are averaged over paths, and the events that are counted. Programs are what an engine runs over
// blocks of path numbers (run.ts); this is where others (threads, generated kernels) come in.

import type { SgdProblem } from "../problem/problem.ts";
import type { Extreme } from "./ensemble.ts";
import type { Job } from "./job-spec.ts";

export interface PathProgram {
  /** Problem and job as text: everything the figures depend on but the path numbers. */
  readonly job: string;
  /** The same as data: what another thread needs to make the program anew (job.ts). */
  readonly problem: SgdProblem;
  readonly spec: Job;
  /** Figures a path. */
  readonly size: number;
  /** Simulates the path of this number and writes its figures. NaN: the path has overflowed. */
  run(path: number, out: Float64Array): void;
  /** Events counted over all paths run since the last reset. */
  readonly counts: Float64Array;
  /** Extremes over the same paths. */
  readonly extremes: (Extreme | null)[];
}

/** Sets the counts and extremes back. */
export function resetEvents(program: PathProgram): void {
  program.counts.fill(0);
  program.extremes.fill(null);
}
