// `paths`: moments of the final state, or the paths themselves streamed into a file.
import type { Answer, PathsResult } from "../../answer/index.ts";
import { InputError } from "../../errors.ts";
import { type PathsOptions, pathBlocks, paths, version } from "../../index.ts";
import { pathsTable } from "../../report/paths-table.ts";
import type { Asked, CommandModule } from "../command.ts";

const clock = (): number => Number(process.hrtime.bigint()) / 1e9;

export const pathsCommand: CommandModule = {
  check(flags) {
    const other = ["run", "resume", "shard", "cluster"].find((name) => flags[name] !== undefined);
    if (flags["out"] === undefined || other === undefined) return;
    throw new InputError(
      "cli/flag",
      `--out with --${other}: found both; allowed: one. Run folders and clusters keep and send figures, a few numbers a block, and not the paths themselves: a file of paths is written in one go on this machine. It needs no run folder: the same seed writes the same paths again (--overwrite), and what an interruption leaves is a whole file of the first paths.`,
      { flag: "--out" },
    );
  },
  ask: (asked) =>
    asked.flags["out"] === undefined
      ? paths(asked.problems[0]!, { ...optionsOf(asked), clock })
      : writePaths(asked, String(asked.flags["out"])),
  text: async (answer, { width, flags }) => pathsTable(answer as Answer<PathsResult>, { width, file: flags["out"] as string | undefined }),
};

const optionsOf = ({ options, engine }: Asked): PathsOptions => ({ ...options, engine, models: options.models ?? ["sgd"] });

/** Streams the paths; the steps kept are those asked for with --at, else all. */
async function writePaths(asked: Asked, out: string): Promise<Answer<PathsResult>> {
  const { checkPathFile, openPathFile } = await import("../../node.ts");
  const overwrite = asked.flags["overwrite"] === true;
  checkPathFile(out, overwrite);
  const problem = asked.problems[0]!;
  const options = optionsOf(asked);
  const count = options.paths ?? 65536;
  const steps = asked.flags["at"] === undefined ? Array.from({ length: problem.steps + 1 }, (_, k) => k) : problem.at;
  const file = openPathFile(out, { variables: problem.objective.variables, steps, paths: count }, overwrite);
  const started = clock();
  let finished = false;
  try {
    for await (const block of pathBlocks(problem, { ...options, paths: count, steps })) file.write(block);
    finished = true;
  } finally {
    // an interrupted run keeps what was written, properly ended
    if (!finished) file.close();
  }
  const written = file.close();
  return {
    command: "paths",
    version,
    problem: problem.json,
    seed: options.seed ?? 1,
    warnings: problem.warnings,
    result: { process: options.models![0]!, paths: written, steps: problem.steps, substeps: options.substeps ?? 1 },
    performance: { paths: written, steps: problem.steps, seconds: clock() - started, backend: "javascript", threads: 1 },
  };
}
