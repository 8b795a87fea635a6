// The same problem at another learning rate, horizon or start: fields and normal form together.
import type { Vector } from "../numerics/arrays.ts";
import type { SgdProblem } from "./problem.ts";

/** At learning rate eta, with so many steps. `at` keeps what still lies within them. */
export function withLearningRate(problem: SgdProblem, learningRate: number, steps: number = problem.steps): SgdProblem {
  const kept = problem.at.filter((k) => k <= steps);
  const at = kept.length > 0 ? kept : [steps];
  return Object.freeze({ ...problem, learningRate, steps, at, json: { ...problem.json, learningRate, steps, at } });
}

/** With other steps asked about, and the horizon extended to hold them. */
export function withSteps(problem: SgdProblem, at: readonly number[]): SgdProblem {
  const steps = Math.max(problem.steps, ...at);
  return Object.freeze({ ...problem, at, steps, json: { ...problem.json, at, steps } });
}

export function withStart(problem: SgdProblem, start: Vector): SgdProblem {
  return Object.freeze({ ...problem, start, json: { ...problem.json, start: Array.from(start) } });
}
