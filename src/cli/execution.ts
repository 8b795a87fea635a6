// How a question's blocks of paths are run, as the flags say: by the local engine, kept in a run folder, as one of several
// shards, or spread over a cluster.
import type { Answer } from "../answer/answer.ts";
import { InputError, InterruptedError } from "../errors.ts";
import { type Engine, type SgdProblem, version } from "../index.ts";
import type { Cluster, RunFolder, RunQuestion } from "../node.ts";
import type { Command } from "./command.ts";
import { problemFlags } from "./flags.ts";
import { type Flags, isSweep } from "./problem.ts";

export interface Execution {
  /** The answer to what `ask` asks of an engine; undefined where this run makes a part of it only, and has said so. */
  answer(ask: (engine: Engine) => Promise<Answer<unknown>>): Promise<Answer<unknown> | undefined>;
  close(): Promise<void>;
}

/** Flags that change no figure: where and how it is computed, and how it is told. */
const withoutFigures = [
  "json",
  "report",
  "quiet",
  "run",
  "resume",
  "shard",
  "cluster",
  "threads",
  "backend",
  "allow-oracle",
  "csv",
  "format",
];

export async function openExecution(
  command: Command,
  problems: readonly SgdProblem[],
  flags: Flags,
  contents: ReadonlyMap<string, Uint8Array>,
  places: ReadonlyMap<string, string>,
  folders: readonly string[],
): Promise<Execution> {
  const [run, resume, shard] = (["run", "resume", "shard"] as const).map((name) => flags[name] as string | undefined);
  if (run !== undefined && resume !== undefined)
    throw new InputError("cli/flag", "--run and --resume: allowed: one; --resume goes on with what --run has begun.", {});
  const local = await localEngine(flags, places);
  const url = flags["cluster"] as string | undefined;
  const path = run ?? resume;
  if (shard !== undefined && path === undefined)
    throw new InputError("cli/flag", "--shard: found no --run; a shard is kept in a folder: --shard 3/64 --run DIR.", {});
  if (shard !== undefined && url !== undefined)
    throw new InputError("cli/flag", "--shard and --cluster: allowed: one; both spread a run over machines.", {});
  if (path === undefined && url === undefined)
    return { answer: async (ask) => measured(await ask(local), local, flags), close: local.close };

  const node = await import("../node.ts");
  const folder = path === undefined ? undefined : await openFolder(command, problems, flags, contents, folders);
  let cluster: Cluster | undefined;
  try {
    const done = folder?.answer !== undefined;
    if (url !== undefined && !done)
      cluster = await node.openCluster(url, process.env, {
        what: `${command.name} ${problems.map((problem) => problem.name ?? "").join(" ")}`.trim(),
        engine: local,
        files: contents,
        clock: monotonicSeconds,
        sleep,
        tell: (message) => void process.stderr.write(`escapement: ${message}\n`),
      });
  } catch (error) {
    folder?.close();
    throw error;
  }
  const pieces = cluster?.pieces ?? node.inPieces(local, monotonicSeconds);
  const engine = folder ? node.durableEngine(pieces, folder.blocks) : node.engineOfPieces(pieces);
  return {
    async answer(ask) {
      if (!folder) return ask(engine);
      if (shard !== undefined) {
        await finishShard(folder, () => ask(node.shardEngine(engine, node.readShard(shard))));
        tellShard(folder, shard, command, problems, flags);
        return undefined;
      }
      if (folder.answer !== undefined) return folder.answer as Answer<unknown>;
      const answer = await kept(folder, () => ask(engine));
      folder.finish(answer);
      return measured(answer, local, flags);
    },
    async close() {
      await local.close();
      await cluster?.close();
      folder?.close();
    },
  };
}

/** The run folder that --run or --resume names, for what is asked. */
async function openFolder(
  command: Command,
  problems: readonly SgdProblem[],
  flags: Flags,
  contents: ReadonlyMap<string, Uint8Array>,
  folders: readonly string[],
): Promise<RunFolder> {
  const { contentHash, createRun, readShard, resumeRun } = await import("../node.ts");
  const shard = flags["shard"] === undefined ? null : readShard(flags["shard"] as string);
  if (shard && flags["tolerance"] !== undefined)
    throw new InputError("cli/flag", "--shard with --tolerance: a tolerance needs all paths at once; allowed with --shard: --paths N.", {});
  const question: RunQuestion = {
    version,
    command: command.name,
    problems: problems.map((problem) => problem.json),
    flags: figureFlags(command, flags),
    seed: seedOf(flags),
    files: Object.fromEntries([...contents].map(([file, content]) => [file, contentHash(content)])),
    shard,
    ...(problems.some(({ objective }) => objective.kind === "oracle") ? { programFolders: folders } : {}),
  };
  const run = flags["run"] as string | undefined;
  const folder = run !== undefined ? createRun(run, question, contents) : resumeRun(flags["resume"] as string, question, contents);
  if (folder.dropped) process.stderr.write(`escapement: ${folder.dropped}\n`);
  return folder;
}

/** What the local engine has used, if it has run anything, beside what the question itself has measured. */
function measured(answer: Answer<unknown>, local: Engine, flags: Flags): Answer<unknown> {
  const performance = local.performance?.();
  if (!performance || Object.keys(performance).length === 0) return answer;
  return { ...answer, performance: { ...answer.performance, normals: flags["normals"] ?? "fast", ...performance } };
}

/** The engine of this machine, as the flags say. */
export async function localEngine(flags: Flags, places: ReadonlyMap<string, string>): Promise<Engine & { close(): Promise<void> }> {
  const { poolEngine } = await import("../node.ts");
  return poolEngine({
    threads: flags["threads"] as number | undefined,
    backend: flags["backend"] as string | undefined,
    files: places,
    tell: (message) => void process.stderr.write(`escapement: ${message}\n`),
  });
}

/** Seconds from any fixed time; nobody can set this clock. */
export const monotonicSeconds = (): number => Number(process.hrtime.bigint()) / 1e9;

const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

/** What was asked besides the problem: flags that change figures. A list that the command sweeps is not in the problem. */
function figureFlags(command: Command, flags: Flags): { [flag: string]: unknown } {
  const inProblem = new Set(
    problemFlags.map((flag) => flag.name).filter((name) => !(command.sweeps.includes(name) && isSweep(flags[name]))),
  );
  const left = Object.entries(flags).filter(([name]) => name !== "seed" && !inProblem.has(name) && !withoutFigures.includes(name));
  return Object.fromEntries(left.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** An interrupt says what is kept. */
async function kept<T>({ folder }: RunFolder, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as { exitCode?: number }).exitCode !== 130) throw error;
    throw new InterruptedError("cli/interrupted", `interrupted; what was finished is kept: --resume ${folder} goes on.`, { folder });
  }
}

/** A shard's figures are a part's: that they give no answer yet is no fault. */
async function finishShard(folder: RunFolder, work: () => Promise<unknown>): Promise<void> {
  if (folder.answer !== undefined) return;
  try {
    await kept(folder, work);
  } catch (error) {
    if ((error as { exitCode?: number }).exitCode !== 3) throw error;
  }
  folder.finish(null);
}

function tellShard({ folder }: RunFolder, shard: string, command: Command, problems: readonly SgdProblem[], flags: Flags): void {
  const [, of] = shard.split("/");
  const document = { command: command.name, version, problem: problems[0]?.json ?? null, seed: seedOf(flags), warnings: [], result: null };
  process.stdout.write(
    flags["json"]
      ? `${JSON.stringify({ ...document, shard, run: folder })}\n`
      : `Shard ${shard} is finished in ${folder}. When all ${of} are: escapement merge with their folders.\n`,
  );
}

const seedOf = (flags: Flags): number => (flags["seed"] as number | undefined) ?? 1;
