// One path of one process, step by step. Walkers are stateful and allocate nothing once made; each belongs to one caller.
import type { Vector } from "../numerics/arrays.ts";

/** What a path met that bears on whether its process exists there (interface.md, "When does a model exist?"). */
export interface Encounters {
  /** Largest psd defect of D D^T before projection, over the path so far. */
  defect: number;
  /** Largest z = eta lambda where the model needs z < 1; -Infinity where none was looked at. */
  zMax: number;
  /** Where the largest of both stood; the first place with z >= 1, else that of the largest defect. */
  readonly place: Vector;
}

/** The gradient of one step, noise included: what SGD and SGD with momentum have in common. */
export interface StepGradient {
  /** Begins the path of this number. */
  begin(path: number): void;
  /** Writes g(x, xi) of step `step`; `normals` as in Walker.advance. */
  at(x: Vector, step: number, normals: Float64Array, out: Vector): Vector;
}

export interface Walker {
  /** The present position x_k; NaN or infinite entries mean that the path has overflowed. */
  readonly x: Vector;
  /** Processes with a velocity: (x, v), of which x is the first half. */
  readonly state?: Vector;
  readonly encounters: Encounters;
  /** Begins the path of this number at the problem's start. */
  begin(path: number): void;
  /**
   * From x_k to x_{k+1}.
   * @param step     k, from 0
   * @param normals  the step's standard normals, [fine][d] (numerics/random.ts, normalSource)
   */
  advance(step: number, normals: Float64Array): void;
}

export function newEncounters(d: number): Encounters {
  return { defect: 0, zMax: Number.NEGATIVE_INFINITY, place: new Float64Array(d) };
}

/** Whether every coordinate is a finite number. */
export function isFiniteState(x: Vector): boolean {
  // x - x is 0 for finite numbers and NaN for the rest.
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! - x[i]!;
  return sum === 0;
}
