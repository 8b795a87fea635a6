// What the sampling questions may be told; a superset of what the flags of the command say.
import type { NormalKind } from "../numerics/normals.ts";
import type { Engine } from "./run.ts";

export interface SampleOptions {
  readonly seed?: number;
  /** Number of paths; with `tolerance`, the most that are tried. */
  readonly paths?: number;
  /** Sample until the 95 % intervals of the headline figures have half-widths of at most this times the figure. */
  readonly tolerance?: number;
  /** Substeps of an SDE per SGD step at the finest level: 2, 4, .. 128; chosen by a pilot run if left out. */
  readonly substeps?: number;
  /** Default: fast (numerics/normals.ts). */
  readonly normals?: NormalKind;
  /** Exits: paths are followed for at most so many steps. */
  readonly maxSteps?: number;
  readonly nearest?: boolean;
  readonly strict?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number, what: string) => void;
  /** Who runs the blocks of paths; default: this thread. */
  readonly engine?: Engine;
}

/** Half-width of a 95 % interval in standard errors. */
export const halfWidth95 = 1.96;
