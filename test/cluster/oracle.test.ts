// A program as the objective, on workers that allow it and one that does not, in shards, and shown and merged from run folders.
import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { command, endAll, folder, freePort, problemFile, redisServer, stop, timeless, worker } from "./processes.ts";

afterAll(endAll);

// the program lies beside the problem file, where all but workers start it; workers have it where they are started
mkdirSync(join(folder, "models"));
const places = [join(folder, "models", "model.py"), join(folder, "model.py")] as const;
for (const place of places)
  writeFileSync(
    place,
    `from escapement_oracle import serve
import numpy as np
t = np.array([[1.0, 0.5], [-0.5, 2.0], [0.25, -1.0], [2.0, 1.0]])
pick = lambda s: slice(None) if s is None else s
serve(d=2, n=4, value=lambda x, s: np.mean((t[pick(s)] @ x) ** 2) / 2, gradient=lambda x, s: t[pick(s)].T @ (t[pick(s)] @ x) / len(t[pick(s)]))
`,
  );
const problem = problemFile(join("models", "oracle.json"), {
  objective: { oracle: { command: ["/usr/bin/python3", "model.py"] } },
  noise: { minibatch: { size: 2, replacement: false } },
  learningRate: 0.1,
  start: [1, -2],
  steps: 2,
});
// each request takes some tenths of a millisecond: more than the four blocks that all shards run, and no more
const ask = ["paths", problem, "--paths", "5500", "--json"];
const allow = "--allow-oracle";

async function answer(args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await command(args).ended;
  expect(status, stderr).toBe(0);
  return timeless(stdout);
}

it("has the same bytes on a cluster, in shards and from a run folder, and is run only where that is allowed", {
  timeout: 240_000,
}, async () => {
  const whole = await answer([...ask, allow]);

  const port = await freePort();
  const redis = await redisServer(port);
  const url = `redis://127.0.0.1:${port}?seconds=0.5`;
  const unwilling = await worker(url, { name: "unwilling" });
  const willing = command(["worker", "--cluster", url, "--threads", "1", "--name", "willing", allow]);
  expect(await answer([...ask, allow, "--cluster", url, "--run", "oracle-run"])).toBe(whole);
  const { status, stderr } = await unwilling.ended;
  expect(status).toBe(2);
  expect(stderr).toMatch(/unwilling\) was turned away: the objective is a program, and it was started without --allow-oracle/);
  expect(await stop(willing)).toEqual([0]);
  await stop(redis);
  rmSync(places[1]);

  for (const shard of ["1/2", "2/2"]) await answer([...ask, allow, "--shard", shard, "--run", `oracle-shard-${shard[0]}`]);
  const merge = ["merge", "oracle-shard-1", "oracle-shard-2", "--json"];
  const refused = await command(merge).ended;
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatch(/names a program to run: .*model.py; allowed: only with --allow-oracle/);
  expect(await answer([...merge, allow])).toBe(whole);
  // a finished run is shown from its journal: no program is needed
  expect(await answer(["show", "oracle-run", "--json"])).toBe(whole);
  // a shard is a part of a run, of which some is there and the rest is not
  const part = JSON.parse(await answer(["show", "oracle-shard-1", "--json", allow]));
  expect(part.warnings[0].code).toBe("unfinished");

  // on another machine the problem file's folder is not there
  renameSync(join(folder, "models"), join(folder, "elsewhere"));
  copyFileSync(join(folder, "elsewhere", "model.py"), places[1]);
  const moved = await command([...merge, allow]).ended;
  expect(moved.stderr).toMatch(/models, where the problem file lay, is not there: its program is started in /);
  expect(timeless(moved.stdout)).toBe(whole);
});
