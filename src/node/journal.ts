// The journal's file: records are appended, each on the disk (fsync) before `append` returns; opening drops what is damaged, and says so.
// One writer at a time: that is the lock's business (run-folder-lock.ts).
import { closeSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "../errors.ts";
import { decodeRecords, encodeRecord, type JournalContent } from "./journal-format.ts";

export interface Journal {
  /**
   * Adds a record; it is on the disk when this returns. A record that does not fit leaves the journal as it was.
   * @throws InputError `node/disk` where the disk is full or gone
   */
  append(record: unknown): void;
  close(): void;
}

export interface OpenedJournal {
  readonly journal: Journal;
  readonly records: readonly unknown[];
  /** What was damaged and dropped, in words; empty where all was well. */
  readonly dropped: string;
}

/** Reads a journal without changing it; undefined where there is none. */
export function readJournal(path: string): JournalContent | undefined {
  try {
    return decodeRecords(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw new InputError("node/run-folder", `${path}: cannot be read: ${(error as Error).message}`, { path });
  }
}

/** Opens a journal for writing, a new one with the record `first`; damaged bytes are taken out first. */
export function openJournal(path: string, first: unknown): OpenedJournal {
  const content = readJournal(path);
  if (!content) {
    writeWhole(path, [first]);
    return { journal: writer(path), records: [first], dropped: "" };
  }
  const { records, damage } = content;
  if (damage.length === 0) return { journal: writer(path), records, dropped: "" };
  const bytes = damage.reduce((sum, [from, to]) => sum + to - from, 0);
  const torn = damage.length === 1 && damage[0]![1] === fileLength(path);
  if (torn) {
    const fd = openSync(path, "r+");
    ftruncateSync(fd, damage[0]![0]);
    fsyncSync(fd);
    closeSync(fd);
  } else writeWhole(path, records);
  const dropped = torn
    ? `${path}: its last record was torn (${bytes} bytes) and was dropped; its blocks are computed again`
    : `${path}: ${bytes} damaged bytes at ${damage.map(([from]) => from).join(", ")} were dropped; their blocks are computed again`;
  return { journal: writer(path), records, dropped };
}

const fileLength = (path: string): number => readFileSync(path).length;

/** Writes a file anew: whole or not at all. */
function writeWhole(path: string, records: readonly unknown[]): void {
  writeAtomically(path, Buffer.concat(records.map(encodeRecord)));
}

/** Writes `bytes` beside the file, brings them to the disk and renames: whoever reads finds the old file or the new one. */
export function writeAtomically(path: string, bytes: Buffer | string): void {
  const beside = `${path}.new`;
  try {
    const fd = openSync(beside, "w");
    try {
      writeAll(fd, typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(beside, path);
    syncFolder(dirname(path));
  } catch (error) {
    throw diskError(path, error);
  }
}

/** A file's name is on the disk only when its folder is. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } catch (error) {
    // some network file systems refuse to sync a folder: they write names through
    if (!["EINVAL", "EPERM", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    closeSync(fd);
  }
}

function writer(path: string): Journal {
  const fd = openSync(path, "r+");
  let end = fileLength(path);
  let open = true;
  return {
    append(record) {
      const bytes = encodeRecord(record);
      try {
        writeAll(fd, bytes, end);
        fdatasyncSync(fd);
        end += bytes.length;
      } catch (error) {
        ftruncateSync(fd, end);
        throw diskError(path, error);
      }
    },
    close() {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

function writeAll(fd: number, bytes: Buffer, position = 0): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, position + done);
}

function diskError(path: string, error: unknown): InputError {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === "ENOSPC" || code === "EDQUOT" ? "the disk is full; make room and go on with --resume" : message;
  return new InputError("node/disk", `${path}: cannot be written: ${why}. What was finished before is kept.`, { path, reason: code });
}
