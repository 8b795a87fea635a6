// What the walkers of a kernel met (ensemble/events.ts), read from their columns and counted by paths; the place of an extreme is found by the
// program itself, which runs that path again.
import { type Extreme, larger } from "../ensemble.ts";
import { event, eventsPerProcess, extreme, extremesPerProcess, mendedDefect, roundingDefect } from "../events.ts";
import type { PathProgram } from "../program.ts";
import type { Encountered, PathKernel } from "./path-kernel.ts";

/**
 * All paths of a batch.
 * @param sound  whether the figures of the last state are known to be finite: those of a state that has overflowed are not
 */
export function noteBatch(
  program: PathProgram,
  { walkers, kernel, paths }: PathKernel,
  sound: boolean,
  memory: Float64Array,
  first: number,
  batch: number,
  counts: Float64Array,
  extremes: (Extreme | null)[],
): void {
  if (sound && !walkers.some((walker) => metSomething(walker, memory, paths))) return;
  const { sharing, blocks } = kernel;
  for (const process of new Set(walkers.map((walker) => walker.process))) {
    const own = walkers.filter((walker) => walker.process === process);
    if (sound && !own.some((walker) => metSomething(walker, memory, paths))) continue;
    for (let path = 0; path < batch; path++) {
      const place = (path % sharing) * blocks + Math.floor(path / sharing);
      noteWalkers(program, own, memory, paths, place, first + path, counts, extremes);
    }
  }
}

/** One path: the walkers (levels) of one process, at this place of their columns. */
function noteWalkers(
  program: PathProgram,
  walkers: readonly Encountered[],
  memory: Float64Array,
  paths: number,
  place: number,
  path: number,
  counts: Float64Array,
  extremes: (Extreme | null)[],
): void {
  const { d } = program.problem.objective;
  const met = { finite: true, z: 0, defect: 0 };
  for (const walker of walkers) {
    for (let i = 0; i < d; i++) met.finite &&= Number.isFinite(memory[walker.state + i * paths + place]!);
    if (walker.z !== undefined) met.z = Math.max(met.z, memory[walker.z + place]!);
    if (walker.defect !== undefined) met.defect = Math.max(met.defect, memory[walker.defect + place]!);
  }
  noteMet(program, walkers[0]!.process, met, path, counts, extremes);
}

/** What the walkers of one process met on one path. */
export function noteMet(
  program: PathProgram,
  process: number,
  { finite, z, defect }: { readonly finite: boolean; readonly z: number; readonly defect: number },
  path: number,
  counts: Float64Array,
  extremes: (Extreme | null)[],
): void {
  const from = process * eventsPerProcess;
  if (!finite) counts[from + event.overflow]! += 1;
  if (z >= 1) {
    counts[from + event.noDiffusion]! += 1;
    note(process * extremesPerProcess + extreme.z, z);
  }
  if (defect > 0) {
    if (defect > roundingDefect) counts[from + event.indefinite]! += 1;
    if (defect > mendedDefect) counts[from + event.veryIndefinite]! += 1;
    note(process * extremesPerProcess + extreme.defect, Math.min(defect, Number.MAX_VALUE));
  }
  function note(index: number, value: number): void {
    const known = extremes[index] ?? null;
    if (known && known.value >= value) return;
    extremes[index] = larger(known, { value, path, place: placeOf(index) });
  }
  function placeOf(index: number): readonly number[] {
    program.extremes.fill(null);
    program.run(path, new Float64Array(program.size));
    return program.extremes[index]?.place ?? Array.from(program.problem.start);
  }
}

/** Whether any path met z >= 1 or a defect. */
function metSomething({ z, defect }: Encountered, memory: Float64Array, paths: number): boolean {
  let met = false;
  if (z !== undefined) for (let p = z; p < z + paths; p++) met ||= memory[p]! >= 1;
  if (defect !== undefined) for (let p = defect; p < defect + paths; p++) met ||= memory[p]! > 0;
  return met;
}
