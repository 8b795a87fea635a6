// One command from arguments to output: reads the problems, asks the question, prints a document or a table, writes the page.
import { resolve } from "node:path";
import type { Answer } from "../answer/answer.ts";
import { EscapementError, InputError } from "../errors.ts";
import type { QuestionOptions, SgdProblem } from "../index.ts";
import type { Command, CommandModule } from "./command.ts";
import { type Execution, monotonicSeconds, openExecution } from "./execution.ts";
import { asTyped, type FlagValue } from "./flags.ts";
import { withoutPassword } from "./password.ts";
import { type Flags, isSweep, layFlagsOver, makesProblem } from "./problem.ts";
import { startProgress } from "./progress.ts";

/** Runs a command that asks a question; returns the exit code. */
export async function runCommand(
  command: Command,
  names: readonly string[],
  opts: Record<string, FlagValue>,
  argv: readonly string[],
): Promise<number> {
  const flags = canonicalFlags(opts);
  const contents = new Map<string, Uint8Array>();
  const places = new Map<string, string>();
  const folders: string[] = [];
  const problems = await readProblems(command, names, flags, contents, places, folders);
  const module = await command.load!();
  module.check?.(flags);
  const { samplingBy } = await import("../index.ts");
  const typed = argv.map(withoutPassword).map(quoted).join(" ");
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  const progress = startProgress(flags["quiet"] === true);
  let execution: Execution | undefined;
  let networks: Awaited<ReturnType<typeof networksOf>>;
  try {
    execution = await openExecution(command, problems, flags, contents, places, folders);
    networks = await networksOf(problems, flags, places);
    const options = {
      ...optionsOf(flags),
      signal: interrupt.signal,
      onProgress: progress.report,
      ...(flags["quiet"] ? {} : { onSampleForecast: progress.foretell, clock: monotonicSeconds }),
      ...(networks ? { networkPaths: networks.paths } : {}),
    };
    const answer = await execution.answer((engine) =>
      module.ask({ problems, flags, options, engine, sampling: samplingBy(engine), typed }),
    );
    progress.stop();
    return answer === undefined ? 0 : await printAnswer(module, answer, flags, typed);
  } catch (error) {
    progress.stop();
    if (flags["json"] && error instanceof EscapementError && error.exitCode === 3)
      process.stdout.write(`${JSON.stringify(refusal(command, problems, error))}\n`);
    throw error;
  } finally {
    await execution?.close();
    await networks?.close();
    process.removeListener("SIGINT", onInterrupt);
  }
}

/** Threads for paths on networks, where there are networks. */
async function networksOf(problems: readonly SgdProblem[], flags: Flags, places: ReadonlyMap<string, string>) {
  if (!problems.some(({ objective }) => objective.network)) return undefined;
  const { networkPool } = await import("../node.ts");
  return networkPool({
    files: places,
    ...(flags["threads"] === undefined ? {} : { threads: flags["threads"] as number }),
    ...(flags["backend"] === undefined ? {} : { backend: flags["backend"] as string }),
  });
}

/** --lr is --eta. */
function canonicalFlags(opts: Record<string, FlagValue>): Flags {
  const flags = asTyped(opts);
  if (flags["lr"] !== undefined) {
    flags["eta"] ??= flags["lr"];
    delete flags["lr"];
  }
  return flags;
}

async function readProblems(
  command: Command,
  names: readonly string[],
  flags: Flags,
  contents: Map<string, Uint8Array>,
  places: Map<string, string>,
  folders: string[],
): Promise<SgdProblem[]> {
  if (names.length === 0 && command.problems === "optional" && !makesProblem(flags)) return [];
  const { collectFiles, namedFiles, readRaw, readProblemAt } = await import("../node.ts");
  const own: Record<string, FlagValue> = { ...flags };
  // a list that the command sweeps is not a field; a single value is
  for (const name of command.sweeps) if (isSweep(own[name])) delete own[name];
  const read = async (raw: unknown, folder: string): Promise<SgdProblem> => {
    const problem = await readProblemAt(layFlagsOver(raw, own), folder, {
      allowOracle: flags["allow-oracle"] === true,
      backend: (flags["backend"] as string | undefined) ?? "auto",
      tell: (message) => void process.stderr.write(`escapement: ${message}\n`),
    });
    collectFiles(problem.json, folder, contents);
    for (const path of namedFiles(problem.json)) places.set(path, resolve(folder, path));
    folders.push(resolve(folder));
    return problem;
  };
  if (names.length === 0) {
    if (!makesProblem(flags))
      throw new InputError(
        "cli/no-problem",
        `${command.name}: found no problem; allowed: a problem file, or --formula with --sigma, --eta, --start and --steps`,
      );
    if (own["eta"] === undefined && Array.isArray(flags["eta"])) own["eta"] = [(flags["eta"] as number[])[0]];
    if (own["batch"] === undefined && Array.isArray(flags["batch"])) own["batch"] = [(flags["batch"] as number[])[0]];
    return [await read(undefined, ".")];
  }
  const problems: SgdProblem[] = [];
  for (const name of names) {
    const { raw, folder } = readRaw(name);
    problems.push(await read(raw, folder));
  }
  return problems;
}

function normalsOf(kind: FlagValue): QuestionOptions["normals"] {
  if (kind === undefined || kind === "fast" || kind === "full") return kind;
  throw new InputError("cli/flag", `--normals: found ${String(kind)}; allowed: fast, full`, { flag: "--normals" });
}

/** Options of a question as the flags say. */
export function optionsOf(flags: Flags): QuestionOptions {
  const method = flags["method"];
  if (method !== undefined && method !== "auto" && method !== "exact" && method !== "sample")
    throw new InputError("cli/flag", `--method: found ${String(method)}; allowed: auto, exact, sample`, { flag: "--method" });
  return {
    models: flags["models"] as readonly string[] | undefined,
    seed: flags["seed"] as number | undefined,
    method: method as QuestionOptions["method"],
    paths: flags["paths"] as number | undefined,
    tolerance: flags["tolerance"] as number | undefined,
    substeps: flags["substeps"] as number | undefined,
    normals: normalsOf(flags["normals"]),
    maxSteps: flags["max-steps"] as number | undefined,
    nearest: flags["nearest"] === true,
    strict: flags["strict"] === true,
    twoStep: flags["two-step"] === true,
  };
}

/** Prints an answer as the flags say, and writes its page. */
export async function printAnswer(module: CommandModule, answer: Answer<unknown>, flags: Flags, typed: string): Promise<number> {
  const asked = flags["report"] as string | undefined;
  const path = asked ?? (flags["json"] ? undefined : module.defaultReport);
  let report: string | undefined;
  if (path !== undefined && module.page) {
    const { createDocument, writePage } = await import("../node.ts");
    report = writePage(path, await module.page(answer, { document: createDocument(), command: typed }));
  }
  if (flags["json"]) {
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    return 0;
  }
  // tables are laid out for 80 columns; a wider terminal gets wider ones, never a narrower
  const width = process.stdout.isTTY ? Math.max(80, Math.min(process.stdout.columns ?? 80, 120)) : 80;
  process.stdout.write(`${await module.text(answer, { width, report, typed, flags })}\n`);
  return 0;
}

/** What --json prints when nothing has an answer: the document without a result, and why. */
function refusal(command: Command, problems: readonly SgdProblem[], error: EscapementError): object {
  return {
    command: command.name,
    problem: problems[0]?.json ?? null,
    warnings: error.details["warnings"] ?? [],
    result: null,
    error: { code: error.code, message: error.message },
  };
}

const quoted = (word: string): string => (/^[\w./:,=+-]+$/.test(word) ? word : `"${word.replace(/(["\\$`])/g, "\\$1")}"`);
