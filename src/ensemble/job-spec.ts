// The forms of a job (job.ts), JSON all of them.
import type { NormalKind } from "../numerics/normals.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { ControlSpec } from "./control.ts";
import type { ObservationSpec } from "./observation.ts";

/** One process by its scheme (single.ts). Figures: [step][value], then [step][region]. */
export interface SingleJob {
  readonly question: "single";
  /** sgd, sgd-gaussian or a model's id. */
  readonly process: string;
  readonly substeps: number;
  readonly observation: ObservationSpec;
  /** Texts of regions. */
  readonly regions: readonly string[];
  readonly steps: readonly number[];
  readonly seed: number;
  readonly normals: NormalKind;
}

/** SGD and companions on the same normals (coupled.ts). */
export interface CoupledJob {
  readonly question: "coupled";
  /** Ids of models, or sgd-gaussian. */
  readonly companions: readonly string[];
  readonly observation: ObservationSpec;
  readonly steps: readonly number[];
  readonly fine: number;
  readonly eliminations: 0 | 1 | 2;
  readonly seed: number;
  readonly normals: NormalKind;
  /** What is taken from figures; none if left out. */
  readonly control?: ControlSpec | undefined;
  /** Antithetic: every path comes with the one on the negated normals, and figures are the means of the two (mirrored.ts). */
  readonly mirrored?: true | undefined;
}

/** One process leaving a region (exit-program.ts). */
export interface ExitJob {
  readonly question: "exit";
  readonly process: string;
  readonly inside: string;
  readonly survival: readonly number[];
  readonly maxSteps: number;
  readonly fine: number;
  readonly seed: number;
  readonly normals: NormalKind;
}

export type Job = SingleJob | CoupledJob | ExitJob;

/** Problem and job as one text: equal texts, equal figures. */
export function jobText(problem: SgdProblem, job: Job): string {
  return JSON.stringify({ problem: problem.json, ...job });
}
