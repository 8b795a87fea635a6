// The answer of `reproduce`: published claims, what was measured for each, and the verdicts that follow.
import type { Estimate } from "./estimate.ts";

export const claimVerdicts = ["holds", "holds-with-limit", "does-not-hold"] as const;
export type ClaimVerdict = (typeof claimVerdicts)[number];

export interface Measured {
  readonly name: string;
  readonly value: Estimate;
}

/** One rule that the verdict hangs on, and what was found. */
export interface ClaimTest {
  /** "claim": the claim falls with it. "limit": the claim stands, within a limit. */
  readonly decides: "claim" | "limit";
  readonly rule: string;
  readonly found: string;
  readonly passed: boolean;
}

export interface ChartAxis {
  readonly label: string;
  readonly logarithmic: boolean;
  /** Cases by number: points are not joined. */
  readonly cases?: true;
}

export interface ChartLine {
  /** A process's id, which gives name and look. */
  readonly process: string;
  /** Prediction rather than measurement: hollow symbols. */
  readonly predicted?: boolean;
  readonly points: readonly { readonly x: number; readonly y: Estimate }[];
}

export interface ClaimChart {
  readonly kind: string;
  readonly title: string;
  readonly caption: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly lines: readonly ChartLine[];
}

export interface ClaimAnswer {
  readonly id: string;
  readonly title: string;
  /** What is claimed, in our words. */
  readonly claim: string;
  /** Version and sentence of the abstract, or "ours". */
  readonly source: string;
  readonly verdict: ClaimVerdict;
  readonly why: string;
  /** Problems, rates and sizes: what was run. All of them are ours. */
  readonly setting: readonly string[];
  readonly measured: readonly Measured[];
  readonly tests: readonly ClaimTest[];
  readonly charts: readonly ClaimChart[];
}

export interface Untested {
  readonly claim: string;
  readonly source: string;
  readonly why: string;
}

export interface ReproduceResult {
  readonly effort: "quick" | "full";
  readonly claims: readonly ClaimAnswer[];
  readonly untested: readonly Untested[];
  /** Ids of claims that were asked for and not reached: the run was interrupted. */
  readonly unfinished?: readonly string[];
}
