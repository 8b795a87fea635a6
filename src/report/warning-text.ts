// Warnings in plain words. Those that say the same of several models or test functions are told once, and tables refer to them by number
// where a figure is missing.
import type { Warning, WarningCode } from "../answer/index.ts";
import { warningCodes } from "../answer/index.ts";
import { missing } from "./number.ts";
import { dagger, processName } from "./process-style.ts";
import { plainText, wrap } from "./text-table.ts";

/** Warnings told together. */
export interface Note {
  readonly code: WarningCode;
  /** Models it concerns; null among them if it concerns all. */
  readonly models: readonly (string | null)[];
  readonly text: string;
}

export interface Footnotes {
  readonly notes: readonly Note[];
  /** "-" with the numbers of the notes that say why this process has no figure: "- [1]". */
  missing(process: string): string;
}

/** Codes that come with figures, so that they are no reason for a missing one. */
const withFigures: readonly WarningCode[] = ["formal", "nearest", "edge", "two-step", "fallback", "constant-column", "order-not-fitted"];

/** Without those that another says of the same model, perhaps at greater length. */
export function distinctWarnings(warnings: readonly Warning[]): Warning[] {
  return warnings.filter(
    (each, i) =>
      !warnings.some(
        (other, j) =>
          j !== i &&
          other.code === each.code &&
          other.model === each.model &&
          other.message.startsWith(each.message) &&
          (other.message.length > each.message.length || j < i),
      ),
  );
}

/** "SPF, x: no order" and "SPF, y: no order" are one note: "SPF, x; SPF, y: no order". */
export function notesOf(warnings: readonly Warning[]): Note[] {
  const groups = new Map<string, { code: WarningCode; models: (string | null)[]; heads: string[]; rest: string }>();
  for (const each of distinctWarnings(warnings)) {
    const words = warningWords(each);
    const [, head, rest] = /^(.*?)(: .*)$/.exec(words) ?? ["", words, ""];
    const key = JSON.stringify([each.code, rest === "" ? words : rest]);
    const group = groups.get(key) ?? { code: each.code, models: [], heads: [], rest: rest! };
    groups.set(key, {
      ...group,
      models: [...group.models, each.model ?? null],
      heads: group.heads.includes(head!) ? group.heads : [...group.heads, head!],
    });
  }
  return [...groups.values()].map(({ code, models, heads, rest }) => ({ code, models, text: heads.join("; ") + rest }));
}

export function footnotes(warnings: readonly Warning[]): Footnotes {
  const notes = notesOf(warnings);
  return {
    notes,
    missing(process) {
      const about = (note: Note) => note.models.includes(process) || (process === "sgd" && note.models.includes(null));
      const marks = notes.flatMap((note, i) => (about(note) && !withFigures.includes(note.code) ? [i + 1] : []));
      return marks.length === 0 ? missing : `${missing} [${marks.join(",")}]`;
    },
  };
}

/** What the code means in general, for those who meet it the first time. */
export function codeMeaning(code: WarningCode): string {
  return (warningCodes[code] ?? code).replaceAll("`", "");
}

/** The message with the model's name before it, and its dagger, unless it starts with the name itself. */
function warningWords(warning: Warning): string {
  const message = plainText(warning.message);
  if (warning.model === undefined) return message;
  const who = plainText(processName(warning.model));
  const title = who.replace(` ${dagger}`, "");
  if (!message.startsWith(title) || /^[\w-]/.test(message.slice(title.length))) return `${who}: ${message}`;
  const rest = message.slice(title.length);
  return rest.startsWith(` ${dagger}`) ? message : who + rest;
}

export function noteLines(notes: readonly Note[], width: number): string[] {
  return notes.flatMap((note, i) => wrap(`[${i + 1}] ${note.text} (${note.code})`, width, "    "));
}
