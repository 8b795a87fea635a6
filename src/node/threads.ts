// Worker threads with one task at a time each: a request goes to a free thread, its reply comes back by number. A thread that falls (out of memory,
// say) is replaced; its task is reported as failed.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { InternalError } from "../errors.ts";
import { packageFolder } from "./package-folder.ts";

/** Threads that this machine runs at once. */
export const availableThreads = (): number => availableParallelism();

export type ThreadReply = { readonly id: number } & ({ readonly value: unknown } | { readonly failed: string });

export interface Threads<R> {
  /** Runs a request on a free thread; there must be one. */
  run(request: R): Promise<unknown>;
  close(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  /** What waits for its answer. */
  pending?: { readonly id: number; resolve(value: unknown): void; reject(error: Error): void };
}

/** @param name  the thread's file below src and dist, such as "node/pool-thread" */
export function openThreads<R>(name: string, count: number): Threads<R> {
  const file = threadFile(name);
  const threads = new Set<Thread>();
  let closing = false;
  let id = 0;

  const open = (): void => {
    // flags of the main thread, such as those of a test runner's loader, are not for this one
    const thread: Thread = { worker: new Worker(file.path, { execArgv: [], argv: [...file.arguments] }) };
    threads.add(thread);
    thread.worker.on("message", (reply: ThreadReply) => {
      const { pending } = thread;
      if (reply.id !== pending?.id) return;
      thread.pending = undefined;
      if ("failed" in reply) pending.reject(new Error(reply.failed));
      else pending.resolve(reply.value);
    });
    const fallen = (why: string) => {
      if (!threads.delete(thread)) return;
      thread.pending?.reject(new Error(`a computing thread has ended: ${why}`));
      if (!closing) open();
    };
    thread.worker.on("error", (error: Error) => fallen(error.message));
    thread.worker.on("exit", (code) => fallen(`code ${code}`));
    // a thread that waits for work does not keep the process
    thread.worker.unref();
  };
  for (let i = 0; i < count; i++) open();

  return {
    run(request) {
      const thread = [...threads].find(({ pending }) => !pending);
      if (!thread) throw new InternalError("node/threads", "A task came while no thread was free.");
      const own = id++;
      thread.worker.ref();
      const done = new Promise((resolve, reject) => {
        thread.pending = { id: own, resolve, reject };
        thread.worker.postMessage({ ...request, id: own });
      });
      const free = (): void => {
        if (!thread.pending) thread.worker.unref();
      };
      done.then(free, free);
      return done;
    },
    async close() {
      closing = true;
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}

/** The thread's file in the build, or in a checkout, where another one comes first that lets it be TypeScript. */
function threadFile(name: string): { readonly path: string; readonly arguments: readonly string[] } {
  if (!import.meta.url.endsWith(".ts")) return { path: join(packageFolder(), "dist", `${name}.js`), arguments: [] };
  const source = pathToFileURL(join(packageFolder(), "src", `${name}.ts`)).href;
  return { path: join(packageFolder(), "scripts", "typescript-thread.mjs"), arguments: [source] };
}
