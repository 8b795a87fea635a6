// The local engine: all cores, and native code where it was asked for or pays. Blocks of path numbers go to worker threads in chunks
// (ensemble/spread.ts); short work stays in the asking thread, as do programs whose problem another process answers for (oracles).

import type { Ensemble } from "../ensemble/ensemble.ts";
import { type BackendName, type BlockRunner, backends, hasVectors } from "../ensemble/kernel/backends.ts";
import { threadEngine } from "../ensemble/kernel/engine.ts";
import { kernelFor } from "../ensemble/kernel/kernel-for.ts";
import type { PathProgram } from "../ensemble/program.ts";
import type { Engine, RunOptions } from "../ensemble/run.ts";
import { inChunks, pathSteps, paysThreads, stepWeight } from "../ensemble/spread.ts";
import { InputError } from "../errors.ts";
import { compileNative, NativeMissing, nativeRunner } from "./native.ts";
import type { PoolReply, PoolRequest } from "./pool-thread.ts";
import { availableThreads, openThreads, type Threads } from "./threads.ts";

const defaults = {
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

  const weights = new Map<number, number>();
  const weightOf = (program: PathProgram): number => {
    const key = keyOf(program);
    let weight = weights.get(key);
    if (weight === undefined) weights.set(key, (weight = stepWeight(program)));
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
  const request = (program: PathProgram, from: number, toPath: number): PoolRequest => {
    const library = libraries.get(keyOf(program));
    const native = library === undefined ? undefined : { library };
    const network = program.problem.objective.network?.passes.backend;
    return { key: keyOf(program), job: program.job, files: Object.fromEntries(files), backend, network, native, from, toPath };
  };
  let last: { backend: string; threads: number } | undefined;
  const spread = (program: PathProgram, fromBlock: number, toPath: number): boolean =>
    count > 1 && paysThreads(program, fromBlock, toPath, threads !== undefined, () => weightOf(program));

  const engine = async (program: PathProgram, fromBlock: number, toPath: number, run: RunOptions): Promise<Ensemble> => {
    if (!spread(program, fromBlock, toPath)) {
      const ensemble = await local(program, fromBlock, toPath, run);
      last = { backend: String(local.performance?.()["backend"]), threads: 1 };
      return ensemble;
    }
    await compiled(program, toPath);
    threads ??= openThreads<PoolRequest>("node/pool-thread", count);
    const pool = threads;
    try {
      const part = (from: number, to: number) => pool.run(request(program, from, to)) as Promise<PoolReply>;
      const { ensemble, backend: used } = await inChunks(program, fromBlock, toPath, run, count, part);
      last = { backend: used, threads: count };
      return ensemble;
    } catch (error) {
      // threads may still be at work on their chunks: they are ended with them
      threads = undefined;
      await pool.close();
      throw error;
    }
  };

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
