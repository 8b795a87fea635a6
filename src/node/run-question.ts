// What a run is asked: the first record of its journal, and what another run has to have in common with it to go on with it or to merge.

/** All that a run's figures depend on. Plain JSON. */
export interface RunQuestion {
  readonly version: string;
  readonly command: string;
  /** Problems in normal form. */
  readonly problems: readonly unknown[];
  /** Flags that change figures, those in the problem apart. */
  readonly flags: { readonly [flag: string]: unknown };
  readonly seed: number;
  /** Files that the problems name, by path: SHA-256 of what they hold. */
  readonly files: { readonly [path: string]: string };
  readonly shard: Shard | null;
  /** Where a problem's objective is a program: the folder of each problem, in which it is started. Where a run lies is no part of what it asks. */
  readonly programFolders?: readonly string[];
}

/** What has to be the same in two runs of one question. */
export const whatIsAsked = ({ programFolders: _where, ...asked }: RunQuestion): Omit<RunQuestion, "programFolders"> => asked;

/** One of `of` parts of a run. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}
