// `paths` as text: moments of the final state with their errors, or what was written. Of more coordinates than a terminal shows it has
// means and variances of the first few; every entry is in the JSON.
import type { Answer, PathMoments, PathsResult, ProblemJson } from "../answer/index.ts";
import { formatEstimate, formatNumber } from "./number.ts";
import { coordinateNames } from "./problem-text.ts";
import { processName } from "./process-style.ts";
import { ending, heading, type TableOptions } from "./table-frame.ts";
import { type NamedTable, plainText, type TextColumn, tableLines, defaults as textDefaults, wrap } from "./text-table.ts";
import { type Footnotes, footnotes } from "./warning-text.ts";

export interface PathsTableOptions extends TableOptions {
  /** The file that was written, if one was. */
  readonly file?: string;
}

const options = { digits: 6, /** Coordinates whose whole covariance is shown. */ whole: 4, /** Rows at most. */ rows: 12 };

export function pathsTable(answer: Answer<PathsResult>, { file, width }: PathsTableOptions = {}): string {
  const { result } = answer;
  const notes = footnotes(answer.warnings);
  const substeps = result.substeps > 1 ? `, ${result.substeps} substeps a step` : "";
  const run = `${result.paths} paths of ${processName(result.process)}, ${result.steps} steps${substeps}${speedText(answer)}`;
  return [
    ...heading(answer.problem, [run], { width }),
    ...(file === undefined ? [] : wrap(`written to ${plainText(file)}`, width ?? textDefaults.width, "    ")),
    ...(result.moments
      ? momentTables(result.moments, result.process, answer.problem, notes).flatMap((each) => tableLines(each, width))
      : []),
    ...ending(notes, [result.process], { width }),
  ].join("\n");
}

function momentTables(moments: PathMoments, process: string, problem: ProblemJson, notes: Footnotes): NamedTable[] {
  const { mean, covariance } = moments;
  const title = "final state";
  if (mean === null) return [{ title, columns: [left(""), right("mean")], rows: [[processName(process), notes.missing(process)]] }];
  const names = coordinateNames(problem, mean.length);
  const whole = names.length <= options.whole;
  const shown = whole ? names : names.slice(0, options.rows);
  const rows = shown.map((name, i) => {
    const entries = whole ? names.map((_, j) => covariance?.[i]?.[j]) : [covariance?.[i]?.[i]];
    return [name, formatEstimate(mean[i], options.digits), ...entries.map((entry) => formatEstimate(entry, options.digits))];
  });
  const more = names.length > shown.length ? `, the first ${shown.length} of ${names.length} coordinates (--json has all)` : "";
  const entries = whole ? names.map((name) => right(names.length === 1 ? "variance" : `cov with ${name}`)) : [right("variance")];
  return [{ title: title + more, columns: [left(""), right("mean"), ...entries], rows }];
}

const left = (header: string): TextColumn => ({ header, align: "left" });
const right = (header: string): TextColumn => ({ header, align: "right" });

/** ", in 1.2 s (8.3e6 steps a second, wasm)"; empty where the answer does not say. */
function speedText({ result, performance = {} }: Answer<PathsResult>): string {
  const { seconds, backend } = performance;
  if (typeof seconds !== "number" || !(seconds > 0)) return "";
  const rate = formatNumber((result.paths * result.steps) / seconds, 2);
  return `, in ${formatNumber(seconds, 2)} s (${rate} steps a second${typeof backend === "string" ? `, ${backend}` : ""})`;
}
