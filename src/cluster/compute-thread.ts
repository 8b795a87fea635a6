// A worker's computing thread: makes programs from contents and runs their blocks, so that the thread that talks to the queue is never busy.
import { parentPort } from "node:worker_threads";
import { parseJob, programOf } from "../ensemble/job.ts";
import { threadEngine } from "../ensemble/kernel/engine.ts";
import type { PathProgram } from "../ensemble/program.ts";
import { readProblemAt } from "../node/files.ts";
import { withFilesAt } from "../node/problem-files.ts";
import type { ThreadReply } from "../node/threads.ts";
import { selfTestBits } from "./self-test.ts";

export interface ComputeRequest {
  readonly id: number;
  /** The job's text, its hash, and where its files lie here; absent: the self-test. */
  readonly task?: {
    readonly hash: string;
    readonly job: string;
    readonly files: { readonly [path: string]: string };
    readonly from: number;
    readonly toPath: number;
  };
}

const engine = threadEngine();

/** The program last made: a run's tasks are mostly of one job. */
let last: { readonly hash: string; readonly program: PathProgram } | undefined;

async function compute({ task }: ComputeRequest): Promise<unknown> {
  if (!task) return selfTestBits(engine);
  if (last?.hash !== task.hash) {
    const { problem: raw, job } = parseJob(task.job);
    const problem = await readProblemAt(
      withFilesAt(raw as Parameters<typeof withFilesAt>[0], (path) => task.files[path]!),
      ".",
    );
    last = { hash: task.hash, program: programOf({ ...problem, json: raw as typeof problem.json }, job) };
  }
  const { job: _job, ...figures } = (await engine(last.program, task.from, task.toPath, {})).toJSON();
  return figures;
}

parentPort?.on("message", (request: ComputeRequest) => {
  compute(request).then(
    (value) => parentPort!.postMessage({ id: request.id, value } satisfies ThreadReply),
    (error: Error) => parentPort!.postMessage({ id: request.id, failed: error.message } satisfies ThreadReply),
  );
});
