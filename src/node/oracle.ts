// A program as an objective, in the thread that asks: each request waits for its answer (Atomics.wait) while oracle-thread.ts talks to the
// program, so that an oracle is an objective like any other. What is wrong with an answer is told here; the protocol is docs/oracles.md.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { InputError, TransportError } from "../errors.ts";
import type { Failure } from "./oracle-process.ts";
import { type Block, encodeFrame } from "./oracle-protocol.ts";
import type { ThreadAnswer, ThreadData, ThreadRequest } from "./oracle-thread.ts";
import { packageFolder } from "./package-folder.ts";

const defaults = {
  /** Seconds an answer may take; loading PyTorch takes several. */
  timeLimit: 60,
  /** Times that a request is tried in all. */
  attempts: 2,
  /** Restarts in all. */
  restarts: 10,
};

export interface OracleOptions {
  /** Where the program runs; default: here. */
  readonly folder?: string;
  /** Seconds an answer may take, its start included. */
  readonly timeLimit?: number;
  /** Told when the program was started again; default: a line on standard error. */
  readonly onRestart?: (message: string) => void;
}

/** Programs that run; none outlives this one. */
const running = new Set<() => void>();

function endWithUs(kill: () => void): void {
  if (running.size === 0) process.on("exit", endAll);
  running.add(kill);
}

function endAll(): void {
  for (const kill of running) kill();
}

/** What the program said of itself. */
export interface OracleDescription {
  readonly d: number;
  /** Samples of a finite sum; 0: none. */
  readonly n: number;
  readonly hessianTimes: boolean;
  /** It computes in single precision. */
  readonly single: boolean;
  /** Its own start, such as weights. */
  readonly start?: Float64Array;
}

export interface OracleRequest {
  readonly op: "value" | "gradient" | "hessianTimes";
  readonly x: Float64Array;
  /** hessianTimes: vectors, one after another. */
  readonly vectors?: Float64Array;
  /** The mean over these samples only. */
  readonly samples?: Uint32Array;
  /** One row for each of the samples in place of their mean. */
  readonly each?: boolean;
}

export interface Oracle {
  readonly name: string;
  readonly description: OracleDescription;
  /** @throws TransportError `node/oracle` where the program dies, hangs or answers nonsense, with its last words */
  ask(request: OracleRequest): Float64Array;
  close(): void;
}

/**
 * Starts a program that speaks the oracle protocol.
 * @throws InputError `node/oracle` where there is no such program, TransportError `node/oracle` where it does not describe itself
 */
export async function openOracle(command: readonly string[], options: OracleOptions = {}): Promise<Oracle> {
  const { folder = ".", timeLimit = defaults.timeLimit, onRestart = tellOnStandardError } = options;
  const name = `oracle ${command.join(" ")}`;
  const signal = new Int32Array(new SharedArrayBuffer(8));
  const { port1: port, port2 } = new MessageChannel();
  const workerData: ThreadData = {
    command,
    folder,
    environment: { PYTHONPATH: pythonPath() },
    timeLimit,
    attempts: defaults.attempts,
    restarts: defaults.restarts,
    port: port2,
    signal,
  };
  const worker = startThread(workerData, port2);
  const kill = (): void => {
    const pid = Atomics.load(signal, 1);
    if (pid === 0) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
    } catch {
      // it has ended already
    }
  };
  endWithUs(kill);
  await new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
  });
  // from here on the thread keeps nobody waiting who is done
  worker.unref();
  port.unref();

  const call = (request: ThreadRequest): ThreadAnswer => {
    Atomics.store(signal, 0, 0);
    port.postMessage(request);
    // the thread keeps the limits; this one is for a thread that has gone
    const state = Atomics.wait(signal, 0, 0, (defaults.attempts * 2 * timeLimit + 30) * 1000);
    const received = receiveMessageOnPort(port);
    if (state === "timed-out" || !received)
      throw new TransportError("node/oracle", `${name}: the thread that talks to it is gone`, { command });
    const answer = received.message as ThreadAnswer;
    for (const failure of answer.restarts) onRestart(`${name}: ${words(failure)}; it was started again`);
    return answer;
  };
  const close = (): void => {
    running.delete(kill);
    if (running.size === 0) process.removeListener("exit", endAll);
    kill();
    port.close();
    void worker.terminate();
  };

  const first = call({ id: 0, lengths: [] });
  if ("failure" in first) {
    close();
    throw failed(name, "describe", first.failure, command);
  }
  const description = describe(first.frame.header, first.frame.blocks, (what) => {
    close();
    return new TransportError("node/oracle", `${name}: describes itself by ${what}`, { command });
  });
  let id = 0;
  return Object.freeze({
    name,
    description,
    ask({ op, x, vectors, samples, each }: OracleRequest) {
      const rows = op === "value" ? 1 : vectors ? vectors.length : description.d;
      const length = rows * (each ? samples!.length : 1);
      const blocks: Block[] = [x, ...(vectors ? [vectors] : []), ...(samples ? [samples] : [])];
      const header = {
        id: ++id,
        op,
        ...(vectors ? { vectors: vectors.length / description.d } : {}),
        ...(samples ? { samples: samples.length } : {}),
        ...(each ? { each } : {}),
      };
      const answer = call({ id, bytes: encodeFrame(header, blocks), lengths: [length] });
      if ("failure" in answer) throw failed(name, op, answer.failure, command);
      const { header: told, blocks: found } = answer.frame;
      if (typeof told["error"] === "string")
        throw new TransportError("node/oracle", `${name}: ${op}: it says: ${told["error"]}`, { command, op });
      const values = found[0]!;
      checkNumbers(
        values,
        told["overflow"] === true,
        x,
        (what) => new TransportError("node/oracle", `${name}: ${op}: ${what}`, { command, op }),
      );
      return values;
    },
    close,
  });
}

/** NaN is nonsense unless it is what an overflow leaves: the program says so, or x itself is beyond any bounds. */
function checkNumbers(values: Float64Array, overflow: boolean, x: Float64Array, refuse: (what: string) => TransportError): void {
  if (overflow) return;
  const wrong = values.findIndex(Number.isNaN);
  if (wrong < 0 || !x.every((v) => Math.abs(v) < 1e100)) return;
  const shown = Array.from(x.subarray(0, 6), (v) => Number(v.toPrecision(6))).join(", ");
  throw refuse(
    `entry ${wrong} of its answer is NaN at x = (${shown}${x.length > 6 ? ", .." : ""}); allowed: numbers, or "overflow": true in the header`,
  );
}

function describe(
  header: Readonly<Record<string, unknown>>,
  blocks: readonly Float64Array[],
  refuse: (what: string) => TransportError,
): OracleDescription {
  const { d, n = 0, can = [], type = "f64", protocol, error } = header;
  const shown = JSON.stringify(header).slice(0, 200);
  if (typeof error === "string") throw refuse(`the error ${error}`);
  if (protocol !== 1) throw refuse(`protocol ${JSON.stringify(protocol)}; spoken here: 1`);
  if (!isCount(d) || d < 1) throw refuse(`${shown}; allowed: "d", the number of parameters, a whole number >= 1`);
  if (!isCount(n) || n > 2 ** 32 - 1) throw refuse(`${shown}; allowed: "n", the number of samples, a whole number >= 0`);
  if (type !== "f64" && type !== "f32") throw refuse(`the type ${JSON.stringify(type)}; allowed: f64, f32`);
  if (!Array.isArray(can)) throw refuse(`"can" ${JSON.stringify(can)}; allowed: a list, such as ["hessianTimes"]`);
  const [start] = blocks;
  if (blocks.length > 1 || (start && start.length !== d))
    throw refuse(`blocks of ${blocks.map((b) => b.length).join(", ")} entries; allowed: none, or its start of ${d}`);
  if (start && !start.every(Number.isFinite)) throw refuse("a start that is not finite");
  return { d, n, hessianTimes: can.includes("hessianTimes"), single: type === "f32", ...(start ? { start } : {}) };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function failed(name: string, op: string, failure: Failure, command: readonly string[]): InputError | TransportError {
  const message = `${name}: ${op === "describe" ? "" : `${op}: `}${words(failure)}`;
  if (failure.kind === "missing")
    return new InputError("node/oracle", `objective.oracle.command: ${name}: cannot be started: ${failure.what}`, {
      field: "objective.oracle.command",
      command,
    });
  return new TransportError(
    "node/oracle",
    message,
    { command, op, kind: failure.kind, lastWords: failure.lastWords },
    failure.kind !== "nonsense",
  );
}

function words({ kind, what, lastWords }: Failure): string {
  const found = { missing: "", died: "died: ", hung: "hangs: ", nonsense: "answers nonsense: " }[kind];
  return `${found}${what}${lastWords ? `; its last words:\n  ${lastWords.replaceAll("\n", "\n  ")}\n` : ""}`.trimEnd();
}

function tellOnStandardError(message: string): void {
  process.stderr.write(`escapement: ${message}\n`);
}

/** The adapters that the package ships are found by Python without being installed. */
function pythonPath(): string {
  const folders = ["python-numpy", "python-torch"].map((adapter) => join(packageFolder(), "adapters", adapter));
  return [...folders, process.env["PYTHONPATH"]].filter(Boolean).join(process.platform === "win32" ? ";" : ":");
}

/** The thread's file: beside this one in a checkout, built in a package. */
function startThread(workerData: ThreadData, port: ThreadData["port"]): Worker {
  const source = new URL("./oracle-thread.ts", import.meta.url);
  const options = { workerData, transferList: [port] };
  return existsSync(fileURLToPath(source))
    ? new Worker(join(packageFolder(), "scripts", "typescript-thread.mjs"), { ...options, argv: [source.href] })
    : new Worker(join(packageFolder(), "dist", "node", "oracle-thread.js"), options);
}
