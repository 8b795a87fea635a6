// A worker's computing threads, each with one task at a time.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { InternalError } from "../errors.ts";
import type { ComputeReply, ComputeRequest } from "./compute-thread.ts";

/** Threads that this machine runs at once. */
export const availableThreads = (): number => availableParallelism();

export interface ComputeThreads {
  /** Runs a request on a free thread; there must be one. */
  run(request: Omit<ComputeRequest, "id">): Promise<unknown>;
  close(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  /** What waits for its answer. */
  pending?: { readonly id: number; resolve(value: unknown): void; reject(error: Error): void };
}

export function computeThreads(count: number): ComputeThreads {
  const file = threadFile();
  const threads = new Set<Thread>();
  let closing = false;
  let id = 0;

  const open = (): void => {
    // flags of the main thread, such as those of a test runner's loader, are not for this one unless it runs from the sources
    const thread: Thread = { worker: new Worker(file, typeof file === "string" ? { execArgv: [] } : {}) };
    threads.add(thread);
    thread.worker.on("message", (reply: ComputeReply) => {
      const { pending } = thread;
      if (reply.id !== pending?.id) return;
      thread.pending = undefined;
      if ("failed" in reply) pending.reject(new Error(reply.failed));
      else pending.resolve(reply.value);
    });
    // a thread that fell (out of memory, say) is replaced; its task is reported as failed
    const fallen = (why: string) => {
      if (!threads.delete(thread)) return;
      thread.pending?.reject(new Error(`a computing thread has ended: ${why}`));
      if (!closing) open();
    };
    thread.worker.on("error", (error: Error) => fallen(error.message));
    thread.worker.on("exit", (code) => fallen(`code ${code}`));
  };
  for (let i = 0; i < count; i++) open();

  return {
    run(request) {
      const thread = [...threads].find(({ pending }) => !pending);
      if (!thread) throw new InternalError("cluster/threads", "A task came while no thread was free.");
      const own = id++;
      return new Promise((resolve, reject) => {
        thread.pending = { id: own, resolve, reject };
        thread.worker.postMessage({ ...request, id: own });
      });
    },
    async close() {
      closing = true;
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}

/** This file's neighbour in the sources, or its build. */
function threadFile(): URL | string {
  if (import.meta.url.endsWith(".ts")) return new URL("./compute-thread.ts", import.meta.url);
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return join(folder, "dist", "cluster", "compute-thread.js");
}
