// `law`: the law of x_k and of each model at t = k eta, stationary laws, divergences. Says which method serves the problem; the methods
// themselves are in law/: closed forms on quadratics with constant noise, closed moments on least squares with minibatches,
// densities in one dimension. What none of these covers goes to the engine that is handed in, which samples.
import type { Answer } from "../answer/answer.ts";
import type { LawResult } from "../answer/law.ts";
import type { Warning } from "../answer/warning.ts";
import { InputError, NoAnswerError } from "../errors.ts";
import { gaussianLaws } from "../law/gaussian.ts";
import { type LawDetail, lineLaws } from "../law/line-laws.ts";
import { coversProblem, leastSquaresLaws, momentLimits } from "../law/moments.ts";
import { selectModels } from "../model/index.ts";
import type { SdeModel } from "../model/model.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { withSteps } from "../problem/vary.ts";
import { version } from "../version.ts";
import { momentumLaw } from "./momentum-law.ts";
import type { QuestionOptions } from "./options.ts";

/** Laws and what is to be said about them. */
export interface LawFigures {
  readonly result: LawResult;
  readonly warnings: readonly Warning[];
}

/** Laws by sampling, for problems without a closed form. */
export type LawEngine = (problem: SgdProblem, models: readonly SdeModel[], options: LawOptions) => Promise<LawFigures>;

export interface LawOptions extends QuestionOptions {
  /** Steps asked about, ascending; default: the problem's. */
  readonly at?: readonly number[];
  /** For pictures in one dimension without a closed form: "densities" leaves out what is slow, "draft" is quick; default "all". */
  readonly detail?: LawDetail;
  /** Samples where nothing else serves, and where `method` is "sample". */
  readonly engine?: LawEngine;
}

/**
 * The laws at the steps asked about.
 * @throws InputError for unknown models or steps; NoAnswerError `law/no-method` where no method and no engine serves the problem, or
 * nothing at all came out
 */
export async function law(problem: SgdProblem, options: LawOptions = {}): Promise<Answer<LawResult>> {
  const asked = options.at === undefined ? problem : withSteps(problem, checkedSteps(options.at));
  const { result, warnings } = asked.momentum
    ? await momentumLaw(asked, options)
    : await figures(asked, selectModels(options.models), options);
  const all = [...problem.warnings, ...warnings];
  if (![result.sgd, ...Object.values(result.models)].some((process) => process.laws.some((at) => at.mean !== null))) {
    throw new NoAnswerError(
      "law/nothing",
      `law: no process has a law at the steps ${asked.at.join(", ")}. ${all.map((w) => w.message).join(" ")}`,
      { warnings: all },
    );
  }
  return { command: "law", version, problem: asked.json, seed: options.seed ?? 1, warnings: all, result };
}

async function figures(problem: SgdProblem, models: readonly SdeModel[], options: LawOptions): Promise<LawFigures> {
  const { objective, noise, at } = problem;
  if (options.method !== "sample") {
    if (objective.quadratic && noise.constant) return gaussianLaws(problem, models, at, options);
    if (coversProblem(problem)) return leastSquaresLaws(problem, models, at);
    if (objective.d === 1 && objective.hessian && !noise.minibatch) {
      const { warnings, ...result } = lineLaws(problem, models, at, options);
      return { result, warnings };
    }
  }
  if (options.engine && options.method !== "exact") return options.engine(problem, models, options);
  throw new NoAnswerError("law/no-method", `law: ${whyNot(problem, options)}`, { kind: objective.kind, d: objective.d, noise: noise.kind });
}

function whyNot({ objective, noise }: SgdProblem, options: LawOptions): string {
  if (options.method === "sample") return "sampling was asked for (--method sample), and no engine that samples was handed in.";
  const covered =
    "Without sampling there are laws on quadratics with constant noise, on least squares with fresh minibatches and in one dimension.";
  if (objective.leastSquares && noise.minibatch?.epochs) return `reshuffled epochs are not covered by closed moments. ${covered}`;
  if (objective.leastSquares && noise.minibatch)
    return `closed moments go up to ${momentLimits.largest} dimensions, fewer with many rows or steps; this problem has ${objective.d} dimensions, ${objective.leastSquares.n} rows.`;
  return `a ${objective.kind} objective in ${objective.d} dimensions with ${noise.constant ? "constant" : "varying"} ${noise.kind} noise has no closed form. ${covered}`;
}

function checkedSteps(at: readonly number[]): number[] {
  const wrong = at.find((k) => !Number.isInteger(k) || k < 1);
  if (wrong !== undefined || at.length === 0) {
    throw new InputError("law/at", `at (--at): found ${wrong ?? "no steps"}; allowed: whole numbers from 1, such as 1,5,20`, { at });
  }
  return [...new Set(at)].sort((a, b) => a - b);
}
