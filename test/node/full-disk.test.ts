// A disk that fills up under a journal: a small tmpfs. Mounting needs root and the right to mount; elsewhere this one test is skipped, and says so.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openJournal, readJournal } from "../../src/node/journal.ts";
import { main } from "../cli/command.ts";

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

it.skipIf(!mounted)(
  "a run whose disk is full ends with exit code 2 and, when there is room, goes on to the bytes of an undisturbed one",
  () => {
    const problem = {
      objective: { formula: "x^4/4" },
      noise: { gaussian: { sigma: 0.5 } },
      learningRate: 0.1,
      start: [1],
      steps: 5,
    };
    const elsewhere = mkdtempSync(join(tmpdir(), "escapement-not-full-"));
    const file = join(elsewhere, "problem.json");
    writeFileSync(file, JSON.stringify(problem));
    const run = (...args: string[]) => {
      const ask = ["law", file, "--method", "sample", "--paths", "20000", "--json"];
      return spawnSync(process.execPath, [main, ...ask, ...args], { encoding: "utf8", cwd: elsewhere });
    };
    const document = (text: string): string => {
      const { performance: _performance, ...rest } = JSON.parse(text);
      return JSON.stringify(rest);
    };
    const whole = run();
    expect(whole.status, whole.stderr).toBe(0);
    const filler = join(folder, "filler");
    // all of it but for a page or two, so that the run begins and does not end
    for (let size = 64_000; ; size -= 1000) {
      rmSync(filler, { force: true });
      rmSync(join(folder, "run"), { recursive: true, force: true });
      try {
        writeFileSync(filler, "x".repeat(size));
      } catch {
        continue;
      }
      const { status, stderr } = run("--run", join(folder, "run"));
      expect(status, stderr).toBe(2);
      expect(stderr).toMatch(/cannot be (written|made)/);
      if (readJournal(join(folder, "run", "journal"))) {
        expect(stderr).toMatch(/the disk is full; make room and go on with --resume/);
        break;
      }
    }
    // room is made
    expect(spawnSync("mount", ["-o", "remount,size=4m", folder]).status).toBe(0);
    const resumed = run("--resume", join(folder, "run"));
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(document(resumed.stdout)).toBe(document(whole.stdout));
    rmSync(elsewhere, { recursive: true, force: true });
  },
);
