// What a task of a distributed run costs besides its computing: BullMQ and Redis (add, take, finish, fetch, forget), and the asker (read, check, merge,
// journal with fsync). Needs a redis-server: tsx bench/cluster-costs.ts redis://127.0.0.1:6379?queue=bench
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "bullmq";
import { openBullQueue } from "../src/cluster/adapters/bullmq.ts";
import { connectionOf, queueName } from "../src/cluster/adapters/redis.ts";
import { readAddress } from "../src/cluster/address.ts";
import { taskId } from "../src/cluster/queue.ts";
import { type Ensemble, ensembleOfBlock, readEnsemble } from "../src/ensemble/ensemble.ts";
import { openJournal } from "../src/node/journal.ts";

const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
const milliseconds = (count: number, begin: number): string => `${((performance.now() - begin) / count).toFixed(3)} ms`;

for (const figures of [50, 500, 5000]) {
  const block = (index: number): Ensemble => {
    const values = Float64Array.from({ length: figures }, (_, i) => Math.sin(i + index));
    return ensembleOfBlock("job", index, { count: 1024, mean: values, squares: values.map(Math.abs) }, new Float64Array(8), [null, null]);
  };
  const texts = Array.from({ length: 400 }, (_, i) => JSON.stringify(block(i)));
  let begin = performance.now();
  const read = texts.map((text) => readEnsemble(JSON.parse(text)));
  const reading = milliseconds(read.length, begin);
  begin = performance.now();
  let all = read[0]!;
  for (const one of read.slice(1)) all = all.merge(one);
  const merging = milliseconds(read.length, begin);
  const path = join(mkdtempSync(join(tmpdir(), "escapement-bench-")), "journal");
  const { journal } = openJournal(path, {});
  begin = performance.now();
  for (const one of read.slice(0, 100)) journal.append(one.toJSON());
  const keeping = milliseconds(100, begin);
  journal.close();
  console.log(
    `${figures} figures: read ${reading}, merge ${merging}, journal with fsync ${keeping}, ${statSync(path).size / 100} bytes a record`,
  );
}

const address = readAddress(process.argv[2] ?? "redis://127.0.0.1:6379?queue=bench", process.env);
const queue = await openBullQueue(address, { what: "bench", sleep, tell: console.error });
const result = { ensemble: JSON.parse(JSON.stringify({ mean: Array.from({ length: 500 }, (_, i) => Math.sin(i)) })) };
const worker = new Worker(queueName(address), async () => result, {
  connection: connectionOf(address),
  prefix: "escapement",
  concurrency: 8,
});
const tasks = Array.from({ length: 2000 }, (_, i) => {
  const blocks = { content: "bench-content-of-no-job-at-all", from: i, toPath: 1024 * (i + 1) };
  return { id: taskId(blocks), ...blocks };
});
const begin = performance.now();
await queue.submit(tasks);
for (let seen = 0; seen < tasks.length; ) {
  const finished = await queue.finished();
  seen += finished.length;
  await queue.acknowledge(finished.map(({ id }) => id));
}
console.log(`a task through Redis, all in one process: ${milliseconds(tasks.length, begin)}`);
await worker.close();
await queue.close();
