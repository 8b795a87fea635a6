// The long answers: the comparison of the problem with every model, begun when the fields rest, and the map, begun when it is asked for. Both
// take the same lane.
import { batch, computed, signal } from "@preact/signals";
import type { Answer, ComparedProblem, CompareResult, MapResult } from "../../src/index.ts";
import type { DrawnFigure, Reading } from "../engine/jobs.ts";
import { message, problem, reading, treatment, type Work } from "./current.ts";
import { lanes } from "./lanes.ts";

const defaults = {
  /** Milliseconds of rest, after the picture is there, after which the comparison is begun. */
  rest: 300,
  /** Milliseconds after which it waits for the picture no longer. */
  patience: 1500,
  /** Answers that are kept. */
  kept: 8,
} as const;

export const compared = signal<{ readonly for: Reading; readonly answer: Answer<CompareResult> } | null>(null);
export const figures = signal<readonly DrawnFigure[]>([]);
export const mapped = signal<{ readonly answer: Answer<MapResult>; readonly figure: DrawnFigure | null } | null>(null);
export const answerWork = signal<Work | null>(null);

export const comparedProblem = computed<ComparedProblem | null>(() => compared.value?.answer.result.problems[0] ?? null);
/** The answers shown are those of an earlier problem. */
export const outdated = computed(() => compared.value !== null && compared.value.for !== reading.value);

let resting: ReturnType<typeof setTimeout> | undefined;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** Ends the answers of an earlier problem; those of this one are shown at once where they are kept. */
export function endAnswers(): void {
  clearTimeout(resting);
  stopWaiting();
  lanes.answer.cancel();
  answerWork.value = { what: "waiting for the fields to rest", part: null };
  if (kept.has(keyNow())) askAnswers();
  else
    waiting = setTimeout(() => {
      waiting = undefined;
      askAnswers();
    }, defaults.patience);
}

function stopWaiting(): void {
  clearTimeout(waiting);
  waiting = undefined;
}

/** The picture is there: the answers are begun after a rest. */
export function restAnswers(): void {
  // they are there, or under way
  if (waiting === undefined) return;
  stopWaiting();
  clearTimeout(resting);
  resting = setTimeout(askAnswers, defaults.rest);
}

const keyNow = (): string => JSON.stringify([problem.value, treatment.value]);

/** The last answers, by problem and treatment: going back is immediate. */
const kept = new Map<string, { readonly answer: Answer<CompareResult>; readonly figures: readonly DrawnFigure[] }>();

function askAnswers(): void {
  const found = reading.value!;
  const key = keyNow();
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
  stopWaiting();
  lanes.answer.cancel();
  answerWork.value = null;
}
