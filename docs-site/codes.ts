// The error codes of the library, from its source: the first argument of each error that is made on purpose, and what kind of error it is. A
// test holds docs/errors.md to this list.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** By what the reader can do: bad input, nothing to answer, interrupted, another process, a defect. */
export type ErrorKind = "input" | "no answer" | "interrupted" | "transport" | "internal";

const kinds: Record<string, ErrorKind> = {
  InputError: "input",
  DomainError: "input",
  NoAnswerError: "no answer",
  InterruptedError: "interrupted",
  TransportError: "transport",
  InternalError: "internal",
};

/** Calls that make an error with the code as first argument, and constructors of errors of a folder's own. */
const made = /\b(?:new )?(InputError|DomainError|NoAnswerError|InterruptedError|TransportError|InternalError)\(\s*"([\w-]+\/[\w-]+)"/g;

export function errorCodes(root = "src"): Map<string, Set<ErrorKind>> {
  const codes = new Map<string, Set<ErrorKind>>();
  const add = (code: string, kind: ErrorKind): void => {
    codes.set(code, (codes.get(code) ?? new Set()).add(kind));
  };
  for (const path of readdirSync(root, { recursive: true }) as string[]) {
    if (!path.endsWith(".ts")) continue;
    const text = readFileSync(join(root, path), "utf8");
    for (const [, maker, code] of text.matchAll(made)) add(code!, kinds[maker!]!);
    // what is wrong with a formula is collected first; the codes are a type
    for (const [, union] of text.matchAll(/readonly code: ("[\w-]+\/[\w-]+"(?: \| "[\w-]+\/[\w-]+")*);/g))
      for (const code of union!.split(" | ")) add(code.slice(1, -1), "input");
  }
  return codes;
}
