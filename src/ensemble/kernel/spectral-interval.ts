// Where the eigenvalues of eta H lie along SGD's paths, without computing one: with m = tr H/d all of them are within sqrt((d-1)/d) |H - m I|_F
// of m (Samuelson's inequality; Wolkowicz and Styan, Linear Algebra Appl. 29, 1980). An interval that holds these bounds on pilot paths, with
// room beside it, is where kernels take polynomials in H to be good; every step checks its own bound, and a path that leaves the interval is
// computed the readable way.
import { normalSource } from "../../numerics/random.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import { sgdWalker } from "../sgd.ts";
import { isFiniteState } from "../walker.ts";

/** Of z = eta lambda. */
export interface SpectralInterval {
  readonly middle: number;
  readonly radius: number;
}

const pilot = {
  paths: 64,
  mostSteps: 256,
  /** Pilot paths left out of the interval, fewest first: a few far ones must not make it too long for polynomials. */
  leftOut: [0, 4, 8],
  /** Room, as a share of the interval's length, at both ends. */
  room: 0.15,
  /** A stream of its own: the interval does not hang on the seed of the run. */
  seed: 0,
};

/** Intervals to try, the longest first. */
export function spectralIntervals(problem: SgdProblem): SpectralInterval[] {
  const { objective, learningRate: eta, steps } = problem;
  const { d } = objective;
  const hessian = new Float64Array(d * d);
  const normals = new Float64Array(d);
  const source = normalSource(pilot.seed, d, "fast");
  const sgd = sgdWalker(problem, pilot.seed, "sgd-gaussian");
  const reached = Array.from({ length: pilot.paths }, (_, path) => {
    const range = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
    const look = (): void => {
      objective.hessian!(sgd.x, hessian);
      const { mean, spread } = eigenvalueBounds(hessian, d);
      range.low = Math.min(range.low, eta * (mean - spread));
      range.high = Math.max(range.high, eta * (mean + spread));
    };
    sgd.begin(path);
    look();
    for (let k = 0; k < Math.min(steps, pilot.mostSteps); k++) {
      source.fill(path, k, 1, normals);
      sgd.advance(k, normals);
      if (!isFiniteState(sgd.x)) break;
      look();
    }
    return range;
  });
  reached.sort((a, b) => b.high - b.low - (a.high - a.low));
  return pilot.leftOut.flatMap((count) => {
    const kept = reached.slice(count);
    const low = Math.min(...kept.map((range) => range.low));
    const high = Math.max(...kept.map((range) => range.high));
    const radius = Math.max((0.5 + pilot.room) * (high - low), 1e-6);
    const middle = 0.5 * (low + high);
    return Number.isFinite(middle) && Number.isFinite(radius) ? [{ middle, radius }] : [];
  });
}

/** All eigenvalues of a symmetric matrix are within `spread` of their mean. */
function eigenvalueBounds(h: Float64Array, d: number): { mean: number; spread: number } {
  let [trace, squares] = [0, 0];
  for (let i = 0; i < d; i++) trace += h[i * d + i]!;
  for (let k = 0; k < d * d; k++) squares += h[k]! * h[k]!;
  return { mean: trace / d, spread: Math.sqrt(((d - 1) / d) * Math.max(0, squares - (trace * trace) / d)) };
}
