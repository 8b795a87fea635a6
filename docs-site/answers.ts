// The gallery's problems, compared by the command: what the gallery shows and the decision table is made from. Each problem is asked once.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer, CompareResult } from "../src/answer/index.ts";

export type ComparedAnswer = Answer<CompareResult>;

export interface GalleryProblem {
  /** The file's name without ending: what the command takes. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
}

export function galleryProblems(): GalleryProblem[] {
  return readdirSync("examples")
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => {
      const { name, description } = JSON.parse(readFileSync(join("examples", file), "utf8")) as { name: string; description: string };
      if (!name || !description) throw new Error(`examples/${file}: found no name or no description`);
      return { name: file.slice(0, -".json".length), title: name, description };
    });
}

/** More paths than `compare` takes by itself, where its error bars are too wide to tell the models apart. */
const paths: { readonly [name: string]: number } = { "saddle-escape": 16_384 };

/** What the gallery asks of a problem: `compare NAME`, with more paths where that is needed. */
export const comparison = (name: string): string[] => ["compare", name, ...(paths[name] ? ["--paths", String(paths[name])] : [])];

/** The answer to that, its report page written to `folder`. */
export function compareProblem(name: string, folder: string): Promise<ComparedAnswer> {
  mkdirSync(folder, { recursive: true });
  const args = ["dist/cli/main.js", ...comparison(name), "--quiet", "--json", "--report", join(folder, `${name}.html`)];
  return new Promise((ready, fail) => {
    execFile(process.execPath, args, { maxBuffer: 1e8, timeout: 900_000 }, (error, stdout, stderr) =>
      error ? fail(new Error(`compare ${name}: ${stderr || error.message}`)) : ready(JSON.parse(stdout) as ComparedAnswer),
    );
  });
}

/** At most `width` at once, results in order. */
export async function inTurns<T, R>(all: readonly T[], width: number, work: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < all.length) {
      const i = next++;
      results[i] = await work(all[i]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, all.length) }, lane));
  return results;
}
