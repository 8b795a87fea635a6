// JSON text -> value, with the line and column of what is wrong.
import { InputError } from "../errors.ts";

/** Parses a problem file's text; `source` names the file in messages. */
export function parseJson(text: string, source: string): unknown {
  if (text.trim() === "")
    throw new InputError("problem/json", `${source}: empty file; a problem in JSON was expected (escapement schema prints its form)`);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const told = /position (\d+)/.exec(reason)?.[1];
    const position = told === undefined ? firstStrangeToken(text) : Number(told);
    const before = text.slice(0, position).split("\n");
    const line = before.length;
    const column = before[before.length - 1]!.length + 1;
    const shown = (text.split("\n")[line - 1] ?? "").slice(Math.max(0, column - 40), column + 40);
    const caret = " ".repeat(Math.min(column, 40) - (column >= 40 ? 0 : 1));
    throw new InputError(
      "problem/json",
      `${source}: not JSON at line ${line}, column ${column}: ${reason.replace(/ in JSON at position[\s\S]*|, (\.\.\.)?"[\s\S]*is not valid JSON$/, "")}\n  ${shown}\n  ${caret}^`,
      { source, line, column },
    );
  }
}

/** Where the text stops being made of JSON's tokens; engines do not always tell. Its end where all are. */
function firstStrangeToken(text: string): number {
  const token = /\s+|[{}[\],:]|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;
  let at = 0;
  for (token.lastIndex = 0; at < text.length && token.test(text); ) at = token.lastIndex;
  return at;
}
