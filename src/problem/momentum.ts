// The heavy ball's fields of a problem file: `momentum` beta and `velocity` v_0. beta = 0 is plain SGD, which forgets its velocity: it reads as a
// problem without momentum, so that every figure is plain SGD's, to the last byte.
import type { Momentum } from "./problem.ts";
import type { ProblemFile } from "./schema.ts";
import { fieldError } from "./schema-errors.ts";

/** Undefined for beta = 0. The schema has checked 0 <= beta < 1. */
export function readMomentum(file: ProblemFile, d: number): Momentum | undefined {
  const { momentum: beta = 0, velocity } = file;
  if (velocity !== undefined && velocity.length !== d)
    throw fieldError(
      "velocity",
      `has ${velocity.length} ${velocity.length === 1 ? "entry" : "entries"}`,
      `${d}, one for each coordinate`,
      velocity,
    );
  if (velocity !== undefined && file.momentum === undefined)
    throw fieldError("velocity", "goes with a momentum, and none is given", "momentum (--momentum) in [0, 1) beside it", velocity);
  if (beta === 0) return undefined;
  return Object.freeze({ beta, velocity: velocity === undefined ? new Float64Array(d) : Float64Array.from(velocity) });
}
