// What a way of computing E phi without sampling returns: curves over all steps, for SGD and each model. One contract for closed
// forms, the line and the plane, so that question/weak.ts does not know which one answered.
import type { EstimateAtStep } from "../answer/estimate.ts";
import type { Warning } from "../answer/warning.ts";
import type { ExistenceOptions } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { TestFunction } from "../problem/test-function.ts";

/** E phi at the steps 0 .. K (index k; at 0 it is phi at the start). */
export interface Curve {
  readonly values: Float64Array;
  /** Bounds on the absolute errors. */
  readonly errors: Float64Array;
  /** "rounding": a closed form or a rule at rounding accuracy; "bound": measured at two resolutions. */
  readonly kind: "bound" | "rounding" | "standard-error";
  /** Only even steps have figures (the two-step form); the others hold NaN. */
  readonly everySecond?: boolean;
  /** Models sampled along with SGD: the differences to it, known far better than the two values, with errors of their own. */
  readonly fromSgd?: { readonly values: Float64Array; readonly errors: Float64Array };
  /** The largest |difference| where picking it among noisy figures needs care. */
  readonly largest?: EstimateAtStep | null;
}

export interface Expectations {
  /** For people: "transfer operator and Kolmogorov equation". */
  readonly method: string;
  /** By test function; null where there is none (a warning says why). */
  readonly sgd: readonly (Curve | null)[];
  /** Standard deviation of phi(x_K), the scale of weak errors. */
  readonly deviations: readonly (number | null)[];
  readonly models: { readonly [id: string]: readonly (Curve | null)[] };
  readonly warnings: readonly Warning[];
}

export interface ExpectationOptions extends ExistenceOptions {
  readonly twoStep?: boolean;
}

/** A way of computing E phi. */
export interface ExpectationSolver {
  /** Whether it can be tried for this function of this problem. */
  covers(problem: SgdProblem, test: TestFunction): boolean;
  /** Whether it can give SGD's own curves, not the models' alone; default: it can. */
  givesSgd?(problem: SgdProblem): boolean;
  /** Curves for the problem's tests (all of them covered), at its learning rate and steps. */
  solve(problem: SgdProblem, models: readonly SdeModel[], options: ExpectationOptions): Expectations | Promise<Expectations>;
}

export const weakDefaults = {
  /** Asked of every E phi, over max(1, E|phi|): two resolutions must agree to this. */
  target: 1e-9,
  /** Where the target is out of reach, figures this good are still given, with their error; worse ones are null. */
  acceptable: 1e-8,
};
