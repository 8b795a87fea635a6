// The engine of one thread (run.ts, Engine): kernels where there are any, giving way to the event loop now and then.

import { instructionsAStep } from "../../codegen/kernel/nodes.ts";
import { InterruptedError } from "../../errors.ts";
import { merging, pathsPerBlock } from "../ensemble.ts";
import type { PathProgram } from "../program.ts";
import { blocksFor, type Engine, otherTasks } from "../run.ts";
import { type BlockRunner, blockRunner } from "./backends.ts";

/** Instructions of programs between two looks at the event loop, which takes as long as a short block: some milliseconds of kernel. */
const instructionsAtOnce = 1e8;

function blocksAtOnce({ path }: BlockRunner): number {
  const steps = path?.places.at(-1);
  // path by path, or until paths leave: a block is long
  if (!path || steps === undefined) return 1;
  return Math.max(1, Math.floor(instructionsAtOnce / (pathsPerBlock * steps * instructionsAStep(path.kernel))));
}

export interface ThreadEngineOptions {
  readonly backend?: "wasm" | "javascript";
  /** Before a few milliseconds of blocks: whoever has something faster says so (BlockRunner.use). */
  readonly beforeBlocks?: (runner: BlockRunner, program: PathProgram, toPath: number) => void | Promise<void>;
}

export function threadEngine({ backend = "wasm", beforeBlocks }: ThreadEngineOptions = {}): Engine {
  /** The programs last run: a question goes back and forth between few. */
  const runners = new Map<string, BlockRunner>();
  let used: BlockRunner | undefined;
  const runnerOf = (program: PathProgram): BlockRunner => {
    let runner = runners.get(program.job);
    if (!runner) {
      if (runners.size > 8) runners.clear();
      runners.set(program.job, (runner = blockRunner(program, backend)));
    }
    return runner;
  };
  const engine: Engine = async (program, fromBlock, toPath, { signal, onProgress }) => {
    const runner = runnerOf(program);
    used = runner;
    const from = fromBlock * pathsPerBlock;
    const done = merging();
    const atOnce = blocksAtOnce(runner);
    const end = blocksFor(toPath);
    for (let block = fromBlock; block < end; ) {
      if (signal?.aborted) throw new InterruptedError("ensemble/interrupted", "Sampling was interrupted.");
      await beforeBlocks?.(runner, program, toPath);
      for (const until = Math.min(end, block + atOnce); block < until; block++) done.add(runner.run(block, toPath));
      onProgress?.(Math.min(toPath, block * pathsPerBlock) - from, toPath - from);
      await otherTasks();
    }
    return done.ensemble()!;
  };
  return Object.assign(engine, {
    async prepare(program: PathProgram, toPath: number) {
      await beforeBlocks?.(runnerOf(program), program, toPath);
    },
    performance: () => ({ backend: used?.backend ?? "javascript", threads: 1 }),
  });
}
