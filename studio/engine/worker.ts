// The worker: one job at a time, answered by the library. It ends with its page or when the page wants something else.
import { EscapementError, readCsv } from "../../src/index.ts";
import type { DrawnFigure, Failure, Reply, Request } from "./jobs.ts";
import { readingOf } from "./reading.ts";

/** What of a worker's global is used here; the DOM's types have a window's. */
interface Port {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(reply: Reply, transfer?: Transferable[]): void;
}
const port = globalThis as unknown as Port;

port.onmessage = async ({ data }) => {
  try {
    port.postMessage({ type: "done", value: await answer(data) });
  } catch (error) {
    port.postMessage({ type: "failed", error: failureOf(error) });
  }
};

const onProgress = (done: number, total: number, what: string): void => port.postMessage({ type: "progress", done, total, what });

/** Loaded when first needed. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => (loaded ??= load());
}

const answering = once(() => import("./answering.ts"));
const drawing = once(() => import("./drawing.ts"));
const clouds = once(() => import("./clouds.ts"));

async function answer(request: Request): Promise<unknown> {
  switch (request.kind) {
    case "read":
      return readingOf(request.raw, request.fit);
    case "table":
      return readCsv(request.text, request.source);
    case "law":
      return (await answering()).askLaw(request, onProgress);
    case "clouds":
      return (await clouds()).sampleClouds(
        request,
        (part) => port.postMessage({ type: "part", value: part }, [part.states.buffer]),
        onProgress,
      );
    case "compare": {
      const compared = await (await answering()).askCompare(request, onProgress);
      port.postMessage({ type: "early", value: compared });
      tell((await drawing()).drawProblem(compared.result.problems[0]!));
      return compared;
    }
    case "map": {
      const mapped = await (await answering()).askMap(request, onProgress);
      tell((await drawing()).drawMap(mapped));
      return mapped;
    }
  }
}

function tell(figures: Iterable<DrawnFigure>): void {
  for (const figure of figures) port.postMessage({ type: "part", value: figure });
}

function failureOf(error: unknown): Failure {
  if (error instanceof EscapementError) return { code: error.code, message: error.message, details: error.details };
  return {
    code: "studio/defect",
    message: `a defect of the program's own: ${error instanceof Error ? error.message : String(error)}`,
    details: {},
  };
}
