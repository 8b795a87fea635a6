// Faults with real processes, in full numbers; test/cluster/faults.ts says what each does.
import { afterAll, expect, it } from "vitest";
import { garbage, killAndResume, killAsker, killTwoWorkers, redisGone, restartRedis, undisturbed } from "../cluster/faults.ts";
import { endAll } from "../cluster/processes.ts";

afterAll(endAll);
const whole = await undisturbed(600_000);

it("a run killed at 50 random moments and resumed", async () => {
  let inMidRun = 0;
  for (let i = 0; i < 50; i++) if (await killAndResume(whole)) inMidRun++;
  expect(inMidRun).toBeGreaterThan(10);
});
it("an asker killed at 50 random moments, in runs of ten kills and three in the midst of merging", async () => {
  let inMidRun = 0;
  for (let i = 0; i < 5; i++) inMidRun += await killAsker(whole, 10);
  expect(inMidRun).toBeGreaterThan(15);
});
it("two of three workers killed in mid-task, ten times: others have their tasks within 20 s", async () => {
  const seconds: number[] = [];
  for (let i = 0; i < 10; i++) seconds.push(await killTwoWorkers(whole));
  console.log(`killed workers' tasks were kept after ${seconds.map((one) => one.toFixed(1)).join(", ")} s`);
  expect(Math.max(...seconds)).toBeLessThan(20 + 5);
});
it("Redis restarted five times without its data, with a dump and with a log", async () => {
  for (let i = 0; i < 5; i++) await restartRedis(whole, ["nothing", "dump", "log"]);
});
it("Redis gone, and garbage, five times each", async () => {
  for (let i = 0; i < 5; i++) {
    await redisGone(whole);
    await garbage(whole);
  }
});
