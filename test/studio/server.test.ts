// The server of the studio: what it hands out, with which headers, and what it refuses.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StaticServer, serveFolder } from "../../src/node/static-server.ts";

let server: StaticServer;
const folder = mkdtempSync(join(tmpdir(), "studio-server-"));

beforeAll(async () => {
  mkdirSync(join(folder, "site", "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  mkdirSync(join(folder, "site-beside"));
  writeFileSync(join(folder, "site-beside", "secret.txt"), "secret");
  writeFileSync(join(folder, "site", "index.html"), "<!doctype html><title>home</title>");
  writeFileSync(join(folder, "site", "assets", "a.js"), "export {};");
  server = await serveFolder(join(folder, "site"), 0);
});
afterAll(() => server.close());

interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** As it is written, without a client that tidies the path. */
const ask = (path: string, options: http.RequestOptions = {}): Promise<Reply> =>
  new Promise((done, failed) => {
    const { hostname, port } = new URL(server.address);
    http
      .request({ hostname, port, path, ...options }, (response) => {
        let body = "";
        response.on("data", (chunk) => (body += chunk));
        response.on("end", () => done({ status: response.statusCode!, headers: response.headers, body }));
      })
      .on("error", failed)
      .end();
  });

describe("what is handed out", () => {
  it("the page, with its policy and isolation", async () => {
    const { status, headers, body } = await ask("/");
    expect(status).toBe(200);
    expect(body).toContain("home");
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["content-security-policy"]).toMatch(/default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
    expect(headers["content-security-policy"]).not.toMatch(/unsafe-inline|'unsafe-eval'/);
    expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
    expect(headers["cross-origin-embedder-policy"]).toBe("require-corp");
  });
  it("scripts with the policy, as workers need it, kept by the browser", async () => {
    const { status, headers } = await ask("/assets/a.js?v=1");
    expect(status).toBe(200);
    expect(headers["content-type"]).toMatch(/^text\/javascript/);
    expect(headers["content-security-policy"]).toBeDefined();
    expect(headers["cache-control"]).toMatch(/immutable/);
  });
  it("HEAD without a body", async () => expect(await ask("/", { method: "HEAD" })).toMatchObject({ status: 200, body: "" }));
  it("to localhost as to 127.0.0.1", async () => {
    const { port } = new URL(server.address);
    expect(server.address).toBe(`http://127.0.0.1:${port}/`);
    expect((await ask("/", { headers: { host: `localhost:${port}` } })).status).toBe(200);
  });
});

describe("what is refused", () => {
  it.each(["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example"])("Host %j", async (host) => {
    const { status, body } = await ask("/", { headers: { host } });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).not.toContain("home");
  });
  it.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("%s", async (method) => expect((await ask("/", { method })).status).toBe(405));
  it.each([
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/assets/../../secret.txt",
    "/..\\secret.txt",
    "/..%5csecret.txt",
    "/../site-beside/secret.txt",
    "/secret.txt%00.html",
    "/%",
    "/assets/",
    "/assets",
    "//etc/passwd",
    "http://evil.example/",
  ])("path %s", async (path) => {
    const { status, body } = await ask(path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).not.toContain("secret\n");
    expect(body).not.toBe("secret");
  });
  it("a port that is taken, in words", async () => {
    const taken = createServer();
    await new Promise<void>((ready) => taken.listen(0, "127.0.0.1", ready));
    const { port } = taken.address() as { port: number };
    await expect(serveFolder(folder, port)).rejects.toMatchObject({ code: "node/port", exitCode: 2 });
    taken.close();
  });
  it("a link out of the folder", async () => {
    symlinkSync(join(folder, "secret.txt"), join(folder, "site", "link.txt"));
    expect((await ask("/link.txt")).body).not.toBe("secret");
  });
});

describe("escapement studio", () => {
  const start = (...args: string[]) =>
    spawn(process.execPath, ["node_modules/.bin/tsx", "src/cli/main.ts", "studio", "--no-open", ...args]);

  it("prints its address first, answers, and stops on SIGTERM", async () => {
    if (!existsSync("dist/studio/index.html")) await build({ configFile: "studio/vite.config.ts", root: "studio", logLevel: "error" });
    const running = start("--port", "0");
    const first = await new Promise<string>((line) => running.stdout.once("data", (chunk) => line(String(chunk))));
    expect(first).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/);
    expect(await (await fetch(first.trim())).text()).toContain("Escapement studio");
    const ended = new Promise<number | null>((end) => running.once("exit", end));
    running.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
  it("says which ports are allowed", async () => {
    const running = start("--port", "70000");
    let said = "";
    running.stderr.on("data", (chunk) => (said += chunk));
    expect(await new Promise<number | null>((end) => running.once("exit", end))).toBe(2);
    expect(said).toMatch(/--port: found 70000; allowed: 0 to 65535/);
  });
});
