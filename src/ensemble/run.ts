// Runs a program over blocks of path numbers in this thread, giving way to the event loop between blocks. Plain JavaScript over our own
// elementary functions: the oracle of the faster engines, which have to reproduce its figures.
import type { Performance } from "../answer/answer.ts";
import { InterruptedError } from "../errors.ts";
import { type Ensemble, ensembleOfBlock, merging, pathsPerBlock } from "./ensemble.ts";
import { accumulator } from "./moments.ts";
import { type PathProgram, resetEvents } from "./program.ts";

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Paths done, paths in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Runs a program over the blocks [fromBlock, ..) that hold the path numbers below `toPath`; the last block may be short. */
export interface Engine {
  (program: PathProgram, fromBlock: number, toPath: number, options: RunOptions): Promise<Ensemble>;
  /** Makes ready for a program (compiles, starts threads), so that a caller can time the run alone. */
  prepare?(program: PathProgram, toPath: number): Promise<void>;
  /** Of what was run last: backend, threads, and what was fallen back from. */
  performance?(): Performance;
}

/** Blocks that hold so many paths. */
export function blocksFor(paths: number): number {
  return Math.ceil(paths / pathsPerBlock);
}

/** One block, at once. */
export function runBlock(program: PathProgram, block: number, toPath: number): Ensemble {
  const first = block * pathsPerBlock;
  const count = Math.min(pathsPerBlock, toPath - first);
  const row = new Float64Array(program.size);
  const sums = accumulator(program.size);
  resetEvents(program);
  for (let i = 0; i < count; i++) {
    program.run(first + i, row);
    sums.add(row);
  }
  return ensembleOfBlock(program.job, block, sums.moments(), program.counts.slice(), [...program.extremes]);
}

export const plainEngine: Engine = async (program, fromBlock, toPath, { signal, onProgress }) => {
  const done = merging();
  const from = fromBlock * pathsPerBlock;
  for (let block = fromBlock; block < blocksFor(toPath); block++) {
    if (signal?.aborted) throw new InterruptedError("ensemble/interrupted", "Sampling was interrupted.");
    done.add(runBlock(program, block, toPath));
    onProgress?.(Math.min(toPath, (block + 1) * pathsPerBlock) - from, toPath - from);
    await otherTasks();
  }
  return done.ensemble()!;
};

const immediately = (globalThis as { readonly setImmediate?: (then: () => void) => void }).setImmediate;

/** Lets the event loop run whatever waits: at once where there is a way to ask for that (Node), by a message in browsers, quicker than a timer. */
export function otherTasks(): Promise<void> {
  return new Promise((resolve) => {
    if (immediately) {
      immediately(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
