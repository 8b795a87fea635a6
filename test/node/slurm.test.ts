// The Slurm script of docs/clusters.md, run as it is written with a stand-in for sbatch: one process a task of the array.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { main } from "../cli/command.ts";

const problem = {
  objective: { formula: "x^4/4" },
  noise: { gaussian: { sigma: 0.5 } },
  learningRate: 0.1,
  start: [1],
  steps: 5,
};

it("the script makes all shards, again after it was interrupted, and merge has the bytes of one run", () => {
  const folder = mkdtempSync(join(tmpdir(), "escapement-slurm-"));
  const docs = readFileSync(resolve("docs/clusters.md"), "utf8");
  const script = /<!-- slurm -->\n```sh\n([\s\S]*?)```/.exec(docs)![1]!;
  // fewer shards and paths than in the text, so that it takes seconds
  const small = script.replace("--array=1-64", "--array=1-3").replace("--paths 1e8", "--paths 10000");
  expect(small).not.toBe(script);
  writeFileSync(join(folder, "shards.sh"), small);
  writeFileSync(join(folder, "problem.json"), JSON.stringify(problem));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "escapement"), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  // what sbatch does with an array, one task after the other
  writeFileSync(
    join(bin, "sbatch"),
    `#!/bin/sh
set -eu
last=$(sed -n 's/^#SBATCH --array=1-//p' "$1")
for task in $(seq 1 "$last"); do SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=$last sh "$1"; done
`,
  );
  for (const name of ["escapement", "sbatch"]) chmodSync(join(bin, name), 0o755);
  const run = (...command: string[]) => {
    const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
    const { status, stdout, stderr } = spawnSync(command[0]!, command.slice(1), { cwd: folder, encoding: "utf8", env });
    expect(status, stderr).toBe(0);
    return stdout;
  };
  run("sbatch", "shards.sh");
  // Slurm starts a task again: its journal has lost its tail
  const journal = join(folder, "shards", "2", "journal");
  copyFileSync(journal, `${journal}.whole`);
  const bytes = readFileSync(journal);
  writeFileSync(journal, bytes.subarray(0, bytes.length - 20));
  run("sbatch", "shards.sh");
  const document = (text: string): string => {
    const { performance: _performance, ...rest } = JSON.parse(text);
    return JSON.stringify(rest);
  };
  const merged = run("sh", "-c", "escapement merge shards/* --json");
  const whole = run("escapement", "law", "problem.json", "--method", "sample", "--paths", "10000", "--json");
  expect(document(merged)).toBe(document(whole));
});
