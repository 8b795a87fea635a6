// `compare` as text, its first screen: each model beside SGD by question, with verdicts, then what the figures say in words.
import type { Answer, ComparedProblem, CompareResult, ModelVerdict, QuestionName, Warning } from "../answer/index.ts";
import { exitRatio } from "./exit-table.ts";
import { fastOrSlow, formatNumber, missing } from "./number.ts";
import { problemName, regionText, settingPieces } from "./problem-text.ts";
import { daggerNote, processIds, processStyle } from "./process-style.ts";
import { plainText, type TextColumn, textTable, wrap, wrapPieces } from "./text-table.ts";
import { footnotes, noteLines, notesOf } from "./warning-text.ts";

export const defaults = { width: 100 } as const;

export interface CompareTableOptions {
  /** Columns of the terminal; default 100. At 80 the verdicts move below the figures. */
  readonly width?: number;
  /** Where the page is, as a file: address. */
  readonly report?: string;
  /** The command that asks the same again. */
  readonly command?: string;
  /** What to read or try next. */
  readonly next?: string;
}

/** In the order of the table's verdicts. */
export const questionOrder: readonly QuestionName[] = ["law", "weak", "exit", "stationary"];

export function askedQuestions(problem: ComparedProblem): QuestionName[] {
  return questionOrder.filter((question) => (problem.byQuestion[question]?.length ?? 0) > 0);
}

export function verdictOn(problem: ComparedProblem, question: QuestionName, model: string): ModelVerdict | undefined {
  return problem.byQuestion[question]?.find((each) => each.model === model);
}

/**
 * What a figure is of, where not of the model as defined: "formal", moments of no process (D D^T is indefinite); "nearest", the nearest
 * positive semidefinite D D^T; null else, and where there is no figure.
 */
export function treatmentOf(problem: ComparedProblem, question: QuestionName, model: string): "formal" | "nearest" | null {
  const verdict = verdictOn(problem, question, model);
  if (!verdict || verdict.error === null) return null;
  const warned = (code: Warning["code"]) => problem.warnings.some((each) => each.code === code && each.model === model);
  // Exits are of real processes: they are never formal.
  const moments = question !== "exit" && (warned("formal") || problem.law.models[model]?.exists === false);
  if (moments && (warned("formal") || !warned("nearest"))) return "formal";
  return warned("nearest") ? "nearest" : null;
}

/** What "(formal)" and "(nearest)" mean, where they stand in the verdicts. */
export function treatmentNotes(problem: ComparedProblem): string[] {
  const met = new Set(
    askedQuestions(problem).flatMap((question) => comparedModels(problem).map((model) => treatmentOf(problem, question, model))),
  );
  return [
    ...(met.has("formal") ? ["formal: moments that no process has"] : []),
    ...(met.has("nearest") ? ["nearest: of the nearest positive semidefinite D D^T"] : []),
  ];
}

/** "exact (formal)". */
export function verdictWords(problem: ComparedProblem, question: QuestionName, model: string): string {
  const treatment = treatmentOf(problem, question, model);
  return `${verdictOn(problem, question, model)?.verdict ?? "none"}${treatment === null ? "" : ` (${treatment})`}`;
}

/** Models that any question has a verdict on, in the order of interface.md; the descriptions' order decides among unknown ones. */
export function comparedModels(problem: ComparedProblem): string[] {
  const all: { [id: string]: true } = {};
  for (const { id } of problem.descriptions) all[id] = true;
  for (const question of questionOrder) for (const each of problem.byQuestion[question] ?? []) all[each.model] = true;
  return processIds(all);
}

export function compareTable(answer: Answer<CompareResult>, options: CompareTableOptions = {}): string {
  const width = options.width ?? defaults.width;
  const lines = answer.result.problems.flatMap((problem) => [...problemLines(problem, width), ""]);
  const general = generalWarnings(answer);
  if (general.length > 0) lines.push(...noteLines(notesOf(general), width), "");
  const tail = [
    ...(options.report ? [`report ${options.report}`] : []),
    ...(options.command ? [`again: ${options.command}`] : []),
    ...(options.next ? [`next: ${options.next}`] : []),
  ];
  // Addresses and commands are for copying: they are never broken.
  for (const line of joinWhole(tail, width)) lines.push(line);
  return lines.join("\n").trimEnd();
}

/** Warnings of the whole answer that no problem has. */
export function generalWarnings(answer: Answer<CompareResult>): Warning[] {
  const known = answer.result.problems.flatMap((problem) => problem.warnings);
  return answer.warnings.filter(
    (each) => !known.some((own) => own.code === each.code && own.model === each.model && own.message === each.message),
  );
}

function joinWhole(pieces: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + piece.length <= width) lines[lines.length - 1] = `${last}   ${piece}`;
    else lines.push(piece);
  }
  return lines;
}

function problemLines(problem: ComparedProblem, width: number): string[] {
  const questions = askedQuestions(problem);
  const models = comparedModels(problem);
  const notes = footnotes(problem.warnings);
  const region = regionText(problem.problem);
  const exit = problem.exit;
  const verdicts = verdictColumns(problem, questions, models, width);
  const columns: TextColumn[] = [
    { header: "", align: "left" },
    { header: "order", align: "right" },
    { header: "law\nW2/sd", align: "right" },
    { header: "weak: max\n|error|/sd", align: "right" },
    ...(exit
      ? [
          {
            header: `exit from ${region !== null && region.length <= 20 ? region : "the region"}\nsteps (over SGD)`,
            align: "right" as const,
          },
        ]
      : []),
    ...verdicts.columns,
  ];
  const sgdSteps = exit?.sgd.meanSteps ?? null;
  const sgdRow = [
    "SGD",
    missing,
    missing,
    missing,
    ...(exit ? [sgdSteps ? `${stepsText(sgdSteps.value)}       ` : notes.missing("sgd")] : []),
  ];
  const rows = [[...sgdRow, ...verdicts.cells(null)]];
  for (const model of models) {
    const style = processStyle(model, problem.descriptions);
    const description = problem.descriptions.find((each) => each.id === model);
    const error = (question: QuestionName) => {
      const verdict = verdictOn(problem, question, model);
      return verdict ? errorText(verdict) || notes.missing(model) : notes.missing(model);
    };
    const row = [plainText(style.name), description ? String(description.declaredOrder) : missing, error("law"), error("weak")];
    if (exit) row.push(exitText(problem, model) ?? notes.missing(model));
    rows.push([...row, ...verdicts.cells(model)]);
  }
  const ours = models.some((model) => processStyle(model, problem.descriptions).ours) ? [daggerNote] : [];
  const treatments = treatmentNotes(problem);
  const [zMin, zMax] = problem.zRange ?? [problem.diagnose.zMin, problem.diagnose.zMax];
  const name = problemName(problem.problem);
  const pieces = settingPieces(problem.problem);
  return [
    ...wrapPieces(
      [
        ...(name === pieces[0] ? [] : [name]),
        ...pieces,
        `z in [${formatNumber(zMin, 2)}, ${formatNumber(zMax, 2)}]${problem.zRange ? "" : " at the start"}`,
      ],
      width,
    ),
    ...textTable(columns, rows, width),
    ...wrapPieces(["exact: to rounding", "good: below 0.05", "poor: above", ...treatments, ...ours], width),
    ...problem.sentences.flatMap((sentence) => wrap(plainText(sentence), width, "  ")),
    ...noteLines(notes.notes, width),
  ];
}

/** The error in two digits; what is exact to rounding reads 0. Empty where there is none. */
export function errorText(verdict: ModelVerdict): string {
  return verdict.error === null ? "" : verdict.verdict === "exact" ? "0" : formatNumber(verdict.error, 2);
}

function stepsText(steps: number): string {
  return steps >= 1000 ? String(Math.round(steps)) : formatNumber(steps, 4);
}

function exitText(problem: ComparedProblem, model: string): string | null {
  const steps = problem.exit?.models[model]?.watchedLikeSgd.meanSteps;
  const relative = exitRatio(steps, problem.exit?.sgd.meanSteps ?? null);
  if (!steps) return null;
  return relative
    ? `${stepsText(steps.value)} ${`(${relative.value < 10 ? relative.value.toFixed(2) : formatNumber(relative.value, 3)})`.padStart(6)}`
    : stepsText(steps.value);
}

/** Verdicts side by side in one column, "good | poor: 12 % slow"; a column each where that is wider than the table may be. */
function verdictColumns(
  problem: ComparedProblem,
  questions: readonly QuestionName[],
  models: readonly string[],
  width: number,
): { columns: TextColumn[]; cells(model: string | null): string[] } {
  const words = (question: QuestionName, model: string | null) => (model === null ? missing : verdictCell(problem, question, model));
  const widths = questions.map((question) => Math.max(4, question.length, ...models.map((model) => words(question, model).length)));
  const names = models.map((model) => [...processStyle(model, problem.descriptions).name].length);
  if (Math.max(...names, 0) + 2 + widths.reduce((sum, each) => sum + each + 3, -3) > width)
    return {
      columns: questions.map((question) => ({ header: `verdict:\n${question}`, align: "left" })),
      cells: (model) => questions.map((question) => words(question, model)),
    };
  const joined = (cell: (question: QuestionName) => string) =>
    questions
      .map((question, i) => cell(question).padEnd(widths[i]!))
      .join(" | ")
      .trimEnd();
  return {
    columns: [{ header: `verdict:\n${joined((question) => question)}`, align: "left" }],
    cells: (model) => [joined((question) => words(question, model))],
  };
}

function verdictCell(problem: ComparedProblem, question: QuestionName, model: string): string {
  const words = verdictWords(problem, question, model);
  const relative =
    question === "exit" && verdictOn(problem, question, model)?.verdict === "poor"
      ? exitRatio(problem.exit?.models[model]?.watchedLikeSgd.meanSteps, problem.exit?.sgd.meanSteps ?? null)
      : null;
  return relative ? `${words}: ${fastOrSlow(relative.value)}` : words;
}
