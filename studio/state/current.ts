// The problem that the page is about, as signals: the fields, the last good problem that they made, what it is, and what is wrong.
// Who changes them: edit.ts.
import { effect, signal } from "@preact/signals";
import type { Failure, Raw, Reading, Treatment } from "../engine/jobs.ts";
import type { Form } from "./form.ts";

/** The fields; null until the first problem is there. */
export const form = signal<Form | null>(null);
export const treatment = signal<Treatment>({ twoStep: false, nearest: false });
/** The last good problem, and the gallery name where it is just that. It stays until another one is read without a fault. */
export const problem = signal<Raw | null>(null);
export const gallery = signal<string | undefined>(undefined);
export const reading = signal<Reading | null>(null);
/** What is wrong with the fields. */
export const fault = signal<Failure | null>(null);
/** What is wrong with a link, a file or an answer: said above the columns. */
export const message = signal<string | null>(null);

/** What is being computed. */
export interface Work {
  readonly what: string;
  /** From 0 to 1; null where it is not known. */
  readonly part: number | null;
}

/** Calls back with every change of the problem or of how it is looked at. */
export function onChange(react: () => void): void {
  effect(react);
}
