// `runs [DIR]`: the run folders in a folder, one line each: what is asked and how far it is.
import { listRuns, pathsPerBlock, type RunRecord } from "../../node.ts";
import type { Flags } from "../problem.ts";

interface RunLine {
  readonly folder: string;
  readonly command: string;
  readonly problems: readonly string[];
  readonly shard: string | null;
  readonly finished: boolean;
  /** Paths that are finished, of all parts of the question together. */
  readonly paths: number;
}

export async function runs(flags: Flags, [folder = "."]: readonly string[]): Promise<number> {
  const lines = listRuns(folder).map(lineOf);
  process.stdout.write(flags["json"] ? `${JSON.stringify({ command: "runs", runs: lines })}\n` : table(lines, folder));
  return 0;
}

function lineOf({ folder, question, blocks, answer }: RunRecord): RunLine {
  const names = question.problems.map((problem) => String((problem as { name?: string }).name ?? "(no name)"));
  const { shard } = question;
  return {
    folder,
    command: question.command,
    problems: names,
    shard: shard && `${shard.index}/${shard.of}`,
    finished: answer !== undefined,
    paths: blocks.reduce((sum, { from, toPath }) => sum + toPath - from * pathsPerBlock, 0),
  };
}

function table(lines: readonly RunLine[], folder: string): string {
  if (lines.length === 0) return `No runs in ${folder}; --run DIR makes one.\n`;
  const rows = [
    ["folder", "command", "problem", "shard", "paths", "state"],
    ...lines.map((line) => [
      line.folder,
      line.command,
      line.problems.join(", ").slice(0, 30),
      line.shard ?? "",
      String(line.paths),
      line.finished ? "finished" : "unfinished",
    ]),
  ];
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return `${rows
    .map((row) =>
      row
        .map((cell, c) => cell.padEnd(widths[c]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")}\n`;
}
