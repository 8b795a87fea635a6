// `law` as text: at each step the mean and standard deviation of SGD and of each model, and how far the model's law is from SGD's.
// Beyond two coordinates it shows |E x| and sqrt(tr Cov); every entry is in the JSON.
import type { Answer, Estimate, Figure, LawAtStep, LawResult, ProblemJson, SgdLaw, StationaryLaw } from "../answer/index.ts";
import { lawDistance, norm, root, spread } from "./law-distance.ts";
import { formatEstimate, formatFigure, formatNumber } from "./number.ts";
import { coordinateNames, learningRate } from "./problem-text.ts";
import { processIds, processName } from "./process-style.ts";
import { ending, heading, type TableOptions } from "./table-frame.ts";
import { type NamedTable, type TextColumn, tableLines, wrap } from "./text-table.ts";
import { type Footnotes, footnotes } from "./warning-text.ts";

const digits = 6;

export function lawTable(answer: Answer<LawResult>, options: TableOptions = {}): string {
  const notes = footnotes(answer.warnings);
  const defects = defectNotes(answer.result);
  return [
    ...heading(answer.problem, [`law of x_k and of each model at t = k eta   by ${answer.result.method}`], options),
    ...lawTables(answer.result, answer.problem, notes).flatMap((table) => tableLines(table, options.width)),
    ...(defects.length > 0 ? ["", ...defects.flatMap((each) => wrap(each, options.width, "    "))] : []),
    ...ending(notes, processIds(answer.result.models), options),
  ].join("\n");
}

/** One table a step, and one for the stationary laws if there are any. */
export function lawTables(result: LawResult, problem: ProblemJson, notes: Footnotes): NamedTable[] {
  const eta = learningRate(problem);
  const tables = result.sgd.laws.map((sgd, i) => {
    const time = eta === null ? "" : `, t = ${formatNumber(sgd.step * eta, 6)}`;
    return momentTable(`step ${sgd.step}${time}`, result, problem, notes, (law) => law.laws[i]);
  });
  const stationary = result.sgd.stationary !== null || Object.values(result.models).some((model) => model.stationary !== null);
  return stationary ? [...tables, momentTable("stationary law", result, problem, notes, (law) => law.stationary)] : tables;
}

/** Which models do not exist at the start, or only in the two-step form, and by how much D D^T is indefinite. */
export function defectNotes(result: LawResult): string[] {
  return processIds(result.models).flatMap((id) => {
    const model = result.models[id]!;
    const regime = model.regime === "two-step" ? ", two-step form: stands for SGD at every second step" : "";
    const defect = model.defect !== null && model.defect > 0 ? `, psd defect ${formatNumber(model.defect, 2)} at the start` : "";
    if (model.exists && regime === "" && defect === "") return [];
    return [
      `${processName(id)}: ${model.exists ? "exists" : `does not exist as a diffusion at the start${model.laws.some(({ mean }) => mean !== null) && model.regime === "one-step" ? ": figures without a note are formal, of no process" : ""}`}${regime}${defect}.`,
    ];
  });
}

type Moments = Pick<LawAtStep, "mean" | "covariance"> | StationaryLaw;

function momentTable(
  title: string,
  result: LawResult,
  problem: ProblemJson,
  notes: Footnotes,
  pick: (law: SgdLaw) => Moments | null | undefined,
): NamedTable {
  const sgd = pick(result.sgd);
  const ids = processIds(result.models);
  const length = [sgd, ...ids.map((id) => pick(result.models[id]!))]
    .map((law) => law?.mean?.length ?? 0)
    .reduce((a, b) => Math.max(a, b), 0);
  const names = coordinateNames(problem, length);
  const few = length <= 2;
  const columns: TextColumn[] = [
    { header: "", align: "left" },
    ...(few ? names.map((name) => ({ header: `E ${name}`, align: "right" as const })) : [{ header: "|E x|", align: "right" as const }]),
    ...(few
      ? names.map((name) => ({ header: `sd ${name}`, align: "right" as const }))
      : [{ header: "sqrt(tr Cov)", align: "right" as const }]),
  ];
  const divergences = sgd !== null && sgd !== undefined && "step" in sgd;
  if (divergences) columns.push({ header: "W2/sd", align: "right" }, { header: "KL(SGD||.)", align: "right" });
  const cells = (law: Moments | null | undefined, process: string): string[] => {
    if (!law || law.mean === null) return [notes.missing(process)];
    // a model without a velocity has fewer entries than SGD with momentum
    const own = law.mean;
    const padded = Array.from({ length: Math.max(length, own.length) }, (_, i) => own[i] ?? null);
    const mean = few ? padded : [norm(own)];
    const covariance = law.covariance;
    const sds = few ? padded.map((_, i) => (covariance?.[i] ? root(covariance[i]![i]!) : null)) : [spread(covariance)];
    return [...mean, ...sds].map((figure) => formatFigure(figure, digits));
  };
  const rows = [["SGD", ...cells(sgd, "sgd")]];
  for (const id of ids) {
    const law = pick(result.models[id]!);
    const row = [processName(id), ...cells(law, id)];
    if (divergences && law?.mean) {
      const at = law as LawAtStep;
      row.push(distanceText(lawDistance(at, sgd as LawAtStep)), divergenceText(at.klFromSgd));
    }
    rows.push(row);
  }
  return { title, columns, rows };
}

function divergenceText(divergence: Figure | null | undefined): string {
  return typeof divergence === "number" && Math.abs(divergence) < 1e-15 ? "< 1e-15" : formatFigure(divergence, 3);
}

/** Distances are roots of differences that rounding leaves at 1e-18 or so. */
export function distanceText(distance: Estimate | null): string {
  return distance !== null && distance.value < 1e-9 && distance.error < 1e-9 ? "< 1e-9" : formatEstimate(distance, 3);
}
