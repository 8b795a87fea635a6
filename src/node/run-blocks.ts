// Blocks that are finished and kept, and the engines that use them: a durable one computes what is missing and keeps it; a replaying one computes
// nothing; a partial one answers from what there is.
import { createHash } from "node:crypto";
import { type Ensemble, type EnsembleJson, pathsPerBlock, readEnsemble } from "../ensemble/ensemble.ts";
import { endOf, type PieceRunner, pathsOf, type Span, wholeAndShort, without } from "../ensemble/pieces.ts";
import type { PathProgram } from "../ensemble/program.ts";
import type { Engine } from "../ensemble/run.ts";
import { InputError } from "../errors.ts";

/** A piece as the journal holds it: the job by its hash, since its text may hold a table of data. */
export interface BlocksRecord {
  readonly kind: "blocks";
  readonly job: string;
  readonly from: number;
  readonly toPath: number;
  readonly ensemble: Omit<EnsembleJson, "job">;
}

/** Finished pieces by job. */
export interface BlockStore {
  /** Disjoint pieces inside of a span of whole blocks, or the piece that is a short block. */
  find(job: string, span: Span): readonly BlocksRecord[];
  add(record: BlocksRecord): void;
}

/** SHA-256 in hexadecimal: how files are named. */
export const contentHash = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** How a job is named: by the hash of its text, whatever the order of fields in it (a problem that is read again may have another). */
export const jobId = (job: string): string => contentHash(JSON.stringify(ordered(JSON.parse(job))));

function ordered(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(ordered);
  const fields = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, ordered(field)]));
}

/** Finished pieces in memory, from a journal's records. */
export function blockStore(records: readonly BlocksRecord[], onAdd: (record: BlocksRecord) => void = () => {}): BlockStore {
  const byJob = new Map<string, BlocksRecord[]>();
  const keep = (record: BlocksRecord) => {
    const list = byJob.get(record.job);
    if (list) list.push(record);
    else byJob.set(record.job, [record]);
  };
  for (const record of records) keep(record);
  return {
    find(job, span) {
      const isWhole = span.toPath % pathsPerBlock === 0;
      const inside = (byJob.get(job) ?? []).filter((piece) =>
        isWhole
          ? piece.from >= span.from && piece.toPath <= span.toPath && piece.toPath % pathsPerBlock === 0
          : piece.from === span.from && piece.toPath === span.toPath,
      );
      const found: BlocksRecord[] = [];
      let end = span.from;
      for (const piece of inside.sort((a, b) => a.from - b.from || b.toPath - a.toPath)) {
        // what was done twice counts once
        if (piece.from < end) continue;
        found.push(piece);
        end = endOf(piece);
      }
      return found;
    },
    add(record) {
      onAdd(record);
      keep(record);
    },
  };
}

/** A finished piece as the record that is kept. */
export function recordOf(hash: string, ensemble: Ensemble): BlocksRecord {
  const { job: _job, ...json } = ensemble.toJSON();
  const from = ensemble.blocks[0]![0];
  return { kind: "blocks", job: hash, from, toPath: from * pathsPerBlock + ensemble.paths, ensemble: json };
}

/** The ensemble of a record, and proof that it holds the blocks that it says. */
export function ensembleOf(record: BlocksRecord, job: string): Ensemble {
  const ensemble = readEnsemble({ ...record.ensemble, job });
  const [blocks, ...more] = ensemble.blocks;
  if (more.length > 0 || blocks![0] !== record.from || blocks![1] !== endOf(record) || ensemble.paths !== pathsOf(record))
    throw new InputError("node/run-blocks", `A record says blocks from ${record.from} to path ${record.toPath} and holds others.`, {
      from: record.from,
      toPath: record.toPath,
    });
  return ensemble;
}

/** Computes what is missing, keeps each piece when it is finished, and merges all. */
export function durableEngine(runner: PieceRunner, store: BlockStore): Engine {
  return async (program, from, toPath, { signal, onProgress }) => {
    const wanted = { from, toPath };
    const hash = jobId(program.job);
    const { ensemble: found, missing } = finished(program, hash, wanted, store);
    let ensemble = found;
    const report = () => ensemble && onProgress?.(ensemble.paths, pathsOf(wanted));
    report();
    if (missing.length > 0)
      for await (const piece of runner(program, missing, { signal })) {
        store.add(recordOf(hash, piece));
        ensemble = ensemble ? ensemble.merge(piece) : piece;
        report();
      }
    return ensemble!;
  };
}

/** Answers from finished blocks alone. @throws InputError `node/run-gap` naming the blocks that are missing */
export function replayEngine(store: BlockStore): Engine {
  return async (program, from, toPath) => {
    const { ensemble, missing } = finished(program, jobId(program.job), { from, toPath }, store);
    if (missing.length > 0) {
      const gaps = missing.map((span) => `${span.from} to ${endOf(span) - 1}`).join(", ");
      throw new InputError("node/run-gap", `Blocks ${gaps} of a part of this question (${program.spec.question}) are missing.`, {
        missing,
      });
    }
    return ensemble!;
  };
}

/**
 * Answers from the finished blocks of each call, or, where there is none, from the first block, computed here: every part of a question then
 * has figures, with the errors of the paths it has.
 * @param seen  told of each call how many paths were finished, and asked for
 */
export function partialEngine(store: BlockStore, inner: Engine, seen: (finished: number, asked: number) => void): Engine {
  return async (program, from, toPath, options) => {
    const wanted = { from, toPath };
    const { ensemble } = finished(program, jobId(program.job), wanted, store);
    seen(ensemble?.paths ?? 0, pathsOf(wanted));
    return ensemble ?? inner(program, from, Math.min(toPath, (from + 1) * pathsPerBlock), options);
  };
}

function finished(program: PathProgram, hash: string, wanted: Span, store: BlockStore) {
  let ensemble: Ensemble | undefined;
  const missing: Span[] = [];
  for (const span of wholeAndShort(wanted)) {
    const found = store.find(hash, span);
    for (const record of found) {
      const piece = ensembleOf(record, program.job);
      ensemble = ensemble ? ensemble.merge(piece) : piece;
    }
    missing.push(...without(span, found));
  }
  return { ensemble, missing };
}
