// The figures of single paths, where an ensemble keeps their moments only: what pilots are looked at for (ensemble/control-fit.ts). By the program's
// kernel in this thread, the same bits on every backend; programs without a kernel run path by path.
import type { PathProgram } from "../program.ts";
import { kernelRunner } from "./backends.ts";
import { kernelFor } from "./kernel-for.ts";
import { readablePaths } from "./readable-paths.ts";
import { walkPaths } from "./walk.ts";

/**
 * Figures of the paths first .. first + count - 1, [path][figure]; those that are not simulated (models without noise) stay 0 with a kernel.
 * @param first  a multiple of every batch's size: of 1024
 */
export function figureRows(program: PathProgram, first: number, count: number): Float64Array {
  const { size } = program;
  const rows = new Float64Array(count * size);
  const path = kernelFor(program);
  if (!path) {
    for (let p = 0; p < count; p++) program.run(first + p, rows.subarray(p * size, (p + 1) * size));
    return rows;
  }
  const runner = kernelRunner(path.kernel, "wasm");
  const { memory } = runner;
  const { sharing, blocks, figures } = path.kernel;
  for (let from = 0; from < count; from += path.paths) {
    const batch = Math.min(path.paths, count - from);
    const { used, advance } = walkPaths(path, runner, first + from, batch);
    const readable = readablePaths(program, path, memory, first + from, batch);
    for (const [place, to] of path.places.entries()) {
      advance(to);
      for (const { at, values } of path.centers) memory.fill(values[place]!, at, at + path.paths);
      for (const { at, values } of path.singles ?? []) memory[at] = values[place]!;
      runner.observe(used);
      readable?.replaceFigures(place);
      for (let f = 0; f < figures.count; f++) {
        const to = path.figure(place, f);
        for (let p = 0; p < batch; p++) {
          // path M b + v of the batch lies at v B + b (codegen/kernel/kernel.ts)
          const v = p % sharing;
          rows[(from + p) * size + to] = memory[figures.at + f * path.paths + v * blocks + (p - v) / sharing]!;
        }
      }
    }
  }
  return rows;
}
