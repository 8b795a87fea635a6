// The answer of `compare`: the questions that apply, and a verdict on each model by question.
import type { DiagnoseResult } from "./diagnose.ts";
import type { ExitResult } from "./exit.ts";
import type { LawResult } from "./law.ts";
import type { WeakResult } from "./weak.ts";
import type { ProblemJson } from "./answer.ts";
import type { Warning } from "./warning.ts";

export type QuestionName = "law" | "weak" | "exit" | "stationary";
export type Verdict = "exact" | "good" | "poor" | "none";

export interface ModelVerdict {
  readonly model: string;
  /** Dimensionless: W2/sd of SGD (law, stationary), largest |weak error|/sd of phi (weak), |log exit-time ratio| (exit). */
  readonly error: number | null;
  readonly verdict: Verdict;
  readonly why: string;
}

/** A model's drift and diffusion for the page's mathematics and figures. */
export interface ModelDescription {
  readonly id: string;
  readonly title: string;
  readonly declaredOrder: number;
  /** Ours, not in the paper: carries a dagger. */
  readonly ours: boolean;
  /** TeX of b and of D D^T, in general form. */
  readonly driftTex: string;
  readonly diffusionTex: string;
}

export interface ComparedProblem {
  readonly problem: ProblemJson;
  readonly warnings: readonly Warning[];
  readonly law: LawResult;
  readonly weak: WeakResult;
  readonly exit?: ExitResult;
  readonly diagnose: DiagnoseResult;
  readonly byQuestion: { readonly [Q in QuestionName]?: readonly ModelVerdict[] };
  readonly descriptions: readonly ModelDescription[];
  /** A few SGD paths, [path][step][coordinate], for the picture. */
  readonly paths?: readonly (readonly (readonly number[])[])[];
  /** Two dimensions: final states of paths of `sgd` and of models, [path][coordinate], for the picture. */
  readonly clouds?: { readonly [process: string]: readonly (readonly number[])[] };
  /** One dimension: f on a grid, for the picture. */
  readonly landscape?: { readonly x: readonly number[]; readonly f: readonly number[] };
  /** Smallest and largest z = eta lambda where SGD's law lives (one dimension, quadratics); absent where only the start is known. */
  readonly zRange?: readonly [number, number];
  /** What the figures say, in words. */
  readonly sentences: readonly string[];
}

export interface CompareResult {
  readonly problems: readonly ComparedProblem[];
}
