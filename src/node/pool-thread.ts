// A computing thread of the local pool or of a cluster's worker: makes programs anew from their jobs and runs their blocks on the engine of one
// thread, so that the thread that asks is never busy. One request at a time (threads.ts).
import { parentPort } from "node:worker_threads";
import type { ProblemJson } from "../answer/answer.ts";
import type { EnsembleJson } from "../ensemble/ensemble.ts";
import { parseJob, programOf } from "../ensemble/job.ts";
import type { BlockRunner } from "../ensemble/kernel/backends.ts";
import { threadEngine } from "../ensemble/kernel/engine.ts";
import { kernelFor } from "../ensemble/kernel/kernel-for.ts";
import type { PathProgram } from "../ensemble/program.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { readProblemAt } from "./files.ts";
import { compileNative, nativeRunner } from "./native.ts";
import { withFilesAt } from "./problem-files.ts";
import type { ThreadReply } from "./threads.ts";

export interface PoolRequest {
  /** Short for the job. */
  readonly key: number | string;
  readonly job: string;
  /** Where files that the problem names lie. */
  readonly files: { readonly [path: string]: string };
  /** Lets a program be the objective. */
  readonly allowOracle?: boolean;
  readonly backend: "wasm" | "javascript";
  /** What the passes over a network run on where the asking thread runs them. */
  readonly network?: string;
  /** A library of the program's kernel, once there is one; "make": to be made beside these blocks, if it can be. */
  readonly native: { readonly library: string } | "make" | undefined;
  /** Blocks from .. that hold the paths below toPath; none where they are equal: the program is made, no more. */
  readonly from: number;
  readonly toPath: number;
}

/** Figures of the blocks, what they were computed by, and the library that was to be made. */
export interface PoolReply extends Omit<EnsembleJson, "job"> {
  readonly backend: string;
  readonly library?: string;
}

const programs = new Map<string | number, PathProgram>();
/** The problem last read: the parts of a run ask about one problem, a table is long, and a program that is the objective takes its time to start. */
let problem: { readonly key: string; readonly read: Promise<SgdProblem> } | undefined;
let engine: ReturnType<typeof threadEngine> | undefined;
let library: string | undefined;
const using = new WeakMap<BlockRunner, string>();

async function programOfRequest(request: PoolRequest): Promise<PathProgram> {
  const known = programs.get(request.key);
  if (known) return known;
  const { problem: raw, job } = parseJob(request.job);
  const program = programOf({ ...(await problemOf(raw, request)), json: raw as ProblemJson }, job);
  if (programs.size > 16) programs.clear();
  programs.set(request.key, program);
  return program;
}

function problemOf(raw: unknown, { files, allowOracle = false, network }: PoolRequest): Promise<SgdProblem> {
  const key = JSON.stringify([raw, files, allowOracle, network]);
  if (problem?.key !== key) {
    const placed = withFilesAt(raw as ProblemJson, (path) => files[path] ?? path);
    const read = readProblemAt(placed, ".", { allowOracle, backend: network });
    // one that could not be read is read again with the next request
    read.catch(() => {
      if (problem?.key === key) problem = undefined;
    });
    problem = { key, read };
  }
  return problem.read;
}

async function run(request: PoolRequest): Promise<PoolReply | undefined> {
  engine ??= threadEngine({
    backend: request.backend,
    beforeBlocks(runner) {
      if (library === undefined || !runner.path || using.get(runner) === library) return;
      using.set(runner, library);
      runner.use(nativeRunner(library, runner.path.kernel));
    },
  });
  const program = await programOfRequest(request);
  library = typeof request.native === "object" ? request.native.library : undefined;
  if (request.toPath === 0) {
    await engine.prepare?.(program, 0);
    return undefined;
  }
  const making = request.native === "make" ? makeNative(program) : undefined;
  const { job: _job, ...figures } = (await engine(program, request.from, request.toPath, {})).toJSON();
  const made = await making;
  return { ...figures, backend: String(engine.performance?.()["backend"]), ...(made === undefined ? {} : { library: made }) };
}

/** Where nothing can be made (no compiler, no kernel, no koffi), WebAssembly has the same figures. */
async function makeNative(program: PathProgram): Promise<string | undefined> {
  const path = kernelFor(program);
  return path && compileNative(path.kernel).catch(() => undefined);
}

parentPort?.on("message", (request: PoolRequest & { readonly id: number }) => {
  run(request).then(
    (value) => parentPort!.postMessage({ id: request.id, value } satisfies ThreadReply),
    (error: Error) => parentPort!.postMessage({ id: request.id, failed: error.message } satisfies ThreadReply),
  );
});
