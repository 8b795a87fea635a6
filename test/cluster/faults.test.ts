// Faults with real processes, few of each; test/slow/faults.test.ts has them in full numbers.
import { afterAll, describe, expect, it } from "vitest";
import { garbage, killAndResume, killAsker, killBeforeTheJournal, killTwoWorkers, redisGone, restartRedis, undisturbed } from "./faults.ts";
import { command, endAll, timeless } from "./processes.ts";

afterAll(endAll);
const short = await undisturbed(100_000);
const whole = await undisturbed(240_000);

// a killed worker's task is free after fifteen seconds; machines that are busy take longer. Most of a fault's time is waited: two at once
describe.concurrent("after a fault the bytes are those of an undisturbed run, nothing is lost and nothing there twice", {
  timeout: 240_000,
}, () => {
  it("none: a run folder changes no byte", async () => {
    expect(timeless((await command(short.ask).ended).stdout)).toBe(short.document);
  });
  it("a run killed at 8 random moments and resumed", async () => {
    let inMidRun = 0;
    for (let i = 0; i < 8; i++) if (await killAndResume(short)) inMidRun++;
    // moments are uniform over the run: all eight in its last fifth would be one in 400 000
    expect(inMidRun).toBeGreaterThan(0);
  });
  it("a run killed before its journal was begun", () => killBeforeTheJournal(short));
  it("an asker killed at 8 random moments and in the midst of merging, with workers whose clocks are off", async () => {
    // the first kills meet a run that is not finished, whatever the machine
    expect(await killAsker(whole, 8)).toBeGreaterThan(1);
  });
  it("two of three workers killed in mid-task: others have their tasks within 20 s", async () => {
    expect(await killTwoWorkers(whole)).toBeLessThan(20);
  });
  it("Redis restarted without its data, and with it", () => restartRedis(whole, ["nothing", "dump", "log"]));
  it("Redis gone for good", () => redisGone(whole));
  it("a worker that answers garbage", () => garbage(whole));
});
