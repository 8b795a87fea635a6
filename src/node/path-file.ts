// A file of paths, written block by block. A full disk ends the file properly after the last whole block and says how far it got.
import { closeSync, existsSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { InputError } from "../errors.ts";
import { arrowFormat } from "./path-arrow.ts";
import { csvFormat } from "./path-csv.ts";
import type { PathBlock, PathFormat, PathShape } from "./path-format.ts";
import { npzFormat } from "./path-npz.ts";
import { parquetFormat } from "./path-parquet.ts";

const formats: Readonly<Record<string, (shape: PathShape) => PathFormat>> = {
  csv: csvFormat,
  npz: npzFormat,
  parquet: parquetFormat,
  arrow: arrowFormat,
};

/** Endings that path files may have. */
export const pathEndings = Object.keys(formats).map((e) => `.${e}`);

export interface PathFile {
  write(block: PathBlock): void;
  /** Ends the file, once; returns the number of paths in it. */
  close(): number;
}

/** Checks a path file's name before any work is done. */
export function checkPathFile(path: string, overwrite: boolean): void {
  const ending = /\.(\w+)$/.exec(path)?.[1] ?? "";
  if (!formats[ending])
    throw new InputError("node/path-file", `--out ${path}: found the ending ".${ending}"; allowed: ${pathEndings.join(", ")}`, { path });
  if (!overwrite && existsSync(path))
    throw new InputError("node/path-file", `--out ${path}: the file exists; allowed: another name, or --overwrite`, { path });
}

export function openPathFile(path: string, shape: PathShape, overwrite: boolean): PathFile {
  checkPathFile(path, overwrite);
  const format = formats[/\.(\w+)$/.exec(path)![1]!]!(shape);
  const file = openFile(path);
  // where each block ends, and how many paths lie before it
  const ends: { size: number; paths: number }[] = [];
  let size = 0;
  let ended = false;
  const append = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, size + at);
    size += bytes.length;
  };
  const read = (offset: number, length: number): Uint8Array => {
    const out = new Uint8Array(length);
    readSync(file, out, 0, length, offset);
    return out;
  };
  const finish = (): number => {
    const paths = ends.at(-1)?.paths ?? 0;
    if (paths < shape.paths && format.shorten) {
      const { offset, bytes } = format.shorten(paths, read);
      writeSync(file, bytes, 0, bytes.length, offset);
    }
    append(format.footer(ends.length, paths, size));
    closeSync(file);
    ended = true;
    return paths;
  };
  /** Ends the file after the last block that leaves room for the end, and says how far it got. */
  const full = (error: unknown): InputError => {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    for (; ends.length > 0; ends.pop()) {
      size = ends.at(-1)!.size;
      ftruncateSync(file, size);
      try {
        const kept = finish();
        return new InputError(
          "node/path-file",
          `--out ${path}: cannot write (${reason}): the first ${kept} of ${shape.paths} paths are kept`,
          { path, paths: kept },
        );
      } catch {
        // no room for the end of the file: one block less
      }
    }
    closeSync(file);
    ended = true;
    return new InputError("node/path-file", `--out ${path}: cannot write (${reason}): nothing is kept`, { path, paths: 0 });
  };
  const orFull = <R>(work: () => R): R => {
    try {
      return work();
    } catch (error) {
      throw full(error);
    }
  };
  orFull(() => append(format.header()));
  return {
    write(block) {
      orFull(() => append(format.block(block)));
      ends.push({ size, paths: (ends.at(-1)?.paths ?? 0) + block.count });
    },
    close: () => (ended ? (ends.at(-1)?.paths ?? 0) : orFull(finish)),
  };
}

function openFile(path: string): number {
  try {
    return openSync(path, "w+");
  } catch (error) {
    throw new InputError("node/path-file", `--out ${path}: cannot be written: ${(error as Error).message}`, { path });
  }
}
