// A lane holds one worker and its latest job. A new job takes the place of the one before: what it says is no longer heard, and where it is
// still computing after a little patience its worker is ended and another started. So nothing stale arrives and cancelling is immediate.
import type { Failure, JobKind, Jobs, Reply, Request } from "./jobs.ts";

const defaults = {
  /** Milliseconds that an outdated job may go on before its worker is ended: starting one anew costs about as much. */
  patience: 120,
} as const;

export interface Listener<K extends JobKind> {
  onProgress?(done: number, total: number, what: string): void;
  /** The answer, where figures of it are still to come. */
  onEarly?(value: Jobs[K]["answer"]): void;
  onPart?(value: Jobs[K]["part"]): void;
  onDone(value: Jobs[K]["answer"]): void;
  onFailed(error: Failure): void;
}

export interface Lane {
  ask<K extends JobKind>(request: Request<K>, listener: Listener<K>): void;
  /** Starts the worker before the first job is there. */
  warm(): void;
  /** Ends what is being computed, at once. */
  cancel(): void;
}

/** @param patience  longer for short jobs that follow each other fast: a worker that goes on knows its code well */
export function createLane(start: () => Worker, patience: number = defaults.patience): Lane {
  let worker: Worker | undefined;
  let since: number | undefined;
  let waiting: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const end = (): void => {
    worker?.terminate();
    worker = undefined;
    since = undefined;
  };
  const next = (): void => {
    clearTimeout(timer);
    const go = waiting;
    waiting = undefined;
    go?.();
  };

  function send<K extends JobKind>(request: Request<K>, listener: Listener<K>): void {
    worker ??= start();
    since = performance.now();
    const finish = (): void => {
      since = undefined;
    };
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      const current = waiting === undefined;
      if (data.type === "done" || data.type === "failed") finish();
      if (current) hear(listener, data);
      else if (since === undefined) next();
    };
    worker.onerror = (event) => {
      end();
      if (waiting) next();
      else listener.onFailed({ code: "studio/worker", message: event.message || "the worker could not be started", details: {} });
    };
    worker.postMessage(request);
  }

  return {
    ask(request, listener) {
      clearTimeout(timer);
      if (since === undefined) return send(request, listener);
      waiting = () => send(request, listener);
      const left = patience - (performance.now() - since);
      timer = setTimeout(
        () => {
          end();
          next();
        },
        Math.max(0, left),
      );
    },
    warm() {
      worker ??= start();
    },
    cancel() {
      clearTimeout(timer);
      waiting = undefined;
      if (since !== undefined) end();
    },
  };
}

function hear<K extends JobKind>(listener: Listener<K>, reply: Reply): void {
  if (reply.type === "progress") listener.onProgress?.(reply.done, reply.total, reply.what);
  else if (reply.type === "early") listener.onEarly?.(reply.value as Jobs[K]["answer"]);
  else if (reply.type === "part") listener.onPart?.(reply.value as Jobs[K]["part"]);
  else if (reply.type === "done") listener.onDone(reply.value as Jobs[K]["answer"]);
  else listener.onFailed(reply.error);
}
