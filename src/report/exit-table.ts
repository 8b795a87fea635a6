// `exit` as text: mean exit times in SGD steps, watched as SGD is (at t = k eta only) and watched always, and P(exit step > k).
import type { Answer, Estimate, ExitResult } from "../answer/index.ts";
import { formatEstimate, missing, ratio } from "./number.ts";
import { regionText } from "./problem-text.ts";
import { processIds, processName } from "./process-style.ts";
import { ending, heading, type TableOptions } from "./table-frame.ts";
import { type NamedTable, tableLines } from "./text-table.ts";
import { type Footnotes, footnotes } from "./warning-text.ts";

export function exitTable(answer: Answer<ExitResult>, options: TableOptions = {}): string {
  const notes = footnotes(answer.warnings);
  const { result } = answer;
  const region = regionText(answer.problem);
  return [
    ...heading(answer.problem, [`first exit from ${region ?? "the region"}, in SGD steps   by ${result.method}`], options),
    ...exitTables(result, notes).flatMap((table) => tableLines(table, options.width)),
    ...ending(notes, processIds(result.models), options),
  ].join("\n");
}

/** A model's mean exit time over SGD's; null where either is missing. */
export function exitRatio(model: Estimate | null | undefined, sgd: Estimate | null): Estimate | null {
  return model && sgd && sgd.value > 0 ? ratio(model, sgd) : null;
}

/** Mean exit times, and the chances of still being inside where steps were asked about. */
export function exitTables(result: ExitResult, notes: Footnotes): NamedTable[] {
  return [meanTable(result, notes), ...(result.sgd.survival.length > 0 ? [survivalTable(result)] : [])];
}

function meanTable(result: ExitResult, notes: Footnotes): NamedTable {
  const sgd = result.sgd.meanSteps;
  const columns = [
    { header: "", align: "left" as const },
    { header: "watched like SGD", align: "right" as const },
    { header: "over SGD", align: "right" as const },
    { header: "watched always", align: "right" as const },
    { header: "over SGD", align: "right" as const },
  ];
  const rows = [["SGD", sgd ? formatEstimate(sgd, 8) : notes.missing("sgd"), sgd ? "1" : missing]];
  for (const id of processIds(result.models)) {
    const model = result.models[id]!;
    const like = model.watchedLikeSgd.meanSteps;
    const always = model.watchedAlways.meanSteps;
    rows.push([
      processName(id),
      like ? formatEstimate(like, 8) : notes.missing(id),
      formatEstimate(exitRatio(like, sgd), 4),
      always ? formatEstimate(always, 8) : missing,
      formatEstimate(exitRatio(always, sgd), 4),
    ]);
  }
  return { title: "mean exit step", columns, rows };
}

function survivalTable(result: ExitResult): NamedTable {
  const steps = result.sgd.survival.map((each) => each.step);
  const columns = [{ header: "", align: "left" as const }, ...steps.map((step) => ({ header: `k = ${step}`, align: "right" as const }))];
  const row = (name: string, survival: ExitResult["sgd"]["survival"]) => [
    name,
    ...steps.map((step) => formatEstimate(survival.find((each) => each.step === step)?.probability, 5)),
  ];
  const rows = [row("SGD", result.sgd.survival)];
  for (const id of processIds(result.models)) rows.push(row(processName(id), result.models[id]!.watchedLikeSgd.survival));
  return { title: "P(exit step > k), watched like SGD", columns, rows };
}
