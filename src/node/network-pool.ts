// Paths on networks on all threads (question/network-paths.ts): parts of neighbouring path numbers go to whichever thread is free, and the rows
// are joined in the order of the paths, so that figures hang neither on threads nor on how paths are cut. Few or short paths stay here.
import { InterruptedError } from "../errors.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { frozenWork, joinRows, type NetworkJob, type NetworkPaths, type NetworkRows, networkPathsHere } from "../question/network-paths.ts";
import type { NetworkRequest } from "./network-thread.ts";
import { availableThreads, openThreads, type Threads } from "./threads.ts";

const defaults = {
  /** Multiplications of all paths below which threads would take longer to start. */
  worthThreads: 2e9,
  /** Parts a thread: enough that none waits long for the last. */
  partsPerThread: 4,
};

export interface NetworkPoolOptions {
  /** Default: as many as the machine runs at once. */
  readonly threads?: number;
  /** As --backend says; default: auto. */
  readonly backend?: string;
  readonly files?: ReadonlyMap<string, string>;
}

export function networkPool({ threads = availableThreads(), backend = "auto", files = new Map() }: NetworkPoolOptions = {}): {
  readonly paths: NetworkPaths;
  close(): Promise<void>;
} {
  let pool: Threads<NetworkRequest> | undefined;
  const spread = async (problem: SgdProblem, job: NetworkJob, count: number, by: Parameters<NetworkPaths>[3]): Promise<NetworkRows> => {
    pool ??= openThreads<NetworkRequest>("node/network-thread", threads);
    const own = pool;
    const size = Math.max(1, Math.ceil(count / (threads * defaults.partsPerThread)));
    const parts: NetworkRows[] = new Array(Math.ceil(count / size));
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      while (next < parts.length) {
        if (by.signal?.aborted) throw new InterruptedError("node/network-pool", "Interrupted.");
        const part = next++;
        const [from, to] = [part * size, Math.min(count, (part + 1) * size)];
        const request = { problem: problem.json, files: Object.fromEntries(files), backend, job, from, to };
        parts[part] = (await own.run(request)) as NetworkRows;
        done += to - from;
        by.onProgress?.(done, count);
      }
    };
    try {
      await Promise.all(Array.from({ length: threads }, work));
    } catch (error) {
      // other threads may still be at work on their parts: they are ended with them
      pool = undefined;
      await own.close();
      throw error;
    }
    return joinRows(parts);
  };
  return {
    paths: (problem, job, count, by) =>
      threads > 1 && problem.objective.kind === "network" && workOf(problem, job) * count >= defaults.worthThreads
        ? spread(problem, job, count, by)
        : networkPathsHere(problem, job, count, by),
    async close() {
      await pool?.close();
      pool = undefined;
    },
  };
}

/** Multiplications of one path, roughly: steps, and looks at figures. */
function workOf({ objective, noise }: SgdProblem, job: NetworkJob): number {
  const { d, samples } = objective;
  const n = samples?.n ?? 1;
  if (job.kind === "excess")
    return 3 * d * job.steps * (job.batch ?? noise.minibatch?.size ?? n) + (n * d * (job.steps - job.burn)) / job.every;
  const steps = job.steps.at(-1) ?? 0;
  if (job.kind === "averages") return 3 * d * steps * (noise.minibatch?.size ?? n) + 4 * n * d * job.steps.length;
  return steps * frozenWork(n, d) * (1 + 3 * job.models.length);
}
