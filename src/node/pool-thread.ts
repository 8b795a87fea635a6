// A thread of the local pool: makes programs anew from their jobs and runs their blocks on the engine of one thread.
import { parentPort } from "node:worker_threads";
import { parseJob, programOf } from "../ensemble/job.ts";
import type { BlockRunner } from "../ensemble/kernel/backends.ts";
import { threadEngine } from "../ensemble/kernel/engine.ts";
import type { PathProgram } from "../ensemble/program.ts";
import { readProblemAt } from "./files.ts";
import { nativeRunner } from "./native.ts";
import { withFilesAt } from "./problem-files.ts";
import type { ThreadReply } from "./threads.ts";

export interface PoolRequest {
  /** Short for the job; the text comes with the first request that has it. */
  readonly key: number;
  readonly job: string | undefined;
  /** Where files that the problem names lie. */
  readonly files: { readonly [path: string]: string };
  readonly backend: "wasm" | "javascript";
  /** A library of the program's kernel, once there is one. */
  readonly native: string | undefined;
  /** Blocks from .. that hold the paths below toPath; none where they are equal: the program is made, no more. */
  readonly from: number;
  readonly toPath: number;
}

const programs = new Map<number, PathProgram>();
let engine: ReturnType<typeof threadEngine> | undefined;
let library: string | undefined;
const using = new WeakMap<BlockRunner, string>();

async function programOfRequest({ key, job, files }: PoolRequest): Promise<PathProgram> {
  const known = programs.get(key);
  if (known) return known;
  const { problem: raw, job: spec } = parseJob(job!);
  const problem = await readProblemAt(
    withFilesAt(raw as Parameters<typeof withFilesAt>[0], (path) => files[path] ?? path),
    ".",
  );
  const program = programOf({ ...problem, json: raw as typeof problem.json }, spec);
  if (programs.size > 16) programs.clear();
  programs.set(key, program);
  return program;
}

async function run(request: PoolRequest): Promise<unknown> {
  engine ??= threadEngine({
    backend: request.backend,
    beforeBlocks(runner) {
      if (library === undefined || !runner.path || using.get(runner) === library) return;
      using.set(runner, library);
      runner.use(nativeRunner(library, runner.path.kernel));
    },
  });
  const program = await programOfRequest(request);
  library = request.native;
  if (request.toPath === 0) {
    await engine.prepare?.(program, 0);
    return undefined;
  }
  const { job: _job, ...figures } = (await engine(program, request.from, request.toPath, {})).toJSON();
  return { ...figures, backend: engine.performance?.()["backend"] };
}

parentPort?.on("message", (request: PoolRequest & { readonly id: number }) => {
  run(request).then(
    (value) => parentPort!.postMessage({ id: request.id, value } satisfies ThreadReply),
    (error: Error) => parentPort!.postMessage({ id: request.id, failed: error.message } satisfies ThreadReply),
  );
});
