// What a problem needs from outside its own JSON: files, and programs that answer for an objective. Handed in by whoever reads the
// problem, since only Node has files and processes (node/files.ts). All are synchronous: what has to be awaited is done beforehand.
import { InputError } from "../errors.ts";
import type { Table } from "./cells.ts";
import type { MakeTileKernels } from "./network/kernels.ts";
import type { Objective } from "./objective.ts";
import type { Tensor } from "./tensors.ts";

export interface Loaders {
  /** A text file's content (CSV). */
  readonly loadText?: (path: string) => string;
  /** A binary table: .parquet or .npz. */
  readonly loadTable?: (path: string) => Table;
  /** A network's weights: .safetensors or .npz. */
  readonly loadTensors?: (path: string) => readonly Tensor[];
  /** Kernels of networks; default: WebAssembly, or JavaScript where there is none. */
  readonly tileKernels?: MakeTileKernels;
  /** What the problem's program answers for; absent where programs are not allowed to run. */
  readonly oracle?: () => OracleAnswers;
}

export interface OracleAnswers {
  readonly objective: Objective;
  /** The program's own start. */
  readonly start: Float64Array | undefined;
}

/** A loader, or bad input that says that there are no files here. */
export function needLoader<L>(loader: L | undefined, field: string, path: string, instead: string): L {
  if (loader === undefined)
    throw new InputError("problem/data", `${field}: ${path}: files cannot be read here; ${instead}`, { field, path });
  return loader;
}
