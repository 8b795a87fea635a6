// Changes of the problem: fields -> problem -> picture and answers.
import { batch } from "@preact/signals";
import type { Raw, Reading, Treatment } from "../engine/jobs.ts";
import { endAnswers, mapped, restAnswers } from "./answers.ts";
import { fault, form, gallery, message, problem, reading, treatment } from "./current.ts";
import { type Form, formOf, rawOf } from "./form.ts";
import { frame, frames } from "./frames.ts";
import { fromGallery } from "./gallery.ts";
import { lanes } from "./lanes.ts";
import { askDraft, askPicture } from "./picture.ts";

/** Takes a problem from the gallery, a file, a link or a tour; false, and a message, where it is none. */
export function open(raw: Raw, name?: string): Promise<boolean> {
  const next = formOf(raw);
  return new Promise((settled) => {
    lanes.quick.ask(
      { kind: "read", raw, fit: false },
      {
        onDone(found) {
          accept(raw, found, next, name);
          settled(true);
        },
        onFailed(error) {
          message.value = `${error.message}${problem.value ? " The problem before it is kept." : ""}`;
          settled(false);
        },
      },
    );
  });
}

export async function openGallery(name: string): Promise<boolean> {
  const raw = await fromGallery(name);
  if (raw) return open(raw, name);
  message.value = `there is no problem "${name}" in the gallery. The problem before it is kept.`;
  return false;
}

/** What is opened where nothing else could be; a message that says why stays. */
export async function openBeginning(): Promise<void> {
  const why = message.value;
  await openGallery("double-well");
  message.value = why;
}

/** Changes fields; the problem follows where they make one. */
export function edit(change: Partial<Form>): void {
  if (!form.value) return;
  const next = { ...form.value, ...change };
  form.value = next;
  const raw = rawOf(next);
  // beside the reading: what a slider changes is mostly a problem
  if (reading.value?.densities && !reading.value.closedForm) askDraft(raw);
  lanes.quick.ask(
    { kind: "read", raw, fit: change.formula !== undefined || change.matrix !== undefined },
    {
      onDone(found) {
        const fitted = found.json["start"];
        const kept = JSON.stringify(fitted) === JSON.stringify(raw["start"]) ? raw : { ...raw, start: fitted };
        // the field that is typed in keeps its text; the start may have been fitted to it
        const now = form.value!;
        accept(kept, found, kept === raw ? now : { ...now, start: (fitted as number[]).join(", "), source: { ...now.source } }, undefined);
      },
      onFailed(error) {
        fault.value = error;
      },
    },
  );
}

export function treat(change: Partial<Treatment>): void {
  treatment.value = { ...treatment.value, ...change };
  if (reading.value) follow();
}

function accept(raw: Raw, found: Reading, next: Form, name: string | undefined): void {
  batch(() => {
    const moved = reading.value === null || found.json["steps"] !== reading.value.json["steps"];
    form.value = next;
    problem.value = raw;
    gallery.value = name;
    reading.value = found;
    fault.value = null;
    message.value = null;
    mapped.value = null;
    if (moved || frame.value >= frames.value.length) frame.value = frames.value.length - 1;
  });
  follow();
}

/** The picture at once, and the answers when the fields rest. */
function follow(): void {
  endAnswers();
  askPicture(restAnswers);
}
