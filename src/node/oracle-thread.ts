// The thread in which an oracle's program is talked to, so that the thread that asks can wait without an event loop. It starts the program,
// passes requests on, and starts it again where it died or hung; a request is tried again on the new program, since requests carry all
// that they need. What is nonsense is not tried again: it would come again.
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type Failure, type OracleProcess, startProcess } from "./oracle-process.ts";
import { encodeFrame, type Frame, Nonsense, protocolVersion } from "./oracle-protocol.ts";

/** What the thread is given. */
export interface ThreadData {
  readonly command: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds an answer may take. */
  readonly timeLimit: number;
  /** Times that a request is tried in all. */
  readonly attempts: number;
  /** Restarts in all. */
  readonly restarts: number;
  readonly port: MessagePort;
  /** [0]: 1 when an answer lies at the port; [1]: process id of the program, 0 without. */
  readonly signal: Int32Array;
}

/** A request for the program; without bytes: that it describe itself. */
export interface ThreadRequest {
  readonly id: number;
  readonly bytes?: Uint8Array;
  /** Lengths of the blocks that answer it. */
  readonly lengths: readonly number[];
}

export type ThreadAnswer =
  | { readonly frame: Frame; readonly restarts: readonly Failure[] }
  | { readonly failure: Failure; readonly restarts: readonly Failure[] };

const { command, folder, environment, timeLimit, attempts, restarts, port, signal } = workerData as ThreadData;

let oracle: OracleProcess | undefined;
/** What the first program said of itself; those after it have to say the same. */
let described: string | undefined;
let restartsLeft = restarts;

port.on("message", async (request: ThreadRequest) => {
  const answer = await answerTo(request);
  port.postMessage(answer, "frame" in answer ? answer.frame.blocks.map((block) => block.buffer as ArrayBuffer) : []);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
parentPort!.postMessage("ready");

async function answerTo(request: ThreadRequest): Promise<ThreadAnswer> {
  const before: Failure[] = [];
  for (let attempt = 1; ; attempt++) {
    const result = await attemptOf(request);
    if (!("kind" in result)) return { frame: result, restarts: before };
    oracle?.kill();
    oracle = undefined;
    const again = (result.kind === "died" || result.kind === "hung") && attempt < attempts && restartsLeft > 0;
    if (!again) return { failure: result, restarts: before };
    restartsLeft--;
    before.push(result);
  }
}

async function attemptOf({ id, bytes, lengths }: ThreadRequest): Promise<Frame | Failure> {
  if (oracle === undefined || bytes === undefined) {
    const description = await begin();
    if ("kind" in description || bytes === undefined) return description;
  }
  return oracle!.ask(bytes, timeLimit, (header, found) => {
    if (header["id"] !== id) throw new Nonsense(`an answer to request ${JSON.stringify(header["id"])}; asked was ${id}`);
    if (typeof header["error"] === "string") return;
    if (found.length !== lengths.length || found.some((n, k) => n !== lengths[k]))
      throw new Nonsense(
        `${found.length} blocks, of ${found.join(", ") || "no"} entries; asked for: ${lengths.length}, of ${lengths.join(", ")}`,
      );
  });
}

/** Starts the program and lets it describe itself, in the same words as before. */
async function begin(): Promise<Frame | Failure> {
  oracle = startProcess({ command, folder, environment });
  Atomics.store(signal, 1, oracle.pid ?? 0);
  const frame = await oracle.ask(encodeFrame({ id: 0, op: "describe", protocol: protocolVersion }, []), timeLimit, () => {});
  if ("kind" in frame) return frame;
  const { d, n, can } = frame.header;
  const now = JSON.stringify({ d, n, can });
  described ??= now;
  if (now === described) return frame;
  return { kind: "nonsense", what: `another description after it was started again: ${now}; before: ${described}`, lastWords: "" };
}
