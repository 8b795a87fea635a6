// The problem that is asked about: an objective, its gradient noise, a learning rate, a start and a horizon.
import type { ProblemJson } from "../answer/answer.ts";
import type { Warning } from "../answer/warning.ts";
import type { Vector } from "../numerics/arrays.ts";
import type { GradientNoise } from "./noise.ts";
import type { Objective } from "./objective.ts";
import type { Region } from "./region.ts";
import type { TestFunction } from "./test-function.ts";

/** The heavy ball: v+ = beta v - eta g, x+ = x + v+. */
export interface Momentum {
  /** 0 < beta < 1. */
  readonly beta: number;
  /** v_0, length d. */
  readonly velocity: Vector;
}

export interface SgdProblem {
  readonly name?: string;
  readonly objective: Objective;
  readonly noise: GradientNoise;
  /** eta > 0. */
  readonly learningRate: number;
  /** Left out for plain SGD, beta = 0 included: so that asks for plain SGD's figures. */
  readonly momentum?: Momentum;
  /** x_0, length d. */
  readonly start: Vector;
  /** k >= 1; the horizon is T = k eta. */
  readonly steps: number;
  /** Test functions asked about; never empty. */
  readonly tests: readonly TestFunction[];
  /** Steps asked about, ascending, within 1 .. steps. */
  readonly at: readonly number[];
  /** The region that is left, if one is asked about. */
  readonly inside?: Region;
  /** What was noticed while reading, such as constant columns. */
  readonly warnings: readonly Warning[];
  /** The problem file in normal form. */
  readonly json: ProblemJson;
}
