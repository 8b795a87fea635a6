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
  const runs = Array.from({ length: 64 }, (_, i) => join(folder, `shard-${i + 1}`));
  // a thread each, as the batch script of docs/clusters.md has it
  const shard = (i: number): string[] => ["--shard", `${i + 1}/64`, "--threads", "1"];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < runs.length) {
      const i = next++;
      const run = runs[i]!;
      if (i % 8 === 7) {
        const first = command([...whole.ask, ...shard(i), "--run", run]);
        await pause(randomIn(0.2, 1));
        await kill(first);
      }
      const { status, stderr } = await command([...whole.ask, ...shard(i), kept(run) ? "--resume" : "--run", run]).ended;
      expect(status, stderr).toBe(0);
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  const merged = await command(["merge", ...runs.reverse(), "--json"]).ended;
  expect(merged.status, merged.stderr).toBe(0);
  expect(timeless(merged.stdout)).toBe(whole.document);
});
