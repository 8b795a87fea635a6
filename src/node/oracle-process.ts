// One run of an oracle's program: a request at a time, with a time limit, and what it said on standard error when it fails.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { type Frame, frameReader, Nonsense } from "./oracle-protocol.ts";

/** missing: no such program; died; hung: no whole answer within the limit; nonsense: no answer to what was asked. */
export type FailureKind = "missing" | "died" | "hung" | "nonsense";

export interface Failure {
  readonly kind: FailureKind;
  readonly what: string;
  /** The end of what it wrote to standard error. */
  readonly lastWords: string;
}

export interface OracleProcess {
  readonly pid: number | undefined;
  /** @param seconds  limit for the whole answer */
  ask(
    request: Uint8Array,
    seconds: number,
    accepts: (header: Readonly<Record<string, unknown>>, lengths: readonly number[]) => void,
  ): Promise<Frame | Failure>;
  /** Ends it and all that it started. */
  kill(): void;
}

const keptWords = 4000;

export interface ProcessOptions {
  readonly command: readonly string[];
  /** Where it runs. */
  readonly folder: string;
  /** Environment besides this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

export function startProcess({ command, folder, environment }: ProcessOptions): OracleProcess {
  const ownGroup = process.platform !== "win32";
  let words = "";
  let failure: { kind: FailureKind; what: string } | undefined;
  // whoever waits for an answer now
  let onData: ((chunk: Uint8Array) => void) | undefined;
  let onFailure: (() => void) | undefined;
  const fail = (kind: FailureKind, what: string): void => {
    failure ??= { kind, what };
    onFailure?.();
  };
  // a group of its own: an interrupt from the terminal is this program's to handle
  const child: ChildProcessWithoutNullStreams = spawn(command[0]!, command.slice(1), {
    cwd: folder,
    detached: ownGroup,
    windowsHide: true,
    env: { ...process.env, ...environment },
  });
  child.on("error", (error: NodeJS.ErrnoException) =>
    fail(
      child.pid === undefined ? "missing" : "died",
      error.code === "ENOENT" ? `no such program, or no such folder ${folder}` : error.message,
    ),
  );
  child.on("close", (code, signal) => fail("died", signal ? `ended by ${signal}` : `ended with exit code ${code}`));
  // closing is told by "close"; a program that ends in between is no error of the pipe
  child.stdin.on("error", () => {});
  child.stderr.on("data", (chunk: Buffer) => {
    words = (words + chunk.toString("utf8")).slice(-keptWords);
  });
  child.stdout.on("data", (chunk: Buffer) => {
    if (onData) onData(chunk);
    else fail("nonsense", `${chunk.length} bytes on standard output that nobody asked for`);
  });
  child.stdout.on("end", () => {
    // its end follows at once, with the exit code; one that only closes its output has ended, too
    setTimeout(() => fail("died", "closed its standard output"), 1000).unref();
  });

  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(ownGroup ? -child.pid : child.pid, "SIGKILL");
    } catch {
      // it has ended already
    }
  };
  return {
    pid: child.pid,
    kill,
    ask: (request, seconds, accepts) =>
      new Promise((resolve) => {
        const reader = frameReader(accepts);
        const finish = (result: Frame | { kind: FailureKind; what: string }): void => {
          clearTimeout(timer);
          onData = undefined;
          onFailure = undefined;
          resolve("kind" in result ? { ...result, lastWords: lastLines(words) } : result);
        };
        const timer = setTimeout(() => {
          const partly = reader.received > 0 ? ` (${reader.received} bytes of one came)` : "";
          finish((failure = { kind: "hung", what: `no answer within ${seconds} s${partly}` }));
        }, seconds * 1000);
        onFailure = () => finish(failure!);
        onData = (chunk) => {
          try {
            const frame = reader.push(chunk);
            if (frame) finish(frame);
          } catch (error) {
            if (!(error instanceof Nonsense)) throw error;
            finish((failure = { kind: "nonsense", what: error.message }));
          }
        };
        if (failure) finish(failure);
        else child.stdin.write(request);
      }),
  };
}

function lastLines(words: string): string {
  return words.trimEnd().split("\n").slice(-12).join("\n").trim();
}
