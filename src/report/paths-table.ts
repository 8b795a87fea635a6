// `paths` as text: moments of the final state, or what was written.
import type { Answer, PathsResult } from "../answer/index.ts";
import { formatEstimate } from "./number.ts";
import { coordinateNames } from "./problem-text.ts";
import { processName } from "./process-style.ts";
import { ending, heading, type TableOptions } from "./table-frame.ts";
import { type TextColumn, textTable, wrap } from "./text-table.ts";
import { footnotes } from "./warning-text.ts";

export interface PathsTableOptions extends TableOptions {
  /** The file that was written, if one was. */
  readonly file?: string;
}

export function pathsTable(answer: Answer<PathsResult>, options: PathsTableOptions = {}): string {
  const width = options.width ?? 80;
  const { result } = answer;
  const notes = footnotes(answer.warnings);
  const run = `${result.paths} paths of ${processName(result.process)}, ${result.steps} steps${result.substeps > 1 ? `, ${result.substeps} substeps a step` : ""}`;
  const lines = heading(answer.problem, [run], options);
  if (options.file !== undefined) lines.push(...wrap(`written to ${options.file}`, width));
  const { moments } = result;
  if (moments) {
    const names = coordinateNames(answer.problem, moments.mean?.length ?? 0);
    const columns: TextColumn[] = [
      { header: "final state", align: "left" },
      { header: "mean", align: "right" },
      ...names.map((name): TextColumn => ({ header: `cov ${name}`, align: "right" })),
    ];
    lines.push(
      ...textTable(
        columns,
        names.map((name, i) => [
          name,
          formatEstimate(moments.mean?.[i]),
          ...names.map((_, j) => formatEstimate(moments.covariance?.[i]?.[j])),
        ]),
        width,
      ),
    );
  }
  return [...lines, ...ending(notes, [result.process], options)].join("\n");
}
