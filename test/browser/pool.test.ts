// All cores in a real browser: blocks of paths on Web Workers give the figures of Node, byte for byte, and where a page forbids workers its own
// thread gives them.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readProblem, samplingBy, threadEngine, weak } from "../../src/index.ts";
import { bundle, launch, serve } from "./chromium.ts";

let browser: Browser;
let site: Awaited<ReturnType<typeof serve>>;

const raw = {
  objective: { formula: "x^2/2 + 0.3*log(1 + x^2)", variables: ["x"] },
  noise: { gaussian: { covariance: [["0.5 + 0.2*sin(x)"]] } },
  learningRate: 0.2,
  start: [0.7],
  steps: 10,
  tests: ["x", "tanh(x)"],
};
const options = { method: "sample", models: ["sme1", "ha-sme"], paths: 20480, substeps: 4 } as const;
/** No script but the site's own, no worker: blob: is refused. */
const strict = `<!doctype html><meta http-equiv="Content-Security-Policy" content="worker-src 'none'"><title>strict</title>`;
const page = "<!doctype html><title>test</title>";

beforeAll(async () => {
  const code = await bundle("src/index.ts");
  site = await serve({
    "/": { type: "text/html", body: page },
    "/strict": { type: "text/html", body: strict },
    "/escapement.js": { type: "text/javascript", body: code },
    "/blocks.js": { type: "text/javascript", body: 'import { serveBlocks } from "/escapement.js"; serveBlocks();' },
    "/broken.js": { type: "text/javascript", body: 'import { nothing } from "/escapement.js"; nothing();' },
  });
  browser = await launch();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  site?.close();
});

interface Found {
  readonly answer: string;
  readonly performance: { readonly backend: string; readonly threads: number; readonly fallback?: string };
}

async function inBrowser(path: string, pool: string): Promise<Found> {
  const tab = await browser.newPage();
  await tab.goto(`${site.address}${path}`);
  // a text, not a function: the test runner rewrites import() in functions
  const found = await tab.evaluate<Found>(`import("/escapement.js").then(async (library) => {
    const engine = library.webPool(${pool});
    const { weak: ask } = library.samplingBy(engine);
    const answer = await library.weak(library.readProblem(${JSON.stringify(raw)}), { ...${JSON.stringify(options)}, engine: ask });
    const performance = engine.performance();
    await engine.close();
    return { answer: JSON.stringify(answer), performance };
  })`);
  await tab.close();
  return found;
}

describe("Web Workers", () => {
  let here: string;
  beforeAll(async () => {
    here = JSON.stringify(await weak(readProblem(raw), { ...options, engine: samplingBy(threadEngine()).weak }));
  }, 120_000);

  it.each([
    ["workers of the library's own making", "{ threads: 2 }"],
    ["workers that the page makes", '{ threads: 2, worker: () => new Worker("/blocks.js", { type: "module" }) }'],
  ])(
    "%s: the figures of Node",
    async (_name, pool) => {
      const { answer, performance } = await inBrowser("/", pool);
      expect(performance).toEqual({ backend: "wasm", threads: 2 });
      expect(answer === here).toBe(true);
    },
    120_000,
  );

  it.each([
    ["a page that forbids workers", "/strict", "{ threads: 2 }"],
    ["a script that does not load", "/", '{ threads: 2, worker: () => new Worker("/broken.js", { type: "module" }) }'],
  ])(
    "%s: the page's own thread has them, and it is said",
    async (_name, path, pool) => {
      const { answer, performance } = await inBrowser(path, pool);
      expect(performance.threads).toBe(1);
      expect(performance.fallback).toMatch(/no Web Workers/);
      expect(answer === here).toBe(true);
    },
    120_000,
  );

  it("one thread is the page's own, and short work stays there", async () => {
    const { answer, performance } = await inBrowser("/", "{ threads: 1 }");
    expect(performance).toEqual({ backend: "wasm", threads: 1 });
    expect(answer === here).toBe(true);
  }, 120_000);
});
