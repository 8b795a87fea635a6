// A run folder's question asked again of an engine: `show` and `merge` answer from journals, by the same way as the run itself.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Answer, ProblemJson } from "../answer/answer.ts";
import { InputError } from "../errors.ts";
import { type Engine, type SgdProblem, samplingBy, version } from "../index.ts";
import { type RunQuestion, type RunRecord, readProblemAt, withFilesAt } from "../node.ts";
import type { Command, CommandModule } from "./command.ts";
import type { Flags } from "./problem.ts";
import { optionsOf, printAnswer } from "./run.ts";

/**
 * Asks `question` of `engine`, by the command among `commands` that asked it; its files are read from the run folder `run`.
 * @param allowOracle  lets the problem's program run: in the folder of its problem file, or here where that folder is not there
 */
export async function askAgain(
  commands: readonly Command[],
  question: RunQuestion,
  run: RunRecord,
  engine: Engine,
  allowOracle: boolean,
): Promise<Answer<unknown>> {
  if (question.version !== version)
    throw new InputError(
      "cli/replay",
      `${run.folder}: made by version ${question.version}; this is ${version}, whose figures may differ. Use that version.`,
      { folder: run.folder },
    );
  const module = await moduleOf(commands, question, run);
  const problems: SgdProblem[] = [];
  for (const [i, raw] of question.problems.entries()) {
    const folder = programFolder(question, i);
    const problem = await readProblemAt(withFilesAt(raw as ProblemJson, run.fileOf), folder, { allowOracle });
    // as the run wrote it: with its own paths, in its order
    problems.push({ ...problem, json: raw as ProblemJson });
  }
  const flags: Flags = { ...question.flags, seed: question.seed };
  return module.ask({ problems, flags, options: optionsOf(flags), engine, sampling: samplingBy(engine), typed: "" });
}

/** Where a problem's program starts. The folder of its problem file may be another machine's; the files that a problem names lie in the run folder. */
function programFolder({ programFolders }: RunQuestion, problem: number): string {
  const folder = programFolders?.[problem];
  if (folder === undefined || existsSync(folder)) return folder ?? ".";
  process.stderr.write(`escapement: ${folder}, where the problem file lay, is not there: its program is started in ${resolve(".")}\n`);
  return ".";
}

/** Prints the answer as the command that asked would have. */
export async function printAgain(
  commands: readonly Command[],
  question: RunQuestion,
  run: RunRecord,
  answer: Answer<unknown>,
  flags: Flags,
): Promise<number> {
  const { defaultReport: _none, ...module } = await moduleOf(commands, question, run);
  return printAnswer(module, answer, { ...question.flags, ...flags }, `escapement show ${run.folder}`);
}

async function moduleOf(commands: readonly Command[], question: RunQuestion, run: RunRecord): Promise<CommandModule> {
  const command = commands.find(({ name }) => name === question.command);
  if (!command?.load)
    throw new InputError("cli/replay", `${run.folder}: asks ${question.command}, which this version does not have.`, {
      folder: run.folder,
    });
  return command.load();
}
