// The decision table of docs/choose.md: the error of each model on problems of the gallery, from `compare`, by what is asked. Written into the
// page by `npm run docs:tables`; a test computes some rows again, the site's build all of them.
import type { ComparedProblem, ModelVerdict, QuestionName } from "../src/answer/index.ts";
import { dagger, formatEstimate } from "../src/report/index.ts";
import type { ComparedAnswer } from "./answers.ts";

export interface ChoiceRow {
  readonly situation: string;
  readonly problem: string;
  readonly question: QuestionName;
}

export const choiceRows: readonly ChoiceRow[] = [
  { situation: "a quadratic below 1/λ, law on the way", problem: "quadratic", question: "law" },
  { situation: "the same, stationary law", problem: "quadratic", question: "stationary" },
  { situation: "a minimum past 1/λ", problem: "past-one", question: "law" },
  { situation: "exit from a maximum", problem: "maximum", question: "exit" },
  { situation: "escape from a saddle", problem: "saddle-escape", question: "exit" },
  { situation: "a barrier: averages inside the well", problem: "double-well", question: "weak" },
  { situation: "a barrier: exit over it", problem: "double-well", question: "exit" },
  { situation: "a barrier, noise that varies", problem: "varying-noise", question: "exit" },
  { situation: "a curved bowl", problem: "bowl", question: "law" },
  { situation: "least squares, minibatches", problem: "diabetes", question: "law" },
  { situation: "a classifier on data, from its minimum", problem: "iris-softmax", question: "weak" },
];

const columns = ["sme1", "sme2", "spf", "ha-sme", "ha-sme-3", "ha-sme-4"] as const;
const titles = ["SME-1", "SME-2", "SPF", "HA-SME", `HA-SME-3 ${dagger}`, `HA-SME-4 ${dagger}`];

const names: Record<QuestionName, string> = { law: "law", weak: "averages", exit: "exit time", stationary: "stationary law" };

export function isSampled(compared: ComparedProblem, question: QuestionName): boolean {
  const answer = question === "weak" ? compared.weak : question === "exit" ? compared.exit : compared.law;
  return /sampl|paths/.test(answer?.method ?? "");
}

function cellOf(verdict: ModelVerdict | undefined, error: number | null): string {
  if (!verdict || verdict.verdict === "none" || verdict.error === null) return "none";
  if (verdict.verdict === "exact") return "exact";
  if (error) return formatEstimate({ value: verdict.error, error, kind: "standard-error" });
  return String(Number(verdict.error.toPrecision(2)));
}

/** One row; the smallest error stands out, with those that are not told apart from it, or all that are exact. */
export function choiceLine({ situation, problem, question }: ChoiceRow, compared: ComparedProblem): string {
  const verdicts = compared.byQuestion[question] ?? [];
  const cells = columns.map((id, i) => {
    const title = titles[i]!.replace(` ${dagger}`, "");
    const verdict = verdicts.find(({ model }) => model === id || model.startsWith(`${title} (`));
    // what is sampled and does not tell its error stands without
    const error = isSampled(compared, question) ? (verdict?.uncertainty ?? null) : 0;
    return {
      text: cellOf(verdict, error),
      exact: verdict?.verdict === "exact",
      value: verdict?.error ?? Number.POSITIVE_INFINITY,
      error: error ?? 0,
    };
  });
  const best = cells.reduce((a, b) => (b.value < a.value ? b : a));
  const marked = cells.map(({ text, exact, value, error }) => {
    const level = text !== "none" && value - best.value <= 2 * Math.hypot(error, best.error);
    return exact || level ? `**${text}**` : text;
  });
  return `| ${situation} | [${problem}](gallery.md#${problem}) | ${names[question]} | ${marked.join(" | ")} |`;
}

export const choiceHead = `| situation | problem | asked | ${titles.join(" | ")} |\n|---|---|---|${columns.map(() => "---").join("|")}|`;

/** The table between the markers of the page, from the answers by name; rows whose answer is missing are kept. */
export function withChoices(document: string, answers: ReadonlyMap<string, ComparedAnswer>): string {
  const pattern = /(<!-- table: choices -->\n)([\s\S]*?)(<!-- end: choices -->)/;
  const found = pattern.exec(document);
  if (!found) throw new Error("docs/choose.md: found no place for the table");
  const before = found[2]!.split("\n").slice(2);
  const lines = choiceRows.map((row, i) => {
    const answer = answers.get(row.problem);
    return answer ? choiceLine(row, answer.result.problems[0]!) : (before[i] ?? "");
  });
  return document.replace(
    pattern,
    (_all, open: string, _old: string, close: string) => `${open}${choiceHead}\n${lines.join("\n")}\n${close}`,
  );
}
