// A worker's computing threads, each with a task at a time. Native code (node/native.ts) is made once for all of them: when a task of a job has taken
// so long that a compiler pays, the thread that has the next task of this job compiles beside it, and the tasks after it run what was made. Which
// of the two has run is no matter for the figures.
import type { EnsembleJson } from "../ensemble/ensemble.ts";
import { openThreads } from "../node/threads.ts";
import type { ComputeReply, ComputeRequest, ComputeTask } from "./compute-thread.ts";

const defaults = {
  /** Seconds of a task from which a compiler pays: it takes about a second. */
  worthCompiling: 0.5,
  /** Jobs whose native code is remembered. */
  jobs: 64,
};

export interface Computing {
  /** What the self-test gives here (self-test.ts). */
  bits(): Promise<string>;
  /** A task's ensemble but for its job. One thread has to be free. */
  run(task: Omit<ComputeTask, "native">): Promise<Omit<EnsembleJson, "job">>;
  close(): Promise<void>;
}

/** @param clock  seconds from any fixed time */
export function openComputing(count: number, clock: () => number): Computing {
  const threads = openThreads<Omit<ComputeRequest, "id">>("cluster/compute-thread", count);
  /** By job; without native code as long as none is made, for good where there is no compiler. */
  const native = new Map<string, "pays" | "is made" | "none" | { readonly library: string }>();
  const ask = (request: Omit<ComputeRequest, "id">): Promise<ComputeReply> => threads.run(request) as Promise<ComputeReply>;
  return {
    bits: async () => (await ask({})) as string,
    async run(task) {
      const known = native.get(task.hash);
      if (known === "pays") native.set(task.hash, "is made");
      const begin = clock();
      const reply = await ask({ task: { ...task, native: known === "pays" ? "make" : typeof known === "object" ? known : "none" } });
      const { figures, library } = reply as Exclude<ComputeReply, string>;
      if (known === "pays") native.set(task.hash, library === undefined ? "none" : { library });
      else if (known === undefined && clock() - begin > defaults.worthCompiling) {
        if (native.size >= defaults.jobs) native.clear();
        native.set(task.hash, "pays");
      }
      return figures;
    },
    close: () => threads.close(),
  };
}
