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
  /** With a tolerance: hears, before the sample and after its pilot, what it will cost. */
  readonly onSampleForecast?: ((forecast: SampleForecast) => void) | undefined;
  /** Seconds from any fixed time, for forecasts alone: no figure hangs on it. */
  readonly clock?: (() => number) | undefined;
  /** Who runs the blocks of paths; default: this thread. */
  readonly engine?: Engine;
}

/** What a sample with a tolerance is expected to take, as its pilot says. */
export interface SampleForecast {
  /** What is sampled. */
  readonly what: string;
  /** Paths until the tolerance is met, at most those that are allowed. */
  readonly paths: number;
  /** False: the allowed paths will not do, or the step bias alone is too large. */
  readonly enough: boolean;
  /** SGD steps of all paths together. */
  readonly pathSteps: number;
  /** Of the paths that are left, where there is a clock. */
  readonly seconds?: number | undefined;
}

/** Half-width of a 95 % interval in standard errors. */
export const halfWidth95 = 1.96;
