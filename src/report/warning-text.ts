// Warnings in plain words, and the numbers by which tables refer to them where a figure is missing.
import { warningCodes } from "../answer/index.ts";
import type { Warning } from "../answer/index.ts";
import { missing } from "./number.ts";
import { processName } from "./process-style.ts";
import { plainText, wrap } from "./text-table.ts";

export interface Footnotes {
  readonly warnings: readonly Warning[];
  /** "-" with the numbers of the warnings that tell about this process: "- [1]". */
  missing(process: string): string;
}

/** Warnings that say the same of the same process are one. */
export function distinctWarnings(warnings: readonly Warning[]): Warning[] {
  const seen = new Set<string>();
  return warnings.filter((each) => {
    const key = JSON.stringify([each.code, each.model ?? null, each.message]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export function footnotes(all: readonly Warning[]): Footnotes {
  const warnings = distinctWarnings(all);
  return {
    warnings,
    missing(process) {
      const marks = warnings.flatMap((each, i) => (each.model === process || (each.model === undefined && process === "sgd") ? [i + 1] : []));
      return marks.length === 0 ? missing : `${missing} [${marks.join(",")}]`;
    },
  };
}

/** What the code means in general, for those who meet it the first time. */
export function warningMeaning(warning: Warning): string {
  return (warningCodes[warning.code] ?? warning.code).replaceAll("`", "");
}

/** e.g. "HA-SME: the message (not-embeddable)". */
export function warningText(warning: Warning): string {
  const message = plainText(warning.message);
  const who = warning.model === undefined ? "" : processName(warning.model);
  const named = who === "" || message.startsWith(who) ? message : `${plainText(who)}: ${message}`;
  return `${named} (${warning.code})`;
}

export function warningLines(warnings: readonly Warning[], width: number): string[] {
  return warnings.flatMap((each, i) => wrap(`[${i + 1}] ${warningText(each)}`, width, "    "));
}
