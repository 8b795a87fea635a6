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

/** A Node program. */
export const program = (args: readonly string[], env: Record<string, string> = {}): Running =>
  running(spawn(process.execPath, args, { cwd: folder, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] }));

/** The built command. */
export const command = (args: readonly string[], env: Record<string, string> = {}): Running => program([main, ...args], env);

export interface WorkerOptions {
  readonly name: string;
  readonly threads?: number;
  readonly env?: Record<string, string>;
}

/** A worker that waits for tasks. */
export async function worker(url: string, { name, threads = 1, env = {} }: WorkerOptions): Promise<Running> {
  const started = command(["worker", "--cluster", url, "--threads", String(threads), "--name", name], env);
  await untilSaid(started, /waits for tasks/);
  return started;
}

/** Tells processes to end and awaits their exit codes. */
export async function stop(...all: readonly Running[]): Promise<(number | null)[]> {
  for (const { child } of all) child.kill("SIGTERM");
  return Promise.all(all.map(async ({ ended }) => (await ended).status));
}

/** Kills a process that cannot know. */
export async function kill({ child, ended }: Running): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface RedisOptions {
  /** What of its data it finds again: nothing, what it wrote when it was told to stop, or all that it has acknowledged. */
  readonly keep?: "nothing" | "dump" | "log";
  readonly password?: string;
  /** TLS instead of plain connections. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Options of redis-server besides. */
  readonly more?: readonly string[];
}

const keeping = {
  nothing: ["--save", ""],
  dump: ["--save", "3600 1"],
  log: ["--save", "", "--appendonly", "yes", "--appendfsync", "always"],
};

/** A redis-server that is ready. */
export async function redisServer(port: number, { keep = "nothing", password, tls, more = [] }: RedisOptions = {}): Promise<Running> {
  const place = ["--bind", "127.0.0.1", "--dir", folder, "--dbfilename", `dump-${port}.rdb`, "--appenddirname", `log-${port}`];
  const listen = tls
    ? ["--port", "0", "--tls-port", String(port), "--tls-cert-file", tls.certificate, "--tls-key-file", tls.key, "--tls-auth-clients", "no"]
    : ["--port", String(port)];
  const secret = password === undefined ? [] : ["--requirepass", password];
  const server = running(
    spawn("redis-server", [...listen, ...place, ...keeping[keep], ...secret, ...more], { stdio: ["ignore", "pipe", "pipe"] }),
  );
  let out = "";
  server.child.stdout!.on("data", (text) => (out += text));
  for (let waited = 0; !/Ready to accept connections/.test(out); waited += 0.05) {
    if (waited > 60 || server.child.exitCode !== null) throw new Error(`redis-server did not start: ${out}`);
    await pause(0.05);
  }
  return server;
}

/** Waits until something is so; patience is for machines that are busy. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 120): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not so within ${seconds} s: ${what}`);
    await pause(0.02);
  }
}

/** Waits until what a process says matches. */
export const untilSaid = ({ said, child }: Running, pattern: RegExp): Promise<void> =>
  until(`a process says ${pattern}`, () => {
    if (child.exitCode !== null && !pattern.test(said())) throw new Error(`ended with ${child.exitCode}: ${said()}`);
    return pattern.test(said());
  });

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
