// A figure with its error. `error` covers everything: statistical error and bias together (their root sum of squares).

export type ErrorKind = "standard-error" | "bound" | "rounding";

export interface Estimate {
  readonly value: number;
  /** Standard error (kind "standard-error") or a bound on the absolute error. */
  readonly error: number;
  readonly kind: ErrorKind;
}

/** The largest |weak error| over the steps 1 .. k, and the step where it stands. */
export interface EstimateAtStep extends Estimate {
  readonly step: number;
}

export function estimate(value: number, error: number, kind: ErrorKind): Estimate {
  return { value, error, kind };
}
