// Runs a path kernel over one block of path numbers (ensemble.ts) on any backend: the same figures as the program's own `run`, to rounding, and
// the same bits on every backend. Paths of the block go through in batches; sums are kept in lanes and joined in a fixed order.
import { type KernelRunner, lanes, sumsPerFigure } from "../../codegen/kernel/kernel.ts";
import { type Ensemble, type Extreme, ensembleOfBlock, pathsPerBlock } from "../ensemble.ts";
import { event, eventsPerProcess } from "../events.ts";
import type { PathProgram } from "../program.ts";
import { noteBatch } from "./events.ts";
import type { PathKernel } from "./path-kernel.ts";
import { readablePaths } from "./readable-paths.ts";
import { walkPaths } from "./walk.ts";

export function runKernelBlock(program: PathProgram, path: PathKernel, runner: KernelRunner, block: number, toPath: number): Ensemble {
  const { kernel, places } = path;
  const { memory } = runner;
  const { sharing, figures, sums } = kernel;
  const first = block * pathsPerBlock;
  const count = Math.min(pathsPerBlock, toPath - first);
  const sumsPerPlace = figures.count * sumsPerFigure;
  memory.fill(0, sums, sums + places.length * sumsPerPlace);
  const counts = new Float64Array(program.counts.length);
  const extremes: (Extreme | null)[] = new Array<Extreme | null>(program.extremes.length).fill(null);

  for (let from = 0; from < count; from += path.paths) {
    const batch = Math.min(path.paths, count - from);
    const { used, advance } = walkPaths(path, runner, first + from, batch);
    const readable = readablePaths(program, path, memory, first + from, batch);
    for (let place = 0; place < places.length; place++) {
      advance(places[place]!);
      for (const { at, values } of path.centers) memory.fill(values[place]!, at, at + path.paths);
      for (const { at, values } of path.singles ?? []) memory[at] = values[place]!;
      runner.observe(used);
      readable?.replaceFigures(place);
      const at = sums + place * sumsPerPlace;
      if (from === 0) for (let f = 0; f < figures.count; f++) memory[at + f * sumsPerFigure] = memory[figures.at + f * path.paths]!;
      if (batch === used * sharing) runner.accumulate(used, at);
      else accumulateSome(path, memory, batch, at);
    }
    readable?.note(counts, extremes);
    const last = sums + (places.length - 1) * sumsPerPlace;
    noteBatch(program, path, allFinite(memory, last, last + sumsPerPlace), memory, first + from, batch, counts, extremes);
  }
  for (const process of path.overflowed) counts[process * eventsPerProcess + event.overflow] = count;
  return ensembleOfBlock(program.job, block, momentsOf(program, path, memory, count), counts, extremes);
}

function allFinite(memory: Float64Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!Number.isFinite(memory[i]!)) return false;
  return true;
}

/** `accumulate` for a batch that is not full: the same sums over the paths that there are. */
function accumulateSome({ kernel, paths }: PathKernel, memory: Float64Array, batch: number, at: number): void {
  const { sharing, blocks, figures } = kernel;
  for (let f = 0; f < figures.count; f++) {
    const to = at + f * sumsPerFigure;
    const reference = memory[to]!;
    for (let v = 0; v < sharing; v++) {
      const from = figures.at + f * paths + v * blocks;
      for (let b = 0; b * sharing + v < batch; b++) {
        const deviation = memory[from + b]! - reference;
        memory[to + 1 + (b % lanes)]! += deviation;
        memory[to + 1 + lanes + (b % lanes)]! += deviation * deviation;
      }
    }
  }
}

function momentsOf(program: PathProgram, path: PathKernel, memory: Float64Array, count: number) {
  const { kernel, places } = path;
  const mean = new Float64Array(program.size);
  const squares = new Float64Array(program.size);
  for (let place = 0; place < places.length; place++) {
    for (let f = 0; f < kernel.figures.count; f++) {
      const at = kernel.sums + (place * kernel.figures.count + f) * sumsPerFigure;
      const reference = memory[at]!;
      const sum = joined(memory, at + 1);
      const shift = sum / count;
      const figure = path.figure(place, f);
      // NaN - NaN is NaN: a figure that does not exist on the first path does not exist in the mean
      mean[figure] = reference + shift;
      squares[figure] = Math.max(0, joined(memory, at + 1 + lanes) - shift * sum);
    }
  }
  for (const { figure, value, less } of path.fixed) {
    mean[figure] = less === undefined ? value : value - mean[less]!;
    squares[figure] = less === undefined ? value - value : squares[less]!;
  }
  return { count, mean, squares };
}

/** Lanes, pair by pair. */
function joined(memory: Float64Array, at: number): number {
  const lane = (l: number) => memory[at + l]!;
  return lane(0) + lane(4) + (lane(2) + lane(6)) + (lane(1) + lane(5) + (lane(3) + lane(7)));
}
