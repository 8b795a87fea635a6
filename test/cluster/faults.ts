// Faults with real processes, for npm test in few repetitions and for test:slow in many.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { command, folder, freePort, pause, problemFile, redisServer, timeless, untilSaid } from "./processes.ts";

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

export async function undisturbed(paths: number): Promise<{ readonly document: string; readonly seconds: number }> {
  const begin = performance.now();
  const { status, stdout, stderr } = await command(question(paths)).ended;
  expect(status, stderr).toBe(0);
  return { document: timeless(stdout), seconds: (performance.now() - begin) / 1000 };
}

let runs = 0;

/** A local durable run is killed at a random moment and resumed: same bytes; pieces are computed once, but for the one in hand. */
export async function killAndResume(paths: number, moment: number, document: string): Promise<void> {
  const run = join(folder, `run-${runs++}`);
  const first = command([...question(paths), "--run", run]);
  await pause(moment);
  first.child.kill("SIGKILL");
  await first.ended;
  // killed before its folder was made: nothing to go on with, and said so
  const again = await command([...question(paths), "--resume", run]).ended;
  if (again.status === 2) expect(again.stderr).toMatch(/no run is there/);
  else expect(timeless(again.stdout), again.stderr).toBe(document);
}

/** Three workers, one with a clock that is a day off, one killed in mid-task: same bytes; then the asker is killed and resumed. */
export async function killWorkerAndAsker(paths: number, document: string): Promise<void> {
  const port = await freePort();
  const redis = await redisServer(port, { password: "secret-word" });
  const url = `redis://:secret-word@127.0.0.1:${port}?seconds=0.5`;
  const clockOff = { NODE_OPTIONS: "--import=data:text/javascript,const%20n=Date.now;Date.now=()=>n()%2B864e5" };
  const workers = ["one", "two", "three"].map((name, i) =>
    command(["worker", "--cluster", url, "--threads", "1", "--name", name], i === 2 ? clockOff : {}),
  );
  await Promise.all(workers.map((worker) => untilSaid(worker, /waits for tasks/)));
  const run = join(folder, `cluster-${runs++}`);
  const asker = command([...question(paths), "--cluster", url, "--run", run]);
  await untilJournalGrows(run);
  workers[0]!.child.kill("SIGKILL");
  asker.child.kill("SIGKILL");
  await asker.ended;
  const resumed = await command([...question(paths), "--cluster", url, "--resume", run]).ended;
  expect(resumed.status, resumed.stderr).toBe(0);
  expect(timeless(resumed.stdout)).toBe(document);
  expect(resumed.stdout + resumed.stderr + workers.map((worker) => worker.said()).join("")).not.toContain("secret-word");
  for (const worker of workers.slice(1)) worker.child.kill("SIGTERM");
  expect(await Promise.all(workers.slice(1).map(async (worker) => (await worker.ended).status))).toEqual([0, 0]);
  redis.child.kill("SIGTERM");
  await redis.ended;
}

/** Redis goes away in the middle of a run and comes back, with its data or without. */
export async function restartRedis(paths: number, document: string, keep: boolean): Promise<void> {
  const port = await freePort();
  let redis = await redisServer(port, { keep });
  const url = `redis://127.0.0.1:${port}?seconds=0.3`;
  const worker = command(["worker", "--cluster", url, "--threads", "2", "--name", "steady"]);
  await untilSaid(worker, /waits for tasks/);
  const run = join(folder, `cluster-${runs++}`);
  const asker = command([...question(paths), "--cluster", url, "--run", run]);
  await untilJournalGrows(run);
  redis.child.kill(keep ? "SIGTERM" : "SIGKILL");
  await redis.ended;
  await pause(0.5);
  redis = await redisServer(port, { keep });
  const { status, stdout, stderr } = await asker.ended;
  expect(status, stderr).toBe(0);
  expect(timeless(stdout)).toBe(document);
  worker.child.kill("SIGTERM");
  await worker.ended;
  redis.child.kill("SIGTERM");
  await redis.ended;
}

async function untilJournalGrows(run: string): Promise<void> {
  const blocks = (): number => {
    try {
      return readFileSync(join(run, "journal"), "latin1").split('"kind":"blocks"').length - 1;
    } catch {
      return 0;
    }
  };
  for (let waited = 0; blocks() < 2; waited += 0.05) {
    if (waited > 30) throw new Error("no blocks were finished within 30 s");
    await pause(0.05);
  }
}
