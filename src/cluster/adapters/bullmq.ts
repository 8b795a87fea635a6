// The asker's side of a queue on Redis, by BullMQ. One run owns a queue: a key with a short life, renewed while the run lives, so that a dead run's
// queue is free again after ten seconds by the server's clock. Finished tasks are looked at by polling, not by events: nothing is missed when a
// connection was lost, and a look costs a fraction of a millisecond.
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { InputError } from "../../errors.ts";
import { isAlive, type ProcessName, thisProcess } from "../../node/process-name.ts";
import type { ClusterAddress } from "../address.ts";
import { type Finished, queueThrough, type TaskQueue, type WorkerInfo } from "../queue.ts";
import { answered, connect, keysOf, putContent, queueName, redisDefaults, tellOutages } from "./redis.ts";

/** Who has a queue. */
interface Owner extends ProcessName {
  readonly token: string;
  readonly what: string;
}

/** Renews the hold of this run alone, or takes one that nobody has. */
const renewScript = `
local owner = redis.call("get", KEYS[1])
if owner == ARGV[1] or not owner then redis.call("set", KEYS[1], ARGV[1], "EX", ARGV[2]) return 1 end
return 0`;
const releaseScript = `if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end return 0`;

export interface QueueOptions {
  /** What the run is, to others that want the queue. */
  readonly what: string;
  readonly sleep: (seconds: number) => Promise<void>;
  readonly tell: (message: string) => void;
}

/**
 * Takes a queue for one run.
 * @throws InputError `cluster/connect`; `cluster/owned` where another run has the queue and lives
 */
export async function openBullQueue(address: ClusterAddress, { what, sleep, tell }: QueueOptions): Promise<TaskQueue> {
  const redis = await connect(address);
  const keys = keysOf(address);
  const owner: Owner = { token: crypto.randomUUID(), what, ...thisProcess() };
  const own = JSON.stringify(owner);
  const hold = async (): Promise<boolean> => (await redis.eval(renewScript, 1, keys.owner, own, redisDefaults.ownerSeconds)) === 1;
  const queue = new Queue(queueName(address), { connection: redis, prefix: "escapement" });
  queue.on("error", () => {});
  try {
    await answered(address, take(redis, address, owner.place, hold, sleep));
    // what an earlier run has left here is nobody's
    await answered(address, queue.obliterate({ force: true }));
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  let lost: string | undefined;
  const renewal = setInterval(
    () =>
      void hold().then(
        (held) => {
          if (!held) lost = "another run has taken the queue";
        },
        () => {},
      ),
    (1000 * redisDefaults.ownerSeconds) / 3,
  );
  const away = tellOutages(redis, `${address.shown}: the connection is lost; the run goes on when Redis is back`, tell);
  const plain: TaskQueue = {
    address: address.shown,
    taskSeconds: address.taskSeconds,
    publish: (hash, content) => putContent(redis, address, hash, content),
    async submit(tasks) {
      if (tasks.length > 0) await queue.addBulk(tasks.map((task) => ({ name: "blocks", data: task, opts: { jobId: task.id } })));
    },
    async finished() {
      if (lost) throw new InputError("cluster/owned", `${address.shown}: ${lost}.`, { address: address.shown });
      const jobs = await queue.getJobs(["completed", "failed"], 0, 31, true);
      return jobs
        .filter((job) => job?.id !== undefined)
        .map((job): Finished => {
          const id = job.id!;
          return job.failedReason ? { id, failed: job.failedReason, worker: job.processedBy } : { id, result: job.returnvalue };
        });
    },
    async acknowledge(ids) {
      await Promise.all(ids.map((id) => queue.remove(id)));
    },
    workers: () => listWorkers(redis, address),
    async turnAway(worker, why) {
      await redis.set(keys.turnedAway(worker), why, "EX", redisDefaults.contentSeconds);
    },
    async close() {
      clearInterval(renewal);
      away.stop();
      // a server that is away now forgets by itself
      const tidy = (async () => {
        await queue.obliterate({ force: true });
        await redis.eval(releaseScript, 1, keys.owner, own);
      })().catch(() => {});
      await Promise.race([tidy, sleep(redis.status === "ready" ? 3 : 0.2)]);
      await Promise.race([queue.close().catch(() => {}), sleep(1)]);
      redis.disconnect();
    },
  };
  return queueThrough(plain, (answer) => answered(address, answer));
}

/**
 * Takes the queue, from a run of this machine that has died at once, from one of another machine when its hold has run out.
 * @throws InputError `cluster/owned` where the hold is renewed: that run lives
 */
async function take(
  redis: Redis,
  address: ClusterAddress,
  place: string,
  hold: () => Promise<boolean>,
  sleep: (seconds: number) => Promise<void>,
): Promise<void> {
  const key = keysOf(address).owner;
  for (let least = Number.POSITIVE_INFINITY; !(await hold()); ) {
    const held = await redis.get(key);
    if (held === null) continue;
    const holder = readOwner(held);
    if (holder.place === place && holder.pid !== undefined && !isAlive({ pid: holder.pid, start: holder.start ?? "0" })) {
      await redis.eval(releaseScript, 1, key, held);
      continue;
    }
    // a hold's time runs down unless it is renewed; -1: it has no end
    const left = await redis.pttl(key);
    if (left === -1 || left > least)
      throw new InputError(
        "cluster/owned",
        `--cluster ${address.shown}: the queue "${address.queue}" is in use by another run (${holder.what}, process ${holder.pid} on ${holder.host}); wait for it, or give your run and its workers a queue of their own with ?queue=NAME.`,
        { address: address.shown },
      );
    least = left;
    await sleep(0.5);
  }
}

function readOwner(text: string): Partial<Owner> {
  try {
    return (JSON.parse(text) as Partial<Owner> | null) ?? {};
  } catch {
    return {};
  }
}

/** Workers that have said hello lately. */
export async function listWorkers(redis: Redis, address: ClusterAddress): Promise<WorkerInfo[]> {
  const keys = keysOf(address);
  const names: string[] = [];
  for (let cursor = "0"; ; ) {
    const [next, found] = await redis.scan(cursor, "MATCH", keys.workers, "COUNT", 1000);
    names.push(...found);
    cursor = next;
    if (cursor === "0") break;
  }
  const workers: WorkerInfo[] = [];
  for (const name of [...new Set(names)].sort()) {
    const worker = readWorker(await redis.get(name));
    if (worker) workers.push({ ...worker, turnedAway: await redis.get(keys.turnedAway(worker.name)) });
  }
  return workers;
}

/** What a worker says of itself; undefined where it is gone or talks nonsense: nobody counts on it then. */
function readWorker(text: string | null): Omit<WorkerInfo, "turnedAway"> | undefined {
  try {
    const worker = JSON.parse(text ?? "null") as Partial<WorkerInfo> | null;
    const texts = [worker?.name, worker?.host, worker?.version, worker?.bits];
    const whole = texts.every((field) => typeof field === "string") && [worker!.pid, worker!.threads].every(Number.isSafeInteger);
    return whole ? (worker as WorkerInfo) : undefined;
  } catch {
    return undefined;
  }
}

/** What `status` tells of a queue. */
export interface ClusterStatus {
  readonly address: string;
  readonly run: { readonly what: string; readonly host: string; readonly pid: number } | null;
  readonly tasks: { readonly [state: string]: number };
  readonly workers: readonly WorkerInfo[];
}

export async function clusterStatus(address: ClusterAddress): Promise<ClusterStatus> {
  const redis = await connect(address);
  const queue = new Queue(queueName(address), { connection: redis, prefix: "escapement" });
  queue.on("error", () => {});
  const look = async (): Promise<ClusterStatus> => {
    const owner = await redis.get(keysOf(address).owner);
    const { what = "unknown", host = "unknown", pid = 0 } = readOwner(owner ?? "{}");
    const tasks = await queue.getJobCounts("waiting", "active", "completed", "failed");
    return { address: address.shown, run: owner === null ? null : { what, host, pid }, tasks, workers: await listWorkers(redis, address) };
  };
  try {
    return await answered(address, look());
  } finally {
    await queue.close();
    redis.disconnect();
  }
}
