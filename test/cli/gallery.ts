// `compare` of a problem of the gallery as anyone runs it: a table that fits a terminal, and a page without holes.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { folder, run } from "./command.ts";

export const gallery = readdirSync("examples")
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(/\.json$/, ""));

export function expectCompared(name: string): void {
  const page = join(folder, `${name}.html`);
  const { status, stdout, stderr } = run(["compare", name, "--report", page]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toContain("HA-SME");
  const tooWide = stdout.split("\n").filter((line) => line.length > 80 && !/file:|escapement compare/.test(line));
  expect(tooWide).toEqual([]);
  expect(existsSync(page)).toBe(true);
  expect(readFileSync(page, "utf8")).not.toMatch(/NaN|Infinity|undefined/);
}
