// Runs an exit kernel over one block of path numbers: each level in turn, until every path has left or is given up. Paths that have left are taken
// out and the rest moved together, so that what is left fills the vectors.
import { type KernelRunner, lanes } from "../../codegen/kernel/kernel.ts";
import { createStream } from "../../numerics/random.ts";
import { touchAfter } from "../crossing.ts";
import { type Ensemble, type Extreme, ensembleOfBlock, pathsPerBlock } from "../ensemble.ts";
import type { ExitProgram } from "../exit-program.ts";
import type { ExitJob } from "../job-spec.ts";
import { accumulator } from "../moments.ts";
import { noteMet } from "./events.ts";
import type { ExitKernel } from "./exit-kernel.ts";

/** Steps that one setting of Philox's word 3 serves. */
const stepsPerWord = 0x1000000;

/** What became of the paths of a block. */
interface Fates {
  /** [levels][paths]: the step of leaving, the time of the first touch; -1: neither yet. */
  readonly left: Float64Array;
  readonly touched: Float64Array;
  /** The constraint through which the finest level left; over all levels: the largest z and defect met, whether the state stayed finite. */
  readonly through: Float64Array;
  readonly z: Float64Array;
  readonly defect: Float64Array;
  readonly finite: Uint8Array;
}

export function runExitBlock(program: ExitProgram, exit: ExitKernel, runner: KernelRunner, block: number, toPath: number): Ensemble {
  const first = block * pathsPerBlock;
  const count = Math.min(pathsPerBlock, toPath - first);
  const fates: Fates = {
    left: new Float64Array(exit.levels.length * count),
    touched: new Float64Array(exit.levels.length * count),
    through: new Float64Array(count),
    z: new Float64Array(count),
    defect: new Float64Array(count),
    finite: new Uint8Array(count).fill(1),
  };
  const thresholds = thresholdsOf(program, exit, first, count);
  for (let from = 0; from < count; from += exit.paths)
    for (const way of exit.levels.keys())
      runBatch(program, exit, runner, way, { first, count, from, to: Math.min(count, from + exit.paths) }, thresholds, fates);

  const counts = new Float64Array(program.counts.length);
  const extremes: (Extreme | null)[] = new Array<Extreme | null>(program.extremes.length).fill(null);
  const sums = accumulator(program.size);
  const row = new Float64Array(program.size);
  for (let path = 0; path < count; path++) {
    writeRow(program, fates, path, count, row, counts);
    const met = { finite: fates.finite[path] === 1, z: fates.z[path]!, defect: fates.defect[path]! };
    noteMet(program, 0, met, first + path, counts, extremes);
    sums.add(row);
  }
  return ensembleOfBlock(program.job, block, sums.moments(), counts, extremes);
}

/** What each path's probability of having stayed must fall below, for it to have touched. */
function thresholdsOf(program: ExitProgram, { threshold }: ExitKernel, first: number, count: number): Float64Array {
  const drawn = new Float64Array(threshold === undefined ? 0 : count);
  const stream = createStream((program.spec as ExitJob).seed);
  for (let path = 0; path < drawn.length; path++) drawn[path] = stream.moveTo(first + path, 0, "crossing").uniform();
  return drawn;
}

interface Batch {
  /** Number of the block's first path, and its paths; the batch is `from` .. `to` - 1 of them. */
  readonly first: number;
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** One level of a batch of paths. */
function runBatch(
  program: ExitProgram,
  exit: ExitKernel,
  runner: KernelRunner,
  way: number,
  { first, count, from, to }: Batch,
  thresholds: Float64Array,
  fates: Fates,
): void {
  const { kernel, columns, paths, members, at } = exit;
  const { memory, words } = runner;
  const numbers = 2 * kernel.numbers;
  const { maxSteps } = program.spec as ExitJob;
  /** The path (of the block) at each place. */
  const pathAt = new Int32Array(paths);
  let live = to - from;
  for (const { at: place, values } of exit.tables ?? []) memory.set(values, place);
  for (const { at: place, value } of exit.begin) memory.fill(value, place, place + paths);
  for (let p = 0; p < live; p++) {
    const path = from + p;
    pathAt[p] = path;
    words[numbers + p] = Math.floor((first + path) / members) | 0;
    memory[exit.member + p] = (first + path) % members;
    if (exit.threshold !== undefined) memory[exit.threshold + p] = thresholds[path]!;
  }
  const high = Math.floor((first + from) / members / 2 ** 32) | 0;
  let step = 0;
  let prepared = -1;
  while (live > 0 && step < maxSteps) {
    const used = Math.ceil(live / lanes) * lanes;
    const word = Math.floor(step / stepsPerWord);
    if (prepared !== word) runner.prepare(used, word << 20);
    prepared = word;
    // one part in 32 of the steps so far: at most so much is done in vain
    const until = Math.min(maxSteps, step + Math.max(1, Math.ceil(step / 32)), (word + 1) * stepsPerWord);
    runner.steps(way, used, step, until, high);
    step = until;
    const before = live;
    for (let p = live - 1; p >= 0; p--) {
      if (memory[at.left + p]! < 0) continue;
      finish(p);
      live--;
      if (p !== live) move(live, p);
    }
    if (live !== before) prepared = -1;
  }
  for (let p = 0; p < live; p++) finish(p);

  function finish(p: number): void {
    const path = pathAt[p]!;
    const column = (place: number | undefined): number => (place === undefined ? 0 : memory[place + p]!);
    fates.left[way * count + path] = column(at.left);
    if (way === 0) fates.through[path] = column(at.through);
    fates.z[path] = Math.max(fates.z[path]!, column(at.z));
    fates.defect[path] = Math.max(fates.defect[path]!, column(at.defect));
    for (let i = 0; i < program.problem.objective.d; i++) if (!Number.isFinite(column(at.state + i * paths))) fates.finite[path] = 0;
    if (!at.touch) return;
    const start = column(at.touch.from);
    const after = () => touchAfter(column(at.touch!.here), column(at.touch!.there), column(at.touch!.variance), 1 / exit.levels[way]!);
    fates.touched[way * count + path] = start < 0 ? -1 : start + after();
  }
  function move(source: number, p: number): void {
    words[numbers + p] = words[numbers + source]!;
    pathAt[p] = pathAt[source]!;
    for (let c = 0; c < columns.count; c++) memory[columns.from + c * paths + p] = memory[columns.from + c * paths + source]!;
    if (exit.orders) {
      const { at: orders, doubles } = exit.orders;
      memory.copyWithin(orders + p * doubles, orders + source * doubles, orders + (source + 1) * doubles);
    }
  }
}

/** The figures of one path, as the program's own `run` makes them. */
function writeRow(program: ExitProgram, fates: Fates, path: number, count: number, row: Float64Array, counts: Float64Array): void {
  const { survival, maxSteps } = program.spec as ExitJob;
  const through = fates.through[path]!;
  if (through >= 0) counts[program.leftThrough(through)]! += 1;
  const sound = fates.finite[path] === 1 ? 1 : Number.NaN;
  if (!program.levels) {
    const left = fates.left[path]!;
    if (left < 0) counts[program.censored.like]! += 1;
    row[0] = sound * (left < 0 ? maxSteps : left);
    for (let i = 0; i < survival.length; i++) row[1 + i] = left < 0 || left > survival[i]! ? sound : 0 * sound;
    return;
  }
  const levels = program.levels.substeps.map((_, l) => ({
    left: fates.left[l * count + path]!,
    touched: fates.touched[l * count + path]!,
  }));
  if (levels.some(({ left }) => left < 0)) counts[program.censored.like]! += 1;
  if (levels.some(({ touched }) => touched < 0)) counts[program.censored.always]! += 1;
  row.fill(0 * sound);
  for (const [l, { left, touched }] of levels.entries()) {
    const value = program.levels.value[l]!;
    const correction = program.levels.correction[l]!;
    const like = left < 0 ? maxSteps : left;
    const always = touched < 0 ? maxSteps : touched;
    row[0]! += value * like;
    row[1]! += correction * like;
    row[2]! += value * always;
    row[3]! += correction * always;
    for (let i = 0; i < survival.length; i++) {
      if (left >= 0 && left <= survival[i]!) continue;
      row[4 + 2 * i]! += value;
      row[5 + 2 * i]! += correction;
    }
  }
}
