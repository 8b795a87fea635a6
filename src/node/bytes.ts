// Whole files as bytes, with errors that name the file as the problem does.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { InputError } from "../errors.ts";

/** @param source  what messages call the file; default: the path */
export function readBytes(path: string, source: string = path): Buffer {
  try {
    if (statSync(path).isDirectory()) throw new InputError("node/file", `${source}: is a folder; a file was expected`, { path });
    return readFileSync(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : (error as Error).message;
    throw new InputError("node/file", `${source}: ${reason}`, { path });
  }
}

export function writeBytes(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes);
  } catch (error) {
    throw new InputError("node/file", `${path}: cannot be written: ${(error as Error).message}`, { path });
  }
}
