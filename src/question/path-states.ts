// The states of many paths at some steps, in growing parts, for pictures: from the generated kernels where the process has one (the states
// whose moments `paths` tells, rounded once to 32 bits), else path by path.
import { type StateRunner, stateRunner } from "../ensemble/kernel/states.ts";
import { otherTasks } from "../ensemble/run.ts";
import { InterruptedError } from "../errors.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { checkCount, type PathsOptions, pathBlocks, schemeAtStart } from "./paths.ts";

const defaults = {
  /** Milliseconds of kernel, roughly, between two looks at the event loop: so many path-steps. */
  pathSteps: 1e5,
} as const;

export interface StatesPart {
  /** Number of the first path. */
  readonly first: number;
  readonly count: number;
  /** [step][path][i], i < d; NaN from the step on at which a path overflowed. */
  readonly x: Float32Array;
  readonly backend: StateRunner["backend"];
}

/**
 * Parts in the order of the paths' numbers.
 * @param options.steps  steps that are kept, ascending, from 0
 * @throws NoAnswerError where the model is no process at the start; InterruptedError when `signal` says so
 */
export async function* pathStates(
  problem: SgdProblem,
  options: PathsOptions & { readonly steps: readonly number[]; readonly paths: number },
): AsyncGenerator<StatesPart> {
  const { steps, paths, seed = 1, signal } = options;
  checkCount(paths);
  const scheme = schemeAtStart(problem, options);
  const { d } = problem.objective;
  const runner = stateRunner(scheme, steps, seed, { normals: options.normals });
  if (!runner) {
    for await (const { first, count, x } of pathBlocks(problem, options))
      yield { first, count, x: byStep(x, count, steps.length, d), backend: "javascript" };
    return;
  }
  const atOnce = Math.max(1, Math.floor(defaults.pathSteps / (runner.paths * Math.max(1, steps.at(-1) ?? 0))));
  for (let first = 0, batches = 1; first < paths; first += runner.paths, batches++) {
    if (signal?.aborted) throw new InterruptedError("question/paths", "Interrupted.");
    const count = Math.min(runner.paths, paths - first);
    const states = new Float32Array(steps.length * count * runner.size);
    runner.run(first, count, states);
    yield { first, count, x: runner.size === d ? states : positions(states, runner.size, d), backend: runner.backend };
    if (batches % atOnce === 0) await otherTasks();
  }
}

/** [path][step][i] as [step][path][i]. */
function byStep(x: Float64Array, count: number, steps: number, d: number): Float32Array {
  const out = new Float32Array(x.length);
  for (let p = 0; p < count; p++)
    for (let k = 0; k < steps; k++) for (let i = 0; i < d; i++) out[(k * count + p) * d + i] = x[(p * steps + k) * d + i]!;
  return out;
}

/** The first d entries of each state: with momentum velocities come behind them. */
function positions(states: Float32Array, size: number, d: number): Float32Array {
  const points = states.length / size;
  const out = new Float32Array(points * d);
  for (let p = 0; p < points; p++) for (let i = 0; i < d; i++) out[p * d + i] = states[p * size + i]!;
  return out;
}
