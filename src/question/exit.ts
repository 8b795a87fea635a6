// `exit`: how long SGD and every model stay in a region: mean exit steps and survival, watched at t = k eta as SGD is, and for models
// also at all times. One dimension without sampling (law/line-exit.ts); elsewhere by the engine that is handed in.
import type { Answer } from "../answer/answer.ts";
import type { ExitResult } from "../answer/exit.ts";
import type { Warning } from "../answer/warning.ts";
import { InputError, InterruptedError, NoAnswerError } from "../errors.ts";
import { lineExits } from "../law/line-exit.ts";
import type { SdeModel } from "../model/model.ts";
import { modelsFor } from "../model/momentum.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { version } from "../version.ts";
import { coversLine, lineExitsBeside } from "./momentum-line.ts";
import type { QuestionOptions } from "./options.ts";

export interface ExitOptions extends QuestionOptions {
  /** Steps k at which P(exit step > k) is told; default: about six round the mean. */
  readonly survival?: readonly number[];
  /** Samples what has no method without sampling, or all with method "sample". */
  readonly engine?: (problem: SgdProblem, models: readonly SdeModel[], options: ExitOptions) => Promise<Exits>;
}

/** Paths with a velocity are smooth: so many substeps are enough on the line, where a pilot would cost more than it saves. Their bias is in the error. */
const velocitySubsteps = 4;

/** A result and what is to be said about it. */
export interface Exits extends ExitResult {
  readonly warnings: readonly Warning[];
}

/**
 * Exit times and survival.
 * @returns in one dimension SGD's mean to about 1e-10 relative, models' to 1e-7, survival to 1e-8, each with a bound on its error
 * @throws InputError `question/inside` without a region, `question/survival` for steps that are none
 * @throws NoAnswerError `question/exit` where no process has a figure
 */
export async function exit(problem: SgdProblem, options: ExitOptions = {}): Promise<Answer<ExitResult>> {
  const models = modelsFor(problem, options.models);
  if (!problem.inside)
    throw new InputError(
      "question/inside",
      'inside (--inside): no region is given; allowed: comparisons such as "x < 0" or "-5 < x < 0" that hold at the start.',
      { field: "inside" },
    );
  if (!problem.inside.contains(problem.start))
    throw new InputError(
      "question/inside",
      `inside (--inside): the start lies outside ${problem.inside.text}; allowed: a region that holds it.`,
      { field: "inside", start: Array.from(problem.start) },
    );
  const bad = options.survival?.find((k) => !(Number.isInteger(k) && k >= 0));
  if (bad !== undefined)
    throw new InputError("question/survival", `survival (--survival): found ${bad}; allowed: whole numbers of steps, 0 or more.`, {
      field: "--survival",
      found: bad,
    });
  if (options.signal?.aborted) throw new InterruptedError("question/exit", "Interrupted.");

  const found = await exits(problem, models, options);
  const { warnings, ...result } = found;
  const processes = [result.sgd, ...models.flatMap(({ id }) => (result.models[id] ? [result.models[id].watchedLikeSgd] : []))];
  const answered =
    processes.some((process) => process.meanSteps !== null || process.survival.some((s) => s.probability !== null)) ||
    models.some(({ id }) => result.models[id]?.watchedAlways.meanSteps);
  if (!answered)
    throw new NoAnswerError(
      "question/exit",
      `exit: nothing that was asked for has an answer. ${warnings.map((w) => w.message).join(" ")}`,
      { warnings },
    );
  return { command: "exit", version, problem: problem.json, seed: options.seed ?? 1, warnings, result };
}

async function exits(problem: SgdProblem, models: readonly SdeModel[], options: ExitOptions): Promise<Exits> {
  const { d } = problem.objective;
  if (d === 1 && !problem.momentum && problem.inside!.intervalAround && options.method !== "sample")
    return lineExits(problem, models, options);
  const { engine } = options;
  if (engine && options.method !== "exact")
    return coversLine(problem, options.method) && problem.inside!.intervalAround
      ? lineExitsBeside(problem, models, options, (own) =>
          engine(problem, own, { ...options, substeps: options.substeps ?? velocitySubsteps }),
        )
      : engine(problem, models, options);
  throw new NoAnswerError(
    "question/exit",
    `exit: ${problem.momentum ? "with momentum exits need sampling" : d === 1 ? "sampling was asked for" : `in ${d} dimensions exits need sampling`}, which this call has no engine for; allowed: one dimension without momentum and without --method sample.`,
    { dimensions: d },
  );
}
