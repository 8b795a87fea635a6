// What is wrong with a formula, all of it in one error: the line, carets under the columns, and for each what to write instead.
import { InputError } from "../errors.ts";

/** One thing that is wrong at one place. */
export interface Problem {
  readonly code: "expr/syntax" | "expr/unknown-name" | "expr/too-deep" | "expr/comparison";
  /** Offset in the text, from 0. */
  readonly at: number;
  /** What was found and what to do, without the place. */
  readonly message: string;
}

/** How much of a long line is shown on each side of a column; how many problems are listed. */
const defaults = { around: 40, listed: 8 };

/**
 * The error for a formula's problems, at least one. Its code is the first problem's; details: field, formula (shortened), problems.
 * @param field  where the formula stood, e.g. "objective.formula"
 */
export function syntaxError(text: string, problems: readonly Problem[], field: string): InputError {
  const sorted = problems.toSorted((a, b) => a.at - b.at);
  const places = sorted.map((problem) => ({ ...problem, ...placeOf(text, problem.at) }));
  const listed = places.slice(0, defaults.listed);
  const count = places.length === 1 ? "" : `${places.length} errors in `;
  const rest = places.length > listed.length ? [`  ... and ${places.length - listed.length} more`] : [];
  return new InputError(sorted[0]!.code, [`${count}${field}:`, ...report(text, listed), ...rest].join("\n"), {
    field,
    formula: text.length <= 200 ? text : `${text.slice(0, 199)}…`,
    problems: listed.map(({ code, line, column, message }) => ({ code, line, column, message })),
  });
}

interface Place extends Problem {
  /** Counted from 1, as is the column. */
  readonly line: number;
  readonly column: number;
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** Places that share a line of text share its excerpt. */
function report(text: string, places: readonly Place[]): string[] {
  const lines = text.split("\n");
  const output: string[] = [];
  for (let i = 0; i < places.length; ) {
    const { line, column } = places[i]!;
    const source = lines[line - 1]!;
    const from = source.length <= 2 * defaults.around ? 0 : Math.max(0, column - 1 - defaults.around);
    const to = source.length <= 2 * defaults.around ? source.length : column - 1 + defaults.around;
    const shown = places.slice(i).filter((place) => place.line === line && place.column - 1 <= to);
    const [head, tail] = [from > 0 ? "..." : "", to < source.length ? "..." : ""];
    output.push(`    ${head}${source.slice(from, to).replace(/\s/g, " ")}${tail}`);
    output.push(`    ${carets(shown.map((place) => head.length + place.column - 1 - from))}`);
    for (const place of shown) output.push(`  ${lines.length > 1 ? `line ${line}, ` : ""}column ${place.column}: ${place.message}`);
    i += shown.length;
  }
  return output;
}

function carets(offsets: readonly number[]): string {
  let line = "";
  for (const offset of offsets) if (offset >= line.length) line = `${line.padEnd(offset)}^`;
  return line;
}
