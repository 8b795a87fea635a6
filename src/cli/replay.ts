// A run folder's question asked again of an engine: `show` and `merge` answer from journals, by the same way as the run itself.
import type { Answer, ProblemJson } from "../answer/answer.ts";
import { InputError } from "../errors.ts";
import { type Engine, type SgdProblem, samplingBy, version } from "../index.ts";
import { type RunQuestion, type RunRecord, readProblemAt, withFilesAt } from "../node.ts";
import type { Command, CommandModule } from "./command.ts";
import type { Flags } from "./problem.ts";
import { optionsOf, printAnswer } from "./run.ts";

/**
 * Asks `question` of `engine`, by the command among `commands` that asked it; its files are read from the run folder `run`.
 * @param allowOracle  lets the problem's program run, in the folder where this is asked
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
  for (const raw of question.problems) {
    const problem = await readProblemAt(withFilesAt(raw as ProblemJson, run.fileOf), ".", { allowOracle });
    // as the run wrote it: with its own paths, in its order
    problems.push({ ...problem, json: raw as ProblemJson });
  }
  const flags: Flags = { ...question.flags, seed: question.seed };
  return module.ask({ problems, flags, options: optionsOf(flags), engine, sampling: samplingBy(engine), typed: "" });
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
