// What a cluster costs beside the local pool on one machine: the same paths by the pool of this process and by one worker process with as many
// threads on a redis-server of our own, one after the other and again, so that what else the machine does meets both. Told are the medians of the
// ratios of neighbours, of the time that passed and of the processors' time (asker, worker and Redis together; Linux alone says it). Needs redis-server: tsx bench/cluster-overhead.ts [SECONDS A RUN] [RUNS] [SECONDS A TASK] [THREADS]
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { openCluster } from "../src/cluster/cluster.ts";
import type { Ensemble } from "../src/ensemble/ensemble.ts";
import { programOf } from "../src/ensemble/job.ts";
import type { CoupledJob } from "../src/ensemble/job-spec.ts";
import { engineOfPieces } from "../src/ensemble/pieces.ts";
import type { Engine } from "../src/ensemble/run.ts";
import { readProblem } from "../src/index.ts";
import { poolEngine } from "../src/node/pool.ts";

const [seconds = 40, runs = 5, taskSeconds = 5, threads = availableParallelism()] = process.argv.slice(2).map(Number);
const clock = (): number => performance.now() / 1000;
const sleep = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000 * time));

const problem = readProblem({
  objective: { formula: "x^4/4 + y^2/2 + 0.1*cos(x*y)", variables: ["x", "y"] },
  noise: { gaussian: { sigma: 0.5 } },
  learningRate: 0.1,
  start: [1, 1],
  steps: 20,
  tests: ["x^2", "x*y"],
});
const job: CoupledJob = {
  question: "coupled",
  companions: ["sme2"],
  observation: { kind: "tests" },
  steps: [20],
  fine: 4,
  eliminations: 2,
  seed: 1,
  normals: "fast",
};
const program = programOf(problem, job);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const port = await freePort();
const url = `redis://127.0.0.1:${port}?seconds=${taskSeconds}`;
const redis = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", ""], { stdio: "ignore" });
await sleep(1);
const worker = spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", "worker", "--cluster", url, "--threads", String(threads)], {
  stdio: ["ignore", "ignore", "inherit"],
});
const pool = poolEngine({ threads });
const cluster = await openCluster(url, {}, { what: "bench", engine: pool, files: new Map(), clock, sleep, tell: console.error });
const spread: Engine = engineOfPieces(cluster.pieces);

/** Processors' time of this process, the worker and Redis so far, in seconds. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  // fields 14 and 15 of the line, in hundredths of a second
  const of = (pid: number): number => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };
  return (user + system) / 1e6 + of(worker.pid!) + of(redis.pid!);
}

interface Timed {
  readonly took: number;
  readonly processors: number;
  readonly ensemble: Ensemble;
}

async function timed(engine: Engine, paths: number): Promise<Timed> {
  const [begin, used] = [clock(), processorSeconds()];
  const ensemble = await engine(program, 0, paths, {});
  return { took: clock() - begin, processors: processorSeconds() - used, ensemble };
}

function median(ratios: readonly number[]): string {
  const sorted = [...ratios].sort((a, b) => a - b);
  const middle = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  return `${middle.toFixed(3)}, from ${sorted[0]!.toFixed(3)} to ${sorted.at(-1)!.toFixed(3)}`;
}

try {
  // both have their native code by then; the pool's speed says how many paths a run has
  await timed(spread, 1 << 22);
  await timed(pool, 1 << 22);
  const { took } = await timed(pool, 1 << 23);
  const paths = 1024 * Math.max(64, Math.round((8192 * seconds) / took));
  console.log(`${paths} paths a run, tasks of ${taskSeconds} s, ${threads} threads, both with ${JSON.stringify(pool.performance?.())}`);
  const ratios = { time: [] as number[], processors: [] as number[] };
  for (let run = 0; run < runs; run++) {
    // each first every other time
    const order = run % 2 === 0 ? [pool, spread] : [spread, pool];
    const [first, second] = [await timed(order[0]!, paths), await timed(order[1]!, paths)];
    const [local, distributed] = run % 2 === 0 ? [first, second] : [second, first];
    if (JSON.stringify(local.ensemble) !== JSON.stringify(distributed.ensemble)) throw new Error("the two have other bytes");
    ratios.time.push(distributed.took / local.took);
    ratios.processors.push(distributed.processors / local.processors);
    console.log(
      `pool ${local.took.toFixed(1)} s (${local.processors.toFixed(1)} s of processors), cluster ${distributed.took.toFixed(1)} s (${distributed.processors.toFixed(1)} s)`,
    );
  }
  console.log(`ratio of times: median ${median(ratios.time)}; of processors' times: median ${median(ratios.processors)}`);
} finally {
  await cluster.close();
  await pool.close();
  worker.kill("SIGTERM");
  await new Promise((resolve) => worker.once("exit", resolve));
  redis.kill("SIGTERM");
}
