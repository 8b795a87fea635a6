// Native kernels and what takes their place: no compiler, one that fails, a cache that cannot be written. The figures never change, and the user
// is told once. Each case imports the modules anew, since compiler and cache folder are looked for once a process.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PathProgram } from "../../src/ensemble/program.ts";
import { singleProgram } from "../../src/ensemble/single.ts";
import { modelById } from "../../src/model/index.ts";
import { run } from "../cli/command.ts";
import { problemOf } from "../ensemble/problems.ts";

const folder = mkdtempSync(join(tmpdir(), "escapement-native-"));
const before = { ...process.env };
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => vi.resetModules());
afterEach(() => {
  for (const name of ["CC", "XDG_CACHE_HOME"]) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

const paths = 9 * 1024 + 5;
const json = {
  objective: { formula: "x^2/2 + 0.1*cos(3*x)", variables: ["x"] },
  noise: { gaussian: { sigma: 0.7 } },
  learningRate: 0.2,
  start: [0.5],
  steps: 6,
};
const program = (): PathProgram =>
  singleProgram({ problem: problemOf(json), process: modelById("ha-sme"), substeps: 4 }, { kind: "state" }, [], [6], 8);

/** The ensemble's text, what was told, and what the engine says of itself. */
async function runWith(environment: { CC?: string; XDG_CACHE_HOME?: string }, backend: string, threads = 1) {
  Object.assign(process.env, environment);
  const { poolEngine } = await import("../../src/node/pool.ts");
  const told: string[] = [];
  const engine = poolEngine({ threads, backend, tell: (message) => told.push(message) });
  try {
    const first = JSON.stringify(await engine(program(), 0, paths, {}));
    const second = JSON.stringify(await engine(program(), 0, paths, {}));
    expect(second === first).toBe(true);
    return { text: first, told, performance: engine.performance?.() ?? {} };
  } finally {
    await engine.close();
  }
}

const compiler = process.env["CC"] ?? "cc";
const hasCompiler = spawnSync(compiler, ["--version"]).status === 0;
if (!hasCompiler) console.warn(`native kernels are not tested: there is no C compiler (${compiler})`);

/** A program that says its version and does `then` when it is asked to compile. */
function compilerThat(name: string, then: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\nif [ "$1" = --version ]; then echo "${name} 1"; exit 0; fi\n${then}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("without native code", () => {
  it.each([
    ["no compiler", "/nonexistent/cc", /no C compiler \(\/nonexistent\/cc\)/],
    ["a compiler that fails", "bad-cc", /failed: bad-cc: out of luck/],
    ["a compiler that does not run", "mute-cc", /mute-cc failed/],
  ])(
    "%s: WebAssembly, the same figures, told once",
    async (_name, cc, words) => {
      const command = cc.startsWith("/") ? cc : compilerThat(cc, cc === "bad-cc" ? "echo bad-cc: out of luck >&2; exit 1" : "exit 3");
      const wasm = await runWith({}, "wasm");
      vi.resetModules();
      const cache = mkdtempSync(join(folder, "cache-"));
      for (const threads of [1, 2]) {
        vi.resetModules();
        const fallen = await runWith({ CC: command, XDG_CACHE_HOME: cache }, "native", threads);
        expect(fallen.text === wasm.text).toBe(true);
        expect(fallen.told).toEqual([expect.stringMatching(words)]);
        expect(fallen.performance).toMatchObject({ backend: "wasm", threads, fallback: expect.stringMatching(words) });
      }
      // what a failed compiler leaves behind is cleared away
      const kernels = join(cache, "escapement", "kernels");
      expect(existsSync(kernels) ? readdirSync(kernels) : []).toEqual([]);
    },
    60_000,
  );

  it("auto says nothing: native code would have been a bonus", async () => {
    const { told, performance } = await runWith({ CC: "/nonexistent/cc" }, "auto");
    expect(told).toEqual([]);
    expect(performance).toMatchObject({ backend: "wasm" });
    expect(performance).not.toHaveProperty("fallback");
  }, 60_000);

  it("the command: exit code 0, a word on standard error and in performance", () => {
    const file = join(folder, "problem.json");
    writeFileSync(file, JSON.stringify(json));
    process.env["CC"] = "/nonexistent/cc";
    const fallen = run(["paths", file, "--paths", "5000", "--backend", "native", "--json"]);
    const wasm = run(["paths", file, "--paths", "5000", "--backend", "wasm", "--json"]);
    expect([fallen.status, wasm.status]).toEqual([0, 0]);
    expect(fallen.stderr).toMatch(/no C compiler/);
    expect(JSON.parse(fallen.stdout).performance.fallback).toMatch(/no C compiler/);
    expect(JSON.parse(fallen.stdout).result).toEqual(JSON.parse(wasm.stdout).result);
  }, 60_000);

  it.each([
    ["--threads", "0"],
    ["--threads", "1000"],
    ["--backend", "foo"],
  ])("the command refuses %s %s with exit code 2", (flag, value) => {
    const file = join(folder, "problem.json");
    writeFileSync(file, JSON.stringify(json));
    const { status, stderr, stdout } = run(["paths", file, flag, value]);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(new RegExp(`${flag}.*${value}`, "s"));
  });
});

describe.skipIf(!hasCompiler)("native code", () => {
  it("is kept in a folder of the user alone, found again, and gives the same figures in one thread and in two", async () => {
    const cache = mkdtempSync(join(folder, "cache-"));
    const wasm = await runWith({}, "wasm");
    for (const threads of [1, 2]) {
      vi.resetModules();
      const native = await runWith({ XDG_CACHE_HOME: cache }, "native", threads);
      expect(native.performance).toMatchObject({ backend: "native", threads });
      expect(native.told).toEqual([]);
      expect(native.text === wasm.text).toBe(true);
    }
    const kernels = join(cache, "escapement", "kernels");
    expect(statSync(kernels).mode & 0o077).toBe(0);
    expect(readdirSync(kernels)).toHaveLength(1);
    // found again: a compiler that says the same version and would fail is not asked
    const library = join(kernels, readdirSync(kernels)[0]!);
    const { mtimeMs } = statSync(library);
    vi.resetModules();
    expect((await runWith({ XDG_CACHE_HOME: cache }, "native")).performance).toMatchObject({ backend: "native" });
    expect(statSync(library).mtimeMs).toBe(mtimeMs);
  }, 120_000);

  it("a cache that cannot be written: a folder for this run alone, the same figures", async () => {
    const wasm = await runWith({}, "wasm");
    // a file where the folder should be: no user may write there, not even root
    const blocked = join(folder, "blocked");
    writeFileSync(blocked, "");
    vi.resetModules();
    const native = await runWith({ XDG_CACHE_HOME: blocked }, "native");
    expect(native.performance).toMatchObject({ backend: "native" });
    expect(native.text === wasm.text).toBe(true);
  }, 60_000);

  it("another version of the compiler makes another file", async () => {
    const cache = mkdtempSync(join(folder, "cache-"));
    const other = compilerThat("other-cc", `exec ${compiler} "$@"`);
    await runWith({ XDG_CACHE_HOME: cache }, "native");
    vi.resetModules();
    await runWith({ XDG_CACHE_HOME: cache, CC: other }, "native");
    expect(readdirSync(join(cache, "escapement", "kernels"))).toHaveLength(2);
  }, 60_000);
});
