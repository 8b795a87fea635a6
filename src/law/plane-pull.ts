// Nodes far out in a frame carry next to no mass, but functions are asked for there. Where they have no finite value (an overflow, a
// root of something negative), the value is taken at a point nearer to the frame's center, on the straight line to it: what a law does
// out there does not matter, only that it is bounded. A node that is pulled in although it lies in the bulk is another matter: the
// functions do not exist where the law lives, and NotFiniteError says so.
import type { PlaneFrame } from "./plane-frame.ts";

const defaults = {
  /** Nodes farther than this many standard deviations of the frame are far out: a Gaussian has 3e-7 of its mass there. */
  farOut: 5.5,
  /** Part of the way that is kept, again and again. */
  shrink: 0.8,
};

/** Thrown where functions have no value in the bulk of a law; caught by plane.ts, which answers `not-converged`. */
export class NotFiniteError extends Error {
  readonly place: readonly [number, number];
  constructor(x: number, y: number) {
    super(`no finite value at (${x}, ${y})`);
    this.place = [x, y];
  }
}

const point = new Float64Array(2);

/** Calls `evaluate` at (x, y), or at the first point on the way to the frame's center where it returns true. */
export function pulledTowards(frame: PlaneFrame, x: number, y: number, evaluate: (point: Float64Array) => boolean): void {
  point[0] = x;
  point[1] = y;
  if (evaluate(point)) return;
  const u = (x - frame.x) / frame.a;
  const v = (y - frame.y - frame.b * u) / frame.c;
  let distance = Math.sqrt(u * u + v * v);
  while (distance > defaults.farOut) {
    point[0] = frame.x + defaults.shrink * (point[0]! - frame.x);
    point[1] = frame.y + defaults.shrink * (point[1]! - frame.y);
    distance *= defaults.shrink;
    if (evaluate(point)) return;
  }
  throw new NotFiniteError(point[0]!, point[1]!);
}
