// The local engine: all cores, and native code where it was asked for or pays. Blocks of path numbers go to worker threads in chunks and merge to
// the same ensemble in whatever order they come (forest.ts), so that figures hang neither on threads nor on backends. Short work stays in the
// asking thread, as do programs whose problem another process answers for (oracles).

import { type Ensemble, pathsPerBlock, readEnsemble } from "../ensemble/ensemble.ts";
import { type BackendName, type BlockRunner, backends, hasVectors } from "../ensemble/kernel/backends.ts";
import { threadEngine } from "../ensemble/kernel/engine.ts";
import { kernelFor } from "../ensemble/kernel/kernel-for.ts";
import type { PathProgram } from "../ensemble/program.ts";
import { blocksFor, type Engine, type RunOptions } from "../ensemble/run.ts";
import { InputError, InterruptedError } from "../errors.ts";
import { compileNative, NativeMissing, nativeRunner } from "./native.ts";
import type { PoolRequest } from "./pool-thread.ts";
import { availableThreads, openThreads, type Threads } from "./threads.ts";

const defaults = {
  /** No thread is started for calls with both fewer blocks and fewer path-steps (some 50 ms of WebAssembly). */
  worthThreads: { blocks: 8, pathSteps: 5e6 },
  /** Chunks a thread: enough that none waits long for the last. */
  chunksPerThread: 6,
  mostBlocks: 64,
  /** Path-steps from which a compiler in the background pays (a second of WebAssembly for a model's exits). */
  worthCompiling: 1e7,
  mostThreads: 256,
};

export interface PoolOptions {
  /** Default: as many as the machine runs at once. */
  readonly threads?: number;
  readonly backend?: string;
  /** Where files that problems name lie. */
  readonly files?: ReadonlyMap<string, string>;
  /** Hears what is fallen back from, once. */
  readonly tell?: (message: string) => void;
}

/**
 * @throws InputError `node/threads`, `node/backend`
 */
export function poolEngine(options: PoolOptions = {}): Engine & { close(): Promise<void> } {
  const { files = new Map<string, string>(), tell } = options;
  const count = threadsAsked(options.threads);
  const asked = backendAsked(options.backend);
  let backend: "wasm" | "javascript" = asked === "javascript" ? "javascript" : "wasm";
  let fallback: string | undefined;
  const fallBack = (why: string): void => {
    if (fallback === why) return;
    fallback = why;
    tell?.(why);
  };
  if (backend === "wasm" && !hasVectors()) {
    fallBack("this Node has no WebAssembly vectors: kernels run in JavaScript, with the same figures");
    backend = "javascript";
  }

  /** Libraries by the job's key; while compiling, undefined. */
  const libraries = new Map<number, string | undefined>();
  const keys = new Map<string, number>();
  const keyOf = (program: PathProgram): number => {
    let key = keys.get(program.job);
    if (key === undefined) keys.set(program.job, (key = keys.size));
    return key;
  };
  const compile = async (program: PathProgram): Promise<void> => {
    const key = keyOf(program);
    if (libraries.has(key)) return;
    libraries.set(key, undefined);
    const path = kernelFor(program);
    if (!path) return;
    try {
      libraries.set(key, await compileNative(path.kernel, fallBack));
    } catch (error) {
      if (asked === "native" && !(error instanceof NativeMissing)) throw error;
      // asked for by name it is missed; where `auto` has no compiler nothing was promised
      if (asked === "native" || !(error instanceof NativeMissing))
        fallBack(`${(error as Error).message}: kernels run in WebAssembly, with the same figures`);
    }
  };
  /** Starts or awaits the compiler, as the backend asked for wants. */
  const compiled = async (program: PathProgram, toPath: number): Promise<void> => {
    if (asked === "native") await compile(program);
    else if (asked === "auto" && pathSteps(program, toPath) > defaults.worthCompiling) void compile(program);
  };

  /** What a step costs beside one of a kernel: path by path it is a hundred times as dear, and grows with the cube of d. */
  const weights = new Map<number, number>();
  const weightOf = (program: PathProgram): number => {
    const key = keyOf(program);
    let weight = weights.get(key);
    if (weight === undefined) weights.set(key, (weight = kernelFor(program) ? 1 : 100 + program.problem.objective.d ** 3));
    return weight;
  };

  const using = new WeakMap<BlockRunner, string>();
  const local = threadEngine({
    backend,
    async beforeBlocks(runner, program, toPath) {
      await compiled(program, toPath);
      const library = libraries.get(keyOf(program));
      if (library === undefined || !runner.path || using.get(runner) === library) return;
      using.set(runner, library);
      runner.use(nativeRunner(library, runner.path.kernel));
    },
  });

  let threads: Threads<PoolRequest> | undefined;
  /** Keys whose programs each thread has; a thread that was replaced is told anew. */
  const request = (program: PathProgram, from: number, toPath: number): PoolRequest => ({
    key: keyOf(program),
    job: program.job,
    files: Object.fromEntries(files),
    backend,
    native: libraries.get(keyOf(program)),
    from,
    toPath,
  });
  let last: { backend: string; threads: number } | undefined;
  const spread = (program: PathProgram, fromBlock: number, toPath: number): boolean =>
    count > 1 &&
    program.problem.objective.kind !== "oracle" &&
    blocksFor(toPath) - fromBlock >= 2 &&
    (threads !== undefined ||
      blocksFor(toPath) - fromBlock >= defaults.worthThreads.blocks ||
      pathSteps(program, toPath - fromBlock * pathsPerBlock) * weightOf(program) > defaults.worthThreads.pathSteps);

  const engine = async (program: PathProgram, fromBlock: number, toPath: number, run: RunOptions): Promise<Ensemble> => {
    if (!spread(program, fromBlock, toPath)) {
      const ensemble = await local(program, fromBlock, toPath, run);
      last = { backend: String(local.performance?.()["backend"]), threads: 1 };
      return ensemble;
    }
    await compiled(program, toPath);
    threads ??= openThreads<PoolRequest>("node/pool-thread", count);
    return inChunks(program, fromBlock, toPath, run, threads);
  };

  async function inChunks(
    program: PathProgram,
    fromBlock: number,
    toPath: number,
    run: RunOptions,
    pool: Threads<PoolRequest>,
  ): Promise<Ensemble> {
    const end = blocksFor(toPath);
    const size = Math.max(1, Math.min(defaults.mostBlocks, Math.floor((end - fromBlock) / (count * defaults.chunksPerThread))));
    const first = fromBlock * pathsPerBlock;
    let next = fromBlock;
    let done = 0;
    let ensemble: Ensemble | undefined;
    let failed = false;
    const work = async (): Promise<void> => {
      while (next < end && !failed) {
        if (run.signal?.aborted) throw new InterruptedError("ensemble/interrupted", "Sampling was interrupted.");
        const from = next;
        next = Math.min(end, from + size);
        const to = Math.min(toPath, next * pathsPerBlock);
        const { backend: used, ...figures } = (await pool.run(request(program, from, to))) as { backend: string };
        const part = readEnsemble({ job: program.job, ...figures });
        ensemble = ensemble ? ensemble.merge(part) : part;
        last = { backend: used, threads: count };
        done += to - from * pathsPerBlock;
        run.onProgress?.(done, toPath - first);
      }
    };
    try {
      await Promise.all(
        Array.from({ length: count }, () =>
          work().catch((error) => {
            failed = true;
            throw error;
          }),
        ),
      );
    } catch (error) {
      // threads may still be at work on their chunks: they are ended with them
      threads = undefined;
      await pool.close();
      throw error;
    }
    return ensemble!;
  }

  return Object.assign(engine, {
    async prepare(program: PathProgram, toPath: number) {
      if (asked === "native") await compile(program);
      if (!spread(program, 0, toPath)) return local.prepare?.(program, toPath);
      threads ??= openThreads<PoolRequest>("node/pool-thread", count);
      const pool = threads;
      await Promise.all(Array.from({ length: count }, () => pool.run(request(program, 0, 0))));
    },
    performance: () => ({ ...last, ...(last === undefined || fallback === undefined ? {} : { fallback }) }),
    async close() {
      await threads?.close();
      threads = undefined;
    },
  });
}

/** Steps of all paths, substeps included; how long exits take is not known before: some hundred steps. */
function pathSteps({ spec }: PathProgram, paths: number): number {
  if (spec.question === "exit") return paths * Math.min(spec.maxSteps, 500) * 2 * spec.fine;
  const substeps = spec.question === "single" ? spec.substeps : 2 * spec.fine * (1 + spec.companions.length);
  return paths * (spec.steps.at(-1) ?? 0) * substeps;
}

function threadsAsked(threads: number | undefined): number {
  if (threads === undefined) return Math.min(availableThreads(), defaults.mostThreads);
  if (Number.isInteger(threads) && threads >= 1 && threads <= defaults.mostThreads) return threads;
  throw new InputError(
    "node/threads",
    `threads (--threads): found ${threads}; allowed: a whole number from 1 to ${defaults.mostThreads}.`,
    {
      threads,
    },
  );
}

function backendAsked(backend: string | undefined): BackendName {
  if (backend === undefined) return "auto";
  if ((backends as readonly string[]).includes(backend)) return backend as BackendName;
  throw new InputError("node/backend", `backend (--backend): found ${backend}; allowed: ${backends.join(", ")}.`, { backend });
}
