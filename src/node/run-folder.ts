// A run folder: `journal` (what is asked, then each finished piece, at last the answer), `data/` (the files that the problem names, by the hash of
// what they hold) and the lock. The first record says what is asked; going on with anything else is refused with the difference named.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { InputError } from "../errors.ts";
import { type Journal, openJournal, readJournal, writeAtomically } from "./journal.ts";
import { type BlockStore, type BlocksRecord, blockStore, contentHash } from "./run-blocks.ts";
import { firstDifference } from "./run-difference.ts";
import { lockFolder } from "./run-folder-lock.ts";
import { type RunQuestion, whatIsAsked } from "./run-question.ts";

interface HeadRecord extends RunQuestion {
  readonly kind: "run";
  readonly format: 1;
}

/** A run folder open for writing. */
export interface RunFolder {
  readonly folder: string;
  readonly blocks: BlockStore;
  /** Pieces that were there when it was opened. */
  readonly found: number;
  /** The answer, if it was finished. */
  readonly answer: unknown;
  /** What was damaged and dropped, in words; empty where all was well. */
  readonly dropped: string;
  finish(answer: unknown): void;
  close(): void;
}

/** A run folder as it is, read and not changed. */
export interface RunRecord {
  readonly folder: string;
  readonly question: RunQuestion;
  readonly blocks: readonly BlocksRecord[];
  readonly answer: unknown;
  /** Bytes that are no good records. */
  readonly damaged: number;
  /** The run's own copy of a file that the problem names. */
  fileOf(path: string): string;
}

const journalOf = (folder: string): string => join(folder, "journal");

/**
 * Starts a run in a folder that is new or empty.
 * @param files  what the files hold that the problems name, by path (problem-files.ts)
 * @throws InputError `node/run-folder` where a run, or anything else, is there already
 */
export function createRun(folder: string, question: RunQuestion, files: ReadonlyMap<string, Uint8Array>): RunFolder {
  if (existsSync(journalOf(folder)))
    throw new InputError(
      "node/run-folder",
      `--run ${folder}: holds a run already; --resume ${folder} goes on with it, or give a new folder.`,
      {
        folder,
      },
    );
  if (existsSync(folder) && !isFolder(folder))
    throw new InputError("node/run-folder", `--run ${folder}: this is a file; give a new or an empty folder.`, { folder });
  if (existsSync(folder) && leftovers(folder).length > 0)
    throw new InputError(
      "node/run-folder",
      `--run ${folder}: holds other files (${leftovers(folder)[0]}); give a new or an empty folder.`,
      {
        folder,
      },
    );
  return open(folder, question, files);
}

/**
 * Goes on with a run.
 * @throws InputError `node/run-folder` where none is there, `node/run-differs` where it was asked something else
 */
export function resumeRun(folder: string, question: RunQuestion, files: ReadonlyMap<string, Uint8Array>): RunFolder {
  // a run that was ended before its first record was written has a folder with a lock in it
  if (!existsSync(journalOf(folder)) && !(isFolder(folder) && leftovers(folder).length === 0)) throw noRun("--resume", folder);
  return open(folder, question, files);
}

/** Reads a run. @throws InputError `node/run-folder` where none is there */
export function readRun(folder: string, what = "run folder"): RunRecord {
  const content = readJournal(journalOf(folder));
  if (!content) throw noRun(what, folder);
  const { question, blocks, answer } = sort(content.records, folder);
  return {
    folder,
    question,
    blocks,
    answer,
    damaged: content.damage.reduce((sum, [from, to]) => sum + to - from, 0),
    fileOf(path) {
      const hash = question.files[path];
      const file = hash === undefined ? path : copyOf(folder, path, hash);
      if (hash === undefined || !existsSync(file) || contentHash(readFileSync(file)) !== hash)
        throw new InputError("node/run-folder", `${folder}: its copy of ${path} is missing or changed.`, { folder, path });
      return file;
    },
  };
}

/** Where a run keeps a file: by the hash of what it holds, with its ending. */
const copyOf = (folder: string, path: string, hash: string): string => resolve(folder, "data", `${hash}${extname(path)}`);

/** Run folders in a folder, by name. */
export function listRuns(folder: string): RunRecord[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new InputError("node/run-folder", `${folder}: cannot be read: ${(error as Error).message}`, { folder });
  }
  return names
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => existsSync(journalOf(path)) && statSync(journalOf(path)).isFile())
    .map((path) => readRun(path));
}

function open(folder: string, question: RunQuestion, files: ReadonlyMap<string, Uint8Array>): RunFolder {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new InputError("node/run-folder", `${folder}: cannot be made: ${(error as Error).message}`, { folder });
  }
  const unlock = lockFolder(folder);
  let journal: Journal | undefined;
  try {
    keepFiles(folder, question, files);
    // as JSON holds it: what is compared with a record has to have been one
    const head = JSON.parse(JSON.stringify({ kind: "run", format: 1, ...question })) as HeadRecord;
    const before = readJournal(journalOf(folder));
    if (before) refuseOther(folder, sort(before.records, folder).question, head);
    const opened = openJournal(journalOf(folder), head);
    journal = opened.journal;
    const { blocks, answer } = sort(opened.records, folder);
    const own = journal;
    return {
      folder,
      blocks: blockStore(blocks, (record) => own.append(record)),
      found: blocks.length,
      answer,
      dropped: opened.dropped,
      finish: (value) => own.append({ kind: "answer", answer: value }),
      close() {
        own.close();
        unlock();
      },
    };
  } catch (error) {
    journal?.close();
    unlock();
    throw error;
  }
}

function keepFiles(folder: string, question: RunQuestion, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [path, hash] of Object.entries(question.files)) {
    const file = copyOf(folder, path, hash);
    if (existsSync(file)) continue;
    mkdirSync(join(folder, "data"), { recursive: true });
    writeAtomically(file, Buffer.from(files.get(path)!));
  }
}

function refuseOther(folder: string, had: RunQuestion, asked: RunQuestion): void {
  const difference = firstDifference(whatIsAsked(had), whatIsAsked(asked));
  if (!difference) return;
  const { path, a, b } = difference;
  throw new InputError(
    "node/run-differs",
    `--resume ${folder}: another question: ${path} is ${a} in the folder, ${b} here. Ask the same, or give a new folder with --run.`,
    { folder, path, run: a, asked: b },
  );
}

function sort(records: readonly unknown[], folder: string) {
  const [head, ...rest] = records as readonly { readonly kind?: unknown }[];
  if (head?.kind !== "run" || (head as HeadRecord).format !== 1)
    throw new InputError(
      "node/run-folder",
      `${folder}: this is no run folder of this version: its journal does not begin with a run. Start anew with --run and another folder.`,
      { folder },
    );
  const answers = rest.filter((record) => record.kind === "answer") as unknown as { readonly answer: unknown }[];
  return {
    question: head as unknown as HeadRecord,
    blocks: rest.filter((record) => record.kind === "blocks") as unknown as BlocksRecord[],
    answer: answers.at(-1)?.answer,
  };
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** What is in a folder besides what a run leaves that was ended at once. */
const leftovers = (folder: string): string[] => readdirSync(folder).filter((name) => !/^(lock-.*|journal\.new|data)$/.test(name));

const noRun = (what: string, folder: string): InputError =>
  new InputError("node/run-folder", `${what} ${folder}: no run is there; start one with --run ${folder}, or name the folder of one.`, {
    folder,
  });
