// Any answer as plain text: one table a command, a line here for each.
import type {
  Answer,
  CompareResult,
  DeriveResult,
  DiagnoseResult,
  ExitResult,
  LawResult,
  MapResult,
  PathsResult,
  WeakResult,
} from "../answer/index.ts";
import { InputError } from "../errors.ts";
import { type CompareTableOptions, compareTable } from "./compare-table.ts";
import { deriveTable } from "./derive-table.ts";
import { diagnoseTable } from "./diagnose-table.ts";
import { exitTable } from "./exit-table.ts";
import { lawTable } from "./law-table.ts";
import { mapTable } from "./map-table.ts";
import { pathsTable } from "./paths-table.ts";
import { weakTable } from "./weak-table.ts";

export type ReportableResult =
  | LawResult
  | WeakResult
  | ExitResult
  | DiagnoseResult
  | DeriveResult
  | PathsResult
  | MapResult
  | CompareResult;

const tables: { readonly [command: string]: (answer: Answer<never>, options: CompareTableOptions) => string } = {
  law: lawTable,
  weak: weakTable,
  exit: exitTable,
  diagnose: diagnoseTable,
  derive: deriveTable,
  paths: pathsTable,
  map: mapTable,
  compare: compareTable,
};

/** Whether `answerTable` knows this command. */
export function hasTable(command: string): boolean {
  return Object.hasOwn(tables, command);
}

/**
 * The answer as plain text, at most `width` columns wide (default 80; compare 100), addresses and commands excepted.
 * @throws InputError `report/no-table` for an answer of another command
 */
export function answerTable(answer: Answer<ReportableResult>, options: CompareTableOptions = {}): string {
  const table = tables[answer.command];
  if (!hasTable(answer.command) || !table)
    throw new InputError("report/no-table", `no table for "${answer.command}"; there is one for ${Object.keys(tables).join(", ")}`, {
      command: answer.command,
    });
  return table(answer as Answer<never>, options);
}
