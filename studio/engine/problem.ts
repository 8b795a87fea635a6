// Problems read in a worker. A slider of the learning rate asks for the same problem again and again: what was compiled for it is kept, and
// the engine's optimised code with it.
import { readProblem, type SgdProblem, withLearningRate } from "../../src/index.ts";
import type { Raw } from "./jobs.ts";

let last: { readonly rest: string; readonly problem: SgdProblem } | undefined;

/**
 * The problem of a file's value, as `readProblem` reads it (test/studio/state.test.ts).
 * @throws InputError as `readProblem` does
 */
export function problemOf(raw: Raw): SgdProblem {
  const { learningRate } = raw;
  const rest = JSON.stringify({ ...raw, learningRate: null });
  if (last?.rest === rest && typeof learningRate === "number" && learningRate > 0 && Number.isFinite(learningRate))
    return withLearningRate(last.problem, learningRate);
  const problem = readProblem(raw);
  last = { rest, problem };
  return problem;
}
