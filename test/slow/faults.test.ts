// Faults with real processes, in full numbers; test/cluster/faults.ts says what each does. Most of a fault's time is waited (for processes to start, for
// locks to run out), so that they run side by side, each with processes, run folders and servers of its own.
import { afterAll, describe, it } from "vitest";
import { garbage, killAndResume, killAsker, killTwoWorkers, redisGone, restartRedis, undisturbed } from "../cluster/faults.ts";
import { endAll } from "../cluster/processes.ts";

afterAll(endAll);
const whole = await undisturbed(240_000, ["--threads", "1", "--backend", "wasm"]);
/** With a pool of threads, whose pieces come in another order, and the compiler's code. */
const pooled = await undisturbed(400_000, ["--threads", "2"]);

/** The sum over `count` faults, two of them side by side. */
const inTwoLanes = async (count: number, one: (i: number) => Promise<number>): Promise<number> => {
  let next = 0;
  let sum = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const found = await one(next++);
      sum += found;
    }
  };
  await Promise.all([lane(), lane()]);
  return sum;
};

describe.concurrent("faults", () => {
  it("a run killed at 50 random moments and resumed, every fifth with a pool of threads", async ({ expect }) => {
    const inMidRun = await inTwoLanes(50, async (i) => Number(await killAndResume(i % 5 === 0 ? pooled : whole)));
    expect(inMidRun).toBeGreaterThan(10);
  });
  it("an asker killed at 50 random moments, in runs of ten kills and three in the midst of merging", async ({ expect }) => {
    expect(await inTwoLanes(5, () => killAsker(whole, 10))).toBeGreaterThan(15);
  });
  it("two of three workers killed in mid-task, ten times: the third has their tasks within 20 s", async ({ expect }) => {
    const seconds: number[] = [];
    for (let i = 0; i < 10; i++) seconds.push(await killTwoWorkers(whole));
    console.log(`killed workers' tasks were taken after ${seconds.map((one) => one.toFixed(1)).join(", ")} s`);
    expect(Math.max(...seconds)).toBeLessThan(20);
  });
  it("Redis restarted three times without its data, with a dump and with a log; gone; and garbage, twice", async () => {
    for (let i = 0; i < 3; i++) await restartRedis(whole, ["nothing", "dump", "log"]);
    for (let i = 0; i < 2; i++) {
      await redisGone(whole);
      await garbage(whole);
    }
  });
});
