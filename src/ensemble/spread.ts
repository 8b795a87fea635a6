// Blocks of path numbers spread over threads in chunks: they merge to the same ensemble in whatever order they come (forest.ts), so that figures
// hang neither on threads nor on backends.
import { InterruptedError } from "../errors.ts";
import { type Ensemble, type EnsembleJson, merging, pathsPerBlock, readEnsemble } from "./ensemble.ts";
import { kernelFor } from "./kernel/kernel-for.ts";
import type { PathProgram } from "./program.ts";
import { blocksFor, type RunOptions } from "./run.ts";

export const spreadDefaults = {
  /** No thread is started for calls with both fewer blocks and fewer path-steps (some 50 ms of WebAssembly). */
  worthThreads: { blocks: 8, pathSteps: 5e6 },
  /** Chunks a thread: enough that none waits long for the last. */
  chunksPerThread: 6,
  mostBlocks: 64,
};

/** Figures of some blocks as a thread replies them, and what they were computed by. */
export interface BlockReply extends Omit<EnsembleJson, "job"> {
  readonly backend: string;
}

/** What a step costs beside one of a kernel: path by path it is a hundred times as dear, and grows with the cube of d. */
export function stepWeight(program: PathProgram): number {
  return kernelFor(program) ? 1 : 100 + program.problem.objective.d ** 3;
}

/** Steps of all paths, substeps included; how long exits take is not known before: some hundred steps. */
export function pathSteps({ spec }: PathProgram, paths: number): number {
  if (spec.question === "exit") return paths * Math.min(spec.maxSteps, 500) * 2 * spec.fine;
  const substeps = spec.question === "single" ? spec.substeps : (spec.mirrored ? 4 : 2) * spec.fine * (1 + spec.companions.length);
  return paths * (spec.steps.at(-1) ?? 0) * substeps;
}

/**
 * Whether threads pay for these blocks.
 * @param open    they are there already
 * @param weight  stepWeight of the program
 */
export function paysThreads(program: PathProgram, fromBlock: number, toPath: number, open: boolean, weight: () => number): boolean {
  const blocks = blocksFor(toPath) - fromBlock;
  const { worthThreads } = spreadDefaults;
  // another process answers for an oracle
  if (program.problem.objective.kind === "oracle" || blocks < 2) return false;
  if (open || blocks >= worthThreads.blocks) return true;
  return pathSteps(program, toPath - fromBlock * pathsPerBlock) * weight() > worthThreads.pathSteps;
}

/**
 * @param count  threads
 * @param part   runs the blocks `from` .. that hold the paths below `toPath` on a free thread
 */
export async function inChunks(
  program: PathProgram,
  fromBlock: number,
  toPath: number,
  run: RunOptions,
  count: number,
  part: (from: number, toPath: number) => Promise<BlockReply>,
): Promise<{ readonly ensemble: Ensemble; readonly backend: string }> {
  const end = blocksFor(toPath);
  const { mostBlocks, chunksPerThread } = spreadDefaults;
  const size = Math.max(1, Math.min(mostBlocks, Math.floor((end - fromBlock) / (count * chunksPerThread))));
  const first = fromBlock * pathsPerBlock;
  let next = fromBlock;
  let done = 0;
  const merged = merging();
  let backend = "";
  let failed = false;
  const work = async (): Promise<void> => {
    while (next < end && !failed) {
      if (run.signal?.aborted) throw new InterruptedError("ensemble/interrupted", "Sampling was interrupted.");
      const from = next;
      next = Math.min(end, from + size);
      const to = Math.min(toPath, next * pathsPerBlock);
      const { backend: used, ...figures } = await part(from, to);
      merged.add(readEnsemble({ job: program.job, ...figures }));
      backend = used;
      done += to - from * pathsPerBlock;
      run.onProgress?.(done, toPath - first);
    }
  };
  await Promise.all(
    Array.from({ length: count }, () =>
      work().catch((error) => {
        failed = true;
        throw error;
      }),
    ),
  );
  return { ensemble: merged.ensemble()!, backend };
}
