// Warnings: what mathematics refuses, and what was done about it. One list of codes, documented in docs/warnings.md.

export const warningCodes = {
  formal: "closed-form moments of a model whose D D^T is indefinite: no real process has them",
  nearest: "D D^T was replaced by the nearest positive semidefinite matrix; `defect` is the largest met",
  "not-embeddable": "D D^T is indefinite by more than is mended silently: no figures",
  edge: "the model fails to exist at places that SGD's law hardly reaches; `mass` is that law's mass there",
  "no-diffusion": "z >= 1: no diffusion stands for SGD at a point that matters",
  "two-step": "the model holds at every second step only",
  unstable: "paths overflow: averages over them do not exist",
  "not-converged": "the method did not reach the accuracy that is promised",
  "never-exits": "the process cannot leave the region, or not in finite mean time",
  fallback: "another backend or method was used than the one asked for",
  "constant-column": "a constant column was standardized to 0",
  "order-not-fitted": "no order was fitted: errors are rounding, too few, or change sign",
  "not-applicable": "the question does not apply to this problem or model",
  unfinished: "a durable run is not finished: the figures are those of the paths that are",
} as const;

export type WarningCode = keyof typeof warningCodes;

export interface Warning {
  readonly code: WarningCode;
  readonly model?: string;
  readonly message: string;
  /** Measures, such as `defect`, `mass`, `point`, `step`. */
  readonly [measure: string]: unknown;
}

export function warning(code: WarningCode, message: string, measures: Record<string, unknown> = {}): Warning {
  return { code, message, ...measures };
}
