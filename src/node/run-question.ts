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
}

/** One of `of` parts of a run. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}
