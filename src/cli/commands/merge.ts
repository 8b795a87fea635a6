// `merge DIR...`: the whole answer from the run folders of all shards, byte for byte that of one run.
import { mergeShards, readRun, replayEngine } from "../../node.ts";
import type { Command } from "../command.ts";
import type { Flags } from "../problem.ts";
import { askAgain, printAgain } from "../replay.ts";

export async function merge(flags: Flags, folders: readonly string[], commands: readonly Command[]): Promise<number> {
  const runs = folders.map((folder) => readRun(folder, "merge"));
  const { question, blocks } = mergeShards(runs);
  const answer = await askAgain(commands, question, runs[0]!, replayEngine(blocks), flags["allow-oracle"] === true);
  return printAgain(commands, question, runs[0]!, answer, flags);
}
