// What a problem on disk needs besides its JSON: its tables, its weights, and the program that answers for it. Parquet is read and a program
// started beforehand, since both have to be awaited and reading a problem does not wait; the rest is read when asked for.
import { existsSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Loaders, OracleAnswers } from "../problem/loaders.ts";
import { type MakeTileKernels, plainTileKernels } from "../problem/network/kernels.ts";
import type { Table } from "../problem/table.ts";
import { readBytes } from "./bytes.ts";
import { readNpzTable } from "./npz-table.ts";
import { readTensors } from "./weights.ts";

export interface LoaderOptions {
  /** A problem may name a program to run (docs/oracles.md); default: it may not. */
  readonly allowOracle?: boolean;
  /** Told when that program was started again. */
  readonly onRestart?: (message: string) => void;
  /** What networks run on, as --backend says; default: wasm. */
  readonly backend?: string;
  /** Told why native code that was asked for is not there. */
  readonly tell?: (message: string) => void;
}

/** The loaders of a raw problem (its shape not yet checked) whose paths are relative to `folder`. */
export async function loadersFor(raw: unknown, folder: string, options: LoaderOptions = {}): Promise<Loaders> {
  const at = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const tables = new Map<string, Table>();
  for (const { path, columns } of parquetFiles(raw)) {
    const { readParquetTable } = await import("./parquet-table.ts");
    tables.set(path, await readParquetTable(readBytes(at(path)), path, columns));
  }
  const kernels = await networkKernels(raw, at, options);
  const oracle = options.allowOracle ? await oracleFor(raw, folder, options) : undefined;
  return {
    ...(oracle ? { oracle: () => oracle } : {}),
    ...(kernels ? { tileKernels: kernels } : {}),
    loadText: (path) => readBytes(at(path)).toString("utf8"),
    loadTable: (path) => tables.get(path) ?? readNpzTable(readBytes(at(path)), path),
    loadTensors: (path) => readTensors(at(path), path),
  };
}

/** Bytes of a network's table from which native code is worth the seconds that its one compilation takes, if nobody asked for it by name. */
const worthCompiling = 1 << 16;

async function networkKernels(
  raw: unknown,
  at: (path: string) => string,
  { backend, tell = () => {} }: LoaderOptions,
): Promise<MakeTileKernels | undefined> {
  const network = record(record(record(raw)["objective"])["network"]);
  if (Object.keys(network).length === 0 || backend === undefined || backend === "wasm") return undefined;
  if (backend === "javascript") return plainTileKernels;
  const { nativeTileKernels, hasNativeTileKernels } = await import("./native-network.ts");
  if (backend === "native") return nativeTileKernels(tell);
  const { data } = network;
  const large = typeof data === "string" && existsSync(at(data)) && statSync(at(data)).size >= worthCompiling;
  return large || hasNativeTileKernels() ? nativeTileKernels() : undefined;
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
