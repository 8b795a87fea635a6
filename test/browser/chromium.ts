// A browser for tests: Debian's Chromium, and a bundle of the library served as one file.
import { createServer } from "node:http";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** The library's entry and its dependencies as one module, as a page loads it. */
export async function bundle(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      lib: { entry, formats: ["es"], fileName: "bundle" },
      // what is loaded when it is needed is part of the one file, too
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  for (const { output } of outputs as { output: { type: string; code?: string }[] }[])
    for (const chunk of output) if (chunk.type === "chunk" && chunk.code) return chunk.code;
  throw new Error("no bundle");
}

/** Serves texts by path on a free port of 127.0.0.1. */
export async function serve(files: Record<string, { type: string; body: string }>): Promise<{ address: string; close(): void }> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ""];
    response.writeHead(file ? 200 : 404, { "content-type": file?.type ?? "text/plain" });
    response.end(file?.body ?? "not found");
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const port = (server.address() as { port: number }).port;
  return { address: `http://127.0.0.1:${port}`, close: () => server.close() };
}
