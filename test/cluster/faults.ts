// Faults with real processes, for npm test in few repetitions and for test:slow in many. After each: the bytes of an undisturbed run, every piece
// once, and every record that was kept before still in its place.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect } from "vitest";
import type { Task } from "../../src/cluster/queue.ts";
import { contentHash } from "../../src/node/run-blocks.ts";
import { version } from "../../src/version.ts";
import { coverage, expectKept, type Kept, kept } from "./kept.ts";
import { randomIn } from "./moments.ts";
import {
  command,
  folder,
  freePort,
  kill,
  pause,
  problemFile,
  program,
  type RedisOptions,
  type Running,
  redisServer,
  stop,
  timeless,
  until,
  untilSaid,
  worker,
} from "./processes.ts";

const file = problemFile("quartic.json", {
  name: "quartic",
  objective: { formula: "x^4/4 + y^2/2 + 0.1*cos(x*y)", variables: ["x", "y"] },
  noise: { gaussian: { sigma: 0.5 } },
  learningRate: 0.1,
  start: [1, 1],
  steps: 20,
});

/** A question of some seconds of one thread. */
export const question = (paths: number): string[] => [
  "law",
  file,
  "--at",
  "20",
  "--method",
  "sample",
  "--models",
  "sme2",
  "--paths",
  String(paths),
  "--json",
];

/** A run that nothing disturbs, and what it leaves. */
export interface Undisturbed {
  readonly ask: readonly string[];
  readonly document: string;
  readonly blocks: { readonly [job: string]: string };
  /** From the journal's beginning to the end. */
  readonly seconds: number;
}

let runs = 0;
const newRun = (): string => join(folder, `run-${runs++}`);

/** @param how  flags that change no byte, for this and what is disturbed */
export async function undisturbed(paths: number, how: readonly string[] = []): Promise<Undisturbed> {
  const run = newRun();
  const ask = [...question(paths), ...how];
  const whole = command([...ask, "--run", run]);
  await until("the journal is begun", () => kept(run) !== undefined);
  const begin = performance.now();
  const { status, stdout, stderr } = await whole.ended;
  expect(status, stderr).toBe(0);
  const seconds = (performance.now() - begin) / 1000;
  const blocks = coverage(kept(run)!);
  expect(Object.keys(blocks).length).toBeGreaterThan(0);
  return { ask, document: timeless(stdout), blocks, seconds };
}

/** The end of a run that was disturbed. */
async function expectSame(asker: Running, run: string, { document, blocks }: Undisturbed, before?: Kept): Promise<void> {
  const { status, stdout, stderr } = await asker.ended;
  expect(status, stderr).toBe(0);
  expect(timeless(stdout)).toBe(document);
  const after = kept(run)!;
  expect(after.isFinished).toBe(true);
  expect(coverage(after)).toEqual(blocks);
  expectKept(before, after);
}

/** A local run is killed at a random moment after its journal was begun, and resumed. Returns whether it was killed before it was finished. */
export async function killAndResume(whole: Undisturbed): Promise<boolean> {
  const run = newRun();
  const first = command([...whole.ask, "--run", run]);
  await until("the journal is begun", () => kept(run) !== undefined);
  await pause(randomIn(0, whole.seconds));
  await kill(first);
  const before = kept(run)!;
  await expectSame(command([...whole.ask, "--resume", run]), run, whole, before);
  return !before.isFinished;
}

/** A run is killed before its journal is begun: --resume says that none is there, --run begins it. */
export async function killBeforeTheJournal(whole: Undisturbed): Promise<void> {
  const run = newRun();
  const first = command([...whole.ask, "--run", run]);
  await pause(0.05);
  await kill(first);
  expect(kept(run), "killed too late to tell").toBeUndefined();
  const resumed = await command([...whole.ask, "--resume", run]).ended;
  expect(resumed.status).toBe(2);
  expect(resumed.stderr).toMatch(/no run is there/);
  await expectSame(command([...whole.ask, "--run", run]), run, whole);
}

/** The command with what is loaded before it. */
const loading = (script: string): Record<string, string> => ({ NODE_OPTIONS: `--import=${new URL(script, import.meta.url).href}` });
const clockOff = (milliseconds: number): Record<string, string> => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`const now = Date.now; Date.now = () => now() + ${milliseconds};`)}`,
});
const day = 864e5;

/**
 * A distributed run whose asker is killed again and again: at random moments, and in the midst of merging (half a record written, all of it and none
 * on the disk, on the disk and the task not yet forgotten); one worker's clock is a day ahead, one's a day behind.
 * Returns how many of the kills met a run that was not finished.
 */
export async function killAsker(whole: Undisturbed, kills: number): Promise<number> {
  const port = await freePort();
  const redis = await redisServer(port, { password: "secret-word" });
  const url = `redis://:secret-word@127.0.0.1:${port}?seconds=0.2`;
  const workers = [await worker(url, { name: "ahead", env: clockOff(day) }), await worker(url, { name: "behind", env: clockOff(-day) })];
  const run = newRun();
  const at = ["torn", "unsynced", "kept"];
  const asker = (env: Record<string, string> = {}): Running =>
    command([...whole.ask, "--cluster", url, kept(run) ? "--resume" : "--run", run], env);
  let before: Kept | undefined;
  let unfinished = 0;
  let said = "";
  for (let i = 0; i < kills + at.length; i++) {
    const inMerge = i - (kills >> 1);
    const point = at[inMerge];
    const killed = asker(point ? { ...loading("./kill-at-write.mjs"), KILL_AT: `${point}:${1 + Math.floor(randomIn(0, 3))}` } : {});
    if (!point) {
      // from when it has taken the folder: before that a kill meets a process that loads modules
      const taken = until("the asker has taken the folder", () => isTakenBy(run, killed), 120);
      await Promise.race([taken.then(() => pause(randomIn(0, 0.5 + (2 * whole.seconds) / kills))), killed.ended]);
      killed.child.kill("SIGKILL");
    }
    const { status, stdout, stderr } = await killed.ended;
    said += stdout + stderr;
    // SIGKILL has no exit code; a run that was finished by then has
    const isFinished = kept(run)?.isFinished === true;
    if (!isFinished) expect(status, stderr).toBeNull();
    if (status === null && !isFinished) unfinished++;
    expectKept(before, kept(run));
    before = kept(run);
  }
  await expectSame(asker(), run, whole, before);
  expect(said + workers.map((one) => one.said()).join("")).not.toContain("secret-word");
  expect(await stop(...workers)).toEqual([0, 0]);
  await stop(redis);
  return unfinished;
}

/** Whether a process has the lock of a run folder, or has had it and is gone. */
const isTakenBy = (run: string, { child }: Running): boolean =>
  child.exitCode !== null ||
  (existsSync(run) && readdirSync(run).some((name) => name.startsWith("lock-") && name.includes(`-${child.pid}-`)));

/** Tasks in hand by worker, as BullMQ writes them down. */
async function inHand(redis: Redis): Promise<ReadonlyMap<string, Task>> {
  const tasks = new Map<string, Task>();
  for (const id of await redis.lrange("escapement:escapement-tasks:active", 0, -1)) {
    const [name, data] = await redis.hmget(`escapement:escapement-tasks:${id}`, "pb", "data");
    if (name && data) tasks.set(name, JSON.parse(data) as Task);
  }
  return tasks;
}

/** Whether a task's blocks are kept; of a problem without files (src/cluster/content.ts). */
const isKept = (run: string, task: Task): boolean =>
  kept(run)!.pieces.some(
    ({ job, from, toPath }) =>
      from === task.from && toPath === task.toPath && contentHash(JSON.stringify([job, {}, version])) === task.content,
  );

/**
 * Three workers of which two are killed, each at a random moment of a task that it has in hand. Returns seconds from the last kill until the third had
 * taken the last of those tasks: when it is done hangs on how busy the machine is.
 */
export async function killTwoWorkers(whole: Undisturbed): Promise<number> {
  const port = await freePort();
  const server = await redisServer(port);
  const redis = new Redis(port, "127.0.0.1");
  const url = `redis://127.0.0.1:${port}?seconds=1`;
  const names = ["one", "two", "three"];
  const [one, two, three] = await Promise.all(names.map((name) => worker(url, { name })));
  const run = newRun();
  const asker = command([...whole.ask, "--cluster", url, "--run", run]);
  await until(
    "all have tasks in hand, and some are kept",
    async () => (kept(run)?.pieces.length ?? 0) > 3 && (await inHand(redis)).size === 3,
  );
  const victims: [name: string, process: Running][] = [
    ["one", one!],
    ["two", two!],
  ];
  const lost: Task[] = [];
  for (const [name, victim] of victims) {
    await pause(randomIn(0, 0.3));
    await kill(victim);
    const task = (await inHand(redis)).get(name);
    if (task && !isKept(run, task)) lost.push(task);
  }
  const begin = performance.now();
  expect(lost.length, "no task was in the hands of those who were killed").toBeGreaterThan(0);
  const taken = new Set<Task>();
  await until(
    "the third has the tasks of the killed",
    async () => {
      const now = (await inHand(redis)).get("three");
      for (const task of lost) if (now?.id === task.id || isKept(run, task)) taken.add(task);
      return taken.size === lost.length;
    },
    60,
  );
  const seconds = (performance.now() - begin) / 1000;
  await expectSame(asker, run, whole);
  expect(await stop(three!)).toEqual([0]);
  redis.disconnect();
  await stop(server);
  return seconds;
}

/** Redis goes away in mid-run, as often as `ways` has entries, and comes back with what it keeps; a second worker joins after the first time. */
export async function restartRedis(whole: Undisturbed, ways: readonly NonNullable<RedisOptions["keep"]>[]): Promise<void> {
  for (const keep of ways) {
    const port = await freePort();
    let redis = await redisServer(port, { keep });
    const url = `redis://127.0.0.1:${port}?seconds=0.3`;
    const workers = [await worker(url, { name: "steady" })];
    const run = newRun();
    const asker = command([...whole.ask, "--cluster", url, "--run", run]);
    await until("pieces are kept", () => (kept(run)?.pieces.length ?? 0) > 2);
    await pause(randomIn(0, 0.5));
    const before = kept(run)!;
    expect(before.isFinished, "Redis goes away in mid-run").toBe(false);
    // a dump is written by a server that is told to stop; a log and nothing need no goodbye
    if (keep === "dump") await stop(redis);
    else await kill(redis);
    await pause(randomIn(0, 1));
    redis = await redisServer(port, { keep });
    workers.push(await worker(url, { name: "late" }));
    await expectSame(asker, run, whole, before);
    expect(await stop(...workers)).toEqual([0, 0]);
    await stop(redis);
  }
}

/** A worker that claims to be like the honest one and answers garbage: it is turned away by name. */
export async function garbage(whole: Undisturbed): Promise<void> {
  const port = await freePort();
  const redis = await redisServer(port);
  const url = `redis://127.0.0.1:${port}?seconds=0.2`;
  const honest = await worker(url, { name: "honest" });
  const liar = program([new URL("./liar.mjs", import.meta.url).pathname, String(port)]);
  await untilSaid(liar, /waits for tasks/);
  const run = newRun();
  const asker = command([...whole.ask, "--cluster", url, "--run", run]);
  await expectSame(asker, run, whole);
  expect(asker.said()).toMatch(/worker liar was turned away: it answered with what is no ensemble/);
  expect(liar.said()).toMatch(/lied/);
  const { stdout } = await command(["status", "--cluster", url]).ended;
  expect(stdout).toMatch(/liar: .*turned away: it answered/);
  await kill(liar);
  expect(await stop(honest)).toEqual([0]);
  await stop(redis);
}

/** Redis goes away for good: Ctrl-C ends the asker with 130 and keeps what is finished, the worker ends when it is told to. */
export async function redisGone(whole: Undisturbed): Promise<void> {
  const port = await freePort();
  const redis = await redisServer(port);
  const url = `redis://127.0.0.1:${port}?seconds=0.2`;
  const one = await worker(url, { name: "one" });
  const run = newRun();
  const asker = command([...whole.ask, "--cluster", url, "--run", run]);
  await until("pieces are kept", () => (kept(run)?.pieces.length ?? 0) > 2);
  await kill(redis);
  await Promise.all([untilSaid(asker, /connection is lost; the run goes on/), untilSaid(one, /connection is lost; worker one waits/)]);
  const before = kept(run);
  asker.child.kill("SIGINT");
  const { status, stderr } = await asker.ended;
  expect(stderr).toMatch(/interrupted; what was finished is kept: --resume/);
  expect(status).toBe(130);
  expect(await stop(one)).toEqual([0]);
  await expectSame(command([...whole.ask, "--resume", run]), run, whole, before);
}
