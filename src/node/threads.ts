// Threads of this process (ensemble/threads.ts) by worker_threads.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { type Threads, threadsOf } from "../ensemble/threads.ts";
import { packageFolder } from "./package-folder.ts";

export type { ThreadReply, Threads } from "../ensemble/threads.ts";

/** Threads that this machine runs at once. */
export const availableThreads = (): number => availableParallelism();

/** @param name  the thread's file below src and dist, such as "node/pool-thread" */
export function openThreads<R extends object>(name: string, count: number): Threads<R> {
  const file = threadFile(name);
  return threadsOf<R>((reply, fallen) => {
    // flags of the main thread, such as those of a test runner's loader, are not for this one
    const worker = new Worker(file.path, { execArgv: [], argv: [...file.arguments] });
    worker.on("message", reply);
    worker.on("error", (error: Error) => fallen(error.message));
    worker.on("exit", (code) => fallen(`code ${code}`));
    return {
      post: (message) => worker.postMessage(message),
      end: () => worker.terminate(),
      // a thread that waits for work does not keep the process
      busy: (is) => (is ? worker.ref() : worker.unref()),
    };
  }, count);
}

/** The thread's file in the build, or in a checkout, where another one comes first that lets it be TypeScript. */
function threadFile(name: string): { readonly path: string; readonly arguments: readonly string[] } {
  if (!import.meta.url.endsWith(".ts")) return { path: join(packageFolder(), "dist", `${name}.js`), arguments: [] };
  const source = pathToFileURL(join(packageFolder(), "src", `${name}.ts`)).href;
  return { path: join(packageFolder(), "scripts", "typescript-thread.mjs"), arguments: [source] };
}
