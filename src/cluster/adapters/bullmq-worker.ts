// A worker: takes tasks from a queue on Redis and computes them in its threads until it is stopped. The thread here only talks to the queue, so that
// locks are renewed while a task runs: BullMQ gives a task whose lock has run out to another.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { extname, join } from "node:path";
import { type Job, Worker } from "bullmq";
import { InputError } from "../../errors.ts";
import { contentHash } from "../../node/run-blocks.ts";
import { version } from "../../version.ts";
import type { ClusterAddress } from "../address.ts";
import { openComputing } from "../computing.ts";
import { type JobContent, readContent } from "../content.ts";
import type { Task, TaskResult, WorkerInfo } from "../queue.ts";
import { connect, connectionOf, getContent, keysOf, queueName, redisDefaults, tellOutages } from "./redis.ts";

export interface WorkerOptions {
  readonly threads: number;
  /** Lets a program be the objective. */
  readonly allowOracle: boolean;
  readonly name?: string;
  readonly signal: AbortSignal;
  /** Seconds from any fixed time. */
  readonly clock: () => number;
  readonly tell: (message: string) => void;
}

/**
 * Works until the signal is aborted; what is in hand then is finished first.
 * @throws InputError `cluster/connect`; `cluster/turned-away` where the run does not want this worker
 */
export async function runBullWorker(address: ClusterAddress, options: WorkerOptions): Promise<void> {
  const { threads, signal, tell, clock, name = `${hostname()}-${process.pid}` } = options;
  const redis = await connect(address);
  const keys = keysOf(address);
  const folder = mkdtempSync(join(tmpdir(), "escapement-worker-"));
  const computing = openComputing(threads, clock);
  let turnedAway: string | undefined;
  const stopped = new AbortController();
  try {
    const bits = await computing.bits();
    const info: Omit<WorkerInfo, "turnedAway"> = {
      name,
      host: hostname(),
      pid: process.pid,
      threads,
      version,
      bits,
      allowOracle: options.allowOracle,
    };
    const hello = async (): Promise<void> => {
      await redis.set(keys.worker(name), JSON.stringify(info), "EX", redisDefaults.workerSeconds);
      const why = await redis.get(keys.turnedAway(name));
      if (why === null || turnedAway !== undefined) return;
      turnedAway = why;
      stopped.abort();
    };
    // a worker of this name that starts again is a new one
    await redis.del(keys.turnedAway(name));
    await hello();
    const contents = contentCache(async (hash) => getContent(redis, address, hash), folder);
    const process_ = async (job: Job): Promise<TaskResult> => {
      const task = job.data as Task;
      const { job: text, files } = await contents(task.content);
      refuseOracle(text, options.allowOracle);
      const begin = clock();
      const { content: hash, from, toPath } = task;
      const ensemble = await computing.run({ key: hash, job: text, files, from, toPath, allowOracle: options.allowOracle });
      return { ensemble, bits, version, worker: name, seconds: clock() - begin };
    };
    const worker = new Worker(queueName(address), process_, {
      connection: connectionOf(address),
      prefix: "escapement",
      // written down with each task: who has it
      name,
      concurrency: threads,
      lockDuration: 1000 * redisDefaults.lockSeconds,
      stalledInterval: 1000 * redisDefaults.stalledSeconds,
      // a task may lose any number of workers
      maxStalledCount: 1_000_000,
    });
    worker.on("error", () => {});
    tell(
      `worker ${name} with ${threads} thread${threads === 1 ? "" : "s"} waits for tasks at ${address.shown} (version ${version}, bits ${bits})`,
    );
    const greeting = setInterval(() => void hello().catch(() => {}), 1000 * 2);
    const away = tellOutages(redis, `${address.shown}: the connection is lost; worker ${name} waits for it`, tell);
    await Promise.race([aborted(signal), aborted(stopped.signal)]);
    clearInterval(greeting);
    away.stop();
    // to a server that is away nothing can be given, nor goodbye be said
    const isThere = redis.status === "ready";
    await worker.close(turnedAway !== undefined || !isThere);
    if (isThere) await redis.del(keys.worker(name)).catch(() => {});
  } finally {
    await computing.close();
    redis.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
  if (turnedAway !== undefined)
    throw new InputError("cluster/turned-away", `${address.shown}: this worker (${name}) was turned away: ${turnedAway}.`, { name });
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

interface LocalContent {
  readonly job: string;
  /** Where the files lie here, by the path in the problem. */
  readonly files: { readonly [path: string]: string };
}

/** Contents by hash, each fetched once; files are kept on the disk. */
function contentCache(fetch: (hash: string) => Promise<Uint8Array | undefined>, folder: string): (hash: string) => Promise<LocalContent> {
  const known = new Map<string, Promise<LocalContent>>();
  const need = async (hash: string): Promise<Uint8Array> => {
    const bytes = await fetch(hash);
    if (!bytes) throw new Error(`the content ${hash.slice(0, 12)} of this task is not in the queue; it is published again`);
    return bytes;
  };
  const load = async (hash: string): Promise<LocalContent> => {
    const content: JobContent = readContent(await need(hash));
    if (content.version !== version) throw new Error(`the task is of version ${content.version}, this worker of ${version}`);
    const files: Record<string, string> = {};
    for (const [path, file] of Object.entries(content.files)) {
      const local = join(folder, `${file}${extname(path)}`);
      if (!existsSync(local)) {
        const bytes = await need(file);
        if (contentHash(bytes) !== file) throw new Error(`the file ${path} came damaged`);
        writeFileSync(local, bytes);
      }
      files[path] = local;
    }
    return { job: content.job, files };
  };
  return (hash) => {
    let content = known.get(hash);
    if (!content) {
      // a handful: a run goes from job to job and does not come back
      if (known.size > 8) known.delete(known.keys().next().value!);
      content = load(hash);
      known.set(hash, content);
      content.catch(() => known.delete(hash));
    }
    return content;
  };
}

function refuseOracle(job: string, allowed: boolean): void {
  const { problem } = JSON.parse(job) as { problem?: { objective?: { oracle?: unknown } } };
  if (problem?.objective?.oracle !== undefined && !allowed)
    throw new Error("the objective is a program, and this worker was started without --allow-oracle");
}
