// What `diagnose` may be told.
import type { QuestionOptions } from "./options.ts";

export interface DiagnoseOptions extends QuestionOptions {
  /** Where; default "start". */
  readonly point?: "start" | "optimum";
  /** Learning rates and batch sizes to sweep: one row for each pair. */
  readonly etas?: readonly number[];
  readonly batches?: readonly number[];
  /** Also the gradient and each model's drift. */
  readonly vectors?: boolean;
  /** Stability in mean square; default true. */
  readonly meanSquare?: boolean;
  /** Networks at an optimum: SGD's excess loss by running it, too. */
  readonly measure?: boolean;
  /** Told what long work will need, before it starts. */
  readonly onForecast?: (text: string) => void;
}
