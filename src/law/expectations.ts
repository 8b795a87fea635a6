// What a way of computing E phi without sampling returns: curves over all steps, for SGD and each model. One contract for closed
// forms, the line and the plane, so that question/weak.ts does not know which one answered.
import type { Warning } from "../answer/warning.ts";

/** E phi at the steps 0 .. K (index k; at 0 it is phi at the start). */
export interface Curve {
  readonly values: Float64Array;
  /** Bounds on the absolute errors. */
  readonly errors: Float64Array;
  /** "rounding": a closed form or a rule at rounding accuracy; "bound": measured at two resolutions. */
  readonly kind: "bound" | "rounding";
  /** Steps that have no figure hold NaN (odd steps of the two-step form). */
  readonly everySecond?: boolean;
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

export const weakDefaults = {
  /** Asked of every E phi, over max(1, E|phi|): two resolutions must agree to this. */
  target: 2e-10,
  /** Where the target is out of reach, figures this good are still given, with their error; worse ones are null. */
  acceptable: 1e-8,
};
