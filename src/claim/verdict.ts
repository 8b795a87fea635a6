// From tests to a verdict, and from estimates to tests. A figure passes a bound only if it does so with its whole error: 5 standard errors (a
// false alarm in 1.7 million), or the bound on its error.
import type { Estimate } from "../answer/estimate.ts";
import type { ClaimTest, ClaimVerdict } from "../answer/reproduce.ts";

const standardErrors = 5;

/** How far the true value may lie from the estimate. */
export function reach({ error, kind }: Estimate): number {
  return kind === "standard-error" ? standardErrors * error : error;
}

export const surelyBelow = (estimate: Estimate, bound: number): boolean => estimate.value + reach(estimate) <= bound;
export const surelyAbove = (estimate: Estimate, bound: number): boolean => estimate.value - reach(estimate) >= bound;
/** Not told apart from `value`. */
export const agrees = (estimate: Estimate, value: number): boolean => Math.abs(estimate.value - value) <= reach(estimate);

/** A claim falls with any test that decides it, and has a limit where another test fails. Without tests of the claim nothing holds. */
export function verdictOf(tests: readonly ClaimTest[]): ClaimVerdict {
  const claim = tests.filter(({ decides }) => decides === "claim");
  if (claim.length === 0 || claim.some(({ passed }) => !passed)) return "does-not-hold";
  return tests.every(({ passed }) => passed) ? "holds" : "holds-with-limit";
}

/** The tests that the verdict rests on: those that fail first, for a limit also what holds. */
export function whyOf(tests: readonly ClaimTest[], notes: readonly string[] = []): string {
  const verdict = verdictOf(tests);
  const failed = tests.filter(({ passed, decides }) => !passed && (verdict !== "does-not-hold" || decides === "claim"));
  const passed = tests.filter((test) => test.passed && test.decides === "claim");
  const told = verdict === "holds" ? passed : verdict === "does-not-hold" ? failed : [...passed, ...failed];
  const sentences = told.map(({ passed, decides, rule, found }) =>
    passed ? `${rule[0]!.toUpperCase()}${rule.slice(1)}: ${found}.` : `${decides === "limit" ? "Limit" : "Fails"}: ${rule}: ${found}.`,
  );
  return [...(sentences.length > 0 ? sentences : ["Nothing was measured that decides the claim."]), ...notes].join(" ");
}

/** "0.842 +- 0.001", for sentences. */
export function told({ value, error, kind }: Estimate): string {
  const digits = (x: number, n: number) => String(Number(x.toPrecision(n)));
  if (kind === "rounding" || error < 1e-3 * Math.abs(value)) return digits(value, 3);
  return `${digits(value, 3)} +- ${digits(error, 1)}`;
}
