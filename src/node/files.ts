// Problem files, data files and pages on disk.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError, nearestWord } from "../errors.ts";
import { parseJson } from "../problem/json-text.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { readProblem } from "../problem/read.ts";
import { readBytes } from "./bytes.ts";
import { packageFolder } from "./package-folder.ts";
import { type LoaderOptions, loadersFor } from "./problem-loaders.ts";

/** The gallery's folder, in a checkout and in an installed package. */
export function galleryFolder(): string {
  return join(packageFolder(), "examples");
}

/** The built workbench, in a checkout and in an installed package. */
export function studioFolder(): string {
  return join(packageFolder(), "dist", "studio");
}

/** A problem file's value and the folder that its paths are relative to; `-` is standard input, a bare name one of the gallery's. */
export function readRaw(name: string): { raw: unknown; folder: string } {
  if (name === "-") return { raw: parseJson(readFileSync(0, "utf8"), "standard input"), folder: "." };
  const inGallery = join(galleryFolder(), `${name}.json`);
  const bare = !existsSync(name) && /^[\w-]+$/.test(name);
  const path = bare && existsSync(inGallery) ? inGallery : name;
  if (bare && path === name) {
    const nearest = nearestWord(
      name,
      readdirSync(galleryFolder()).flatMap((file) => (file.endsWith(".json") ? [file.slice(0, -5)] : [])),
    );
    const meant = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
    throw new InputError("node/file", `${name}: no such file, and no problem of the gallery.${meant}`, { path });
  }
  return { raw: parseJson(readBytes(path).toString("utf8"), path), folder: dirname(path) };
}

/** Reads a raw problem whose files are relative to `folder`. */
export async function readProblemAt(raw: unknown, folder: string, options: LoaderOptions = {}): Promise<SgdProblem> {
  return readProblem(raw, await loadersFor(raw, folder, options));
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
