// `show DIR`: the answer of a durable run, finished or not, from its journal.
import type { Answer } from "../../answer/answer.ts";
import { warning } from "../../answer/warning.ts";
import { threadEngine } from "../../index.ts";
import { blockStore, partialEngine, type RunRecord, readRun } from "../../node.ts";
import type { Command } from "../command.ts";
import type { Flags } from "../problem.ts";
import { askAgain, printAgain } from "../replay.ts";

/** Prints the answer; an unfinished one with a warning that says how much there is. */
export async function show(flags: Flags, [folder]: readonly string[], commands: readonly Command[]): Promise<number> {
  const run = readRun(folder!, "show");
  const { question } = run;
  if (run.damaged > 0)
    process.stderr.write(
      `escapement: ${folder}: ${run.damaged} damaged bytes in its journal were passed over; --resume computes them again\n`,
    );
  const answer = (run.answer as Answer<unknown> | undefined | null) ?? (await partly(run, commands, flags["allow-oracle"] === true));
  return printAgain(commands, question, run, answer, flags);
}

async function partly(run: RunRecord, commands: readonly Command[], allowOracle: boolean): Promise<Answer<unknown>> {
  let finished = 0;
  let asked = 0;
  const engine = partialEngine(blockStore(run.blocks), threadEngine(), (done, of) => {
    finished += done;
    asked += of;
  });
  const answer = await askAgain(commands, run.question, run, engine, allowOracle);
  const share = asked === 0 ? 0 : finished / asked;
  const unfinished = warning(
    "unfinished",
    `${run.folder}: ${finished} of ${asked} paths (${(100 * share).toFixed(1)} %) are finished; figures and errors are those of what there is. Go on with --resume ${run.folder}.`,
    { finished, asked },
  );
  return { ...answer, warnings: [unfinished, ...answer.warnings] };
}
