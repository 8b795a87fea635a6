// `exit` as text: mean exit times in SGD steps, watched as SGD is (at t = k eta only) and watched always, and P(exit step > k).
import type { Answer, Estimate, ExitResult } from "../answer/index.ts";
import { formatEstimate, formatNumber, missing, ratio } from "./number.ts";
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
    ...exitTables(result, notes, region).flatMap((table) => tableLines(table, options.width)),
    ...ending(notes, processIds(result.models), options),
  ].join("\n");
}

/** A model's mean exit time over SGD's; null where either is missing. */
export function exitRatio(model: Estimate | null | undefined, sgd: Estimate | null): Estimate | null {
  return model && sgd && sgd.value > 0 ? ratio(model, sgd) : null;
}

/** Mean exit times, the chances of still being inside where steps were asked about, and where paths left if that was counted. */
export function exitTables(result: ExitResult, notes: Footnotes, region: string | null = null): NamedTable[] {
  const sides = leftTable(result, region);
  return [meanTable(result, notes), ...(result.sgd.survival.length > 0 ? [survivalTable(result)] : []), ...(sides ? [sides] : [])];
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

/** Where sampled paths left, comparison by comparison of the region in the order as typed; null where that was not counted. */
function leftTable(result: ExitResult, region: string | null): NamedTable | null {
  const processes = [
    { name: "SGD", left: result.sgd.leftThrough },
    ...processIds(result.models).map((id) => ({ name: processName(id), left: result.models[id]!.watchedLikeSgd.leftThrough })),
  ];
  const counted = processes.map(({ left }) => left?.length ?? 0).reduce((a, b) => Math.max(a, b), 0);
  if (counted === 0) return null;
  const typed = region?.split(/\band\b/).map((each) => each.trim()) ?? [];
  const header = (i: number) => (typed.length === counted ? typed[i]! : `comparison ${i + 1}`);
  return {
    title: "share of the paths that left through each comparison (the first that fails)",
    columns: [
      { header: "", align: "left" },
      ...Array.from({ length: counted }, (_, i) => ({ header: header(i), align: "right" as const })),
    ],
    rows: processes.map(({ name, left }) => [
      name,
      ...Array.from({ length: counted }, (_, i) => (left?.[i] === undefined ? missing : formatNumber(left[i], 4))),
    ]),
  };
}
