// Ensembles in pieces: what a durable or distributed run computes, keeps and sends. A piece is an ensemble of neighbouring blocks; how large pieces
// are may hang on the clock, since the ensemble that pieces merge to does not hang on how it was cut (forest.ts). A short last block is a piece of
// its own, so that every other piece holds whole blocks and can be used again for more paths.
import { type Ensemble, pathsPerBlock } from "./ensemble.ts";
import type { PathProgram } from "./program.ts";
import type { Engine, RunOptions } from "./run.ts";

/** Blocks from `from` on that hold the path numbers below `toPath`. */
export interface Span {
  readonly from: number;
  readonly toPath: number;
}

/** Runs the blocks of `spans` and hands over each piece when it is finished, in any order. */
export type PieceRunner = (program: PathProgram, spans: readonly Span[], options: PieceOptions) => AsyncIterable<Ensemble>;
export type PieceOptions = Pick<RunOptions, "signal">;

/** The block after a span's last. */
export const endOf = ({ toPath }: Span): number => Math.ceil(toPath / pathsPerBlock);
/** Paths of a span. */
export const pathsOf = ({ from, toPath }: Span): number => toPath - from * pathsPerBlock;

/** Whole blocks and a short last one apart. */
export function wholeAndShort({ from, toPath }: Span): Span[] {
  const whole = Math.floor(toPath / pathsPerBlock);
  const spans: Span[] = [];
  if (whole > from) spans.push({ from, toPath: whole * pathsPerBlock });
  if (toPath > whole * pathsPerBlock) spans.push({ from: whole, toPath });
  return spans;
}

/** The parts of `wanted` (whole blocks, or one short block) that none of `had` covers; `had` disjoint, inside of it. */
export function without(wanted: Span, had: readonly Span[]): Span[] {
  const missing: Span[] = [];
  let { from } = wanted;
  for (const span of [...had].sort((a, b) => a.from - b.from)) {
    if (span.from > from) missing.push({ from, toPath: span.from * pathsPerBlock });
    from = endOf(span);
  }
  if (from < endOf(wanted)) missing.push({ from, toPath: wanted.toPath });
  return missing;
}

/** The first piece of a span of at most `size` blocks, a power of two: cut at multiples of it, where subtrees end. */
export function firstPiece(span: Span, size: number): Span {
  const end = (Math.floor(span.from / size) + 1) * size;
  return end >= endOf(span) ? span : { from: span.from, toPath: end * pathsPerBlock };
}

/** Pieces of about `seconds` of work on an engine, one after the other. */
export function inPieces(engine: Engine, clock: () => number, seconds = 1): PieceRunner {
  return async function* (program, spans, { signal }) {
    let size = 8;
    for (const whole of spans) {
      for (let rest: Span | undefined = whole; rest; ) {
        const piece = firstPiece(rest, size);
        const begin = clock();
        yield await engine(program, piece.from, piece.toPath, { signal });
        const took = clock() - begin;
        const full = endOf(piece) - piece.from === size;
        if (full && took < seconds / 2) size *= 2;
        else if (took > 2 * seconds && size > 1) size /= 2;
        rest = endOf(piece) < endOf(rest) ? { from: endOf(piece), toPath: rest.toPath } : undefined;
      }
    }
  };
}

/** An engine that merges the pieces of a runner. */
export function engineOfPieces(runner: PieceRunner): Engine {
  return async (program, from, toPath, { signal, onProgress }) => {
    const wanted = { from, toPath };
    let ensemble: Ensemble | undefined;
    for await (const piece of runner(program, wholeAndShort(wanted), { signal })) {
      ensemble = ensemble ? ensemble.merge(piece) : piece;
      onProgress?.(ensemble.paths, pathsOf(wanted));
    }
    return ensemble!;
  };
}
