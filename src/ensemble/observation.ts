// What is looked at along paths, as data (ObservationSpec, part of a job) and as the function that it names. A new observation is a case here
// and, where generated kernels should know it, one in kernel/observation-formulas.ts.
import type { Vector } from "../numerics/arrays.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { stateDimension } from "./momentum-sgd.ts";

/**
 * "tests": the problem's test functions. "state": x itself. "moments": y = x - center, then y_i y_j for j <= i;
 * centers by [process][place][coordinate]. With momentum x is (x, v), and a process without a velocity has v = 0.
 */
export type ObservationSpec =
  | { readonly kind: "tests" }
  | { readonly kind: "state" }
  | { readonly kind: "moments"; readonly centers: readonly (readonly (readonly number[])[])[] };

export interface Observation {
  /** Values a step. */
  readonly size: number;
  /** Writes the values of the state x, seen at the place-th of the job's steps, from out[at] on; process 0 is SGD (or the only one). */
  observe(x: Vector, place: number, process: number, out: Float64Array, at: number): void;
}

export function observationOf(spec: ObservationSpec, problem: SgdProblem): Observation {
  const d = stateDimension(problem);
  switch (spec.kind) {
    case "tests": {
      const { tests } = problem;
      return {
        size: tests.length,
        observe(x, _place, _process, out, at) {
          for (let v = 0; v < tests.length; v++) out[at + v] = tests[v]!.value(x);
        },
      };
    }
    case "state":
      return {
        size: d,
        observe(x, _place, _process, out, at) {
          for (let i = 0; i < d; i++) out[at + i] = x[i] ?? 0;
        },
      };
    case "moments":
      return {
        size: d + (d * (d + 1)) / 2,
        observe(x, place, process, out, at) {
          const center = spec.centers[process]![place]!;
          for (let i = 0; i < d; i++) out[at + i] = (x[i] ?? 0) - center[i]!;
          let to = at + d;
          for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) out[to++] = out[at + i]! * out[at + j]!;
        },
      };
  }
}
