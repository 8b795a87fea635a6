// 64 shards by 64 processes, some of them killed and started again as a batch system would, merged to the bytes of one run.
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { undisturbed } from "../cluster/faults.ts";
import { kept } from "../cluster/kept.ts";
import { randomIn } from "../cluster/moments.ts";
import { command, endAll, folder, kill, pause, timeless } from "../cluster/processes.ts";

afterAll(endAll);

it("64 shards, every eighth killed at a random moment and gone on with, merge to the bytes of one run", async () => {
  const whole = await undisturbed(200_000);
  const folders: string[] = [];
  for (let index = 1; index <= 64; index++) {
    const run = join(folder, `shard-${index}`);
    const shard = ["--shard", `${index}/64`];
    if (index % 8 === 0) {
      const first = command([...whole.ask, ...shard, "--run", run]);
      await pause(randomIn(0.2, 1));
      await kill(first);
    }
    const { status, stderr } = await command([...whole.ask, ...shard, kept(run) ? "--resume" : "--run", run]).ended;
    expect(status, stderr).toBe(0);
    folders.push(run);
  }
  const merged = await command(["merge", ...folders.reverse(), "--json"]).ended;
  expect(merged.status, merged.stderr).toBe(0);
  expect(timeless(merged.stdout)).toBe(whole.document);
});
