// Run folders and shards in one process: what is kept is used again, the bytes are those of an undisturbed run, and what is foreign is named.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pathsPerBlock } from "../../src/ensemble/ensemble.ts";
import { inPieces } from "../../src/ensemble/pieces.ts";
import { type Engine, plainEngine } from "../../src/ensemble/run.ts";
import { readProblem, samplingBy } from "../../src/index.ts";
import { blockStore, contentHash, durableEngine, partialEngine, replayEngine } from "../../src/node/run-blocks.ts";
import { createRun, listRuns, readRun, resumeRun } from "../../src/node/run-folder.ts";
import type { RunQuestion, Shard } from "../../src/node/run-question.ts";
import { mergeShards, readShard, shardEngine } from "../../src/node/shard.ts";
import { weak } from "../../src/question/weak.ts";

const problem = readProblem({
  objective: { formula: "x^4/4" },
  noise: { gaussian: { sigma: 0.5 } },
  learningRate: 0.1,
  start: [1],
  steps: 5,
  tests: ["x^2"],
});
const paths = 6 * pathsPerBlock + 100;
const question: RunQuestion = {
  version: "1",
  command: "weak",
  problems: [problem.json],
  flags: { paths },
  seed: 1,
  files: {},
  shard: null,
};
const fresh = (): string => join(mkdtempSync(join(tmpdir(), "escapement-run-")), "run");
const none = new Map<string, Uint8Array>();
/** A clock whose readings make pieces of every size: figures must not hang on it. */
const jumpy = (): (() => number) => {
  let now = 0;
  let n = 0;
  return () => {
    now += [0.1, 3, 0.2, 5, 0.01][n++ % 5]!;
    return now;
  };
};

/** The weak question by an engine, as text. */
async function ask(engine: Engine, more: object = {}): Promise<string> {
  const answer = await weak(problem, { method: "sample", models: ["sme2"], paths, engine: samplingBy(engine).weak, ...more });
  const { performance: _performance, ...document } = answer;
  return JSON.stringify(document);
}

/** An engine that counts the blocks it runs and stops after so many. */
function counting(stopAfter = Number.POSITIVE_INFINITY): { engine: Engine; blocks(): number } {
  let blocks = 0;
  return {
    blocks: () => blocks,
    engine: async (program, from, toPath, options) => {
      if (blocks >= stopAfter) throw new Error("stopped");
      blocks += Math.ceil(toPath / pathsPerBlock) - from;
      return plainEngine(program, from, toPath, options);
    },
  };
}

describe("a durable run", () => {
  it("stopped anywhere and gone on with has the bytes of an undisturbed one, and runs no block twice", async () => {
    const whole = await ask(plainEngine);
    const all = counting();
    await ask(all.engine);
    for (const stopAfter of [1, 5]) {
      const folder = fresh();
      const before = counting(stopAfter);
      const first = createRun(folder, question, none);
      const cut: Engine = (program, from, toPath, options) => before.engine(program, from, toPath, options);
      await expect(ask(durableEngine(inPieces(cut, jumpy()), first.blocks))).rejects.toThrow("stopped");
      first.close();
      const after = counting();
      const second = resumeRun(folder, question, none);
      expect(await ask(durableEngine(inPieces(after.engine, jumpy()), second.blocks))).toBe(whole);
      second.close();
      expect(before.blocks() + after.blocks()).toBe(all.blocks());
    }
  });

  it("answers from what is finished, and says how much that is", async () => {
    const folder = fresh();
    const run = createRun(folder, question, none);
    await expect(ask(durableEngine(inPieces(counting(4).engine, jumpy()), run.blocks))).rejects.toThrow("stopped");
    run.close();
    let [finished, asked] = [0, 0];
    const engine = partialEngine(blockStore(readRun(folder).blocks), plainEngine, (done, of) => {
      finished += done;
      asked += of;
    });
    const document = JSON.parse(await ask(engine));
    expect(document.result.tests[0].rows[0].sgd.value).toBeGreaterThan(0);
    expect(finished).toBeGreaterThan(0);
    expect(finished).toBeLessThan(asked);
  });

  it("refuses another question with the difference named", () => {
    const folder = fresh();
    createRun(folder, question, none).close();
    const other = (change: Partial<RunQuestion>) => () => resumeRun(folder, { ...question, ...change }, none);
    expect(other({ seed: 2 })).toThrow(/seed is 1 in the folder, 2 here/);
    expect(other({ version: "2" })).toThrow(/version is "1" in the folder, "2" here/);
    expect(other({ flags: { paths: 5 } })).toThrow(/flags.paths/);
    const changed = { ...problem.json, noise: { gaussian: { sigma: 0.4 } } };
    expect(other({ problems: [changed] })).toThrow(/problems\[0\].noise.gaussian.sigma is 0.5 in the folder, 0.4 here/);
    expect(() => createRun(folder, question, none)).toThrow(/holds a run already/);
    expect(() => resumeRun(join(folder, "nowhere"), question, none)).toThrow(/nowhere: no run is there/);
    expect(() => createRun(tmpdir(), question, none)).toThrow(/holds other files/);
    writeFileSync(join(folder, "journal"), "not a journal");
    expect(() => resumeRun(folder, question, none)).toThrow(/no run folder of this version/);
    expect(readdirSync(folder)).toEqual(["journal"]);
  });

  it("keeps the files that a problem names, and knows when its copy was changed", () => {
    const folder = fresh();
    const files = new Map<string, Uint8Array>([["data/t.csv", Buffer.from("a,b\n1,2\n")]]);
    const hash = contentHash(files.get("data/t.csv")!);
    createRun(folder, { ...question, files: { "data/t.csv": hash } }, files).close();
    const copy = readRun(folder).fileOf("data/t.csv");
    expect(readFileSync(copy, "utf8")).toBe("a,b\n1,2\n");
    writeFileSync(copy, "a,b\n1,3\n");
    expect(() => readRun(folder).fileOf("data/t.csv")).toThrow(/missing or changed/);
  });
});

describe("the lock", () => {
  it("holds one writer, of this process or another; a dead one's is passed over", () => {
    const folder = fresh();
    const run = createRun(folder, question, none);
    expect(() => resumeRun(folder, question, none)).toThrow(/writes into this run; one at a time/);
    const lock = readdirSync(folder).find((name) => name.startsWith("lock-"))!;
    run.close();
    expect(readdirSync(folder)).toEqual(["journal"]);
    const [, place] = lock.split("-");
    // a process that was, one that lives (init), and one of another machine
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(join(folder, `lock-${place}-${dead}-12345`), "");
    resumeRun(folder, question, none).close();
    expect(existsSync(join(folder, `lock-${place}-${dead}-12345`))).toBe(false);
    // the number lives, but the process that had it began at another time
    writeFileSync(join(folder, `lock-${place}-${process.ppid}-1`), "");
    resumeRun(folder, question, none).close();
    writeFileSync(join(folder, `lock-elsewhere-1-1`), JSON.stringify({ host: `not-${hostname()}`, pid: 1 }));
    expect(() => resumeRun(folder, question, none)).toThrow(new RegExp(`another machine \\(not-${hostname()}\\).*remove`));
  });
});

describe("shards", () => {
  const shardRuns = async (of: number, seedOf: (i: number) => number = () => 1) => {
    const folders: string[] = [];
    for (let index = 1; index <= of; index++) {
      const shard: Shard = { index, of };
      const run = createRun(fresh(), { ...question, seed: seedOf(index), shard }, none);
      await ask(shardEngine(durableEngine(inPieces(plainEngine, jumpy()), run.blocks), shard), { seed: seedOf(index) });
      run.finish(null);
      run.close();
      folders.push(run.folder);
    }
    return folders.map((folder) => readRun(folder));
  };

  it("merge to the bytes of one run, in any order, more shards than blocks too", async () => {
    const whole = await ask(plainEngine);
    for (const of of [2, 9]) {
      const runs = await shardRuns(of);
      expect(await ask(replayEngine(mergeShards(runs.reverse()).blocks))).toBe(whole);
    }
  });

  it("with gaps, overlaps or mixtures are refused by name", async () => {
    const runs = await shardRuns(3);
    expect(() => mergeShards(runs.slice(1))).toThrow(/of 3 shards 1 are missing: 1/);
    expect(() => mergeShards([...runs, runs[1]!])).toThrow(/shard 2 comes twice/);
    const other = await shardRuns(3, () => 2);
    expect(() => mergeShards([runs[0]!, runs[1]!, other[2]!])).toThrow(/different runs: seed is 1 in the first, 2 in the second/);
    const ofTwo = await shardRuns(2);
    expect(() => mergeShards([runs[0]!, ...ofTwo])).toThrow(/the number of shards is 3 in the first, 2/);
    expect(() => mergeShards([])).toThrow(/found no folder/);
    const [block, ...blocks] = runs[1]!.blocks;
    const counts = block!.ensemble.counts.map((count) => count + 1);
    const forged = { ...runs[1]!, blocks: [{ ...block!, ensemble: { ...block!.ensemble, counts } }, ...blocks] };
    expect(() => mergeShards([runs[0]!, forged, runs[2]!])).toThrow(/other figures of the same paths/);
    expect(() => mergeShards([runs[0]!, { ...runs[1]!, answer: undefined }, runs[2]!])).toThrow(/shard 2 in .* is not finished/);
    const gap = mergeShards([runs[0]!, { ...runs[1]!, blocks: [] }, runs[2]!]);
    await expect(ask(replayEngine(gap.blocks))).rejects.toThrow(/Blocks .* are missing/);
  });

  it("are read as i/n", () => {
    expect(readShard("3/64")).toEqual({ index: 3, of: 64 });
    for (const text of ["0/4", "5/4", "3", "a/b", "1/0", "-1/4"]) expect(() => readShard(text)).toThrow(/i\/n with i from 1 to n/);
  });
});

it("runs are listed by folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "escapement-runs-"));
  createRun(join(folder, "b"), question, none).close();
  createRun(join(folder, "a"), question, none).close();
  expect(listRuns(folder).map((run) => run.folder)).toEqual([join(folder, "a"), join(folder, "b")]);
});
