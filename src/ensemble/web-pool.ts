// All cores in a browser: the blocks of an ensemble on Web Workers, the same figures as in one thread and as in Node. A worker is asked by one message
// and replies by one, a chunk's sums, some kilobytes: no memory is shared, so that a page needs no cross-origin isolation. Where there are no
// workers, or the page forbids them, all runs in the asking thread, and `performance` says so.

import { readProblem } from "../problem/read.ts";
import type { Ensemble } from "./ensemble.ts";
import { parseJob, programOf } from "./job.ts";
import { threadEngine } from "./kernel/engine.ts";
import type { PathProgram } from "./program.ts";
import type { Engine, RunOptions } from "./run.ts";
import { type BlockReply, inChunks, paysThreads, stepWeight } from "./spread.ts";
import { type OpenThread, type ThreadReply, type Threads, threadsOf } from "./threads.ts";

export interface WebPoolOptions {
  /** Default: as many as the browser says that the machine runs at once. */
  readonly threads?: number;
  /**
   * Makes a worker whose script calls `serveBlocks()`. Default: a module worker that imports this library from where this page has it; with
   * a bundler, or where the page's policy forbids workers of its own making, give one: `() => new Worker(new URL("./blocks.js", import.meta.url), { type: "module" })`.
   */
  readonly worker?: () => Worker;
}

/** The reply of a worker that has started. */
const ready = -1;

interface BlockRequest {
  readonly job: string;
  readonly from: number;
  readonly toPath: number;
}

/** What this file needs of a worker's global scope. */
interface WorkerScope {
  addEventListener(type: "message", listener: (event: { readonly data: BlockRequest & { readonly id: number } }) => void): void;
  postMessage(reply: ThreadReply): void;
}

/** In a worker's script: runs the blocks that a `webPool` sends. */
export function serveBlocks(scope: WorkerScope = globalThis as unknown as WorkerScope): void {
  const engine = threadEngine();
  const programs = new Map<string, PathProgram>();
  const programFor = (job: string): PathProgram => {
    let program = programs.get(job);
    if (!program) {
      const { problem, job: spec } = parseJob(job);
      const read = readProblem(problem);
      program = programOf({ ...read, json: problem as typeof read.json }, spec);
      if (programs.size > 8) programs.clear();
      programs.set(job, program);
    }
    return program;
  };
  const run = async ({ job, from, toPath }: BlockRequest): Promise<BlockReply> => {
    const { job: _job, ...figures } = (await engine(programFor(job), from, toPath, {})).toJSON();
    return { ...figures, backend: String(engine.performance?.()["backend"]) };
  };
  scope.addEventListener("message", ({ data }) => {
    run(data).then(
      (value) => scope.postMessage({ id: data.id, value }),
      (error: Error) => scope.postMessage({ id: data.id, failed: error.message }),
    );
  });
  scope.postMessage({ id: ready, value: undefined });
}

/**
 * An engine on Web Workers (run.ts); hand it to `samplingBy`. Short work stays in the asking thread. Close it when nothing more is asked.
 * Problems whose data lie in files are for Node.
 */
export function webPool({ threads: asked, worker = libraryWorker }: WebPoolOptions = {}): Engine & { close(): Promise<void> } {
  const count = Math.max(1, Math.floor(asked ?? globalThis.navigator?.hardwareConcurrency ?? 1));
  const local = threadEngine();
  let threads: Promise<Threads<BlockRequest>> | undefined;
  let fallback: string | undefined = typeof Worker === "undefined" ? "there are no Web Workers here" : undefined;
  let last: { readonly backend: string; readonly threads: number } | undefined;
  const weights = new Map<string, number>();
  const weightOf = (program: PathProgram): number => {
    let weight = weights.get(program.job);
    if (weight === undefined) weights.set(program.job, (weight = stepWeight(program)));
    return weight;
  };
  const here = async (program: PathProgram, fromBlock: number, toPath: number, run: RunOptions): Promise<Ensemble> => {
    const ensemble = await local(program, fromBlock, toPath, run);
    last = { backend: String(local.performance?.()["backend"]), threads: 1 };
    return ensemble;
  };

  const engine = async (program: PathProgram, fromBlock: number, toPath: number, run: RunOptions): Promise<Ensemble> => {
    if (count === 1 || fallback !== undefined || !paysThreads(program, fromBlock, toPath, threads !== undefined, () => weightOf(program)))
      return here(program, fromBlock, toPath, run);
    let pool: Threads<BlockRequest>;
    try {
      pool = await (threads ??= openWorkers(worker, count));
    } catch (error) {
      fallback = `no Web Workers: ${(error as Error).message}`;
      threads = undefined;
      return here(program, fromBlock, toPath, run);
    }
    try {
      const { ensemble, backend } = await inChunks(
        program,
        fromBlock,
        toPath,
        run,
        count,
        (from, to) => pool.run({ job: program.job, from, toPath: to }) as Promise<BlockReply>,
      );
      last = { backend, threads: count };
      return ensemble;
    } catch (error) {
      // workers may still be at their chunks: they are ended with them
      threads = undefined;
      await pool.close();
      throw error;
    }
  };
  return Object.assign(engine, {
    performance: () => ({ ...last, ...(last === undefined || fallback === undefined ? {} : { fallback }) }),
    async close() {
      const open = threads;
      threads = undefined;
      await (await open)?.close();
    },
  });
}

/** Workers, the first of which has told that it has started: a page's policy is met here, once. */
async function openWorkers(make: () => Worker, count: number): Promise<Threads<BlockRequest>> {
  const first = make();
  await new Promise<void>((resolve, reject) => {
    first.onmessage = () => resolve();
    first.onerror = (event) => {
      first.terminate();
      reject(new Error(event.message || "a worker's script does not load"));
    };
  });
  const started = [first];
  const open: OpenThread = (reply, fallen) => {
    const worker = started.pop() ?? make();
    worker.onmessage = ({ data }: { readonly data: ThreadReply }) => reply(data);
    worker.onerror = (event) => {
      worker.terminate();
      fallen(event.message);
    };
    return { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
  };
  return threadsOf<BlockRequest>(open, count);
}

/** A module that is nothing but a worker of this library. */
function libraryWorker(): Worker {
  const code = `import { serveBlocks } from ${JSON.stringify(import.meta.url)};\nserveBlocks();\n`;
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return new Worker(address, { type: "module" });
}
