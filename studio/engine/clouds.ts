// Particles of SGD and of models, projected on a plane, told in growing parts so that the first thousands are seen at once.
import { EscapementError, pathStates, type StatesPart } from "../../src/index.ts";
import type { CloudPart, Jobs, Plane } from "./jobs.ts";
import { problemOf } from "./problem.ts";

const defaults = {
  substeps: 4,
  seed: 1,
  /** Particles of the first part and at most of any; in between each part is as large as what is already there. */
  first: 1024,
  largest: 25600,
} as const;

/** Tells each process's particles by parts; returns the processes that have none. */
export async function sampleClouds(
  { raw, plane, steps, paths, processes }: Jobs["clouds"]["ask"],
  onPart: (part: CloudPart) => void,
  onProgress: (done: number, total: number, what: string) => void,
): Promise<string[]> {
  const problem = problemOf(raw);
  const { d } = problem.objective;
  const missing: string[] = [];
  const sources = new Map(
    processes.map((id) => [
      id,
      pathStates(problem, { models: [id], seed: defaults.seed, paths, substeps: defaults.substeps, steps })[Symbol.asyncIterator](),
    ]),
  );
  let done = 0;
  for (let size: number = defaults.first, have = 0; have < paths; have += size, size = Math.min(have, defaults.largest)) {
    for (const [id, source] of sources) {
      const wanted = Math.min(size, paths - have);
      const states: StatesPart[] = [];
      let count = 0;
      try {
        while (count < wanted) {
          const { value, done: over } = await source.next();
          if (over) break;
          states.push(value);
          count += value.count;
        }
      } catch (error) {
        if (!(error instanceof EscapementError) || error.exitCode !== 3) throw error;
        missing.push(id);
        sources.delete(id);
        continue;
      }
      onPart({ process: id, count, states: joined(states, count, steps.length, d, plane), backend: states[0]?.backend ?? "javascript" });
      done += count;
      onProgress(done, paths * sources.size, "particles");
    }
  }
  return missing;
}

/** [frame][particle][2]: a frame's particles lie together, as they are drawn. */
function joined(parts: readonly StatesPart[], count: number, frames: number, d: number, { origin, u, v }: Plane): Float32Array {
  const out = new Float32Array(count * frames * 2);
  // in two dimensions the plane is the coordinates'
  const plain = d === 2 && origin.every((each) => each === 0) && u[0] === 1 && u[1] === 0 && v[0] === 0 && v[1] === 1;
  let before = 0;
  for (const { count: some, x } of parts) {
    for (let k = 0; k < frames; k++) {
      const to = 2 * (k * count + before);
      if (plain) {
        out.set(x.subarray(2 * k * some, 2 * (k + 1) * some), to);
        continue;
      }
      for (let p = 0; p < some; p++) {
        let [a, b] = [0, 0];
        for (let i = 0; i < d; i++) {
          const away = x[(k * some + p) * d + i]! - origin[i]!;
          a += away * u[i]!;
          b += away * v[i]!;
        }
        out[to + 2 * p] = a;
        out[to + 2 * p + 1] = b;
      }
    }
    before += some;
  }
  return out;
}
