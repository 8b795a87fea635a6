// What a file of paths is made of: bytes before, bytes a block, bytes after. Formats know nothing of files (path-file.ts does), so a
// full disk is handled in one place: what was finished is closed properly, whatever the format.

import type { PathBlock } from "../question/paths.ts";

export type { PathBlock };

/** All the paths that a file is to hold: [path][step][coordinate]. */
export interface PathShape {
  readonly variables: readonly string[];
  /** The steps that are kept of each path, ascending. */
  readonly steps: readonly number[];
  readonly paths: number;
}

/** A format in the act of writing one file. */
export interface PathFormat {
  header(): Uint8Array;
  block(block: PathBlock): Uint8Array;
  /** Bytes that end a file of `size` bytes with `blocks` blocks and `paths` paths in all (fewer than asked if the disk is full). */
  footer(blocks: number, paths: number, size: number): Uint8Array;
  /** Bytes near the start that tell the number of paths; `read` gives the file's bytes. Only where fewer were written than foretold. */
  shorten?(paths: number, read: (offset: number, length: number) => Uint8Array): { offset: number; bytes: Uint8Array };
}
