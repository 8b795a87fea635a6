// The answer of `map`: which model is best, and by how much, over a grid of two of learning rate, noise and start.
import type { QuestionName, Verdict } from "./compare.ts";

export type MapAxisName = "eta" | "sigma" | "start";

export interface MapAxis {
  readonly name: MapAxisName;
  readonly values: readonly number[];
  /** Neighbouring values have equal ratios: drawn on a log axis. */
  readonly logarithmic: boolean;
}

export interface MapCell {
  readonly x: number;
  readonly y: number;
  /** The model with the least error; null where none has a figure. */
  readonly best: string | null;
  /** Who comes next; null where nobody else has a figure. */
  readonly runnerUp: string | null;
  /** By model, dimensionless as in `compare`; null without a figure. */
  readonly errors: { readonly [id: string]: number | null };
  readonly verdicts: { readonly [id: string]: Verdict };
  /** Why there is no figure at all. */
  readonly reason?: string;
}

/** Where z = eta lambda_max at the start is 1 (no diffusion beyond, at every step) or 2 (SGD leaves beyond). */
export interface MapLine {
  readonly name: "z = 1" | "z = 2";
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface MapResult {
  readonly question: Exclude<QuestionName, "stationary">;
  readonly models: readonly string[];
  readonly x: MapAxis;
  readonly y: MapAxis;
  /** Row by row: all x for the first y, then the next. */
  readonly cells: readonly MapCell[];
  readonly lines: readonly MapLine[];
  /** Cells per model that is best there, most first. */
  readonly shares: readonly { readonly model: string; readonly cells: number }[];
}
