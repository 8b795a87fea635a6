// What a run folder's journal holds, so that after a fault can be told: nothing is lost, nothing is there twice.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { endOf } from "../../src/ensemble/pieces.ts";
import { decodeRecords } from "../../src/node/journal-format.ts";
import type { BlocksRecord } from "../../src/node/run-blocks.ts";

export interface Kept {
  readonly pieces: readonly BlocksRecord[];
  readonly isFinished: boolean;
  /** The good records' bytes at the journal's start. */
  readonly bytes: Buffer;
}

/** What is kept; undefined where the journal was not begun. */
export function kept(run: string): Kept | undefined {
  let all: Buffer;
  try {
    all = readFileSync(join(run, "journal"));
  } catch {
    return undefined;
  }
  const { records, damage } = decodeRecords(all);
  const ofKind = (kind: string) => records.filter((record) => (record as { kind: string }).kind === kind);
  return {
    pieces: ofKind("blocks") as BlocksRecord[],
    isFinished: ofKind("answer").length > 0,
    bytes: all.subarray(0, damage[0]?.[0] ?? all.length),
  };
}

/** Blocks by job, as text: neighbours joined, so that how they were cut is no matter. */
export function coverage({ pieces }: Kept): { readonly [job: string]: string } {
  const spans: Record<string, [from: number, end: number][]> = {};
  for (const piece of [...pieces].sort((a, b) => a.from - b.from)) {
    const list = (spans[piece.job] ??= []);
    const last = list.at(-1);
    expect(last === undefined || last[1] <= piece.from, `blocks ${piece.from} of ${piece.job.slice(0, 8)} are kept twice`).toBe(true);
    if (last?.[1] === piece.from) last[1] = endOf(piece);
    else list.push([piece.from, endOf(piece)]);
  }
  const entries = Object.entries(spans).map(([job, list]) => [job, list.map(([from, end]) => `${from}-${end}`).join(" ")] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Each of `before`'s records is still where it was. */
export function expectKept(before: Kept | undefined, after: Kept | undefined): void {
  if (before) expect(after?.bytes.subarray(0, before.bytes.length).equals(before.bytes), "a kept record is gone").toBe(true);
}
