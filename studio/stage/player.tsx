// Play, pause, step and scrub through SGD's steps. Keys, wherever no field has the focus: space, the arrows, Home and End.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { formatNumber } from "../../src/report/index.ts";
import { reading } from "../state/current.ts";
import { frame, frames } from "../state/frames.ts";
import { still } from "../state/theme.ts";

const defaults = {
  /** Milliseconds a step is shown. */
  step: 140,
} as const;

export const playing = signal(false);

export function goTo(next: number): void {
  frame.value = Math.max(0, Math.min(frames.value.length - 1, next));
}

export function toggle(): void {
  playing.value = !playing.value;
  if (playing.value && frame.value >= frames.value.length - 1) frame.value = 0;
}

/** "step 5, t = 1". */
export function momentOf(at: number): string {
  const step = frames.value[at] ?? 0;
  const eta = Number(reading.value?.json["learningRate"] ?? 0);
  return `step ${step}, t = ${formatNumber(step * eta, 4)}`;
}

export function Player() {
  const running = playing.value;
  useEffect(() => {
    // frames of the screen are asked for only while something moves
    if (!running) return;
    let last = performance.now();
    const turn = (now: number): void => {
      request = requestAnimationFrame(turn);
      if (now - last < defaults.step) return;
      last = now;
      if (frame.value >= frames.value.length - 1) playing.value = false;
      else frame.value += 1;
    };
    let request = requestAnimationFrame(turn);
    return () => cancelAnimationFrame(request);
  }, [running]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as Element;
      if (event.ctrlKey || event.altKey || event.metaKey || target.closest("input, textarea, select, button, a, summary, [role=tab]"))
        return;
      const moves: Record<string, () => void> = {
        " ": toggle,
        ArrowRight: () => goTo(frame.value + 1),
        ArrowLeft: () => goTo(frame.value - 1),
        Home: () => goTo(0),
        End: () => goTo(frames.value.length - 1),
      };
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      move();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const last = frames.value.length - 1;
  return (
    <fieldset class="player">
      <legend class="hidden">Time</legend>
      <button type="button" aria-label="To the start" onClick={() => goTo(0)} disabled={frame.value <= 0}>
        <span aria-hidden="true">|‹</span>
      </button>
      <button type="button" aria-label="One step back" onClick={() => goTo(frame.value - 1)} disabled={frame.value <= 0}>
        <span aria-hidden="true">‹</span>
      </button>
      <button type="button" class="play" onClick={toggle} aria-pressed={playing.value}>
        {playing.value ? "Pause" : "Play"}
      </button>
      <button type="button" aria-label="One step on" onClick={() => goTo(frame.value + 1)} disabled={frame.value >= last}>
        <span aria-hidden="true">›</span>
      </button>
      <button type="button" aria-label="To the end" onClick={() => goTo(last)} disabled={frame.value >= last}>
        <span aria-hidden="true">›|</span>
      </button>
      <input
        type="range"
        aria-label="Moment"
        aria-valuetext={momentOf(frame.value)}
        min={0}
        max={Math.max(last, 0)}
        value={frame.value}
        onInput={(event) => {
          playing.value = false;
          goTo(Number(event.currentTarget.value));
        }}
      />
      <output data-step={frames.value[frame.value]} class={still.matches ? "moment still" : "moment"}>
        {momentOf(frame.value)}
      </output>
    </fieldset>
  );
}
