// `weak` as text: for each test function E phi at the horizon with its weak error, the largest weak error on the way, and with several
// learning rates the fitted order.
import type { Answer, FittedOrder, WeakResult, WeakRow, WeakTest } from "../answer/index.ts";
import { formatEstimate, formatNumber, missing } from "./number.ts";
import { processIds, processName } from "./process-style.ts";
import { ending, heading, type TableOptions } from "./table-frame.ts";
import { type NamedTable, plainText, tableLines } from "./text-table.ts";
import { type Footnotes, footnotes } from "./warning-text.ts";

export function weakTable(answer: Answer<WeakResult>, options: TableOptions = {}): string {
  const notes = footnotes(answer.warnings);
  const ids = weakModels(answer.result);
  const lines = weakTables(answer.result, notes).flatMap((table) => tableLines(table, options.width));
  const title = `E phi(X_t) - E phi(x_k), t = k eta   by ${answer.result.method}`;
  return [...heading(answer.problem, [title], options), ...lines, ...ending(notes, ids, options)].join("\n");
}

export function weakModels(result: WeakResult): string[] {
  const all: { [id: string]: true } = {};
  for (const test of result.tests) for (const row of test.rows) for (const id of Object.keys(row.models)) all[id] = true;
  return processIds(all);
}

/** For each test function one table a learning rate, and one of orders where there are several. */
export function weakTables(result: WeakResult, notes: Footnotes): NamedTable[] {
  const ids = weakModels(result);
  return result.tests.flatMap((test) => [
    ...test.rows.map((row) => rowTable(test, row, ids, notes)),
    ...(test.rows.length > 1 ? [orderTable(test, ids)] : []),
  ]);
}

function rowTable(test: WeakTest, row: WeakRow, ids: readonly string[], notes: Footnotes): NamedTable {
  const scale = row.sgdStandardDeviation;
  const relative = typeof scale === "number" && scale > 0;
  const columns = [
    { header: "", align: "left" as const },
    { header: "E phi", align: "right" as const },
    { header: "weak error", align: "right" as const },
    { header: "largest on\nthe way", align: "right" as const },
    { header: "at\nstep", align: "right" as const },
    ...(relative ? [{ header: "largest\n/sd", align: "right" as const }] : []),
  ];
  const rows = [["SGD", row.sgd ? formatEstimate(row.sgd, 8) : notes.missing("sgd")]];
  for (const id of ids) {
    const model = row.models[id];
    if (!model) continue;
    const largest = model.maxWeakError;
    const cells = [
      model.value ? formatEstimate(model.value, 8) : notes.missing(id),
      model.weakError ? formatEstimate(model.weakError, 4) : missing,
    ];
    cells.push(largest ? formatEstimate(largest, 4) : missing, largest ? String(largest.step) : missing);
    if (relative) cells.push(largest ? formatNumber(largest.value / scale, 2) : missing);
    rows.push([processName(id), ...cells]);
  }
  return { title: `phi = ${plainText(test.phi)}, eta ${formatNumber(row.eta)}, ${row.steps} steps`, columns, rows };
}

function orderTable(test: WeakTest, ids: readonly string[]): NamedTable {
  const columns = [
    { header: "", align: "left" as const },
    ...test.rows.map((row) => ({ header: `eta ${formatNumber(row.eta)}`, align: "right" as const })),
    { header: "order", align: "right" as const },
  ];
  const rows = ids.map((id) => [
    processName(id),
    ...test.rows.map((row) => formatEstimate(row.models[id]?.maxWeakError, 3)),
    orderText(test.orders[id]),
  ]);
  return { title: `phi = ${plainText(test.phi)}, largest weak error by learning rate`, columns, rows };
}

/** e.g. "2.03(4)", an order to a hundredth; "~2.4" where a single slope tells nothing of its error; "-" where none was fitted (a warning says why). */
export function orderText(order: FittedOrder | null | undefined): string {
  if (order && (order.slopes.length < 2 || !(order.error > 0))) return `~${formatNumber(order.value, 2)}`;
  if (!order) return missing;
  const places = order.error < 0.09 ? 2 : order.error < 0.9 ? 1 : 0;
  const unit = places === 2 ? 0.01 : places === 1 ? 0.1 : 1;
  const text = order.value.toFixed(places);
  return order.error < unit / 2 ? text : `${text}(${Math.ceil((order.error / unit) * (1 - 1e-12))})`;
}
