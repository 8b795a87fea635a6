// A worker that says hello with the honest one's version and bits, and answers each task with garbage of another kind.
import { Worker } from "bullmq";
import { Redis } from "ioredis";

const port = Number(process.argv[2]);
const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null };
const redis = new Redis(connection);
const honest = JSON.parse(await redis.get("escapement:escapement:worker:honest"));
const hello = () => redis.set("escapement:escapement:worker:liar", JSON.stringify({ ...honest, name: "liar", pid: process.pid }), "EX", 15);
await hello();
setInterval(hello, 2000);
// a hello that is none, too
await redis.set("escapement:escapement:worker:babble", "{not json", "EX", 60);
const { version, bits } = honest;
const subtree = { level: 0, index: 0, count: 1024, mean: [1], squares: [1] };
const lies = [
  null,
  { version, bits, worker: "liar", seconds: 1 },
  "x".repeat(100_000),
  { version, bits, worker: "liar", seconds: 1, ensemble: { kind: "ensemble", subtrees: [subtree], counts: [], extremes: [] } },
  { version, bits, worker: "liar", seconds: -1, ensemble: [] },
];
let told = 0;
new Worker(
  "escapement-tasks",
  async () => {
    console.error("lied");
    // long enough that the honest one has its share
    await new Promise((resolve) => setTimeout(resolve, 50));
    return lies[told++ % lies.length];
  },
  { connection, prefix: "escapement", concurrency: 1 },
);
console.error("liar waits for tasks");
