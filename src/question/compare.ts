// The main job: which model of SGD is right, where, and by how much. Asks every question that applies, and judges each model by
// question in one dimensionless measure (interface.md, "compare").
import type { Answer, ComparedProblem, CompareResult, ExitResult, LawResult, WeakResult } from "../answer/index.ts";
import type { Warning } from "../answer/warning.ts";
import { declaredOrder, type SdeModel } from "../model/model.ts";
import { modelsFor } from "../model/momentum.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { version } from "../version.ts";
import { compareNetworkAverages, networkLaw } from "./compare-network.ts";
import { diagnose } from "./diagnose.ts";
import { errorSources } from "./error-sources.ts";
import { exit } from "./exit.ts";
import { law } from "./law.ts";
import { lawOfPositions } from "./momentum-law.ts";
import { momentumNetworkSentences, momentumSentences } from "./momentum-sentences.ts";
import type { QuestionOptions } from "./options.ts";
import { pictureOf } from "./picture.ts";
import type { Sampling } from "./sampling.ts";
import { gaussianScale } from "./scale.ts";
import { sentencesOf } from "./sentences.ts";
import { exitVerdicts, lawVerdicts, stationaryVerdicts, weakVerdicts } from "./verdicts.ts";
import { weak } from "./weak.ts";

export interface CompareOptions extends QuestionOptions {
  /** Answers what has no law without sampling; without it such figures are null. */
  readonly sampling?: Sampling;
}

/** A page is looked at within seconds: what must be sampled is sampled less, and given up sooner, than where it alone is asked. */
const defaults = { maxSteps: 2e5, paths: 4096 } as const;

/** Compares the models on each problem; one answer for all. */
export async function compare(problems: readonly SgdProblem[], options: CompareOptions = {}): Promise<Answer<CompareResult>> {
  const compared: ComparedProblem[] = [];
  for (const [i, problem] of problems.entries()) {
    const title = problems.length > 1 && problem.name ? `${problem.name}: ` : "";
    const tell = (part: number, what: string) => options.onProgress?.(i * parts + part, problems.length * parts, title + what);
    compared.push(await compareOne(problem, options, tell));
  }
  const json = problems.length === 1 ? problems[0]!.json : { problems: problems.map((p) => p.json) };
  return {
    command: "compare",
    version,
    problem: json,
    seed: options.seed ?? 1,
    warnings: compared.flatMap((c) => c.warnings),
    result: { problems: compared },
  };
}

/** Questions that are asked of each problem, as progress counts them. */
const parts = 4;

async function compareOne(
  problem: SgdProblem,
  options: CompareOptions,
  tell: (part: number, what: string) => void,
): Promise<ComparedProblem> {
  const models = modelsFor(problem, options.models);
  if (problem.objective.network) return compareNetwork(problem, models, options, tell);
  const { sampling, ...quiet } = { ...options, paths: options.paths ?? defaults.paths, onProgress: undefined };
  tell(0, "laws");
  const lawAnswer = await law(problem, { ...quiet, engine: sampling?.law });
  tell(1, "averages");
  const weakAnswer = await weak(problem, {
    ...quiet,
    etas: halvings(problem),
    engine: sampling && onlyAt(problem.learningRate, sampling.weak),
  });
  tell(2, "exits");
  const exitAnswer = problem.inside
    ? await exit(problem, { ...quiet, engine: sampling?.exit, maxSteps: quiet.maxSteps ?? defaults.maxSteps })
    : undefined;
  tell(3, "curvature and pictures");
  const diagnoseAnswer = await diagnose(problem, { ...quiet, point: "start" });
  const warnings = distinct([lawAnswer, weakAnswer, ...(exitAnswer ? [exitAnswer] : []), diagnoseAnswer].flatMap((a) => a.warnings));
  const sources = problem.momentum ? undefined : errorSources(problem);
  // the page is about x: laws of (x, v) are the command `law`'s
  const laws = lawOfPositions(problem, lawAnswer.result);
  const byQuestion = verdictsOf(problem, models, laws, weakAnswer.result, exitAnswer?.result, warnings);
  return {
    problem: problem.json,
    warnings,
    law: laws,
    weak: weakAnswer.result,
    ...(exitAnswer ? { exit: exitAnswer.result } : {}),
    diagnose: diagnoseAnswer.result,
    byQuestion,
    descriptions: descriptionsOf(problem, models),
    ...(sources ? { errorSources: sources } : {}),
    ...(await pictureOf(problem, models, laws, options.seed ?? 1)),
    sentences: problem.momentum
      ? await momentumSentences(problem, byQuestion, laws, exitAnswer?.result, warnings)
      : sentencesOf(problem, byQuestion, laws, exitAnswer?.result, warnings),
  };
}

/** Networks: loss, gradient norm and distance along the way, and stability at half, once and twice the learning rate. */
async function compareNetwork(
  problem: SgdProblem,
  models: readonly SdeModel[],
  options: CompareOptions,
  tell: (part: number, what: string) => void,
): Promise<ComparedProblem> {
  const { sampling: _sampling, onProgress: _onProgress, ...quiet } = options;
  tell(1, "paths of SGD");
  const averages = await compareNetworkAverages(problem, models, quiet);
  tell(3, "curvature and stability");
  const eta = problem.learningRate;
  const { result: diagnosed, warnings: met } = await diagnose(problem, { ...quiet, point: "start", etas: [eta / 2, eta, 2 * eta] });
  const warnings = distinct([...met, ...averages.warnings]);
  const { defect } = diagnosed;
  const law = networkLaw(models, diagnosed.zMax, typeof defect === "number" || defect === null ? defect : defect.value);
  const byQuestion = {
    weak: weakVerdicts(
      models.map((m) => m.id),
      averages.weak,
      warnings,
    ),
  };
  return {
    problem: problem.json,
    warnings,
    law,
    weak: averages.weak,
    diagnose: diagnosed,
    byQuestion,
    descriptions: descriptionsOf(problem, models),
    sentences: [...momentumNetworkSentences(problem, diagnosed), ...sentencesOf(problem, byQuestion, law, undefined, warnings)],
  };
}

function descriptionsOf(problem: SgdProblem, models: readonly SdeModel[]): ComparedProblem["descriptions"] {
  return models.map((m) => ({
    id: m.id,
    title: m.title,
    // at fixed beta plain SGD at eta/(1 - beta) is itself off by O(eta)
    declaredOrder: problem.momentum ? 1 : declaredOrder(m, problem.noise.constant),
    ours: m.ours,
    driftTex: m.tex.drift,
    diffusionTex: m.tex.diffusion,
  }));
}

/** eta, eta/2, eta/4: enough for an order, and the horizon stays a whole number of steps. */
const halvings = (problem: SgdProblem): number[] => [problem.learningRate, problem.learningRate / 2, problem.learningRate / 4];

/** Samples at this learning rate alone: orders of sampled errors drown in their noise, and cost the most. */
function onlyAt(learningRate: number, engine: Sampling["weak"]): Sampling["weak"] {
  return async (problem, models, options) => {
    if (problem.learningRate === learningRate) return engine(problem, models, options);
    const nothing = problem.tests.map(() => null);
    return {
      method: "orders not sampled",
      sgd: nothing,
      deviations: nothing,
      models: Object.fromEntries(models.map(({ id }) => [id, nothing])),
      warnings: [],
    };
  };
}

function verdictsOf(
  problem: SgdProblem,
  models: readonly SdeModel[],
  law: LawResult,
  weak: WeakResult,
  exit: ExitResult | undefined,
  warnings: readonly Warning[],
): ComparedProblem["byQuestion"] {
  const ids = models.map((m) => m.id);
  const stationary = stationaryVerdicts(ids, law, warnings);
  return {
    law: lawVerdicts(ids, law, warnings),
    weak: weakVerdicts(ids, weak, warnings, gaussianScale(problem, law)),
    ...(exit ? { exit: exitVerdicts(ids, exit, warnings) } : {}),
    ...(stationary ? { stationary } : {}),
  };
}

/** What holds of the problem or the model as such: said once, though each question and each learning rate of a sweep finds it anew. */
const once: readonly string[] = [
  "formal",
  "nearest",
  "not-embeddable",
  "no-diffusion",
  "edge",
  "two-step",
  "not-applicable",
  "constant-column",
];

/** Each warning once: the questions share problems, so they warn of the same things. */
function distinct(warnings: readonly Warning[]): Warning[] {
  const seen = new Set<string>();
  return warnings.filter((w) => {
    // told apart by their words, not by the measures in them
    const words = once.includes(w.code) ? w.message.replace(/-?\d[\d.e-]*/g, "#") : w.message;
    const key = `${w.code}|${w.model ?? ""}|${words}`;
    return !seen.has(key) && seen.add(key);
  });
}
