// Where a frame's nodes ask for the values of functions. Nodes far out carry next to no mass, but what functions do there is not
// always harmless: a step of SGD on a quartic explodes, roots have no value. So farther out than `reach` standard deviations of the
// frame functions can be continued by their value at that distance, on the straight line to the frame's center (that costs accuracy:
// 1e-9 at a reach of 7); and where there is no finite value, by that at a point nearer in. What a law does out there does not matter,
// only that it is bounded. A point in the bulk without a value is another matter: LostLawError says so.
import type { PlaneFrame } from "./plane-frame.ts";

const defaults = {
  /** Without a value nearer than this, there is no answer: 3e-7 of a Gaussian lies beyond. */
  bulk: 5.5,
  /** Part of the way that is kept, again and again. */
  shrink: 0.8,
};

/** Thrown where a law cannot be followed (at this degree); caught by plane-follow.ts. */
export class LostLawError extends Error {}

const point = new Float64Array(2);

/** Calls `evaluate` at (x, y), or at the first place nearer to the frame's center that may be asked and where it returns true. */
export function evaluateWithin(frame: PlaneFrame, reach: number, x: number, y: number, evaluate: (point: Float64Array) => boolean): void {
  const u = (x - frame.x) / frame.a;
  const v = (y - frame.y - frame.b * u) / frame.c;
  const distance = Math.sqrt(u * u + v * v);
  let part = Math.min(1, reach / distance);
  for (;;) {
    point[0] = part === 1 ? x : frame.x + part * (x - frame.x);
    point[1] = part === 1 ? y : frame.y + part * (y - frame.y);
    if (evaluate(point)) return;
    part *= defaults.shrink;
    if (!(part * distance > defaults.bulk)) throw new LostLawError(`no finite value at (${point[0]}, ${point[1]})`);
  }
}
