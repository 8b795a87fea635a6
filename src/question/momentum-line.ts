// One dimension with momentum: the models in x alone are diffusions on the line at eta/(1 - beta), and have laws, averages and exits there without
// sampling (law/line-*.ts). SGD itself and Langevin dynamics live in (x, v) and are sampled; both answers are joined here. Whether a model
// exists where it goes is weighed with the law of plain SGD at eta/(1 - beta).
import type { ExitResult } from "../answer/exit.ts";
import type { LawResult } from "../answer/law.ts";
import type { Warning } from "../answer/warning.ts";
import type { Expectations } from "../law/expectations.ts";
import { lineExits } from "../law/line-exit.ts";
import { lineSolver } from "../law/line-expectations.ts";
import { lineLaws } from "../law/line-laws.ts";
import type { SdeModel } from "../model/model.ts";
import { atEffectiveRate, atRate, effectiveRate, hasVelocity } from "../model/momentum.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { QuestionOptions } from "./options.ts";

/** What `exit` makes its answer of. */
type Exits = ExitResult & { readonly warnings: readonly Warning[] };

/** SGD and the models with a velocity, by sampling. */
type Sample<R> = (models: readonly SdeModel[]) => Promise<R>;

/** On the line, and not everything is to be sampled. */
export function coversLine({ objective, momentum, noise }: SgdProblem, method: QuestionOptions["method"]): boolean {
  return momentum !== undefined && method !== "sample" && objective.d === 1 && objective.hessian !== undefined && !noise.minibatch;
}

interface Found<R> {
  readonly result: R;
  readonly warnings: readonly Warning[];
}

export async function lineLawsBeside(
  problem: SgdProblem,
  models: readonly SdeModel[],
  options: QuestionOptions,
  sample: Sample<Found<LawResult>>,
): Promise<Found<LawResult>> {
  const sampled = await sample(models.filter(hasVelocity));
  const { warnings, ...line } = lineLaws(atEffectiveRate(problem), onLine(models), problem.at, options);
  // divergences are from plain SGD's law there, not from this one's
  const own = Object.entries(line.models).map(([id, law]) => [
    id,
    { ...law, laws: law.laws.map((at) => ({ ...at, klFromSgd: null, w2SquaredFromSgd: null })) },
  ]);
  return {
    result: {
      ...sampled.result,
      method: `${sampled.result.method}; models in x alone: ${line.method} at eta/(1 - beta)`,
      models: ordered(models, { ...sampled.result.models, ...Object.fromEntries(own) }),
    },
    warnings: [...sampled.warnings, ...atRates(problem, warnings)],
  };
}

export async function lineExpectationsBeside(
  problem: SgdProblem,
  models: readonly SdeModel[],
  options: QuestionOptions,
  sample: Sample<Expectations>,
): Promise<Expectations> {
  const sampled = await sample(models.filter(hasVelocity));
  const line = await lineSolver.solve(atEffectiveRate(problem), onLine(models), options);
  return {
    ...sampled,
    method: `${sampled.method}; models in x alone: ${line.method} at eta/(1 - beta)`,
    models: { ...sampled.models, ...line.models },
    warnings: [...sampled.warnings, ...atRates(problem, line.warnings)],
  };
}

export async function lineExitsBeside(
  problem: SgdProblem,
  models: readonly SdeModel[],
  options: QuestionOptions & { readonly survival?: readonly number[] },
  sample: Sample<Exits>,
): Promise<Exits> {
  const sampled = await sample(models.filter(hasVelocity));
  const survival = sampled.sgd.survival.map(({ step }) => step);
  const line = lineExits(atEffectiveRate(problem), onLine(models), { ...options, survival });
  return {
    ...sampled,
    method: `${sampled.method}; models in x alone: ${line.method} at eta/(1 - beta)`,
    models: ordered(models, { ...sampled.models, ...line.models }),
    warnings: [...sampled.warnings, ...atRates(problem, line.warnings)],
  };
}

const onLine = (models: readonly SdeModel[]): SdeModel[] => models.filter((model) => !hasVelocity(model));

/** What is said of the models; plain SGD at that rate was not asked about. */
function atRates(problem: SgdProblem, warnings: readonly Warning[]): Warning[] {
  return warnings.filter((said) => said.model !== undefined).map((said) => atRate(said, effectiveRate(problem)));
}

/** The models' order; what is no model of the list (sgd-gaussian) stands last. */
function ordered<T>(models: readonly SdeModel[], found: Readonly<Record<string, T>>): Record<string, T> {
  const ids = models.map(({ id }): string => id).filter((id) => found[id] !== undefined);
  const rest = Object.keys(found).filter((id) => !ids.includes(id));
  return Object.fromEntries([...ids, ...rest].map((id) => [id, found[id]!]));
}
