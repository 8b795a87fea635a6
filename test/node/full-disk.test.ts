// A disk that fills up under a journal: a small tmpfs. Mounting needs root and the right to mount; elsewhere this one test is skipped, and says so.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openJournal, readJournal } from "../../src/node/journal.ts";

const folder = mkdtempSync(join(tmpdir(), "escapement-full-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]).status === 0;
if (!mounted) console.log("skipped: a full disk (no right to mount a tmpfs here)");
afterAll(() => {
  if (mounted) spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true, force: true });
});

it.skipIf(!mounted)("a full disk ends with a word, keeps every record that counted, and goes on when there is room", () => {
  const path = join(folder, "journal");
  const filler = join(folder, "filler");
  writeFileSync(filler, "x".repeat(20_000));
  const { journal } = openJournal(path, { first: true });
  const record = { text: "y".repeat(3000) };
  let counted = 1;
  expect(() => {
    for (; counted < 100; counted++) journal.append(record);
  }).toThrow(/the disk is full; make room and go on with --resume/);
  expect(counted).toBeGreaterThan(3);
  expect(readJournal(path)?.records.length).toBe(counted);
  expect(readJournal(path)?.damage).toEqual([]);
  rmSync(filler);
  journal.append(record);
  journal.close();
  expect(readJournal(path)?.records.length).toBe(counted + 1);
});
