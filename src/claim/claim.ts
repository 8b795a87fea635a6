// What a claim is: words, source, and a measurement whose tests decide the verdict. A claim's file chooses problems and rules; no verdict is
// written down anywhere. Sampling, problems from the gallery and the caller's signal are handed in.
import type { ClaimChart, ClaimTest, Measured } from "../answer/reproduce.ts";
import { InterruptedError } from "../errors.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { Sampling } from "../question/sampling.ts";

/** A problem file as it lies in the gallery. */
export type GalleryFile = { readonly [field: string]: unknown };

export interface ClaimContext {
  /** Fewer paths, rates and problems: all claims together within two minutes. */
  readonly quick: boolean;
  readonly seed: number;
  readonly sampling: Sampling;
  /** A problem of the gallery, by its name, with fields of its file changed. */
  readonly gallery: (name: string, change?: (file: GalleryFile) => GalleryFile) => Promise<SgdProblem>;
  readonly signal?: AbortSignal;
}

export interface Findings {
  readonly setting: readonly string[];
  readonly measured: readonly Measured[];
  readonly tests: readonly ClaimTest[];
  readonly charts: readonly ClaimChart[];
  /** What should be said whatever the verdict. */
  readonly notes?: readonly string[];
}

export interface Claim {
  readonly id: string;
  readonly title: string;
  readonly claim: string;
  readonly source: string;
  measure(context: ClaimContext): Promise<Findings>;
}

/** The abstract of the paper: which version and sentence, with its first words. */
export function abstractSentence(versions: string, opening: string): string {
  return `arXiv:2405.18373, abstract of ${versions}: "${opening} ..."`;
}

/** Between pieces of work that have no signal of their own: gives other tasks their turn. @throws InterruptedError `claim/interrupted` */
export async function checkpoint({ signal }: ClaimContext): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  if (signal?.aborted) throw new InterruptedError("claim/interrupted", "Interrupted.");
}
