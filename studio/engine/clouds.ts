// Particles of SGD and of models, projected on a plane, told in growing parts so that the first thousands are seen at once.
import { EscapementError, pathBlocks, readProblem } from "../../src/index.ts";
import type { CloudPart, Jobs } from "./jobs.ts";

const defaults = {
  substeps: 4,
  seed: 1,
  /** Particles of the first part and at most of any; in between each part is as large as what is already there. */
  first: 1024,
  largest: 20480,
} as const;

/** Tells each process's particles by parts; returns the processes that have none. */
export async function sampleClouds(
  { raw, plane, steps, paths, processes }: Jobs["clouds"]["ask"],
  onPart: (part: CloudPart) => void,
  onProgress: (done: number, total: number, what: string) => void,
): Promise<string[]> {
  const problem = readProblem(raw);
  const { d } = problem.objective;
  const missing: string[] = [];
  const sources = new Map(
    processes.map((id) => [
      id,
      pathBlocks(problem, { models: [id], seed: defaults.seed, paths, substeps: defaults.substeps, steps })[Symbol.asyncIterator](),
    ]),
  );
  let done = 0;
  for (let size: number = defaults.first, have = 0; have < paths; have += size, size = Math.min(have, defaults.largest)) {
    for (const [id, blocks] of sources) {
      const states: Float32Array[] = [];
      let count = 0;
      try {
        while (count < Math.min(size, paths - have)) {
          const { value, done: over } = await blocks.next();
          if (over) break;
          states.push(projected(value.x, value.count));
          count += value.count;
        }
      } catch (error) {
        if (!(error instanceof EscapementError) || error.exitCode !== 3) throw error;
        missing.push(id);
        sources.delete(id);
        continue;
      }
      onPart({ process: id, count, states: byFrame(states, count) });
      done += count;
      onProgress(done, paths * sources.size, "particles");
    }
  }
  return missing;

  /** [particle][frame][2] */
  function projected(x: Float64Array, count: number): Float32Array {
    const points = count * steps.length;
    const out = new Float32Array(points * 2);
    for (let p = 0; p < points; p++) {
      let [a, b] = [0, 0];
      for (let i = 0; i < d; i++) {
        const away = x[p * d + i]! - plane.origin[i]!;
        a += away * plane.u[i]!;
        b += away * plane.v[i]!;
      }
      out[2 * p] = a;
      out[2 * p + 1] = b;
    }
    return out;
  }

  /** Frames first: a frame's particles lie together, as they are drawn. */
  function byFrame(blocks: readonly Float32Array[], count: number): Float32Array {
    const frames = steps.length;
    const out = new Float32Array(count * frames * 2);
    let first = 0;
    for (const block of blocks) {
      const size = block.length / (2 * frames);
      for (let p = 0; p < size; p++)
        for (let k = 0; k < frames; k++) {
          const to = 2 * (k * count + first + p);
          out[to] = block[2 * (p * frames + k)]!;
          out[to + 1] = block[2 * (p * frames + k) + 1]!;
        }
      first += size;
    }
    return out;
  }
}
