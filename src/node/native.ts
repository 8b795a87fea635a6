// Kernels as native code: C text (codegen/kernel/print-c.ts) compiled by the system's compiler, loaded with koffi (an optional dependency), kept
// in the user's cache folder under a name that says text, compiler and processor: code for one processor never runs on another.
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Kernel, type KernelRunner, lanes, printKernel, wordsOf } from "../ensemble/kernel/backends.ts";

const flags = [
  ...[
    "-O3",
    "-march=native",
    "-mprefer-vector-width=512",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fschedule-insns",
  ],
  ...["-fno-strict-aliasing", "-w", "-std=gnu11", "-shared", "-fPIC"],
];

/** Why there is no native code, in words for the user. */
export class NativeMissing extends Error {}

interface Compiler {
  readonly command: string;
  readonly version: string;
}

let compiler: Compiler | undefined;

function findCompiler(): Compiler {
  if (compiler) return compiler;
  const command = process.env["CC"] ?? "cc";
  try {
    const version = execFileSync(command, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 10_000 });
    compiler = { command, version: version.split("\n")[0]! };
    return compiler;
  } catch {
    throw new NativeMissing(`there is no C compiler (${command})`);
  }
}

/** What -march=native depends on. */
function processor(): string {
  try {
    const text = readFileSync("/proc/cpuinfo", "utf8").split("\n\n")[0]!;
    return text
      .split("\n")
      .filter((line) => /^(vendor_id|cpu family|model|model name|stepping|flags|Features)\b/.test(line))
      .join("\n");
  } catch {
    return `${process.arch} ${process.platform}`;
  }
}

/** The user's cache folder, readable by the user alone; a folder for this run, and a word, where it cannot be used. */
function cacheFolder(tell: (message: string) => void): string {
  const base = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(base, "escapement", "kernels");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    // code that others may write is not loaded
    if (process.getuid && uid !== process.getuid()) throw new Error("another user's");
    if (mode & 0o077) chmodSync(folder, 0o700);
    accessSync(folder, constants.W_OK);
    return folder;
  } catch (error) {
    tell(`the cache ${folder} cannot be used (${(error as Error).message}): native code is compiled anew each time`);
    const own = mkdtempSync(join(tmpdir(), "escapement-kernels-"));
    process.once("exit", () => rmSync(own, { recursive: true, force: true }));
    return own;
  }
}

let folder: string | undefined;

/** Compiles a kernel, or finds it in the cache: the library's path. @throws NativeMissing */
export function compileNative(kernel: Kernel, tell?: (message: string) => void): Promise<string> {
  return compileText(printKernel(kernel), tell);
}

/** The same for C text. */
export async function compileText(text: string, tell: (message: string) => void = () => {}): Promise<string> {
  const { command } = findCompiler();
  loadKoffi();
  const library = libraryOf(text, tell);
  if (existsSync(library)) return library;
  const work = mkdtempSync(join(dirname(library), "build-"));
  try {
    const [source, made] = [join(work, "kernel.c"), join(work, "kernel.so")];
    writeFileSync(source, text, { mode: 0o600 });
    await new Promise<void>((resolve, reject) => {
      execFile(command, [...flags, "-o", made, source, "-lm"], { timeout: 120_000 }, (error, _out, stderr) =>
        error ? reject(new NativeMissing(`${command} failed: ${stderr.trim().split("\n")[0] || error.message}`)) : resolve(),
      );
    });
    chmodSync(made, 0o700);
    renameSync(made, library);
    return library;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Where the library of a text is, or will be. @throws NativeMissing */
export function libraryOf(text: string, tell: (message: string) => void = () => {}): string {
  const name = createHash("sha256")
    .update([findCompiler().version, flags.join(" "), processor(), process.platform, text].join("\0"))
    .digest("hex")
    .slice(0, 32);
  folder ??= cacheFolder(tell);
  return join(folder, `${name}.so`);
}

interface Library {
  func(declaration: string): (...args: (number | Float64Array | Int32Array)[]) => unknown;
}

interface Koffi {
  load(path: string): Library;
}

let koffi: Koffi | undefined;

function loadKoffi(): Koffi {
  try {
    koffi ??= createRequire(import.meta.url)("koffi") as Koffi;
    return koffi;
  } catch {
    throw new NativeMissing("the optional package koffi is not installed");
  }
}

/** Loads a compiled library. @throws NativeMissing */
export const loadLibrary = (path: string): Library => loadKoffi().load(path);

/** A compiled kernel with memory of its own. */
export function nativeRunner(path: string, kernel: Kernel): KernelRunner {
  const library = loadLibrary(path);
  const prepare = library.func("void k_prepare(void *m, uint32_t count, uint32_t step_high)");
  const steps = library.func("void k_steps(void *m, uint32_t way, uint32_t count, uint32_t from, uint32_t to, uint32_t path_high)");
  const observe = library.func("void k_observe(void *m, uint32_t count)");
  const accumulate = library.func("void k_accumulate(void *m, uint32_t count, uint32_t at)");
  const memory = aligned(kernel.memory, library.func("uint32_t k_astray(void *m)"));
  return {
    backend: "native",
    memory,
    words: wordsOf(memory),
    prepare: (count, stepHigh) => prepare(memory, count, stepHigh >>> 0),
    steps: (way, count, from, to, pathHigh) => steps(memory, way, count, from, to, pathHigh >>> 0),
    observe: (count) => observe(memory, count),
    accumulate: (count, at) => accumulate(memory, count, at),
  };
}

/** Memory that begins at a multiple of 64 bytes. */
function aligned(doubles: number, astray: (memory: Float64Array) => unknown): Float64Array {
  const memory = new Float64Array(doubles + lanes - 1);
  const from = (lanes - Number(astray(memory))) % lanes;
  return memory.subarray(from, from + doubles);
}
