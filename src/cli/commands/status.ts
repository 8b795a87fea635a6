// `status --cluster URL`: which run has the queue, what is left to do, who works.
import { clusterStatus } from "../../node.ts";
import type { Flags } from "../problem.ts";
import { clusterOf } from "./worker.ts";

export async function status(flags: Flags): Promise<number> {
  const { address, run, tasks, workers } = await clusterStatus(clusterOf(flags, "status"), process.env);
  if (flags["json"]) {
    process.stdout.write(`${JSON.stringify({ command: "status", address, run, tasks, workers })}\n`);
    return 0;
  }
  const lines = [
    `${address}: ${run ? `${run.what} (process ${run.pid} on ${run.host})` : "no run"}`,
    `tasks: ${Object.entries(tasks)
      .map(([state, count]) => `${count} ${state}`)
      .join(", ")}`,
    workers.length === 0 ? `no workers; start some: escapement worker --cluster ${address}` : "",
    ...workers.map(
      ({ name, threads, version, bits, turnedAway }) =>
        `${name}: ${threads} thread${threads === 1 ? "" : "s"}, version ${version}, bits ${bits}${turnedAway ? `; turned away: ${turnedAway}` : ""}`,
    ),
  ];
  process.stdout.write(`${lines.filter((line) => line !== "").join("\n")}\n`);
  return 0;
}
