// The asker's side of a queue on Redis, by BullMQ. One run owns a queue: a key with a short life, renewed while the run lives, so that a dead run's
// queue is free again after ten seconds by the server's clock. Finished tasks are looked at by polling, not by events: nothing is missed when a
// connection was lost, and a look costs a fraction of a millisecond.
import { hostname } from "node:os";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { InputError } from "../../errors.ts";
import type { ClusterAddress } from "../address.ts";
import type { Finished, TaskQueue, WorkerInfo } from "../queue.ts";
import { connect, connectionOf, keysOf, putContent, queueName, redisDefaults } from "./redis.ts";

interface Owner {
  readonly token: string;
  readonly what: string;
  readonly host: string;
  readonly pid: number;
}

/** Renews the hold of this run alone, or takes one that nobody has. */
const renewScript = `
local owner = redis.call("get", KEYS[1])
if owner == ARGV[1] or not owner then redis.call("set", KEYS[1], ARGV[1], "EX", ARGV[2]) return 1 end
return 0`;
const releaseScript = `if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end return 0`;

/**
 * Takes a queue for one run.
 * @param what  says what the run is, to others that want the queue
 * @throws InputError `cluster/connect`; `cluster/owned` where another run has the queue and lives
 */
export async function openBullQueue(address: ClusterAddress, what: string, sleep: (seconds: number) => Promise<void>): Promise<TaskQueue> {
  const redis = await connect(address);
  const keys = keysOf(address);
  const owner: Owner = { token: crypto.randomUUID(), what, host: hostname(), pid: process.pid };
  const own = JSON.stringify(owner);
  const hold = async (): Promise<boolean> => (await redis.eval(renewScript, 1, keys.owner, own, redisDefaults.ownerSeconds)) === 1;
  try {
    await take(redis, address, hold, sleep);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const queue = new Queue(queueName(address), { connection: connectionOf(address), prefix: "escapement" });
  queue.on("error", () => {});
  // what an earlier run has left here is nobody's
  await queue.obliterate({ force: true });
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
  return {
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
          return job.failedReason ? { id, failed: job.failedReason } : { id, result: job.returnvalue };
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
      // a server that is away now forgets by itself
      const tidy = (async () => {
        await queue.obliterate({ force: true });
        await redis.eval(releaseScript, 1, keys.owner, own);
      })().catch(() => {});
      await Promise.race([tidy, sleep(3)]);
      await Promise.race([queue.close().catch(() => {}), sleep(1)]);
      redis.disconnect();
    },
  };
}

/** Waits out the hold of a run that has died. */
async function take(redis: Redis, address: ClusterAddress, hold: () => Promise<boolean>, sleep: (seconds: number) => Promise<void>) {
  // a living run renews every third of its time: after one whole time and a bit the hold of a dead one is gone
  for (let waited = 0; !(await hold()); waited += 0.5) {
    if (waited > redisDefaults.ownerSeconds + 1) {
      const { what, host, pid } = JSON.parse((await redis.get(keysOf(address).owner)) ?? "{}") as Partial<Owner>;
      throw new InputError(
        "cluster/owned",
        `${address.shown}: the queue "${address.queue}" is in use by another run (${what}, process ${pid} on ${host}); wait for it, or give your run and its workers a queue of their own with ?queue=NAME.`,
        { address: address.shown },
      );
    }
    await sleep(0.5);
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
    const text = await redis.get(name);
    if (text === null) continue;
    const worker = JSON.parse(text) as Omit<WorkerInfo, "turnedAway">;
    workers.push({ ...worker, turnedAway: await redis.get(keys.turnedAway(worker.name)) });
  }
  return workers;
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
  const queue = new Queue(queueName(address), { connection: connectionOf(address), prefix: "escapement" });
  queue.on("error", () => {});
  try {
    const owner = await redis.get(keysOf(address).owner);
    const { token: _token, ...run } = owner === null ? ({} as Owner) : (JSON.parse(owner) as Owner);
    const tasks = await queue.getJobCounts("waiting", "active", "completed", "failed");
    return { address: address.shown, run: owner === null ? null : run, tasks, workers: await listWorkers(redis, address) };
  } finally {
    await queue.close();
    redis.disconnect();
  }
}
