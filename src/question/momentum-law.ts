// `law` with momentum: closed forms on quadratics with constant noise; elsewhere by the engine that is handed in, which samples.
import type { LawAtStep, LawResult, ModelLaw, StationaryLaw } from "../answer/law.ts";
import type { Warning } from "../answer/warning.ts";
import { NoAnswerError } from "../errors.ts";
import { heavyBallLineApplies } from "../law/heavy-ball-line.ts";
import { momentumLaws } from "../law/momentum.ts";
import type { SdeModel } from "../model/model.ts";
import { hasVelocity, modelsFor, selectMomentumModels } from "../model/momentum.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { coversLine, lineLawsBeside } from "./momentum-line.ts";
import type { QuestionOptions } from "./options.ts";

interface Found {
  readonly result: LawResult;
  readonly warnings: readonly Warning[];
}

/** Laws of SGD with momentum and of its models; `problem.momentum` must be set. */
export async function momentumLaw<O extends QuestionOptions>(
  problem: SgdProblem,
  options: O & { readonly engine?: (problem: SgdProblem, models: readonly SdeModel[], options: O) => Promise<Found> },
): Promise<Found> {
  const { objective, noise, at } = problem;
  if (options.method !== "sample" && objective.quadratic && noise.constant)
    return momentumLaws(problem, selectMomentumModels(options.models), at, options);
  const models = modelsFor(problem, options.models);
  const { engine } = options;
  const sample = options.method === "exact" ? undefined : engine;
  if (coversLine(problem, options.method) && (sample !== undefined || heavyBallLineApplies(problem)))
    return lineLawsBeside(
      problem,
      models,
      options,
      sample && (async (own) => positionsAlone(problem, own, await sample(problem, own, options))),
    );
  if (sample === undefined)
    throw new NoAnswerError(
      "law/no-method",
      `law: with momentum a ${objective.kind} objective with ${noise.constant ? "constant" : "varying"} noise has no closed form; quadratics with constant noise have, and sampling answers the rest.`,
      { kind: objective.kind },
    );
  return positionsAlone(problem, models, await sample(problem, models, options));
}

/** Models without a velocity have laws of x alone. */
function positionsAlone(problem: SgdProblem, models: readonly SdeModel[], found: Found): Found {
  const velocities = new Set<string>(models.filter(hasVelocity).map(({ id }) => id));
  const laws = Object.entries(found.result.models).map(([id, law]): [string, ModelLaw] => [
    id,
    velocities.has(id) || id === "sgd-gaussian" ? law : { ...law, ...positionsOf(law, problem.objective.d) },
  ]);
  return { ...found, result: { ...found.result, models: Object.fromEntries(laws) } };
}

/** The laws of x in laws of (x, v). */
export function positionsOf(law: { readonly laws: readonly LawAtStep[]; readonly stationary: StationaryLaw | null }, d: number) {
  const cut = <T>(rows: readonly T[]): T[] => rows.slice(0, d);
  return {
    laws: law.laws.map((at) => ({ ...at, mean: at.mean && cut(at.mean), covariance: at.covariance && cut(at.covariance).map(cut) })),
    stationary: law.stationary && { mean: cut(law.stationary.mean), covariance: cut(law.stationary.covariance).map(cut) },
  };
}

/** The same of a whole answer: what questions about x look at. Without momentum it is the answer itself. */
export function lawOfPositions({ objective, momentum }: SgdProblem, result: LawResult): LawResult {
  if (!momentum) return result;
  const models = Object.entries(result.models).map(([id, law]): [string, ModelLaw] => [id, { ...law, ...positionsOf(law, objective.d) }]);
  return { ...result, sgd: { ...result.sgd, ...positionsOf(result.sgd, objective.d) }, models: Object.fromEntries(models) };
}
