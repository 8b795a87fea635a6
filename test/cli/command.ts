// Runs the built command as a user does.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const main = resolve("dist/cli/main.js");
if (!existsSync(main)) throw new Error("dist/cli/main.js is missing: npm run build");
export const folder = mkdtempSync(join(tmpdir(), "escapement-test-"));
let count = 0;

export function problemFile(problem: unknown): string {
  const path = join(folder, `problem-${count++}.json`);
  writeFileSync(path, typeof problem === "string" ? problem : JSON.stringify(problem));
  return path;
}

export function run(args: readonly string[], input?: string) {
  const started = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: "utf8",
    input,
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr, seconds: Number(process.hrtime.bigint() - started) / 1e9 };
}

export const json = (args: readonly string[], input?: string) => {
  const result = run([...args, "--json"], input);
  if (result.status !== 0) throw new Error(`exit ${result.status}: ${result.stderr}`);
  return JSON.parse(result.stdout);
};
