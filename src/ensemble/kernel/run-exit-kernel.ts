// Runs an exit kernel over one block of path numbers until every path has left or is given up. Blocks of random numbers whose paths have all left
// are taken out and the rest moved together, so that what is left fills the vectors.
import { type KernelRunner, lanes } from "../../codegen/kernel/kernel.ts";
import { log } from "../../numerics/elementary.ts";
import { createStream } from "../../numerics/random.ts";
import { meanTouch } from "../crossing.ts";
import { type Ensemble, type Extreme, ensembleOfBlock, pathsPerBlock } from "../ensemble.ts";
import type { ExitProgram } from "../exit-program.ts";
import type { ExitJob } from "../job-spec.ts";
import { accumulator } from "../moments.ts";
import { noteWalkers } from "./events.ts";
import type { ExitColumns, ExitKernel } from "./exit-kernel.ts";

/** Steps that one setting of Philox's word 3 serves. */
const stepsPerWord = 0x1000000;

export function runExitBlock(program: ExitProgram, exit: ExitKernel, runner: KernelRunner, block: number, toPath: number): Ensemble {
  const { kernel, levels, columns, paths } = exit;
  const { memory } = runner;
  const { sharing, blocks } = kernel;
  const { maxSteps, seed } = program.spec as ExitJob;
  const first = block * pathsPerBlock;
  const count = Math.min(pathsPerBlock, toPath - first);
  const counts = new Float64Array(program.counts.length);
  const extremes: (Extreme | null)[] = new Array<Extreme | null>(program.extremes.length).fill(null);
  const rows = new Float64Array(count * program.size);
  const numbers = new Int32Array(memory.buffer, memory.byteOffset + 8 * kernel.numbers, blocks);
  const stream = createStream(seed);
  /** First path of each block that is still run, by its column. */
  const firstPath = new Float64Array(blocks);

  for (let from = 0; from < count; from += paths) {
    const batch = Math.min(paths, count - from);
    let live = Math.ceil(batch / sharing);
    const number = (first + from) / sharing;
    for (let b = 0; b < blocks; b++) {
      numbers[b] = (number + b) | 0;
      firstPath[b] = first + from + b * sharing;
    }
    const high = Math.floor(number / 2 ** 32) | 0;
    for (const { at, value } of exit.begin) memory.fill(value, at, at + paths);
    if (exit.threshold !== undefined)
      for (let path = 0; path < batch; path++) {
        const place = (path % sharing) * blocks + Math.floor(path / sharing);
        memory[exit.threshold + place] = -log(stream.moveTo(first + from + path, 0, "crossing").uniform());
      }
    // what pads the last vector counts as having left
    for (const { left } of levels)
      for (let path = batch; path < paths; path++) memory[left + (path % sharing) * blocks + Math.floor(path / sharing)] = 0;

    let step = 0;
    let prepared = -1;
    while (live > 0 && step < maxSteps) {
      const used = Math.ceil(live / lanes) * lanes;
      const word = Math.floor(step / stepsPerWord);
      if (prepared !== word) runner.prepare(used, word << 20);
      prepared = word;
      // a sixteenth of the steps so far: at most so much is done in vain
      const until = Math.min(maxSteps, step + Math.max(1, Math.ceil(step / 16)), (word + 1) * stepsPerWord);
      runner.steps(used, step, until, high);
      step = until;
      const before = live;
      for (let b = live - 1; b >= 0; b--) {
        if (!hasLeft(levels, memory, b, sharing, blocks)) continue;
        finish(b);
        live--;
        if (b !== live) moveBlock(live, b);
      }
      if (live !== before) prepared = -1;
    }
    for (let b = 0; b < live; b++) finish(b);

    function finish(b: number): void {
      for (let v = 0; v < sharing; v++) {
        const path = firstPath[b]! + v;
        if (path >= first + count || path >= first + from + batch) continue;
        const place = v * blocks + b;
        writeRow(program, exit, memory, place, path - first, rows, counts);
        noteWalkers(program, exit.walkers, memory, paths, place, path, counts, extremes);
      }
    }
    function moveBlock(source: number, to: number): void {
      numbers[to] = numbers[source]!;
      firstPath[to] = firstPath[source]!;
      for (let c = 0; c < columns.count; c++)
        for (let v = 0; v < sharing; v++) {
          const at = columns.at + c * paths + v * blocks;
          memory[at + to] = memory[at + source]!;
        }
    }
  }
  const sums = accumulator(program.size);
  for (let path = 0; path < count; path++) sums.add(rows.subarray(path * program.size, (path + 1) * program.size));
  return ensembleOfBlock(program.job, block, sums.moments(), counts, extremes);
}

function hasLeft(levels: readonly ExitColumns[], memory: Float64Array, b: number, sharing: number, blocks: number): boolean {
  for (const { left } of levels) for (let v = 0; v < sharing; v++) if (memory[left + v * blocks + b]! < 0) return false;
  return true;
}

/** The figures of one path, as the program's own `run` makes them. */
function writeRow(
  program: ExitProgram,
  { levels, paths }: ExitKernel,
  memory: Float64Array,
  place: number,
  row: number,
  rows: Float64Array,
  counts: Float64Array,
): void {
  const { survival, maxSteps } = program.spec as ExitJob;
  const at = row * program.size;
  const { d } = program.problem.objective;
  let finite = 0;
  for (const { state } of levels) for (let i = 0; i < d; i++) finite += 0 * memory[state + i * paths + place]!;
  const through = memory[levels[0]!.through + place]!;
  if (through >= 0) counts[program.leftThrough(through)]! += 1;
  const sound = finite === 0 ? 1 : Number.NaN;
  if (!program.levels) {
    const left = memory[levels[0]!.left + place]!;
    if (left < 0) counts[program.censored.like]! += 1;
    rows[at] = sound * (left < 0 ? maxSteps : left);
    for (let i = 0; i < survival.length; i++) rows[at + 1 + i] = left < 0 || left > survival[i]! ? sound : 0 * sound;
    return;
  }
  const always = levels.map((level) => touchTime(level, memory, place));
  const left = levels.map((level) => memory[level.left + place]!);
  if (left.some((step) => step < 0)) counts[program.censored.like]! += 1;
  if (always.some((time) => time < 0)) counts[program.censored.always]! += 1;
  rows.fill(0 * sound, at, at + program.size);
  for (let l = 0; l < levels.length; l++) {
    const value = program.levels.value[l]!;
    const correction = program.levels.correction[l]!;
    const like = left[l]! < 0 ? maxSteps : left[l]!;
    const time = always[l]! < 0 ? maxSteps : always[l]!;
    rows[at]! += value * like;
    rows[at + 1]! += correction * like;
    rows[at + 2]! += value * time;
    rows[at + 3]! += correction * time;
    for (let i = 0; i < survival.length; i++) {
      if (left[l]! >= 0 && left[l]! <= survival[i]!) continue;
      rows[at + 4 + 2 * i]! += value;
      rows[at + 5 + 2 * i]! += correction;
    }
  }
}

/** When a level first touched the boundary, in steps; -1: not yet (crossing.ts). */
function touchTime({ touch, level }: ExitColumns, memory: Float64Array, place: number): number {
  const from = memory[touch!.from + place]!;
  if (from < 0) return from;
  const [here, there, spread] = [touch!.here, touch!.there, touch!.spread].map((at) => memory[at + place]!) as [number, number, number];
  const length = 1 / level;
  const [a, b] = [here / spread, Math.abs(there) / spread];
  // without noise (or with hardly any) the path is a straight line
  if (!(there > 0) && !(a + b < 1e8)) return from + (length * here) / (here + Math.abs(there));
  return from + meanTouch(a, b, length);
}
