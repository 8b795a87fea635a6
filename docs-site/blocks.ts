// Fenced blocks that are run, so that what a page shows is what the program prints. After the language stands how:
//
//   ```console run             every line "$ command" is run by a shell; what follows it in the source is not looked at
//   ```js run, ```python run   a program of its own; what it prints is set below
//   ```json file=NAME          is written to NAME, for the blocks that follow (any language)
//
// and further words: `exit=2` (default 0), `first=N` (lines of output that are shown), `slow` (left out of the tests); `cells` and `fragment`
// for what other tests look at, or none. In js and python a
// comment at the end of a line that prints, `console.log(x); // 0.25` or `print(x)  # 0.25`, is what it has to print. All blocks of a page
// run in one folder, in order, with the built package as `escapement`.
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fences } from "./markdown.ts";

export interface Session {
  readonly command: string;
  readonly output: string;
}

export interface Recorded {
  /** Of a console block. */
  readonly sessions?: readonly Session[];
  /** Of a program. */
  readonly output: string;
}

export interface RunOptions {
  /** Also the blocks that say `slow`. */
  readonly slow: boolean;
  readonly root?: string;
}

interface Manner {
  readonly language: string;
  readonly run: boolean;
  readonly slow: boolean;
  readonly exit: number;
  readonly first: number;
  readonly file?: string;
}

export function mannerOf(info: string, source: string): Manner {
  const [language = "", ...words] = info.split(/\s+/);
  const value = (name: string): string | undefined => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const unknown = words.find((word) => !/^(run|slow|cells|fragment|(exit|first)=\d+|file=[\w.-]+)$/.test(word));
  if (unknown)
    throw new Error(`${source}: found ${unknown} after a fence; allowed: run, slow, cells, fragment, exit=N, first=N, file=NAME`);
  return {
    language,
    run: words.includes("run"),
    slow: words.includes("slow"),
    exit: Number(value("exit") ?? 0),
    first: Number(value("first") ?? Number.POSITIVE_INFINITY),
    ...(value("file") === undefined ? {} : { file: value("file") }),
  };
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

const interpreters: Record<string, { readonly program: string; readonly ending: string }> = {
  js: { program: process.execPath, ending: "mjs" },
  python: { program: "/usr/bin/python3", ending: "py" },
};

/** Runs the blocks of a page; what each printed, by its first line. @throws if a block ends otherwise than it says, or prints something else */
export async function runBlocks(source: string, text: string, options: RunOptions): Promise<Map<number, Recorded>> {
  const recorded = new Map<number, Recorded>();
  const blocks = fences(text).map((fence) => ({ ...fence, manner: mannerOf(fence.info, source) }));
  if (!blocks.some(({ manner }) => manner.run)) return recorded;
  const folder = mkdtempSync(join(tmpdir(), "escapement-docs-"));
  try {
    const place = prepare(folder, options.root ?? ".");
    for (const { line, content, manner } of blocks) {
      const where = `${source}:${line + 1}`;
      if (manner.file) write(join(place.folder, manner.file), content);
      if (!manner.run || (manner.slow && !options.slow)) continue;
      if (manner.language === "console") {
        const sessions: Session[] = [];
        for (const command of commandsOf(content)) {
          const { code, output } = await call("sh", ["-c", `{ ${withoutNpx(command)}\n} 2>&1`], place);
          check(where, manner.exit, code, output);
          sessions.push({ command, output: shown(output, manner.first, place.folder) });
        }
        recorded.set(line, { sessions, output: "" });
      } else {
        const interpreter = interpreters[manner.language];
        if (!interpreter)
          throw new Error(`${where}: found ${manner.language}; allowed to run: console, ${Object.keys(interpreters).join(", ")}`);
        const name = `block-${line}.${interpreter.ending}`;
        writeFileSync(join(place.folder, name), content);
        const { code, output } = await call(interpreter.program, [name], place);
        check(where, manner.exit, code, output);
        compare(where, content, output);
        recorded.set(line, { output: shown(output, manner.first, place.folder) });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return recorded;
}

interface Place {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** An empty folder with the package installed, and `escapement` on the path. */
function prepare(folder: string, root: string): Place {
  const [bin, work] = [join(folder, "bin"), join(folder, "work")];
  mkdirSync(bin);
  mkdirSync(join(work, "node_modules"), { recursive: true });
  symlinkSync(resolve(root), join(work, "node_modules", "escapement"));
  symlinkSync(resolve(root, "examples"), join(work, "examples"));
  writeFileSync(join(bin, "escapement"), `#!/bin/sh\nexec "${process.execPath}" "${resolve(root, "dist/cli/main.js")}" "$@"\n`);
  chmodSync(join(bin, "escapement"), 0o755);
  const env = { PATH: `${bin}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, HOME: folder, LC_ALL: "C.UTF-8", NO_COLOR: "1" };
  return { folder: work, env };
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function call(program: string, args: readonly string[], { folder, env }: Place): Promise<Ended> {
  return new Promise((ready, fail) => {
    execFile(program, args, { cwd: folder, env, timeout: 300_000, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") return fail(error);
      ready({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

/** The lines that start with "$ ", with what continues them after a backslash. */
export function commandsOf(content: string): string[] {
  return [...content.matchAll(/^\$ ((?:.*\\\n)*.*)$/gm)].map((match) => match[1]!);
}

const withoutNpx = (command: string): string => command.replace(/\bnpx escapement\b/g, "escapement");

function check(where: string, expected: number, code: number, output: string): void {
  if (code !== expected) throw new Error(`${where}: ended with exit code ${code}, should with ${expected}:\n${output}`);
}

/** Comments at the end of printing lines are what is printed, line by line. */
function compare(where: string, content: string, output: string): void {
  const expected = [...content.matchAll(/^\s*(?:console\.log|print)\(.*\);?\s*(?:\/\/|#) (.*)$/gm)].map((match) => match[1]!.trim());
  if (expected.length === 0) return;
  const found = output.trimEnd().split("\n");
  for (const [i, line] of expected.entries())
    if (found[i]?.trim() !== line) throw new Error(`${where}: should print ${line}; printed ${found[i] ?? "nothing"}\n${output}`);
}

/** The first lines, without the machine's folders. */
function shown(output: string, first: number, folder: string): string {
  const lines = output.trimEnd().replaceAll(`file://${folder}/`, "file:///…/").replaceAll(folder, "…").split("\n");
  return [...lines.slice(0, first), ...(lines.length > first ? ["…"] : [])].join("\n");
}
