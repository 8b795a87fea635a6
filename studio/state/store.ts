// The page's state, and what follows from it: fields -> problem -> picture and answers, each by its own lane of workers, so that a slider
// is answered while a long answer is still computed. The last good problem stays until another one is read without a fault.
import { batch, computed, effect, signal } from "@preact/signals";
import type { Answer, ComparedProblem, CompareResult, LawResult, MapResult } from "../../src/index.ts";
import type { CloudPart, DrawnFigure, Failure, Raw, Reading, Treatment } from "../engine/jobs.ts";
import { createLane } from "../engine/lane.ts";
import { type Form, formOf, rawOf } from "./form.ts";
import { fromGallery } from "./gallery.ts";

const defaults = {
  /** Milliseconds of rest after which the long answer is begun. */
  rest: 300,
  /** Likewise after which all steps of the picture are computed, not only those that a draft holds. */
  still: 150,
  /** Milliseconds that a draft may take before a newer one takes its worker. */
  draft: 1500,
  /** Steps that are drawn, at most. */
  frames: 40,
  /** Answers that are kept. */
  kept: 8,
  particles: 100_000,
  /** Floats that the particles of one process may take. */
  room: 12e6,
  /** Steps of all paths of one process; shared out over the dimensions. */
  work: 4e6,
} as const;

const start = (): Worker => new Worker(new URL("../engine/worker.ts", import.meta.url), { type: "module" });
const lanes = { quick: createLane(start), stage: createLane(start), draft: createLane(start, defaults.draft), answer: createLane(start) };
// its script is read while the first problem is fetched
lanes.quick.warm();

/** The fields; null until the first problem is there. */
export const form = signal<Form | null>(null);
export const treatment = signal<Treatment>({ twoStep: false, nearest: false });
/** The last good problem, and the gallery name where it is just that. */
export const problem = signal<Raw | null>(null);
export const gallery = signal<string | undefined>(undefined);
export const reading = signal<Reading | null>(null);
/** What is wrong with the fields. */
export const fault = signal<Failure | null>(null);
/** What is wrong with a link, a file or an answer: said above the columns. */
export const message = signal<string | null>(null);

/** Models whose laws are drawn with SGD's. */
export const shown = signal<readonly string[]>(["sme1", "sme2", "ha-sme", "ha-sme-3"]);
export const frame = signal(0);
export const laws = signal<{
  readonly for: Reading;
  readonly answer: Answer<LawResult>;
  readonly detail: "draft" | "densities";
} | null>(null);
export const clouds = signal<{ readonly for: Reading; readonly parts: ReadonlyMap<string, readonly CloudPart[]> } | null>(null);
export const compared = signal<{ readonly for: Reading; readonly answer: Answer<CompareResult> } | null>(null);
export const figures = signal<readonly DrawnFigure[]>([]);
export const mapped = signal<{ readonly answer: Answer<MapResult>; readonly figure: DrawnFigure | null } | null>(null);

export interface Work {
  readonly what: string;
  /** From 0 to 1; null where it is not known. */
  readonly part: number | null;
}
export const stageWork = signal<Work | null>(null);
export const answerWork = signal<Work | null>(null);

export const comparedProblem = computed<ComparedProblem | null>(() => compared.value?.answer.result.problems[0] ?? null);
/** The answers shown are those of an earlier problem. */
export const outdated = computed(() => compared.value !== null && compared.value.for !== reading.value);

/** Steps that are drawn: all, or evenly thinned ones with the first and the last. */
export function framesOf(steps: number, most: number = defaults.frames): number[] {
  const n = Math.min(steps, most);
  return [...new Set(Array.from({ length: n }, (_, i) => (n === 1 ? steps : Math.round(1 + ((steps - 1) * i) / (n - 1)))))];
}
export const frames = computed<readonly number[]>(() => {
  const steps = Number(reading.value?.json["steps"] ?? 0);
  return steps > 0 ? [0, ...framesOf(steps)] : [];
});

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

let resting: ReturnType<typeof setTimeout> | undefined;

/** Asks for the picture at once, and for the answers when the fields rest. */
function follow(): void {
  askPicture();
  clearTimeout(resting);
  lanes.answer.cancel();
  answerWork.value = { what: "waiting for the fields to rest", part: null };
  const known = kept.has(JSON.stringify([problem.value, treatment.value]));
  if (known) askAnswers();
  else resting = setTimeout(askAnswers, defaults.rest);
}

function askPicture(): void {
  const found = reading.value!;
  const raw = problem.value!;
  clearTimeout(stilling);
  if (found.closedForm) askLaws(raw, found);
  else if (found.densities) {
    if (draft?.raw !== raw || draft.models !== shown.value || draft.treatment !== treatment.value) askDraft(raw);
    stageWork.value = { what: "laws", part: null };
    lanes.stage.cancel();
    showDraft();
  } else if (found.d >= 2) askClouds(raw, found);
  else {
    stageWork.value = null;
    lanes.stage.cancel();
  }
}

let stilling: ReturnType<typeof setTimeout> | undefined;

/** The densities at the moment that is looked at and the steps asked about, asked for while the problem is still being read. */
let draft:
  | { readonly raw: Raw; readonly models: readonly string[]; readonly treatment: Treatment; answer?: Answer<LawResult> | null }
  | undefined;

function askDraft(raw: Raw): void {
  const steps = Number(raw["steps"]);
  const seen = Math.max(1, Math.min(steps, frames.value[frame.value] ?? steps));
  const asked = Array.isArray(raw["at"]) ? (raw["at"] as number[]) : [steps];
  const now = { raw, models: shown.value, treatment: treatment.value };
  draft = now;
  lanes.draft.ask(
    { kind: "law", raw, at: [...asked, seen], models: now.models, detail: "draft", ...now.treatment },
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
  if (answer === null) return;
  if (laws.value?.for !== found || laws.value.detail === "draft") laws.value = { for: found, answer, detail: "draft" };
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

/** The one model whose particles are drawn beside SGD's. */
export const partner = signal("ha-sme");

function askClouds(raw: Raw, found: Reading): void {
  if (found.landscape?.kind !== "plane") {
    stageWork.value = null;
    return;
  }
  const steps = frames.value;
  const work = found.d === 2 ? defaults.work : defaults.work / found.d;
  const paths = Math.max(1024, Math.floor(Math.min(defaults.particles, defaults.room / (2 * steps.length), work / Number(raw["steps"]))));
  const parts = new Map<string, CloudPart[]>();
  stageWork.value = { what: "particles", part: 0 };
  lanes.stage.ask(
    { kind: "clouds", raw, plane: found.landscape.plane, steps, paths, processes: ["sgd", partner.value] },
    {
      onProgress(done, total, what) {
        stageWork.value = { what, part: done / total };
      },
      onPart(part) {
        parts.set(part.process, [...(parts.get(part.process) ?? []), part]);
        clouds.value = { for: found, parts: new Map(parts) };
      },
      onDone() {
        stageWork.value = null;
      },
      onFailed(error) {
        stageWork.value = null;
        message.value = error.message;
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

/** The last answers, by problem and treatment: going back is immediate. */
const kept = new Map<string, { readonly answer: Answer<CompareResult>; readonly figures: readonly DrawnFigure[] }>();

function askAnswers(): void {
  const found = reading.value!;
  const key = JSON.stringify([problem.value, treatment.value]);
  const known = kept.get(key);
  if (known) {
    batch(() => {
      compared.value = { for: found, answer: known.answer };
      figures.value = known.figures;
      answerWork.value = null;
    });
    return;
  }
  const drawn: DrawnFigure[] = [];
  answerWork.value = { what: "comparing", part: null };
  lanes.answer.ask(
    { kind: "compare", raw: problem.value!, ...treatment.value },
    {
      onProgress(done, total, what) {
        answerWork.value = { what, part: done / total };
      },
      onEarly(answer) {
        compared.value = { for: found, answer };
        answerWork.value = { what: "drawing", part: null };
      },
      onPart(figure) {
        drawn.push(figure);
        figures.value = [...drawn];
      },
      onDone(answer) {
        kept.set(key, { answer, figures: drawn });
        if (kept.size > defaults.kept) kept.delete(kept.keys().next().value!);
        answerWork.value = null;
      },
      onFailed(error) {
        batch(() => {
          answerWork.value = null;
          compared.value = null;
          figures.value = [];
          message.value = error.message;
        });
      },
    },
  );
}

/** Begins the map; it takes the answers' lane. */
export function askMap(
  question: MapResult["question"],
  axes: { readonly eta?: readonly number[]; readonly sigma?: readonly number[]; readonly start?: readonly number[] },
): void {
  mapped.value = null;
  answerWork.value = { what: "map", part: 0 };
  let figure: DrawnFigure | null = null;
  lanes.answer.ask(
    { kind: "map", raw: problem.value!, question, axes, ...treatment.value },
    {
      onProgress(done, total, what) {
        answerWork.value = { what, part: done / total };
      },
      onPart(drawn) {
        figure = drawn;
      },
      onDone(answer) {
        mapped.value = { answer, figure };
        answerWork.value = null;
      },
      onFailed(error) {
        answerWork.value = null;
        message.value = error.message;
      },
    },
  );
}

export function cancelAnswers(): void {
  clearTimeout(resting);
  lanes.answer.cancel();
  answerWork.value = null;
}

export function cancelStage(): void {
  clearTimeout(stilling);
  lanes.stage.cancel();
  stageWork.value = null;
}

/** A table from CSV text. */
export function readTable(
  text: string,
  source: string,
): Promise<{ columns: readonly string[]; rows: readonly (readonly (string | number | null)[])[] } | null> {
  return new Promise((settled) => {
    lanes.quick.ask(
      { kind: "table", text, source },
      {
        onDone: settled,
        onFailed(error) {
          message.value = error.message;
          settled(null);
        },
      },
    );
  });
}

/** Calls back with every change of the problem or of how it is looked at. */
export function onChange(react: () => void): void {
  effect(react);
}
