// The answer of `compare`: the questions that apply, and a verdict on each model by question.

import type { ProblemJson } from "./answer.ts";
import type { DerivedSource } from "./derive.ts";
import type { DiagnoseResult } from "./diagnose.ts";
import type { ExitResult } from "./exit.ts";
import type { LawResult } from "./law.ts";
import type { Warning } from "./warning.ts";
import type { WeakResult } from "./weak.ts";

export type QuestionName = "law" | "weak" | "exit" | "stationary";
export type Verdict = "exact" | "good" | "poor" | "none";

export interface ModelVerdict {
  readonly model: string;
  /** Dimensionless: W2/sd of SGD (law, stationary), largest |weak error|/sd of phi (weak), |log exit-time ratio| (exit). */
  readonly error: number | null;
  readonly verdict: Verdict;
  readonly why: string;
  /** Standard error of `error`, where it is sampled. */
  readonly uncertainty?: number;
}

/** A model's drift and diffusion for the page's mathematics and figures. */
export interface ModelDescription {
  readonly id: string;
  readonly title: string;
  /** Weak order under Gaussian noise, constant or varying as the problem's is. */
  readonly declaredOrder: number;
  /** Ours, not in the paper: carries a dagger. */
  readonly ours: boolean;
  /** TeX of b and of D D^T, in general form. */
  readonly driftTex: string;
  readonly diffusionTex: string;
}

/** Terms of the modified equation that live on the same thing, at the start; see ErrorSources. */
export interface ErrorSource {
  readonly source: Exclude<DerivedSource, "quadratic">;
  /** p of L_p: the terms come with eta^p. */
  readonly order: number;
  /** Operators of first and second order, which an SDE can carry; the others no SDE has. */
  readonly carried: boolean;
  /** Null where a derivative is not to be had. */
  readonly size: number | null;
}

/**
 * What the models' errors are made of: how much each part of the modified equation changes, within `time`, a function that varies over
 * `length`: time * eta^p * sum over operators d^n of (Frobenius norm of the coefficients) / length^n. No unit.
 */
export interface ErrorSources {
  /** The time in which the start's curvature acts, 1/(2 max |lambda|), at most the horizon. */
  readonly time: number;
  /** The spread of SGD's noise over that time, (eta tr Sigma time)^(1/2). */
  readonly length: number;
  readonly sources: readonly ErrorSource[];
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
  /** Few dimensions and derivatives at hand: what the errors are made of, at the start. */
  readonly errorSources?: ErrorSources;
  /** What the figures say, in words. */
  readonly sentences: readonly string[];
}

export interface CompareResult {
  readonly problems: readonly ComparedProblem[];
}
