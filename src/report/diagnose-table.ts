// `diagnose` as text: spectrum, regime and thresholds at a point, what each model misses there, and which to trust.
import type { Answer, DiagnoseResult, Estimate, MomentumDiagnosis, SweepRow } from "../answer/index.ts";
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
    ...(result.stationaryExcessLoss ? ["", "stationary excess loss", ...pairs(lossFacts(result), width, "  ")] : []),
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
    ...(result.momentum ? momentumFacts(result, result.momentum) : plainFacts(result)),
  ];
  const { meanSquare, meanSquareBounds } = thresholds;
  if (meanSquareBounds) {
    const { stableBelow, unstableAbove } = meanSquareBounds;
    rows.push(["eta where E|x|^2 grows", `between ${formatNumber(stableBelow, 4)} and ${formatNumber(unstableAbove, 4)}`]);
  } else if (meanSquare !== undefined) rows.push(["eta where E|x|^2 grows", formatFigure(meanSquare, digits)]);
  rows.push(
    ["noise, tr Sigma", formatFigure(result.noiseTrace, digits)],
    [result.momentum ? "exact SDE's psd defect" : "HA-SME's psd defect", formatFigure(result.defect, 3)],
  );
  return rows;
}

function plainFacts({ regime, thresholds }: DiagnoseResult): [string, string][] {
  return [
    ["regime", regimeWords[regime]],
    ["eta where z = 1", formatFigure(thresholds.oneStep, digits)],
    ["eta where z = 2", formatFigure(thresholds.unstable, digits)],
  ];
}

const momentumRegimes: { readonly [R in DiagnoseResult["regime"]]: string } = {
  "one-step": "one-step: no mode changes sign every step",
  "two-step": "two-step: some mode changes sign every step; SGD still settles",
  unstable: "unstable: some z > 2 + 2 beta, SGD leaves this point exponentially",
  "no-diffusion": regimeWords["no-diffusion"],
};

function momentumFacts({ regime, thresholds }: DiagnoseResult, momentum: MomentumDiagnosis): [string, string][] {
  return [
    ["regime", momentumRegimes[regime]],
    ["modes", `${momentum.modes}; the steepest from eta = ${formatFigure(momentum.swings, digits)} on`],
    ["eta where it flips", formatFigure(thresholds.oneStep, digits)],
    ["eta where it diverges", formatFigure(thresholds.unstable, digits)],
    ["eta/(1 - beta)", formatNumber(momentum.effectiveRate, digits)],
    ["temperature", formatFigure(momentum.temperature, digits)],
  ];
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

/** SGD's by theory, then (where it was run) as measured, then the models'. */
export function lossFacts(result: DiagnoseResult): [string, string][] {
  const loss = result.stationaryExcessLoss ?? {};
  const { measuredExcessLoss: measured } = result;
  return Object.keys(loss)
    .sort(byProcessOrder)
    .flatMap((id): [string, string][] => [
      [processName(id), formatFigure(loss[id], digits)],
      ...(id === "sgd" && measured !== undefined
        ? [[`${processName(id)}, measured`, formatFigure(measured, digits)] as [string, string]]
        : []),
    ]);
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
  const measured = sweep.some((row) => row.measuredExcessLoss !== undefined);
  const trusted = sweep.some((row) => row.trust !== undefined);
  const trustText = (trust: SweepRow["trust"] = {}): string =>
    Object.keys(trust)
      .filter((id) => trust[id] === "good" || trust[id] === "exact")
      .map((id) => processName(id))
      .join(", ") || "none";
  const columns = [
    { header: "eta", align: "left" as const },
    ...[
      "zMax",
      ...(batches ? ["batch"] : []),
      "stable\nin mean",
      "in mean\nsquare",
      "psd\ndefect",
      ...ids.flatMap((id) => [`excess loss\n${processName(id)}`, ...(id === "sgd" && measured ? ["excess loss\nmeasured"] : [])]),
      ...(trusted ? ["good or\nexact"] : []),
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
    ...ids.flatMap((id) => [
      formatFigure(row.stationaryExcessLoss[id], 5),
      ...(id === "sgd" && measured ? [formatFigure(row.measuredExcessLoss ?? null, 5)] : []),
    ]),
    ...(trusted ? [trustText(row.trust)] : []),
  ]);
  return { title: "by learning rate", columns, rows };
}
