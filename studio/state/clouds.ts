// The particles of a picture in two dimensions or more.
import { signal } from "@preact/signals";
import type { CloudPart, Raw, Reading } from "../engine/jobs.ts";
import { message } from "./current.ts";
import { frames } from "./frames.ts";
import { lanes } from "./lanes.ts";
import { stageWork } from "./stage-work.ts";

const defaults = {
  particles: 100_000,
  /** The least that is drawn, however many steps there are. */
  least: 1024,
  /** Floats that the particles of one process may take. */
  room: 12e6,
  /** Steps of all paths of one process, shared out over the dimensions beyond two: with a kernel some seconds, path by path half a minute. */
  kernelWork: 4e7,
  work: 4e6,
} as const;

export const clouds = signal<{ readonly for: Reading; readonly parts: ReadonlyMap<string, readonly CloudPart[]> } | null>(null);

/** The one model whose particles are drawn beside SGD's. */
export const partner = signal("ha-sme");

/** Particles of each process. */
function particlesOf({ d, tex, json }: Reading): number {
  // formulas have kernels but for minibatches (ensemble/kernel/kernel-for.ts)
  const hasKernel = tex !== null && !("minibatch" in (json["noise"] as object));
  const work = (hasKernel ? defaults.kernelWork : defaults.work) / (d === 2 ? 1 : d);
  const most = Math.min(defaults.particles, defaults.room / (2 * frames.value.length), work / Number(json["steps"]));
  return Math.max(defaults.least, Math.floor(most));
}

export function askClouds(raw: Raw, found: Reading): void {
  if (found.landscape?.kind !== "plane") {
    stageWork.value = null;
    return;
  }
  const parts = new Map<string, CloudPart[]>();
  stageWork.value = { what: "particles", part: 0 };
  lanes.stage.ask(
    {
      kind: "clouds",
      raw,
      plane: found.landscape.plane,
      steps: frames.value,
      paths: particlesOf(found),
      processes: ["sgd", partner.value],
    },
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
