// Problem files, data files and pages on disk.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { InputError } from "../errors.ts";
import { parseJson } from "../problem/json-text.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { readProblem } from "../problem/read.ts";

/** The gallery's folder, in a checkout and in an installed package. */
export function galleryFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return join(folder, "examples");
}

/** A problem file's value and the folder that its paths are relative to; `-` is standard input, a bare name one of the gallery's. */
export function readRaw(name: string): { raw: unknown; folder: string } {
  if (name === "-") return { raw: parseJson(readFileSync(0, "utf8"), "standard input"), folder: "." };
  const inGallery = join(galleryFolder(), `${name}.json`);
  const path = !existsSync(name) && /^[\w-]+$/.test(name) && existsSync(inGallery) ? inGallery : name;
  return { raw: parseJson(readText(path), path), folder: dirname(path) };
}

/** Reads a raw problem whose data files are relative to `folder`. */
export function readProblemAt(raw: unknown, folder: string): SgdProblem {
  return readProblem(raw, { loadText: (path) => readText(isAbsolute(path) ? path : join(folder, path)) });
}

function readText(path: string): string {
  try {
    if (statSync(path).isDirectory()) throw new InputError("node/file", `${path}: is a folder; a file was expected`, { path });
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : (error as Error).message;
    throw new InputError("node/file", `${path}: ${reason}`, { path });
  }
}

/** Writes a page and returns its file:// address. */
export function writePage(path: string, html: string): string {
  writeText(path, html, "--report");
  return pathToFileURL(resolve(path)).href;
}

/** Writes a text; `flag` is named where it cannot be. */
export function writeText(path: string, text: string, flag: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new InputError("node/file", `${flag} ${path}: cannot be written: ${(error as Error).message}`, { path });
  }
}
