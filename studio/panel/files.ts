// Files that are opened or dropped: a problem file, or a CSV table to fit. Their texts are data; what is wrong with them is said and the
// last good problem stays.
import { signal } from "@preact/signals";
import type { Raw } from "../engine/jobs.ts";
import { tour } from "../state/address.ts";
import { message, problem } from "../state/current.ts";
import { open } from "../state/edit.ts";
import { withNumbers } from "../state/gallery.ts";
import { readTable } from "../state/table.ts";

const defaults = {
  /** Bytes: more than a page can hold and compare in reasonable time. */
  largest: 20e6,
} as const;

export interface OpenTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** The CSV file that is being made a problem of. */
export const table = signal<OpenTable | null>(null);

export async function openFile(file: File): Promise<void> {
  const kept = problem.value ? " The problem before it is kept." : "";
  if (file.size > defaults.largest) {
    message.value = `${file.name} has ${(file.size / 1e6).toFixed(0)} MB; allowed here: ${defaults.largest / 1e6} MB. The command takes larger files.${kept}`;
    return;
  }
  const text = await file.text();
  if (/\.(csv|tsv|txt)$/i.test(file.name)) {
    const found = await readTable(text, file.name);
    if (found) {
      message.value = null;
      table.value = { name: file.name, columns: found.columns, rows: withNumbers(found.rows) };
    }
    return;
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    message.value = `${file.name} is no problem file: ${(error as Error).message}. Allowed: a problem file (.json) or a table (.csv).${kept}`;
    return;
  }
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    message.value = `${file.name} is no problem file: an object with objective, noise, learningRate, start and steps is expected.${kept}`;
    return;
  }
  tour.value = null;
  const { $schema: _schema, ...rest } = raw as Raw;
  await open(rest);
}
