// What a distributed run needs of a queue: tasks go in, finished ones come out, content travels by its hash. Everything is JSON or bytes; adapters/
// implement it. A task's id says what it computes, so that adding it again, or doing it twice, changes nothing.
import type { EnsembleJson } from "../ensemble/ensemble.ts";

/** Blocks of one job. */
export interface Task {
  /** Of content and blocks; equal ids, equal results. */
  readonly id: string;
  /** Hash of the content (content.ts) that says what the job is. */
  readonly content: string;
  readonly from: number;
  readonly toPath: number;
}

export const taskId = ({ content, from, toPath }: Omit<Task, "id">): string => `${content.slice(0, 24)}-${from}-${toPath}`;

/** What a worker gives back. */
export interface TaskResult {
  /** The ensemble but for its job, which the asker knows. */
  readonly ensemble: Omit<EnsembleJson, "job">;
  /** What the worker's self-test gave (self-test.ts), and its version. */
  readonly bits: string;
  readonly version: string;
  readonly worker: string;
  /** Computing time. */
  readonly seconds: number;
}

export type Finished =
  | { readonly id: string; readonly result: unknown; readonly failed?: undefined }
  | {
      readonly id: string;
      readonly failed: string;
      /** Who failed, where the queue knows. */
      readonly worker?: string;
      readonly result?: undefined;
    };

/** The asker's side of a queue, owned by one run at a time. */
export interface TaskQueue {
  /** For messages; without a password. */
  readonly address: string;
  /** Work of a task that is wanted, in seconds of one thread. */
  readonly taskSeconds: number;
  /** Makes content known under its hash; again after the queue has lost it. */
  publish(hash: string, content: Uint8Array): Promise<void>;
  /** Adds tasks; one that is there already is left as it is. */
  submit(tasks: readonly Task[]): Promise<void>;
  /** What is finished, as far as it was not acknowledged. */
  finished(): Promise<readonly Finished[]>;
  /** Forgets tasks. */
  acknowledge(ids: readonly string[]): Promise<void>;
  workers(): Promise<readonly WorkerInfo[]>;
  /** Tells a worker that it is not wanted, and why. */
  turnAway(worker: string, why: string): Promise<void>;
  close(): Promise<void>;
}

/** The same queue with each of its answers put through a function. */
export function queueThrough(queue: TaskQueue, through: <T>(answer: Promise<T>) => Promise<T>): TaskQueue {
  return {
    address: queue.address,
    taskSeconds: queue.taskSeconds,
    publish: (hash, content) => through(queue.publish(hash, content)),
    submit: (tasks) => through(queue.submit(tasks)),
    finished: () => through(queue.finished()),
    acknowledge: (ids) => through(queue.acknowledge(ids)),
    workers: () => through(queue.workers()),
    turnAway: (worker, why) => through(queue.turnAway(worker, why)),
    close: () => through(queue.close()),
  };
}

export interface WorkerInfo {
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly threads: number;
  readonly version: string;
  readonly bits: string;
  /** Lets a program be the objective. */
  readonly allowOracle: boolean;
  /** Why it was turned away, if it was. */
  readonly turnedAway: string | null;
}
