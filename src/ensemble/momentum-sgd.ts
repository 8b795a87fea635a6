// SGD with momentum, the heavy ball: v+ = beta v - eta g, x+ = x + v+ (theory.md 7), a process with the state (x, v). With beta = 0 its figures are
// those of plain SGD to the last bit. The gradient of a step comes from whoever draws it: sgd.ts, or here the normals of an SDE's substeps.
import type { Momentum, SgdProblem } from "../problem/problem.ts";
import { newEncounters, type StepGradient, type Walker } from "./walker.ts";

export function heavyBallWalker(problem: SgdProblem, { beta, velocity }: Momentum, step: StepGradient): Walker {
  const { objective, learningRate: eta, start } = problem;
  const { d } = objective;
  const state = new Float64Array(2 * d);
  const x = state.subarray(0, d);
  const v = state.subarray(d);
  const gradient = new Float64Array(d);
  return {
    x,
    state,
    encounters: newEncounters(d),
    begin(path) {
      step.begin(path);
      x.set(start);
      v.set(velocity);
    },
    advance(k, normals) {
      step.at(x, k, normals, gradient);
      for (let i = 0; i < d; i++) {
        v[i] = beta * v[i]! - eta * gradient[i]!;
        x[i] = x[i]! + v[i]!;
      }
    },
  };
}

/** Vectors of normals that a step of `fine` pieces takes: with momentum positions have some of their own (momentum-langevin.ts). */
export function vectorsAStep({ momentum }: SgdProblem, fine: number): number {
  return momentum ? 2 * fine : fine;
}

/** Dimension of the state whose moments are asked for: (x, v) with momentum. */
export function stateDimension({ momentum, objective }: SgdProblem): number {
  return momentum ? 2 * objective.d : objective.d;
}

/** Where the state starts. */
export function startState({ momentum, start }: SgdProblem): Float64Array {
  return momentum ? Float64Array.from([...start, ...momentum.velocity]) : start;
}

/**
 * The gradient with Gaussian noise driven by `fine` vectors of normals a step: Sigma^{1/2} sum_j xi_j / sqrt(fine), the increment of the Brownian
 * motion that drives the models beside it.
 * @param noise  multiplies normals by a root of Sigma(x), as sgd.ts makes it
 */
export function summedGradient(
  { objective }: SgdProblem,
  noise: (x: Float64Array, normals: Float64Array, at: number, out: Float64Array) => Float64Array,
  fine: number,
): StepGradient {
  const { d } = objective;
  const sum = new Float64Array(d);
  const draw = new Float64Array(d);
  const share = 1 / Math.sqrt(fine);
  return {
    begin() {},
    at(x, _step, normals, out) {
      sum.fill(0);
      for (let j = 0; j < fine; j++) for (let i = 0; i < d; i++) sum[i]! += normals[j * d + i]!;
      for (let i = 0; i < d; i++) sum[i]! *= share;
      objective.gradient(x, out);
      noise(x, sum, 0, draw);
      for (let i = 0; i < d; i++) out[i]! += draw[i]!;
      return out;
    },
  };
}
