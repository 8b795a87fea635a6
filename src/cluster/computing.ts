// A worker's computing threads, each with a task at a time. Native code (node/native.ts) is made once for all of them: when a task of a job has taken
// so long that a compiler pays, the thread that has the next task of this job compiles beside it, and the tasks after it run what was made. Which
// of the two has run is no matter for the figures.
import { type EnsembleJson, readEnsemble } from "../ensemble/ensemble.ts";
import type { PoolReply, PoolRequest } from "../node/pool-thread.ts";
import { openThreads } from "../node/threads.ts";
import { selfTestBits } from "./self-test.ts";

const defaults = {
  /** Seconds of a task from which a compiler pays: it takes about a second. */
  worthCompiling: 0.5,
  /** Jobs whose native code is remembered. */
  jobs: 64,
};

/** Blocks of a job, whose key is its content's hash. */
export type ComputeTask = Omit<PoolRequest, "backend" | "native">;

export interface Computing {
  /** What the self-test gives in these threads (self-test.ts). */
  bits(): Promise<string>;
  /** A task's ensemble but for its job. One thread has to be free. */
  run(task: ComputeTask): Promise<Omit<EnsembleJson, "job">>;
  close(): Promise<void>;
}

/** @param clock  seconds from any fixed time */
export function openComputing(count: number, clock: () => number): Computing {
  const threads = openThreads<PoolRequest>("node/pool-thread", count);
  /** By job; without native code as long as none is made, for good where there is no compiler. */
  const native = new Map<PoolRequest["key"], "pays" | "is made" | "none" | { readonly library: string }>();
  const ask = (task: ComputeTask, code: PoolRequest["native"]): Promise<PoolReply> =>
    threads.run({ ...task, backend: "wasm", native: code }) as Promise<PoolReply>;
  return {
    bits: () =>
      selfTestBits(async ({ job }, from, toPath) => {
        const { backend: _backend, ...figures } = await ask({ key: job, job, files: {}, from, toPath }, undefined);
        return readEnsemble({ ...figures, job });
      }),
    async run(task) {
      const known = native.get(task.key);
      if (known === "pays") native.set(task.key, "is made");
      const begin = clock();
      const {
        backend: _backend,
        library,
        ...figures
      } = await ask(task, known === "pays" ? "make" : typeof known === "object" ? known : undefined);
      if (known === "pays") native.set(task.key, library === undefined ? "none" : { library });
      else if (known === undefined && clock() - begin > defaults.worthCompiling) {
        if (native.size >= defaults.jobs) native.clear();
        native.set(task.key, "pays");
      }
      return figures;
    },
    close: () => threads.close(),
  };
}
