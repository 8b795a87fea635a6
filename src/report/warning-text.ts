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

/**
 * Warnings that say the same of several models are one note: "SPF and HA-SME: each has no diffusion at the start". All on orders that
 * were not fitted are one note, the last.
 */
export function notesOf(warnings: readonly Warning[]): Note[] {
  const groups = new Map<string, { code: WarningCode; models: (string | null)[]; names: string[]; said: string }>();
  const distinct = distinctWarnings(warnings);
  for (const each of distinct.filter(({ code }) => code !== "order-not-fitted")) {
    const { name, said } = subject(each);
    const key = JSON.stringify([each.code, name === null, said]);
    const group = groups.get(key) ?? { code: each.code, models: [], names: [], said };
    groups.set(key, {
      ...group,
      models: [...group.models, each.model ?? null],
      names: name === null || group.names.includes(name) ? group.names : [...group.names, name],
    });
  }
  const notes = [...groups.values()].map(({ code, models, names, said }) => ({ code, models, text: sentence(names, said) }));
  const unfitted = distinct.filter(({ code }) => code === "order-not-fitted");
  return unfitted.length === 0
    ? notes
    : [...notes, { code: "order-not-fitted", models: unfitted.map(({ model }) => model ?? null), text: unfittedText(unfitted) }];
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

/** Whom a warning is about, with its dagger, and what it says of it: " has no noise", ": D D^T is indefinite", "'s moments overflow". */
function subject(warning: Warning): { name: string | null; said: string } {
  const message = plainText(warning.message);
  if (warning.model === undefined) return { name: null, said: message };
  const name = plainText(processName(warning.model));
  const title = name.replace(` ${dagger}`, "");
  const rest = message.slice(title.length);
  if (message.slice(0, title.length).toLowerCase() !== title.toLowerCase() || /^[\w-]/.test(rest)) return { name, said: `: ${message}` };
  return { name, said: rest.startsWith(` ${dagger}`) ? rest.slice(2) : rest };
}

function sentence(names: readonly string[], said: string): string {
  if (names.length < 2) return `${names[0] ?? ""}${said}`;
  if (said.startsWith("'s ")) return listed(names.map((name) => `${name}'s`)) + said.slice(2);
  // "each" keeps a verb in the singular right
  return said.startsWith(" ") ? `${listed(names)}: each${said}` : listed(names) + said;
}

/** "x", "x and y", "x, y and z". */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

const shortReasons: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/rounding/, "rounding"],
  [/changes sign/, "sign change"],
];

/** "No order fitted: SPF for x; HA-SME and HA-SME-3 † for x and x^2 (rounding); SME-1 for x^2 (sign change)". */
function unfittedText(warnings: readonly Warning[]): string {
  const byReason = new Map<string, Map<string, string[]>>();
  for (const each of warnings) {
    const { name, said } = subject(each);
    const reason = said.replace(/^.*no order is fitted:?\s*/, "").replace(/\.$/, "");
    const words = shortReasons.find(([pattern]) => pattern.test(reason))?.[1] ?? reason;
    const tests = byReason.get(words) ?? new Map<string, string[]>();
    const who = name ?? "all models";
    const phi = plainText(String(each["phi"] ?? said.replace(/^[,\s]*/, "").replace(/: no order is fitted.*$/, "")));
    tests.set(who, [...(tests.get(who) ?? []), phi]);
    byReason.set(words, tests);
  }
  const parts = [...byReason].map(([reason, tests]) => {
    const together = new Map<string, string[]>();
    for (const [who, phis] of tests) {
      const key = phis.length > mostNamed ? `${phis.length} test functions` : listed(phis);
      together.set(key, [...(together.get(key) ?? []), who]);
    }
    return `${[...together].map(([phis, names]) => `${listed(names)} for ${phis}`).join("; ")}${reason === "" ? "" : ` (${reason})`}`;
  });
  return `No order fitted: ${parts.join("; ")}`;
}

/** More test functions than this are counted, not named. */
const mostNamed = 4;

export function noteLines(notes: readonly Note[], width: number): string[] {
  return notes.flatMap((note, i) => wrap(`[${i + 1}] ${note.text} (${note.code})`, width, "    "));
}
