// What all questions may be told.
import type { SampleForecast } from "../ensemble/options.ts";
import type { NormalKind } from "../numerics/normals.ts";
import type { NetworkPaths } from "./network-paths.ts";

export interface QuestionOptions {
  /** Model ids; default: all of the list. */
  readonly models?: readonly string[];
  readonly seed?: number;
  readonly method?: "auto" | "exact" | "sample";
  readonly paths?: number;
  readonly tolerance?: number;
  readonly maxSteps?: number;
  readonly substeps?: number;
  /** Default: fast (numerics/normals.ts). */
  readonly normals?: NormalKind;
  readonly nearest?: boolean;
  readonly strict?: boolean;
  readonly twoStep?: boolean;
  /** Who runs paths on networks; default: this thread. */
  readonly networkPaths?: NetworkPaths;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number, what: string) => void;
  /** With a tolerance: hears before each sample what it will cost; how long, if there is a clock (seconds from any fixed time). */
  readonly onSampleForecast?: ((forecast: SampleForecast) => void) | undefined;
  readonly clock?: (() => number) | undefined;
}
