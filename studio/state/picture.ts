// What the picture shows follows from the problem: in one dimension a draft of the densities at once, all steps of them when the fields rest;
// else the laws in closed form and the particles.
import { signal } from "@preact/signals";
import type { Answer, LawResult } from "../../src/index.ts";
import type { Raw, Reading, Treatment } from "../engine/jobs.ts";
import { askClouds, partner } from "./clouds.ts";
import { problem, reading, treatment } from "./current.ts";
import { frame, frames } from "./frames.ts";
import { lanes } from "./lanes.ts";
import { stageWork } from "./stage-work.ts";

const defaults = {
  /** Milliseconds of rest after which all steps of the picture are computed, not only those that a draft holds. */
  still: 150,
} as const;

/** Models whose laws are drawn with SGD's. */
export const shown = signal<readonly string[]>(["sme1", "sme2", "ha-sme", "ha-sme-3"]);
export const laws = signal<{
  readonly for: Reading;
  readonly answer: Answer<LawResult>;
  readonly detail: "draft" | "densities";
} | null>(null);

let stilling: ReturnType<typeof setTimeout> | undefined;

/** The densities at the moment that is looked at and the steps asked about, asked for while the problem is still being read. */
let draft:
  | { readonly raw: Raw; readonly models: readonly string[]; readonly treatment: Treatment; answer?: Answer<LawResult> | null }
  | undefined;
/** Called once when the problem's first picture is there, or none is to come: what is long waits for it, and leaves it the processor. */
let seen: (() => void) | undefined;

export function askPicture(onSeen?: () => void): void {
  const found = reading.value!;
  const raw = problem.value!;
  clearTimeout(stilling);
  seen = onSeen;
  if (found.densities && !found.closedForm) {
    if (draft?.raw !== raw || draft.models !== shown.value || draft.treatment !== treatment.value) askDraft(raw);
    lanes.stage.cancel();
    stageWork.value = { what: "laws", part: null };
    showDraft();
    return;
  }
  if (found.closedForm) askLaws(raw, found);
  else if (found.d >= 2) askClouds(raw, found);
  else {
    lanes.stage.cancel();
    stageWork.value = null;
  }
  tellSeen();
}

function tellSeen(): void {
  const told = seen;
  seen = undefined;
  told?.();
}

/** A draft of the problem's densities may be asked for before the problem has been read: what a slider changes is mostly a problem. */
export function askDraft(raw: Raw): void {
  const steps = Number(raw["steps"]);
  const seenStep = Math.max(1, Math.min(steps, frames.value[frame.value] ?? steps));
  const now = { raw, models: shown.value, treatment: treatment.value };
  draft = now;
  clearTimeout(stilling);
  lanes.draft.ask(
    { kind: "law", raw, at: [seenStep], models: now.models, detail: "draft", ...now.treatment },
    {
      onDone(answer) {
        draft = { ...now, answer };
        showDraft();
      },
      onFailed() {
        // the reading, or the answers, say why
        draft = { ...now, answer: null };
        showDraft();
      },
    },
  );
}

/**
 * Shows the draft once its problem has been read, and nothing better is there. What is better is begun then and not before: it would take the
 * processor from the draft.
 */
function showDraft(): void {
  const found = reading.value;
  if (!found || draft?.answer === undefined || draft.raw !== problem.value) return;
  const { raw, answer } = draft;
  clearTimeout(stilling);
  stilling = setTimeout(() => askLaws(raw, found), defaults.still);
  if (answer !== null && (laws.value?.for !== found || laws.value.detail === "draft")) laws.value = { for: found, answer, detail: "draft" };
  tellSeen();
}

/** All steps that are drawn: densities in one dimension, the ellipses' moments in more; after these the particles. */
function askLaws(raw: Raw, found: Reading): void {
  stageWork.value = { what: "laws", part: null };
  lanes.stage.ask(
    { kind: "law", raw, at: frames.value.slice(1), models: shown.value, detail: "densities", ...treatment.value },
    {
      onDone(answer) {
        laws.value = { for: found, answer, detail: "densities" };
        if (found.d >= 2) askClouds(raw, found);
        else stageWork.value = null;
      },
      onFailed() {
        // why there is none is told with the answers
        laws.value = null;
        if (found.d >= 2) askClouds(raw, found);
        else stageWork.value = null;
      },
    },
  );
}

export function choosePartner(id: string): void {
  partner.value = id;
  if (reading.value) askPicture();
}

export function chooseShown(ids: readonly string[]): void {
  shown.value = ids;
  if (reading.value) askPicture();
}

export function cancelStage(): void {
  clearTimeout(stilling);
  lanes.stage.cancel();
  stageWork.value = null;
}
