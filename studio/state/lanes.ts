// The lanes of workers: each question has its own, so that a slider is answered while a long answer is still computed.
import { createLane } from "../engine/lane.ts";

const defaults = {
  /** Milliseconds that a short job may take before a newer one ends its worker: one that goes on knows its code well. */
  patience: 1500,
} as const;

const start = (): Worker => new Worker(new URL("../engine/worker.ts", import.meta.url), { type: "module" });

export const lanes = {
  quick: createLane(start, defaults.patience),
  draft: createLane(start, defaults.patience),
  stage: createLane(start),
  answer: createLane(start),
};
// its script is read while the first problem is fetched
lanes.quick.warm();
