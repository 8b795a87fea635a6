// Real processes for the fault tests: a redis-server of our own on a free port, the built command, and ends by process id.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../cli/command.ts";

export const folder = mkdtempSync(join(tmpdir(), "escapement-cluster-"));
export const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
const started = new Set<ChildProcess>();

export interface Running {
  readonly child: ChildProcess;
  /** What it has said on standard error so far. */
  said(): string;
  readonly ended: Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }>;
}

function running(child: ChildProcess): Running {
  started.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (text) => (stdout += text));
  child.stderr?.on("data", (text) => (stderr += text));
  const ended = new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once("close", (status) => {
      started.delete(child);
      resolve({ status, stdout, stderr });
    }),
  );
  return { child, said: () => stderr, ended };
}

/** The built command. */
export const command = (args: readonly string[], env: Record<string, string> = {}): Running =>
  running(spawn(process.execPath, [main, ...args], { cwd: folder, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] }));

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A redis-server; with `keep` it writes its data down when it is told to stop, and finds them again. */
export async function redisServer(port: number, { keep = false, password = "" } = {}): Promise<Running> {
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--dbfilename", `dump-${port}.rdb`];
  const save = keep ? ["--save", "3600 1"] : ["--save", ""];
  const server = running(
    spawn("redis-server", [...args, ...save, ...(password ? ["--requirepass", password] : [])], { stdio: ["ignore", "pipe", "pipe"] }),
  );
  let out = "";
  server.child.stdout!.on("data", (text) => (out += text));
  for (let waited = 0; !/Ready to accept connections/.test(out); waited += 0.05) {
    if (waited > 10) throw new Error(`redis-server did not start: ${out}`);
    await pause(0.05);
  }
  return server;
}

/** Waits until what a process says matches. */
export async function untilSaid({ said }: Running, pattern: RegExp, seconds = 20): Promise<void> {
  for (let waited = 0; !pattern.test(said()); waited += 0.05) {
    if (waited > seconds) throw new Error(`not said within ${seconds} s: ${pattern}; but: ${said()}`);
    await pause(0.05);
  }
}

/** Ends all that is still there, by id. */
export function endAll(): void {
  for (const child of started) child.kill("SIGKILL");
}

export function problemFile(name: string, problem: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(problem));
  return path;
}

/** A document without what depends on the machine. */
export function timeless(text: string): string {
  const document = JSON.parse(text);
  delete document.performance;
  return JSON.stringify(document);
}
