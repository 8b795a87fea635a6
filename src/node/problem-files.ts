// The files that a problem names (tables of data, weights): what they hold, by their paths as the problem writes them, so that a run folder or
// another machine has them without the place where they lay.
import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { ProblemJson } from "../answer/answer.ts";
import { InputError } from "../errors.ts";

/** Where a problem may name a file, as fields of its objective. */
const places = [
  ["leastSquares", "data"],
  ["network", "data"],
  ["network", "weights"],
] as const;

/**
 * Adds what the files hold that a problem names; a file that cannot be read is left to whoever reads the problem.
 * @throws InputError `node/problem-files` where two problems name different files by one path
 */
export function collectFiles(problem: unknown, folder: string, files: Map<string, Uint8Array>): void {
  for (const path of namedFiles(problem)) {
    const bytes = readFileSync(isAbsolute(path) ? path : join(folder, path));
    const known = files.get(path);
    if (known && !bytes.equals(known))
      throw new InputError("node/problem-files", `${path}: two problems name different files by this path; give them different names.`, {
        path,
      });
    files.set(path, bytes);
  }
}

/** Paths of the files that a problem names. */
export function namedFiles(problem: unknown): string[] {
  const objective = (problem as { objective?: Record<string, Record<string, unknown> | undefined> }).objective ?? {};
  return places.map(([form, field]) => objective[form]?.[field]).filter((path) => typeof path === "string");
}

/** The same problem with its files elsewhere. */
export function withFilesAt(problem: ProblemJson, place: (path: string) => string): ProblemJson {
  const objective = { ...(problem["objective"] as Record<string, Record<string, unknown>>) };
  for (const [form, field] of places) {
    const path = objective[form]?.[field];
    if (typeof path === "string") objective[form] = { ...objective[form], [field]: place(path) };
  }
  return { ...problem, objective };
}
