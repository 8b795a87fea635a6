// A thread of the pool for networks (network-pool.ts): reads the problem anew, once, and runs paths of its jobs.
import { parentPort } from "node:worker_threads";
import type { ProblemJson } from "../answer/answer.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { type NetworkJob, type NetworkRows, networkRun } from "../question/network-paths.ts";
import { readProblemAt } from "./files.ts";
import { withFilesAt } from "./problem-files.ts";
import type { ThreadReply } from "./threads.ts";

export interface NetworkRequest {
  readonly problem: ProblemJson;
  /** Where files that the problem names lie. */
  readonly files: { readonly [path: string]: string };
  readonly backend: string;
  readonly job: NetworkJob;
  /** Paths from .. to - 1. */
  readonly from: number;
  readonly to: number;
}

let known: { readonly text: string; readonly problem: SgdProblem } | undefined;

async function problemOf({ problem: raw, files, backend }: NetworkRequest): Promise<SgdProblem> {
  const text = JSON.stringify(raw);
  if (known?.text === text) return known.problem;
  const placed = withFilesAt(raw, (path) => files[path] ?? path);
  // the asking thread has told what is fallen back from
  const problem = await readProblemAt(placed, ".", { backend });
  known = { text, problem: { ...problem, json: raw } };
  return known.problem;
}

async function run(request: NetworkRequest): Promise<NetworkRows> {
  const { size, counts, extremes, path } = networkRun(await problemOf(request), request.job);
  const { from, to } = request;
  const rows = new Float64Array((to - from) * size);
  for (let number = from; number < to; number++) path(number, rows.subarray((number - from) * size, (number - from + 1) * size));
  return { rows, counts, extremes };
}

parentPort?.on("message", (request: NetworkRequest & { readonly id: number }) => {
  run(request).then(
    (value) => parentPort!.postMessage({ id: request.id, value } satisfies ThreadReply),
    (error: Error) => parentPort!.postMessage({ id: request.id, failed: error.message } satisfies ThreadReply),
  );
});
