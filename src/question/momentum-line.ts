// One dimension with momentum: the models in x alone are diffusions on the line at eta/(1 - beta), and have laws, averages and exits there without
// sampling (law/line-*.ts); SGD itself, with Gaussian noise, has laws and averages by its lattice in (x, v) (law/heavy-ball-line.ts). What is left is
// sampled: models with a velocity, coupled with SGD, so that their averages are SGD's own plus the sampled difference; exits of SGD; and what the
// lattice does not resolve, with a warning. All answers are joined here. Whether a model exists where it goes is weighed with the law of plain SGD
// at eta/(1 - beta).
import type { ExitResult } from "../answer/exit.ts";
import type { LawResult, ModelLaw } from "../answer/law.ts";
import { type Warning, warning } from "../answer/warning.ts";
import type { Curve, Expectations } from "../law/expectations.ts";
import { heavyBallExpectations, heavyBallLaws, heavyBallLineApplies } from "../law/heavy-ball-line.ts";
import { langevinExpectations, langevinMoments } from "../law/langevin-line.ts";
import { lineExits } from "../law/line-exit.ts";
import { lineSolver } from "../law/line-expectations.ts";
import { lineLaws } from "../law/line-laws.ts";
import { sgdAnswer } from "../law/sgd-laws.ts";
import type { SdeModel } from "../model/model.ts";
import { atEffectiveRate, atRate, closedFormOnly, effectiveRate, hasVelocity, langevin } from "../model/momentum.ts";
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

/** `sample` is left out where nothing may be sampled. */
export async function lineLawsBeside(
  problem: SgdProblem,
  models: readonly SdeModel[],
  options: QuestionOptions,
  sample: Sample<Found<LawResult>> | undefined,
): Promise<Found<LawResult>> {
  const own = heavyBallLineApplies(problem) ? heavyBallLaws(problem, problem.at, options.signal) : null;
  const solved = own !== null && !("reason" in own) ? own : null;
  const inVelocity = models.filter(hasVelocity);
  const sampled = sample && (inVelocity.length > 0 || solved === null) ? await sample(inVelocity) : null;
  // moments of Langevin dynamics by its own solver; its density and divergences, where there are samples, are theirs
  const smooth = solved && models.includes(langevin) ? langevinMoments(problem, problem.at, options.signal) : null;
  const dynamics = smooth !== null && !("reason" in smooth) ? smooth : null;
  const beside = sampled?.result.models ?? unansweredLaws(problem, inVelocity);
  const law = beside[langevin.id];
  const langevinLaw = law && dynamics ? { ...law, laws: law.laws.map((one, i) => ({ ...one, ...dynamics.moments[i]! })) } : law;
  const { warnings, ...line } = lineLaws(atEffectiveRate(problem), onLine(models), problem.at, {
    ...options,
    beside: solved?.positions ?? null,
  });
  const sgd = solved
    ? { laws: sgdAnswer(solved.positions, problem.at, null).map((law, i) => ({ ...law, ...solved.moments[i]! })), stationary: null }
    : (sampled?.result.sgd ?? { laws: problem.at.map((step) => ({ step, mean: null, covariance: null })), stationary: null });
  return {
    result: {
      ...sampled?.result,
      method: methods(solved !== null, dynamics?.substeps ?? null, sampled?.result.method, line.method),
      sgd,
      models: ordered(models, { ...beside, ...(langevinLaw && { [langevin.id]: langevinLaw }), ...line.models }),
    },
    warnings: [
      ...(own !== null && "reason" in own ? [notResolved(own.reason, sampled !== null)] : []),
      // that of sampled laws would send to this very method
      ...(sampled
        ? sampled.warnings.filter((said) => solved === null || said.code !== "not-applicable" || said.model !== undefined)
        : inVelocity.flatMap((model) => closedFormOnly(model) ?? (model === langevin && dynamics ? [] : unanswered([model])))),
      ...(smooth !== null && "reason" in smooth ? langevinUnresolved(smooth, ["its moments"], sampled !== null) : []),
      ...(solved
        ? [warning("not-applicable", "With momentum stationary laws of SGD and of models with a velocity are known on quadratics alone.")]
        : []),
      ...atRates(problem, warnings),
    ],
  };
}

function unansweredLaws(problem: SgdProblem, models: readonly SdeModel[]): Record<string, ModelLaw> {
  const laws = problem.at.map((step) => ({ step, mean: null, covariance: null, klFromSgd: null, w2SquaredFromSgd: null }));
  return Object.fromEntries(
    models.map(({ id }) => [
      id,
      { exists: true, regime: "one-step", defect: 0, diffusion: null, laws, stationary: null } satisfies ModelLaw,
    ]),
  );
}

/** `sample` is left out where nothing may be sampled. */
export async function lineExpectationsBeside(
  problem: SgdProblem,
  models: readonly SdeModel[],
  options: QuestionOptions,
  sample: Sample<Expectations> | undefined,
): Promise<Expectations> {
  const own = heavyBallLineApplies(problem) ? heavyBallExpectations(problem, options.signal) : null;
  const solved = own !== null && !("reason" in own) ? own : null;
  const failed = problem.tests.filter((_, t) => !solved?.curves[t]);
  const smooth = solved && models.includes(langevin) ? langevinExpectations(problem, options.signal) : null;
  const dynamics = smooth !== null && !("reason" in smooth) ? smooth : null;
  // Langevin's curve stands only beside SGD's own: else they are sampled together
  const langevins = problem.tests.map((_, t) => (solved?.curves[t] ? (dynamics?.curves[t] ?? null) : null));
  const answered = langevins.every((curve) => curve !== null);
  const inVelocity = models.filter(hasVelocity);
  const open = answered ? inVelocity.filter((model) => model !== langevin) : inVelocity;
  const known = open.flatMap((model) => closedFormOnly(model) ?? []);
  const sampled = sample && (open.length > known.length || failed.length > 0) ? await sample(open) : null;
  const line = await lineSolver.solve(atEffectiveRate(problem), onLine(models), options);
  const sgd = problem.tests.map((_, t) => solved?.curves[t] ?? sampled?.sgd[t] ?? null);
  const beside = inVelocity.map(({ id }): [string, (Curve | null)[]] => [
    id,
    problem.tests.map(
      (_, t) => (id === langevin.id && langevins[t]) || anchored(sampled?.models[id]?.[t] ?? null, solved?.curves[t] ?? null),
    ),
  ]);
  const reason = own !== null && "reason" in own ? own.reason : `two lattices differ for ${failed.map(({ text }) => text).join(", ")}`;
  return {
    method: methods(
      failed.length < problem.tests.length,
      dynamics && langevins.some(Boolean) ? dynamics.substeps : null,
      sampled?.method,
      line.method,
    ),
    sgd,
    deviations: problem.tests.map((_, t) => (solved?.curves[t] ? solved.deviations[t]! : (sampled?.deviations[t] ?? null))),
    models: { ...Object.fromEntries(beside), ...line.models },
    warnings: [
      ...(own !== null && failed.length > 0 ? [notResolved(reason, sampled !== null)] : []),
      ...(solved && models.includes(langevin)
        ? langevinUnresolved(
            smooth,
            problem.tests.filter((_, t) => solved.curves[t] && !langevins[t]).map(({ text }) => text),
            sampled !== null,
          )
        : []),
      ...(sampled ? sampled.warnings : [...known, ...unanswered(open.filter((model) => closedFormOnly(model) === undefined))]),
      ...atRates(problem, line.warnings),
    ],
  };
}

/** A model's curve that was sampled along with SGD, about SGD's own curve where that is known: only the difference is uncertain then. */
function anchored(curve: Curve | null, sgd: Curve | null): Curve | null {
  if (!curve?.fromSgd || !sgd) return curve;
  const { values, errors } = curve.fromSgd;
  return {
    ...curve,
    values: values.map((difference, k) => sgd.values[k]! + difference),
    errors: errors.map((error, k) => Math.sqrt(error * error + sgd.errors[k]! * sgd.errors[k]!)),
  };
}

/** What is said where Langevin dynamics has no figures by its own solver, though SGD has. */
function langevinUnresolved(found: { readonly reason?: string } | object | null, tests: readonly string[], sampled: boolean): Warning[] {
  if (tests.length === 0) return [];
  const reason = found !== null && "reason" in found ? found.reason : `levels of substeps differ for ${tests.join(", ")}`;
  const said = `${langevin.title} is not resolved by splitting on a lattice in (x, v) (${reason})`;
  return [
    sampled
      ? warning("fallback", `${said}: sampled instead.`, { model: langevin.id })
      : warning("not-converged", `${said}.`, { model: langevin.id }),
  ];
}

function methods(lattice: boolean, substeps: number | null, sampled: string | undefined, line: string): string {
  const parts = [
    ...(lattice ? ["SGD: transfer operator on a lattice in (x, v)"] : []),
    ...(substeps === null ? [] : [`Langevin: splitting on a lattice in (x, v), extrapolated from up to ${substeps} substeps`]),
    ...(sampled === undefined ? [] : [sampled]),
  ];
  return [...parts, `models in x alone: ${line} at eta/(1 - beta)`].join("; ");
}

function notResolved(reason: string, sampled: boolean): Warning {
  return sampled
    ? warning("fallback", `SGD with momentum is not resolved by its lattice in (x, v) (${reason}): sampled instead.`)
    : warning("not-converged", `SGD with momentum is not resolved by its lattice in (x, v) (${reason}).`);
}

function unanswered(models: readonly SdeModel[]): Warning[] {
  return models.map(({ id, title }) =>
    warning("not-applicable", `${title} has no method without sampling here: --method sample or auto answers it.`, { model: id }),
  );
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
