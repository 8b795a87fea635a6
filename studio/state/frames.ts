// The moments of the picture: which of SGD's steps are drawn, and which of them is looked at.
import { computed, signal } from "@preact/signals";
import { reading } from "./current.ts";

const defaults = {
  /** Steps that are drawn, at most. */
  most: 40,
} as const;

/** Steps that are drawn: all, or evenly thinned ones with the first and the last. */
export function framesOf(steps: number, most: number = defaults.most): number[] {
  const n = Math.min(steps, most);
  return [...new Set(Array.from({ length: n }, (_, i) => (n === 1 ? steps : Math.round(1 + ((steps - 1) * i) / (n - 1)))))];
}

export const frames = computed<readonly number[]>(() => {
  const steps = Number(reading.value?.json["steps"] ?? 0);
  return steps > 0 ? [0, ...framesOf(steps)] : [];
});

/** Number of the frame that is looked at. */
export const frame = signal(0);
