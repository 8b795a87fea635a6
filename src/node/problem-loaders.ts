// What a problem on disk needs besides its JSON: its tables, its weights, and the program that answers for it. Parquet is read and a program
// started beforehand, since both have to be awaited and reading a problem does not wait; the rest is read when asked for.
import { isAbsolute, join } from "node:path";
import type { Loaders, OracleAnswers } from "../problem/loaders.ts";
import type { Table } from "../problem/table.ts";
import { readBytes } from "./bytes.ts";
import { readNpzTable } from "./npz-table.ts";
import { readTensors } from "./weights.ts";

export interface LoaderOptions {
  /** A problem may name a program to run (docs/oracles.md); default: it may not. */
  readonly allowOracle?: boolean;
  /** Told when that program was started again. */
  readonly onRestart?: (message: string) => void;
}

/** The loaders of a raw problem (its shape not yet checked) whose paths are relative to `folder`. */
export async function loadersFor(raw: unknown, folder: string, options: LoaderOptions = {}): Promise<Loaders> {
  const at = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const tables = new Map<string, Table>();
  for (const { path, columns } of parquetFiles(raw)) {
    const { readParquetTable } = await import("./parquet-table.ts");
    tables.set(path, await readParquetTable(readBytes(at(path)), path, columns));
  }
  const oracle = options.allowOracle ? await oracleFor(raw, folder, options) : undefined;
  return {
    ...(oracle ? { oracle: () => oracle } : {}),
    loadText: (path) => readBytes(at(path)).toString("utf8"),
    loadTable: (path) => tables.get(path) ?? readNpzTable(readBytes(at(path)), path),
    loadTensors: (path) => readTensors(at(path), path),
  };
}

/** Starts the program that a problem names, if it does. */
async function oracleFor(raw: unknown, folder: string, { onRestart }: LoaderOptions): Promise<OracleAnswers | undefined> {
  const { command, timeLimit } = record(record(record(raw)["objective"])["oracle"]);
  if (!Array.isArray(command) || command.length === 0 || !command.every((word) => typeof word === "string")) return undefined;
  const [{ openOracle }, { oracleObjective }] = await Promise.all([import("./oracle.ts"), import("./oracle-objective.ts")]);
  const oracle = await openOracle(command as string[], {
    folder,
    ...(typeof timeLimit === "number" && timeLimit > 0 ? { timeLimit } : {}),
    ...(onRestart ? { onRestart } : {}),
  });
  return { objective: oracleObjective(oracle), start: oracle.description.start };
}

/** Parquet files that a problem names, with the columns that it reads of them where it says so. */
function parquetFiles(raw: unknown): { path: string; columns?: string[] }[] {
  const objective = record(record(raw)["objective"]);
  return ["leastSquares", "network"].flatMap((form) => {
    const { data, target, features } = record(objective[form]);
    if (typeof data !== "string" || !/\.parquet$/i.test(data)) return [];
    const columns = Array.isArray(features) && typeof target === "string" ? [...features.map(String), target] : undefined;
    return [{ path: data, ...(columns ? { columns } : {}) }];
  });
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
