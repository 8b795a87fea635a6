// What a verdict says about its own error: sampled laws tell it, laws without sampling do not.
import { expect, it } from "vitest";
import type { LawResult } from "../../src/answer/index.ts";
import { lawVerdicts } from "../../src/question/verdicts.ts";

const figure = (value: number, error: number, kind: "standard-error" | "bound") => ({ value, error, kind });

/** Unit variance at SGD, means 0 and 0.1: a distance of 0.1 standard deviations. */
function lawOf(kind: "standard-error" | "bound"): LawResult {
  const at = (mean: number, error: number) => ({ step: 5, mean: [figure(mean, error, kind)], covariance: [[figure(1, 0, kind)]] });
  return {
    method: "made up",
    sgd: { laws: [at(0, 0.003)], stationary: null },
    models: { sme1: { exists: true, regime: "one-step", defect: 0, diffusion: null, laws: [at(0.1, 0.004)], stationary: null } },
  } as unknown as LawResult;
}

it("a sampled law's distance has a standard error", () => {
  const [row] = lawVerdicts(["sme1"], lawOf("standard-error"), []);
  expect(row!.error).toBeCloseTo(0.1, 12);
  // the means' errors, 0.003 and 0.004, and the square of their root of squares over twice the distance
  expect(row!.uncertainty).toBeCloseTo(0.005 + 0.005 ** 2 / 0.2, 12);
});

it("one without sampling has none", () => {
  const [row] = lawVerdicts(["sme1"], lawOf("bound"), []);
  expect(row!.error).toBeCloseTo(0.1, 12);
  expect(row).not.toHaveProperty("uncertainty");
});
