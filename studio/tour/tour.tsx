// A guided tour: its words above the columns, with a question to answer before the answer is shown. Each step has its own link and can be
// shown full screen.
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { playing } from "../stage/player.tsx";
import { addressNow, tab, tour } from "../state/address.ts";
import { comparedProblem, outdated } from "../state/answers.ts";
import { partner } from "../state/clouds.ts";
import { message, problem } from "../state/current.ts";
import { open, openBeginning, treat } from "../state/edit.ts";
import { frame } from "../state/frames.ts";
import { fromGallery } from "../state/gallery.ts";
import { chooseShown, shown } from "../state/picture.ts";
import { still } from "../state/theme.ts";
import { type Tour, type TourStep, tours } from "./tours.ts";

/** The chosen option, and whether it was revealed. */
const chosen = signal<number | null>(null);
const revealed = signal(false);
const copied = signal("");
/** The step whose problem is on the page: until then the answers are those of another. */
const entered = signal<TourStep | null>(null);

/** What was looked at before the tour chose other models: given back at its end. */
let before: { readonly shown: readonly string[]; readonly partner: string } | undefined;

export const currentTour = (): Tour | undefined => tours.find(({ id }) => id === tour.value?.id);

/** Brings the page into the state of the tour's step whenever it changes. */
export function startTours(): void {
  effect(() => {
    const at = tour.value;
    if (!at) {
      queueMicrotask(leave);
      return;
    }
    const found = tours.find(({ id }) => id === at.id);
    if (!found) {
      message.value = `there is no tour "${at.id}"; there are: ${tours.map(({ id }) => id).join(", ")}.`;
      tour.value = null;
      if (!problem.value) void openBeginning();
      return;
    }
    if (at.step >= found.steps.length) {
      tour.value = { id: at.id, step: found.steps.length - 1 };
      return;
    }
    const step = found.steps[at.step]!;
    queueMicrotask(() => void enter(step));
  });
}

function leave(): void {
  if (!before) return;
  const { shown: ids, partner: id } = before;
  before = undefined;
  partner.value = id;
  chooseShown(ids);
}

async function enter(step: TourStep): Promise<void> {
  chosen.value = null;
  revealed.value = false;
  copied.value = "";
  entered.value = null;
  playing.value = false;
  const raw = await fromGallery(step.gallery);
  if (!raw) return;
  treat({ twoStep: step.twoStep === true, nearest: false });
  before ??= { shown: shown.value, partner: partner.value };
  tab.value = step.tab;
  if (step.shown) shown.value = step.shown;
  if (step.partner) partner.value = step.partner;
  if (await open({ ...raw, ...step.change }, step.change ? undefined : step.gallery)) {
    entered.value = step;
    if (step.play && !still.matches) {
      frame.value = 0;
      playing.value = true;
    }
  }
}

export function TourMenu() {
  return (
    <details class="tour-menu">
      <summary>Guided tours</summary>
      <ul>
        {tours.map(({ id, title, about }) => (
          <li key={id}>
            <button
              type="button"
              onClick={(event) => {
                tour.value = { id, step: 0 };
                event.currentTarget.closest("details")!.open = false;
              }}
            >
              <b>{title}</b>
              <span>{about}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

export function TourPanel() {
  const at = tour.value;
  const found = currentTour();
  const heading = useRef<HTMLHeadingElement>(null);
  const position = at ? `${at.id}/${at.step}` : "";
  useEffect(() => heading.current?.focus(), [position]);
  if (!at || !found) return null;
  const step = found.steps[at.step];
  if (!step) return null;
  const go = (to: number): void => {
    tour.value = { id: at.id, step: to };
  };
  const last = at.step === found.steps.length - 1;
  const following = tours[tours.indexOf(found) + 1];
  return (
    <section class="tour" aria-labelledby="tour-title">
      <div class="told">
        <p class="note">
          {found.title} · {at.step + 1} of {found.steps.length}
        </p>
        <h2 id="tour-title" tabIndex={-1} ref={heading}>
          {step.title}
        </h2>
        <p>{step.text}</p>
      </div>
      {step.predict && <Predict key={position} step={step} />}
      <div class="told">
        {(!step.predict || revealed.value) && <Measured step={step} />}
        <div class="row">
          <button type="button" disabled={at.step === 0} onClick={() => go(at.step - 1)}>
            Back
          </button>
          <button type="button" class={last ? undefined : "main"} disabled={last} onClick={() => go(at.step + 1)}>
            Next
          </button>
          {last && following && (
            <button type="button" class="main" onClick={() => (tour.value = { id: following.id, step: 0 })}>
              On to: {following.title}
            </button>
          )}
          <button
            type="button"
            onClick={async () => {
              const address = await addressNow();
              try {
                if (address) await navigator.clipboard.writeText(address);
                copied.value = "Link to this step copied.";
              } catch {
                copied.value = "The address bar has the link to this step.";
              }
            }}
          >
            Link to this step
          </button>
          <button type="button" onClick={() => void fullScreen()}>
            Full screen
          </button>
          <button type="button" onClick={() => (tour.value = null)}>
            End the tour
          </button>
        </div>
        <p class="note" role="status">
          {copied.value}
        </p>
      </div>
    </section>
  );
}

async function fullScreen(): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  } catch {
    message.value = "the browser does not allow full screen here; its own key for it (F11) does.";
  }
}

function Predict({ step }: { step: TourStep }) {
  const { question, options, right, because } = step.predict!;
  return (
    <fieldset class="predict">
      <legend>Predict: {question}</legend>
      {options.map((option, i) => (
        <label key={option} class={revealed.value && i === right ? "right" : undefined}>
          <input
            type="radio"
            name="prediction"
            checked={chosen.value === i}
            disabled={revealed.value}
            onChange={() => (chosen.value = i)}
          />
          {option}
          {revealed.value && i === right && <b> ✓ this happens</b>}
        </label>
      ))}
      {revealed.value ? (
        <p role="status">
          {chosen.value === right ? "As you said. " : chosen.value === null ? "" : "Not so. "}
          {because}
        </p>
      ) : (
        <button type="button" class={chosen.value === null ? undefined : "main"} onClick={() => (revealed.value = true)}>
          {chosen.value === null ? "Reveal without a guess" : "Reveal"}
        </button>
      )}
    </fieldset>
  );
}

function Measured({ step }: { step: TourStep }) {
  if (!step.measured) return null;
  const told = outdated.value || entered.value !== step ? null : comparedProblem.value;
  const words = told && step.measured(told);
  return (
    <p class="measured" role="status">
      <b>Measured:</b> {words ?? "being computed…"}
    </p>
  );
}
