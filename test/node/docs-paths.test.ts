// The Python snippets of docs/paths.md, run as they stand on files that the command wrote.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openPathFile } from "../../src/node/path-file.ts";

const snippets = [...readFileSync("docs/paths.md", "utf8").matchAll(/```python\n([\s\S]*?)```/g)].map((m) => m[1]!);
const folder = mkdtempSync(join(tmpdir(), "escapement-docs-"));

it.each([
  ["npz", "(6, 2, 1) [10, 50] 3.5"],
  ["csv", "(12, 3) 3.5"],
])("%s", (ending, output) => {
  const file = openPathFile(join(folder, `paths.${ending}`), { variables: ["x"], steps: [10, 50], paths: 6 }, true);
  // path p is at 0 and at p + 1: the mean of 1 .. 6 is 3.5
  file.write({ first: 0, count: 6, x: Float64Array.from({ length: 12 }, (_, k) => (k % 2 === 0 ? 0 : (k + 1) / 2)) });
  file.close();
  const snippet = snippets.find((s) => s.includes(`paths.${ending}`));
  expect(snippet).toBeDefined();
  expect(execFileSync("/usr/bin/python3", ["-c", snippet!], { cwd: folder, encoding: "utf8" }).trim()).toBe(output);
});
