// `diagnose` as text: spectrum, regime and thresholds at a point, what each model misses there, and which to trust.
import type { Answer, DiagnoseResult, Estimate, SweepRow } from "../answer/index.ts";
import { formatFigure, formatNumber, missing } from "./number.ts";
import { byProcessOrder, processName } from "./process-style.ts";
import { ending, heading, type TableOptions } from "./table-frame.ts";
import { type NamedTable, plainText, tableLines, defaults as textDefaults, textWidth, wrap } from "./text-table.ts";
import { footnotes } from "./warning-text.ts";

const digits = 7;

export function diagnoseTable(answer: Answer<DiagnoseResult>, options: TableOptions = {}): string {
  const width = options.width ?? textDefaults.width;
  const notes = footnotes(answer.warnings);
  const { result } = answer;
  return [
    ...heading(answer.problem, [], options),
    "",
    ...pairs(facts(result), width),
    ...(result.indicators ? ["", "what is missed here (dimensionless)", ...pairs(indicatorFacts(result.indicators), width, "  ")] : []),
    ...(result.verdicts.length > 0 ? ["", "which models to trust at this point", ...verdictLines(result, width)] : []),
    ...(result.stationaryExcessLoss ? ["", "stationary excess loss", ...pairs(lossFacts(result.stationaryExcessLoss), width, "  ")] : []),
    ...(result.sweep && result.sweep.length > 0 ? tableLines(sweepTable(result.sweep), width) : []),
    ...ending(
      notes,
      result.verdicts.map((each) => each.model),
      options,
    ),
  ].join("\n");
}

export const regimeWords: { readonly [R in DiagnoseResult["regime"]]: string } = {
  "one-step": "one-step: every z < 1, a diffusion can stand for SGD at every step",
  "two-step": "two-step: some z > 1, SGD jumps across; a diffusion can match every second step at most",
  unstable: "unstable: some z > 2, SGD leaves this point exponentially",
  "no-diffusion": "no diffusion: some z = 1, SGD forgets that direction in one step",
};

/** Name and value of what is known at the point. */
export function facts(result: DiagnoseResult): [name: string, value: string][] {
  const { thresholds } = result;
  const rows: [string, string][] = [
    ["point", numbersText(result.point)],
    ["f, |grad f|", `${formatNumber(result.value, digits)}, ${formatNumber(result.gradientNorm, digits)}`],
    ["Hessian's trace", formatFigure(result.hessianTrace, digits)],
    ["eigenvalues", eigenvaluesText(result.eigenvalues)],
    ["z = eta lambda", `${formatNumber(result.zMin, digits)} to ${formatNumber(result.zMax, digits)}`],
    ["regime", regimeWords[result.regime]],
    ["eta where z = 1", formatFigure(thresholds.oneStep, digits)],
    ["eta where z = 2", formatFigure(thresholds.unstable, digits)],
  ];
  if (thresholds.meanSquare !== undefined) rows.push(["eta where E|x|^2 grows", formatFigure(thresholds.meanSquare, digits)]);
  rows.push(["noise, tr Sigma", formatFigure(result.noiseTrace, digits)], ["HA-SME's psd defect", formatFigure(result.defect, 3)]);
  return rows;
}

function numbersText(numbers: readonly number[], most = 6): string {
  const shown = numbers.slice(0, most).map((x) => formatNumber(x, 6));
  return `(${shown.join(", ")}${numbers.length > most ? `, … ${numbers.length} entries` : ""})`;
}

function eigenvaluesText(eigenvalues: DiagnoseResult["eigenvalues"]): string {
  if ("largest" in eigenvalues) {
    const show = (list: readonly Estimate[]) => list.map((each) => formatFigure(each, 5)).join(", ");
    return `largest ${show(eigenvalues.largest)}; smallest ${show(eigenvalues.smallest)}`;
  }
  if (eigenvalues.length <= 8) return eigenvalues.map((x) => formatNumber(x, 6)).join(", ");
  const show = (list: readonly number[]) => list.map((x) => formatNumber(x, 4)).join(", ");
  return `${show(eigenvalues.slice(0, 4))}, … , ${show(eigenvalues.slice(-2))} (${eigenvalues.length} in all)`;
}

/** camelCase and kebab-case as words. */
export function inWords(name: string): string {
  return plainText(name)
    .replace(/([a-z0-9])([A-Z])/g, (_, left: string, right: string) => `${left} ${right.toLowerCase()}`)
    .replace(/-/g, " ");
}

export function indicatorFacts(indicators: NonNullable<DiagnoseResult["indicators"]>): [string, string][] {
  return Object.entries(indicators).map(([name, value]) => [inWords(name), value === null ? missing : formatNumber(value, 3)]);
}

export function lossFacts(loss: NonNullable<DiagnoseResult["stationaryExcessLoss"]>): [string, string][] {
  return Object.keys(loss)
    .sort(byProcessOrder)
    .map((id) => [processName(id), formatFigure(loss[id], digits)]);
}

function pairs(rows: readonly (readonly [string, string])[], width: number, indent = ""): string[] {
  const column = Math.max(...rows.map(([name]) => textWidth(name)));
  return rows.flatMap(([name, value]) =>
    wrap(`${indent}${name}${" ".repeat(column - textWidth(name))}  ${value}`, width, `${indent}${" ".repeat(column + 2)}`),
  );
}

function verdictLines(result: DiagnoseResult, width: number): string[] {
  return pairs(
    result.verdicts.map((each) => [`${processName(each.model)}: ${each.trust}`, plainText(each.why)] as const),
    width,
    "  ",
  );
}

export function sweepTable(sweep: readonly SweepRow[]): NamedTable {
  const ids = [...new Set(sweep.flatMap((row) => Object.keys(row.stationaryExcessLoss)))].sort(byProcessOrder);
  const batches = sweep.some((row) => row.batch !== undefined);
  const columns = [
    { header: "eta", align: "left" as const },
    ...[
      "zMax",
      ...(batches ? ["batch"] : []),
      "stable\nin mean",
      "in mean\nsquare",
      "psd\ndefect",
      ...ids.map((id) => `excess loss\n${processName(id)}`),
    ].map((header) => ({ header, align: "right" as const })),
  ];
  const yes = (value: boolean | null) => (value === null ? missing : value ? "yes" : "no");
  const rows = sweep.map((row) => [
    formatNumber(row.eta),
    formatNumber(row.zMax, 4),
    ...(batches ? [row.batch === undefined ? missing : String(row.batch)] : []),
    yes(row.stableInMean),
    yes(row.stableInMeanSquare),
    formatFigure(row.defect, 3),
    ...ids.map((id) => formatFigure(row.stationaryExcessLoss[id], 5)),
  ]);
  return { title: "by learning rate", columns, rows };
}
