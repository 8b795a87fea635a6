// Pieces of an ensemble computed by whoever takes tasks from a queue: tasks of about five seconds of work, a few for each thread at a time, checked
// when they come back. A result that is no ensemble of its blocks, or from a worker of another version or with other bits, is thrown away, its
// worker turned away by name, and the task given out again. What a queue has lost (its server was restarted without its data) is added again.
import { type Ensemble, pathsPerBlock, readEnsemble } from "../ensemble/ensemble.ts";
import { endOf, firstPiece, type PieceRunner, pathsOf, type Span } from "../ensemble/pieces.ts";
import type { PathProgram } from "../ensemble/program.ts";
import { InputError, InterruptedError } from "../errors.ts";
import { version } from "../version.ts";
import { contentOf } from "./content.ts";
import { type Finished, queueThrough, type Task, type TaskQueue, type TaskResult, taskId, type WorkerInfo } from "./queue.ts";

export interface ClusterOptions {
  /** Files that problems name, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Bits of this machine's self-test: what workers have to give. */
  readonly bits: string;
  /** Seconds from any fixed time: for the size of tasks, not for figures. */
  readonly clock: () => number;
  readonly sleep: (seconds: number) => Promise<void>;
  /** Tells the user something: a worker was turned away, none is there. */
  readonly tell: (message: string) => void;
}

export const clusterDefaults = {
  /** Blocks of a job's first tasks, whose speed is not known. */
  firstBlocks: 4,
  /** Tasks given out for each thread: one that it has, one that it takes next. */
  perThread: 2,
  /** Towards the end tasks are smaller, down to this part of what is wanted, so that no thread is waited for long. */
  smallest: 1 / 8,
  /** Between two looks at the queue. */
  pollSeconds: 0.1,
  /** Between two looks for what the queue has lost. */
  sweepSeconds: 2,
  /** A task that fails so often ends the run. */
  mostFailures: 5,
};

export function clusterPieces(whole: TaskQueue, options: ClusterOptions): PieceRunner {
  return async function* (program, spans, { signal }) {
    const queue = queueThrough(whole, (answer) => orInterrupted(answer, signal));
    const { clock, sleep } = options;
    const content = contentOf(program.job, options.files, version);
    const publish = async () => {
      for (const [path, hash] of Object.entries(JSON.parse(Buffer.from(content.bytes).toString("utf8")).files as Record<string, string>))
        await queue.publish(hash, options.files.get(path)!);
      await queue.publish(content.hash, content.bytes);
    };
    await publish();
    const rest = [...spans];
    const out = new Map<string, Task>();
    const failures = new Map<string, number>();
    let size = clusterDefaults.firstBlocks;
    let threads = 0;
    let swept = Number.NEGATIVE_INFINITY;
    const warned = { nobody: false, begin: clock() };
    const refused = new Set<string>();

    while (rest.length > 0 || out.size > 0) {
      if (signal?.aborted) throw interrupted();
      if (clock() - swept > clusterDefaults.sweepSeconds) {
        const workers = await queue.workers();
        await turnAwayUnfit(workers, program, queue, options, refused);
        const welcome = workers.filter((worker) => !worker.turnedAway && !refused.has(worker.name));
        threads = welcome.reduce((sum, worker) => sum + worker.threads, 0);
        if (threads === 0 && !warned.nobody && clock() - warned.begin > 3) {
          warned.nobody = true;
          options.tell(`no worker is at ${queue.address} yet; start some: escapement worker --cluster ${queue.address}`);
        }
        await publish();
        await queue.submit([...out.values()]);
        swept = clock();
      }
      const added: Task[] = [];
      while (rest.length > 0 && out.size + added.length < clusterDefaults.perThread * Math.max(2, threads)) {
        const [span] = rest as [Span];
        const piece = firstPiece(span, endSize(size, rest, threads));
        if (endOf(piece) < endOf(span)) rest[0] = { from: endOf(piece), toPath: span.toPath };
        else rest.shift();
        const blocks = { content: content.hash, from: piece.from, toPath: piece.toPath };
        added.push({ id: taskId(blocks), ...blocks });
      }
      if (added.length > 0) await queue.submit(added);
      for (const task of added) out.set(task.id, task);

      const finished = await queue.finished();
      const done: string[] = [];
      for (const one of finished) {
        const task = out.get(one.id);
        // of an earlier run, or done a second time
        if (!task) {
          done.push(one.id);
          continue;
        }
        const seen = await check(one, task, program, queue, options, refused, failures);
        if (!seen) {
          // who failed may be one that has just come and is not fit
          swept = Number.NEGATIVE_INFINITY;
          await queue.acknowledge([one.id]);
          await queue.submit([task]);
          continue;
        }
        size = nextSize(size, task, seen.seconds, queue.taskSeconds);
        // kept (a journal writes it down) before it is forgotten here and in the queue
        yield seen.ensemble;
        out.delete(one.id);
        done.push(one.id);
      }
      if (done.length > 0) await queue.acknowledge(done);
      if (finished.length === 0) await sleep(clusterDefaults.pollSeconds);
    }
  };
}

/** Blocks of the next tasks: a power of two, at most four times as many as before. */
function nextSize(size: number, task: Task, seconds: number, wanted: number): number {
  const perBlock = seconds / (endOf(task) - task.from);
  let next = 1;
  while (next < 4 * size && 2 * next * perBlock <= wanted) next *= 2;
  return next;
}

/** Blocks of a task when `rest` is left for so many threads: a power of two, as large as is wanted while there is much. */
function endSize(wanted: number, rest: readonly Span[], threads: number): number {
  const left = rest.reduce((sum, span) => sum + endOf(span) - span.from, 0);
  let size = wanted;
  while (size > 1 && size > wanted * clusterDefaults.smallest && size * 2 * Math.max(1, threads) > left) size /= 2;
  return size;
}

const interrupted = (): InterruptedError => new InterruptedError("cluster/interrupted", "Sampling was interrupted.");

/** An answer of the queue, or the interruption: a server that is away may keep one waiting for ever. */
function orInterrupted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return answer;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(interrupted());
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

async function turnAwayUnfit(
  workers: readonly WorkerInfo[],
  program: PathProgram,
  queue: TaskQueue,
  { bits, tell }: ClusterOptions,
  refused: Set<string>,
): Promise<void> {
  const needsOracle = program.problem.objective.kind === "oracle";
  for (const worker of workers) {
    if (worker.turnedAway || refused.has(worker.name)) continue;
    const unwilling = needsOracle && !worker.allowOracle;
    const why = foreign(worker, bits) ?? (unwilling ? "the objective is a program, and it was started without --allow-oracle" : undefined);
    if (why) await turnAway(worker.name, why, queue, tell, refused);
  }
}

/** Why figures of this version or bits are not wanted. */
function foreign(from: Pick<WorkerInfo, "version" | "bits">, bits: string): string | undefined {
  if (from.version !== version) return `it is version ${from.version}, this run is ${version}`;
  if (from.bits !== bits) return "its self-test gives other bits: that machine computes differently";
  return undefined;
}

async function turnAway(name: string, why: string, queue: TaskQueue, tell: (message: string) => void, refused: Set<string>): Promise<void> {
  refused.add(name);
  await queue.turnAway(name, why);
  tell(`worker ${name} was turned away: ${why}`);
}

/** The ensemble of a finished task; undefined where it has to be done again. */
async function check(
  finished: Finished,
  task: Task,
  program: PathProgram,
  queue: TaskQueue,
  { bits, tell }: ClusterOptions,
  refused: Set<string>,
  failures: Map<string, number>,
): Promise<{ readonly ensemble: Ensemble; readonly seconds: number } | undefined> {
  if (finished.failed !== undefined) {
    const { id, failed, worker } = finished;
    if (worker !== undefined && refused.has(worker)) return undefined;
    const count = (failures.get(id) ?? 0) + 1;
    failures.set(id, count);
    if (count >= clusterDefaults.mostFailures)
      throw new InputError("cluster/task", `A task failed ${count} times on workers at ${queue.address}: ${failed}`, { id, failed });
    return undefined;
  }
  const given = finished.result as Partial<TaskResult> | null;
  const worker = typeof given?.worker === "string" ? given.worker : "(without a name)";
  if (refused.has(worker)) return undefined;
  const why = foreign({ version: String(given?.version), bits: String(given?.bits) }, bits);
  const ensemble = why === undefined ? ensembleOf(given, task, program) : undefined;
  if (ensemble) return { ensemble, seconds: Number(given!.seconds) };
  await turnAway(worker, why ?? "it answered with what is no ensemble of the blocks that it was given", queue, tell, refused);
  return undefined;
}

function ensembleOf(given: Partial<TaskResult> | null, task: Task, program: PathProgram): Ensemble | undefined {
  try {
    const ensemble = readEnsemble({ ...given!.ensemble, job: program.job });
    const [blocks, ...more] = ensemble.blocks;
    const fits =
      more.length === 0 &&
      blocks![0] === task.from &&
      blocks![1] === endOf(task) &&
      ensemble.paths === pathsOf(task) &&
      ensemble.moments.mean.length === program.size &&
      ensemble.counts.length === program.counts.length &&
      ensemble.extremes.length === program.extremes.length &&
      ensemble.extremes.every((extreme) => !extreme || (extreme.path >= task.from * pathsPerBlock && extreme.path < task.toPath)) &&
      ensemble.moments.squares.every((square) => !(square < 0)) &&
      Number.isFinite(given!.seconds) &&
      given!.seconds! >= 0;
    return fits ? ensemble : undefined;
  } catch {
    return undefined;
  }
}
