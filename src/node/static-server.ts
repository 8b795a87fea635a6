// Hands out the files of one folder on 127.0.0.1, for the studio. It reads files and answers GET and HEAD, nothing else: no listing, no
// compression, no upload. What is refused: another Host than this machine's own names (a page elsewhere whose name was bound to 127.0.0.1
// would else read what is here), paths that leave the folder, other methods. The policy lets scripts, styles and workers come from this
// server alone; the isolation headers allow shared memory.
import { createReadStream, realpathSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, resolve, sep } from "node:path";
import { InputError } from "../errors.ts";

export const securityHeaders: Readonly<Record<string, string>> = Object.freeze({
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
});

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};

export interface StaticServer {
  /** "http://127.0.0.1:PORT/" */
  readonly address: string;
  /** Stops listening and ends open connections. */
  close(): Promise<void>;
}

/**
 * Serves `folder` on 127.0.0.1.
 * @param port  0 for a free one
 * @throws InputError `node/port` where the port is taken or not allowed
 */
export async function serveFolder(folder: string, port: number): Promise<StaticServer> {
  // links within the folder may not lead out of it, so paths are compared as the disk has them
  const root = realpathSync(resolve(folder));
  if (port > 65535) throw new InputError("node/port", `--port: found ${port}; allowed: 0 to 65535, 0 for a free one`, { port });
  const server = createServer((request, response) => answer(root, server.address() as AddressInfo, request, response));
  await new Promise<void>((ready, failed) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "is taken" : error.code === "EACCES" ? "is not allowed" : error.message;
      failed(new InputError("node/port", `--port: ${port} ${reason}; allowed: a free port from 1024 to 65535, or 0 for any`, { port }));
    });
    server.listen(port, "127.0.0.1", ready);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function answer(root: string, address: AddressInfo, request: IncomingMessage, response: ServerResponse): void {
  const refusal = refusalOf(request, address.port);
  const path = refusal ? undefined : pathWithin(root, request.url ?? "/");
  const size = path === undefined ? undefined : sizeOfFile(path);
  if (refusal || path === undefined || size === undefined) {
    const [status, why] = refusal ?? (path === undefined ? [400, "not a path of this site"] : [404, "no such file"]);
    response.writeHead(status, {
      ...securityHeaders,
      "content-type": "text/plain; charset=utf-8",
      ...(status === 405 ? { allow: "GET, HEAD" } : {}),
    });
    response.end(`${why}\n`);
    return;
  }
  response.writeHead(200, {
    ...securityHeaders,
    "content-type": types[extname(path)] ?? "application/octet-stream",
    "content-length": size,
    // files in assets/ carry a hash of their contents in their names
    "cache-control": path.startsWith(join(root, "assets") + sep) ? "public, max-age=31536000, immutable" : "no-cache",
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  // a file that vanishes midway cuts the answer off, which the browser notices by its length
  createReadStream(path)
    .on("error", () => response.destroy())
    .pipe(response);
}

/** Why a request is refused whatever it asks for. */
function refusalOf({ headers, method }: IncomingMessage, port: number): [status: number, why: string] | undefined {
  if (!ownHost(headers.host, port)) return [421, "this server answers to 127.0.0.1 and localhost only"];
  return method === "GET" || method === "HEAD" ? undefined : [405, "only GET and HEAD are answered"];
}

function ownHost(host: string | undefined, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** The file that a request's path names within the folder; undefined where the path is broken or leaves the folder. */
function pathWithin(root: string, url: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(url.split(/[?#]/, 1)[0]!);
  } catch {
    return undefined;
  }
  // a backslash separates folders on Windows, a NUL ends a name in C
  if (!path.startsWith("/") || /[\\\0]/.test(path) || path.split("/").includes("..")) return undefined;
  const file = join(root, path.endsWith("/") ? `${path}index.html` : path);
  try {
    const real = realpathSync(file);
    return real.startsWith(root + sep) ? real : undefined;
  } catch {
    // what is not there is told by its size, which it does not have
    return file.startsWith(root + sep) ? file : undefined;
  }
}

function sizeOfFile(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : undefined;
}
