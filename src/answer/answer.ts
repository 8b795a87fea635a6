// What every question returns, and what `--json` prints (interface.md, "JSON documents").
import type { Warning } from "./warning.ts";

/** A problem file in normal form: everything needed to ask again. Plain JSON. */
export type ProblemJson = { readonly [field: string]: unknown };

/** What depends on the machine; left out when documents are compared. */
export interface Performance {
  readonly [measure: string]: unknown;
}

export interface Answer<R> {
  readonly command: string;
  readonly version: string;
  readonly problem: ProblemJson;
  readonly seed: number;
  readonly warnings: readonly Warning[];
  readonly result: R;
  readonly performance?: Performance;
}
