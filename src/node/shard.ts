// Shards: parts of one run for batch systems, 1/n to n/n. All shards run the first blocks of every program, which pilots decide by, and each its
// part of the blocks of every further call, so that no shard has to know of another; `merge` asks the question again of all journals together.
// A tolerance needs to see the whole ensemble and is not for shards.
import { type Ensemble, pathsPerBlock } from "../ensemble/ensemble.ts";
import type { Engine } from "../ensemble/run.ts";
import { InputError } from "../errors.ts";
import { type BlockStore, type BlocksRecord, blockStore, contentHash } from "./run-blocks.ts";
import { firstDifference } from "./run-difference.ts";
import type { RunRecord } from "./run-folder.ts";
import { type RunQuestion, type Shard, whatIsAsked } from "./run-question.ts";

/** Blocks at the start of each program that every shard runs: as many as a pilot (ensemble/sample.ts). */
const sharedBlocks = 4;

/** Reads "3/64". @throws InputError `node/shard` */
export function readShard(text: string): Shard {
  const match = /^(\d{1,7})\/(\d{1,7})$/.exec(text.trim());
  const shard = { index: Number(match?.[1]), of: Number(match?.[2]) };
  if (!match || shard.index < 1 || shard.index > shard.of)
    throw new InputError("node/shard", `--shard: found ${text}; allowed: i/n with i from 1 to n, such as 3/64`, { found: text });
  return shard;
}

/** An engine that runs a shard's part of each call. */
export function shardEngine(inner: Engine, { index, of }: Shard): Engine {
  return async (program, from, toPath, options) => {
    const end = Math.ceil(toPath / pathsPerBlock);
    const shared = Math.min(end, Math.max(from, sharedBlocks));
    const own = (i: number) => shared + Math.floor(((end - shared) * i) / of);
    const [first, last] = [own(index - 1), own(index)];
    const below = (block: number) => Math.min(toPath, block * pathsPerBlock);
    let ensemble: Ensemble | undefined;
    if (shared > from) ensemble = await inner(program, from, below(shared), options);
    if (last > first) {
      const part = await inner(program, first, below(last), options);
      ensemble = ensemble ? ensemble.merge(part) : part;
    }
    // a call of fewer blocks than shards leaves some without a part: they run its first block, and what is done twice counts once
    return ensemble ?? inner(program, from, below(from + 1), options);
  };
}

/**
 * The blocks of all shards of a run, and what is asked.
 * @throws InputError `node/merge` naming the folders where shards are missing, come twice, are unfinished or are of different runs
 */
export function mergeShards(runs: readonly RunRecord[]): { readonly question: RunQuestion; readonly blocks: BlockStore } {
  const refuse = (message: string): never => {
    throw new InputError("node/merge", `merge: ${message}`, { folders: runs.map((run) => run.folder) });
  };
  const [first] = runs;
  if (!first) return refuse("found no folder; give the run folders of all shards, such as merge shards/*");
  const whole = runs.find((run) => run.question.shard === null);
  if (whole && runs.length > 1)
    refuse(`${whole.folder} is a whole run, no shard; merge takes the shards of one run (show answers from it).`);
  for (const run of runs) {
    const difference = firstDifference(
      { ...whatIsAsked(first.question), shard: first.question.shard?.of },
      { ...whatIsAsked(run.question), shard: run.question.shard?.of },
    );
    if (difference)
      refuse(
        `${first.folder} and ${run.folder} are of different runs: ${difference.path === "shard" ? "the number of shards" : difference.path} is ${difference.a} in the first, ${difference.b} in the second.`,
      );
  }
  const byIndex = new Map<number, RunRecord>();
  for (const run of runs) {
    const index = run.question.shard?.index ?? 1;
    const twin = byIndex.get(index);
    if (twin) refuse(`shard ${index} comes twice: ${twin.folder} and ${run.folder} overlap; give each once.`);
    byIndex.set(index, run);
  }
  const of = first.question.shard?.of ?? 1;
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((index) => !byIndex.has(index));
  if (missing.length > 0)
    refuse(`of ${of} shards ${missing.length} are missing: ${missing.slice(0, 12).join(", ")}${missing.length > 12 ? " ..." : ""}.`);
  const unfinished = runs.find((run) => run.answer === undefined);
  if (unfinished)
    refuse(`shard ${unfinished.question.shard?.index ?? 1} in ${unfinished.folder} is not finished; go on with it with --resume.`);
  return { question: { ...first.question, shard: null }, blocks: blockStore(agreeing(runs)) };
}

/** All blocks, those that several shards hold once. @throws InputError `node/merge` where two hold other figures of the same blocks */
function agreeing(runs: readonly RunRecord[]): BlocksRecord[] {
  const seen = new Map<string, { readonly figures: string; readonly folder: string }>();
  const blocks: BlocksRecord[] = [];
  for (const { folder, blocks: own } of runs)
    for (const record of own) {
      const key = `${record.job} ${record.from} ${record.toPath}`;
      const figures = contentHash(JSON.stringify(record.ensemble));
      const twin = seen.get(key);
      if (twin && twin.figures !== figures)
        throw new InputError(
          "node/merge",
          `merge: ${twin.folder} and ${folder} have other figures of the same paths: one of the machines computes differently, or a file was changed.`,
          { folders: [twin.folder, folder] },
        );
      if (twin) continue;
      seen.set(key, { figures, folder });
      blocks.push(record);
    }
  return blocks;
}
