// Threads with one task at a time each, whatever they are made of (worker_threads in Node: node/threads.ts; Web Workers: web-pool.ts): a request goes
// to a free thread, its reply comes back by number, one message each. A thread that falls (out of memory, say) is replaced; its task is reported
// as failed.
import { InternalError } from "../errors.ts";

export type ThreadReply = { readonly id: number } & ({ readonly value: unknown } | { readonly failed: string });

export interface Threads<R> {
  /** Runs a request on a free thread; there must be one. */
  run(request: R): Promise<unknown>;
  close(): Promise<void>;
}

/** A thread as its environment has it. */
export interface ThreadLink {
  post(message: unknown): void;
  end(): unknown;
  /** Whether the thread is at work: one that waits need not keep the process. */
  busy?(is: boolean): void;
}

/** Starts a thread that tells its replies, and why it has ended if nobody ended it. */
export type OpenThread = (reply: (reply: ThreadReply) => void, fallen: (why: string) => void) => ThreadLink;

interface Thread {
  readonly link: ThreadLink;
  /** What waits for its answer. */
  pending?: { readonly id: number; resolve(value: unknown): void; reject(error: Error): void } | undefined;
}

export function threadsOf<R extends object>(openThread: OpenThread, count: number): Threads<R> {
  const threads = new Set<Thread>();
  let closing = false;
  let id = 0;

  const open = (): void => {
    const link = openThread(
      (reply) => {
        const { pending } = thread;
        if (reply.id !== pending?.id) return;
        thread.pending = undefined;
        if ("failed" in reply) pending.reject(new Error(reply.failed));
        else pending.resolve(reply.value);
      },
      (why) => {
        if (!threads.delete(thread)) return;
        thread.pending?.reject(new Error(`a computing thread has ended: ${why}`));
        if (!closing) open();
      },
    );
    const thread: Thread = { link };
    threads.add(thread);
    link.busy?.(false);
  };
  for (let i = 0; i < count; i++) open();

  return {
    run(request) {
      const thread = [...threads].find(({ pending }) => !pending);
      if (!thread) throw new InternalError("ensemble/threads", "A task came while no thread was free.");
      const own = id++;
      thread.link.busy?.(true);
      const done = new Promise((resolve, reject) => {
        thread.pending = { id: own, resolve, reject };
        thread.link.post({ ...request, id: own });
      });
      const free = (): void => {
        if (!thread.pending) thread.link.busy?.(false);
      };
      done.then(free, free);
      return done;
    },
    async close() {
      closing = true;
      await Promise.all([...threads].map(({ link }) => link.end()));
    },
  };
}
