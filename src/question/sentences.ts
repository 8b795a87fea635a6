// What the figures of a comparison say, in words: one sentence a finding, nothing that the figures do not show.
import type { ComparedProblem, ExitResult, LawResult, ModelVerdict, QuestionName } from "../answer/index.ts";
import type { Warning } from "../answer/warning.ts";
import { findModel } from "../model/index.ts";
import { momentumModels } from "../model/momentum.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { ratioInWords, defaults as verdictDefaults } from "./verdicts.ts";

type ByQuestion = ComparedProblem["byQuestion"];

const subject: Readonly<Record<QuestionName, string>> = {
  law: "law of x_k",
  weak: "averages along the way",
  exit: "exit time",
  stationary: "stationary law",
};

export function sentencesOf(
  problem: SgdProblem,
  byQuestion: ByQuestion,
  law: LawResult,
  exit: ExitResult | undefined,
  warnings: readonly Warning[],
): string[] {
  return [
    ...formal(law),
    ...bestByQuestion(byQuestion),
    ...barrier(problem, byQuestion, exit),
    ...quadratic(problem, byQuestion, law),
    ...missing(byQuestion, law, warnings),
  ];
}

const title = (model: string): string => {
  const known = findModel(model) ?? momentumModels.find(({ id }) => id === model);
  return known ? `${known.title}${known.ours ? " †" : ""}` : model;
};

/** Who is exact, or else who is nearest and who is next. */
export function bestByQuestion(byQuestion: ByQuestion): string[] {
  const lines: string[] = [];
  for (const [question, rows] of Object.entries(byQuestion) as [QuestionName, readonly ModelVerdict[]][]) {
    const told = rows.filter((r) => r.error !== null);
    if (told.length === 0) continue;
    const exact = told.filter((r) => r.verdict === "exact");
    const others = told.filter((r) => r.verdict !== "exact");
    if (exact.length > 0) {
      const next = others[0];
      lines.push(
        `${capital(subject[question])}: ${listed(exact.map((r) => title(r.model)))} ${exact.length === 1 ? "is" : "are"} exact${next ? `; the next, ${title(next.model)}, is off by ${short(next.error!)}` : ""}.`,
      );
    } else {
      const [first, second] = told;
      const untold = told.filter(mayBeGood);
      if (untold.includes(first!)) {
        lines.push(
          `${capital(subject[question])}: these paths do not tell ${listed(untold.map((r) => title(r.model)))} from SGD; the nearest is off by ${short(first!.error!)}, with a standard error of ${short(first!.uncertainty!)} (more paths: --paths).`,
        );
        continue;
      }
      if (first!.verdict === "poor") {
        lines.push(
          `${capital(subject[question])}: no model is right; the nearest, ${title(first!.model)}, is off by ${short(first!.error!)}.`,
        );
        continue;
      }
      lines.push(
        `${capital(subject[question])}: ${title(first!.model)} is nearest, off by ${short(first!.error!)}${second ? `; then ${title(second.model)}, ${short(second.error!)}` : ""}.`,
      );
    }
  }
  return lines;
}

/** Called poor, with an error bar (95 %) that reaches what is good. */
function mayBeGood({ verdict, error, uncertainty = 0 }: ModelVerdict): boolean {
  return verdict === "poor" && error! - 1.96 * uncertainty < verdictDefaults.good;
}

/** Where HA-SME alone is off at an exit, and whether the third derivative mends it (theory 9). */
function barrier(problem: SgdProblem, byQuestion: ByQuestion, exit: ExitResult | undefined): string[] {
  const plain = byQuestion.exit?.find((r) => r.model === "ha-sme");
  const third = byQuestion.exit?.find((r) => r.model === "ha-sme-3");
  const sgd = exit?.sgd.meanSteps?.value;
  const own = exit?.models["ha-sme"]?.watchedLikeSgd.meanSteps?.value;
  if (!plain || !third || plain.verdict !== "poor" || third.error === null || sgd === undefined || own === undefined) return [];
  const cause = leavesOverTop(problem)
    ? "Over the barrier f''' tilts the exponent"
    : "At this exit f''' counts at the same order as HA-SME's terms";
  const plainly = `HA-SME is ${ratioInWords(own / sgd)}`;
  if (third.verdict === "good")
    return [`${cause}: ${plainly}, HA-SME-3 † is right (theory 9).`, ...higherOrderIsNoBetter(byQuestion, exit, sgd)];
  if (third.error < (plain.error ?? 0) / 2) return [`${cause}: ${plainly}, HA-SME-3 † is nearer (theory 9).`];
  return [`${cause}: ${plainly}, and HA-SME-3 † does not mend it here (theory 9: it is right for constant noise only).`];
}

/** HA-SME-4 has the higher weak order and yet another exponent over a barrier (docs/sbea.md). */
function higherOrderIsNoBetter(byQuestion: ByQuestion, exit: ExitResult | undefined, sgd: number): string[] {
  const own = exit?.models["ha-sme-4"]?.watchedLikeSgd.meanSteps?.value;
  if (own === undefined || byQuestion.exit?.find((r) => r.model === "ha-sme-4")?.verdict !== "poor") return [];
  return [`HA-SME-4 † has the higher weak order, but not SGD's exponent: it is ${ratioInWords(own / sgd)} here.`];
}

/** One dimension: whether an end of the region is a top of f, or lies beyond one. */
function leavesOverTop({ objective, inside, start }: SgdProblem): boolean {
  if (objective.d !== 1 || !inside?.intervalAround) return false;
  const { a, b } = inside.intervalAround(start[0]!);
  const slope = (x: number): number => objective.gradient(Float64Array.of(x), new Float64Array(1))[0]!;
  // a slope of 1e-6 is a top that was written down to six digits
  return (Number.isFinite(a) && slope(a) > -1e-6) || (Number.isFinite(b) && slope(b) < 1e-6);
}

/** Models whose moments are those of no process: the first thing to know. */
function formal(law: LawResult): string[] {
  const models = Object.entries(law.models).filter(
    ([, m]) => !m.exists && m.defect !== null && m.defect > 0 && m.laws.some((l) => l.mean !== null),
  );
  if (models.length === 0) return [];
  const defect = Math.max(...models.map(([, m]) => m.defect ?? 0));
  return [
    `No SDE has this law: D D^T of ${listed(models.map(([id]) => title(id)))} is indefinite (defect ${short(defect)}); ${models.length === 1 ? "its" : "their"} figures are formal, those of no process.`,
  ];
}

function quadratic(problem: SgdProblem, byQuestion: ByQuestion, law: LawResult): string[] {
  if (law.models["ha-sme"] && !law.models["ha-sme"].exists) return [];
  if (!problem.objective.quadratic || !problem.noise.constant || !problem.noise.gaussian) return [];
  const exact = byQuestion.law?.find((r) => r.model === "ha-sme")?.verdict === "exact";
  return exact ? ["On a quadratic with Gaussian noise HA-SME has SGD's law at every step: the rest is rounding."] : [];
}

/** Models without any figure, and why. */
export function missing(byQuestion: ByQuestion, law: LawResult, warnings: readonly Warning[]): string[] {
  const silent = Object.keys(law.models).filter((id) =>
    Object.values(byQuestion).every((rows) => rows.find((r) => r.model === id)?.error == null),
  );
  if (silent.length === 0) return [];
  const reason = warnings.find((w) => w.model !== undefined && silent.includes(w.model));
  return [`No figures from ${listed(silent.map(title))}${reason ? `: ${reason.message.replace(/\.$/, "")}` : ""}.`];
}

/** Two digits. */
export const short = (x: number): string => (x < 1e-3 || x >= 1e4 ? x.toExponential(1) : x.toPrecision(2));
const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
