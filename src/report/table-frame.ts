// What every table has above and below: the setting, the notes on how to read its numbers, and the warnings.
import type { ProblemJson } from "../answer/index.ts";
import { problemName, settingPieces } from "./problem-text.ts";
import { daggerNote, processStyle } from "./process-style.ts";
import { defaults as textDefaults, wrap, wrapPieces } from "./text-table.ts";
import { type Footnotes, noteLines } from "./warning-text.ts";

export interface TableOptions {
  /** Columns of the terminal; default 80. */
  readonly width?: number;
}

export function heading(problem: ProblemJson, more: readonly string[], options: TableOptions): string[] {
  const width = options.width ?? textDefaults.width;
  const name = problemName(problem);
  const pieces = settingPieces(problem);
  return [...wrapPieces(name === pieces[0] ? pieces : [name, ...pieces], width), ...more.flatMap((line) => wrap(line, width, "    "))];
}

/** How to read the numbers, and the warnings that the marks refer to. */
export function ending(notes: Footnotes, ids: readonly string[], options: TableOptions): string[] {
  const width = options.width ?? textDefaults.width;
  const lines = [""];
  const ours = ids.some((id) => processStyle(id).ours) ? [daggerNote] : [];
  lines.push(...wrapPieces(["1.23(4) is 1.23 with error 0.04; no parenthesis: right to the digits shown", ...ours], width));
  if (notes.notes.length > 0) lines.push("", ...noteLines(notes.notes, width));
  return lines;
}
