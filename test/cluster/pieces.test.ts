// The asker against a queue in memory that loses, doubles, fails and lies: the bytes are those of an undisturbed run, and liars are named.
import { describe, expect, it } from "vitest";
import { clusterPieces } from "../../src/cluster/pieces.ts";
import type { Finished, Task, TaskQueue, WorkerInfo } from "../../src/cluster/queue.ts";
import { selfTestBits } from "../../src/cluster/self-test.ts";
import { parseJob, programOf } from "../../src/ensemble/job.ts";
import { engineOfPieces } from "../../src/ensemble/pieces.ts";
import { plainEngine } from "../../src/ensemble/run.ts";
import { readProblem, samplingBy, version } from "../../src/index.ts";
import { weak } from "../../src/question/weak.ts";

const problem = readProblem({
  objective: { formula: "x^4/4" },
  noise: { gaussian: { sigma: 0.5 } },
  learningRate: 0.1,
  start: [1],
  steps: 3,
  tests: ["x^2"],
});

async function ask(engine = plainEngine): Promise<string> {
  const { performance: _performance, ...document } = await weak(problem, {
    method: "sample",
    models: ["sme2"],
    paths: 9000,
    engine: samplingBy(engine).weak,
  });
  return JSON.stringify(document);
}

const bits = await selfTestBits(plainEngine);
const honest: WorkerInfo = { name: "honest", host: "h", pid: 1, threads: 2, version, bits, allowOracle: false, turnedAway: null };

/** How a queue misbehaves on the n-th finished task; undefined: not at all. */
type Mischief = (n: number, task: Task, queue: { lose(): void }) => unknown | "fail" | "twice" | undefined;

function queueInMemory(mischief: Mischief = () => undefined, others: WorkerInfo[] = []) {
  const contents = new Map<string, Uint8Array>();
  let tasks = new Map<string, Task>();
  const done = new Map<string, Finished>();
  const turnedAway: [string, string][] = [];
  const ran: string[] = [];
  let n = 0;
  const queue: TaskQueue = {
    address: "memory",
    taskSeconds: 0.02,
    publish: async (hash, content) => void contents.set(hash, content),
    submit: async (added) => {
      for (const task of added) if (!done.has(task.id)) tasks.set(task.id, task);
    },
    async finished() {
      const [task] = tasks.values();
      if (task) {
        tasks.delete(task.id);
        const trick = mischief(n++, task, { lose: () => (tasks = new Map()) });
        const { problem: raw, job } = parseJob(JSON.parse(Buffer.from(contents.get(task.content)!).toString()).job);
        const begin = performance.now();
        const { job: _job, ...ensemble } = (await plainEngine(programOf(readProblem(raw), job), task.from, task.toPath, {})).toJSON();
        const seconds = (performance.now() - begin) / 1000;
        ran.push(task.id);
        const result = { ensemble, bits, version, worker: "honest", seconds };
        if (trick === "fail") done.set(task.id, { id: task.id, failed: "out of memory" });
        else if (trick === "lost") ran.pop();
        else done.set(task.id, { id: task.id, result: typeof trick === "object" ? { ...result, ...trick } : result });
        if (trick === "twice") done.set("of-an-earlier-run-0-1024", { id: "of-an-earlier-run-0-1024", result });
      }
      return [...done.values()];
    },
    acknowledge: async (ids) => {
      for (const id of ids) done.delete(id);
    },
    workers: async () => [honest, ...others],
    turnAway: async (worker, why) => void turnedAway.push([worker, why]),
    close: async () => {},
  };
  return { queue, turnedAway, ran };
}

let now = 0;
const said: string[] = [];
const options = {
  files: new Map<string, Uint8Array>(),
  bits,
  clock: () => (now += 0.7),
  sleep: async () => {},
  tell: (message: string) => void said.push(message),
};
const engineOf = (queue: TaskQueue) => engineOfPieces(clusterPieces(queue, options));
const whole = await ask();

describe("a distributed run", () => {
  it("has the bytes of a local one, and runs each task once", async () => {
    const { queue, ran } = queueInMemory();
    expect(await ask(engineOf(queue))).toBe(whole);
    expect(new Set(ran).size).toBe(ran.length);
    expect(ran.length).toBeGreaterThan(2);
  });

  it("survives tasks that fail, are lost, or come from an earlier run", async () => {
    for (const trick of ["fail", "lost", "twice"]) {
      const { queue } = queueInMemory((n) => (n % 3 === 0 ? trick : undefined));
      expect(await ask(engineOf(queue)), trick).toBe(whole);
    }
    const { queue } = queueInMemory((n, _task, { lose }) => (n % 2 === 0 ? lose() : undefined));
    expect(await ask(engineOf(queue))).toBe(whole);
  });

  it("throws garbage away and turns its worker away by name", async () => {
    const garbage = [
      { worker: "liar", ensemble: null },
      { worker: "liar", ensemble: { kind: "ensemble", subtrees: [], counts: [], extremes: [] } },
      { worker: "liar", ensemble: "x".repeat(1000) },
      { worker: "liar", seconds: "soon" },
    ];
    for (const lie of garbage) {
      const { queue, turnedAway } = queueInMemory((n) => (n === 1 ? lie : undefined));
      expect(await ask(engineOf(queue))).toBe(whole);
      expect(turnedAway).toEqual([["liar", expect.stringMatching(/no ensemble of the blocks/)]]);
    }
  });

  it("turns away workers of another version or with other bits, whose results do not count", async () => {
    const old: WorkerInfo = { ...honest, name: "old", version: "0.0.1" };
    const odd: WorkerInfo = { ...honest, name: "odd", bits: "0123456789abcdef" };
    const { queue, turnedAway } = queueInMemory((n) => (n === 0 ? { worker: "odd", bits: odd.bits } : undefined), [old, odd]);
    expect(await ask(engineOf(queue))).toBe(whole);
    expect(Object.fromEntries(turnedAway)).toEqual({
      old: expect.stringMatching(/version 0.0.1/),
      odd: expect.stringMatching(/other bits/),
    });
    expect(said.some((message) => /worker odd was turned away/.test(message))).toBe(true);
  });

  it("ends with the reason where a task fails again and again", async () => {
    const { queue } = queueInMemory(() => "fail");
    await expect(ask(engineOf(queue))).rejects.toThrow(/failed 5 times on workers at memory: out of memory/);
  });
});
