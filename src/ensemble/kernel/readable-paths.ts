// Paths of a kernel's batch whose values are not to be used (path-kernel.ts, `beyond`): the program runs them itself, once each, and its
// figures and encounters take the place of the kernel's. What a path met before it went beyond is right, and stays.
import { type Extreme, larger } from "../ensemble.ts";
import type { PathProgram } from "../program.ts";
import type { PathKernel } from "./path-kernel.ts";

export interface ReadablePaths {
  /** After an observation, before the sums. */
  replaceFigures(place: number): void;
  /** At the end of the batch, before the kernel's own encounters are noted: adds those of these paths and clears their columns. */
  note(counts: Float64Array, extremes: (Extreme | null)[]): void;
}

export function readablePaths(
  program: PathProgram,
  path: PathKernel,
  memory: Float64Array,
  first: number,
  batch: number,
): ReadablePaths | undefined {
  const { kernel, paths, walkers, beyond } = path;
  if (!beyond) return undefined;
  const { sharing, blocks, figures } = kernel;
  const { d } = program.problem.objective;
  const found = new Map<number, Float64Array>();
  const counts = new Float64Array(program.counts.length);
  const extremes: (Extreme | null)[] = program.extremes.map(() => null);

  const run = (number: number): Float64Array => {
    const out = new Float64Array(program.size);
    program.counts.fill(0);
    program.extremes.fill(null);
    program.run(number, out);
    for (let c = 0; c < counts.length; c++) counts[c]! += program.counts[c]!;
    for (let e = 0; e < extremes.length; e++) extremes[e] = larger(extremes[e]!, program.extremes[e]!);
    return out;
  };
  return {
    replaceFigures(place) {
      for (let p = 0; p < batch; p++) {
        const at = (p % sharing) * blocks + Math.floor(p / sharing);
        if (!beyond.some((column) => memory[column + at]! > 1)) continue;
        let own = found.get(p);
        if (!own) found.set(p, (own = run(first + p)));
        for (let f = 0; f < figures.count; f++) memory[figures.at + f * paths + at] = own[path.figure(place, f)]!;
      }
    },
    note(toCounts, toExtremes) {
      for (let c = 0; c < counts.length; c++) toCounts[c]! += counts[c]!;
      for (let e = 0; e < extremes.length; e++) toExtremes[e] = larger(toExtremes[e]!, extremes[e]!);
      for (const p of found.keys()) {
        const at = (p % sharing) * blocks + Math.floor(p / sharing);
        for (const { state } of walkers) for (let i = 0; i < d; i++) memory[state + i * paths + at] = 0;
      }
    },
  };
}
