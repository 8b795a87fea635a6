// A worker's computing thread: makes programs from contents and runs their blocks, so that the thread that talks to the queue is never busy.
import { parentPort } from "node:worker_threads";
import type { ProblemJson } from "../answer/answer.ts";
import type { EnsembleJson } from "../ensemble/ensemble.ts";
import { parseJob, programOf } from "../ensemble/job.ts";
import type { BlockRunner } from "../ensemble/kernel/backends.ts";
import { threadEngine } from "../ensemble/kernel/engine.ts";
import { kernelFor } from "../ensemble/kernel/kernel-for.ts";
import type { PathProgram } from "../ensemble/program.ts";
import { readProblemAt } from "../node/files.ts";
import { compileNative, nativeRunner } from "../node/native.ts";
import { withFilesAt } from "../node/problem-files.ts";
import type { ThreadReply } from "../node/threads.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { selfTestBits } from "./self-test.ts";

export interface ComputeTask {
  /** The job's text, its hash, and where its files lie here. */
  readonly hash: string;
  readonly job: string;
  readonly files: { readonly [path: string]: string };
  readonly from: number;
  readonly toPath: number;
  /** Lets a program be the objective. */
  readonly allowOracle: boolean;
  /** Native code: there is none, there is a library, or one is to be made meanwhile. */
  readonly native: "none" | "make" | { readonly library: string };
}

export interface ComputeRequest {
  readonly id: number;
  /** Absent: the self-test. */
  readonly task?: ComputeTask;
}

/** The self-test's bits; or figures, and the library if one was to be made and could be. */
export type ComputeReply = string | { readonly figures: Omit<EnsembleJson, "job">; readonly library?: string };

let library: string | undefined;
const using = new WeakMap<BlockRunner, string>();
const engine = threadEngine({
  beforeBlocks(runner) {
    if (library === undefined || !runner.path || using.get(runner) === library) return;
    using.set(runner, library);
    runner.use(nativeRunner(library, runner.path.kernel));
  },
});

/** The problem and the program last made: the parts of a run ask about one problem, and most tasks are of one job. */
let problem: { readonly key: string; readonly read: Promise<SgdProblem> } | undefined;
let program: { readonly hash: string; readonly made: PathProgram } | undefined;

async function compute({ task }: ComputeRequest): Promise<ComputeReply> {
  if (!task) return selfTestBits(engine);
  if (program?.hash !== task.hash) {
    const { problem: raw, job } = parseJob(task.job);
    program = { hash: task.hash, made: programOf({ ...(await problemOf(raw, task)), json: raw as ProblemJson }, job) };
  }
  library = typeof task.native === "object" ? task.native.library : undefined;
  const making = task.native === "make" ? makeNative(program.made) : undefined;
  const { job: _job, ...figures } = (await engine(program.made, task.from, task.toPath, {})).toJSON();
  const made = await making;
  return { figures, ...(made === undefined ? {} : { library: made }) };
}

/** Where nothing can be made (no compiler, no kernel, no koffi), WebAssembly has the same figures. */
async function makeNative(made: PathProgram): Promise<string | undefined> {
  const path = kernelFor(made);
  return path && compileNative(path.kernel).catch(() => undefined);
}

/** Read once: a table is long, and a program that is the objective takes its time to start. */
function problemOf(raw: unknown, { files, allowOracle }: ComputeTask): Promise<SgdProblem> {
  const key = JSON.stringify([raw, files]);
  if (problem?.key !== key) {
    const placed = withFilesAt(raw as ProblemJson, (path) => files[path]!);
    const read = readProblemAt(placed, ".", { allowOracle });
    // one that could not be read is read again with the next task
    read.catch(() => {
      if (problem?.key === key) problem = undefined;
    });
    problem = { key, read };
  }
  return problem.read;
}

parentPort?.on("message", (request: ComputeRequest) => {
  compute(request).then(
    (value) => parentPort!.postMessage({ id: request.id, value } satisfies ThreadReply),
    (error: Error) => parentPort!.postMessage({ id: request.id, failed: error.message } satisfies ThreadReply),
  );
});
