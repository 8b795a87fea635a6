// A local minimiser of f where only gradients and Hessian-vector products are to be had: Newton's method with conjugate gradients (Steihaug
// 1983: stops at negative curvature and goes along it) and halving of the step. Not a global search; a saddle's own gradient leads nowhere, so
// whether the point is a minimum is for the spectrum to say.
import type { Vector } from "../numerics/arrays.ts";
import { dot } from "../numerics/linear.ts";
import type { Objective } from "../problem/objective.ts";
import { conjugateGradients } from "./conjugate-gradients.ts";
import { norm } from "./krylov.ts";

export const newtonCgDefaults = {
  maxSteps: 500,
  /** Products for one step. */
  maxProducts: 1000,
  /** |grad f| at which it ends, times max(1, the largest gradient met). */
  gradient: 1e-11,
};

export type NewtonCgResult =
  | { readonly x: Vector; readonly gradientNorm: number; readonly products: number }
  | { readonly failure: string; readonly x: Vector; readonly gradientNorm: number };

export function newtonCg(
  objective: Objective,
  start: Vector,
  options: Partial<typeof newtonCgDefaults> & { readonly onStep?: (gradientNorm: number, step: number) => void } = {},
): NewtonCgResult {
  const ask = { ...newtonCgDefaults, ...options };
  const { d } = objective;
  const times = objective.hessianTimes!;
  let x = Float64Array.from(start);
  let g = objective.gradient(x, new Float64Array(d));
  let value = objective.value(x);
  let largest = norm(g);
  let products = 0;
  let best = Number.POSITIVE_INFINITY;
  let stalled = 0;
  for (let step = 0; step < ask.maxSteps; step++) {
    const size = norm(g);
    if (!Number.isFinite(size) || !Number.isFinite(value)) return { failure: "f is not finite on the way", x, gradientNorm: size };
    largest = Math.max(largest, size);
    options.onStep?.(size, step);
    if (size <= ask.gradient * Math.max(1, largest)) return { x, gradientNorm: size, products };
    // rounding of the gradient itself is the end, if nothing is gained any more
    if (size < 0.5 * best) [best, stalled] = [size, 0];
    else if (++stalled > 20 && size <= 1e3 * ask.gradient * Math.max(1, largest)) return { x, gradientNorm: size, products };
    const accuracy = Math.max(Math.min(0.5, Math.sqrt(size / largest)), 1e-8);
    const downhill = g.map((v) => -v);
    const inner = conjugateGradients((v, out) => times(x, v, out), downhill, accuracy, ask.maxProducts);
    products += inner.products;
    // along what was met f is concave: with nothing gained yet, down the gradient by its own length; else what there is
    const along = inner.notPositive && inner.products === 1 ? downhill : inner.solution;
    const slope = dot(g, along);
    let t = 1;
    let next = x;
    let nextValue = value;
    let nextGradient = g;
    for (; t > 1e-14; t /= 2) {
      next = x.map((v, i) => v + t * along[i]!);
      nextValue = objective.value(next);
      if (nextValue <= value + 1e-4 * t * slope) break;
      // near the minimum f itself is rounding: there the gradient decides
      if (Math.abs(nextValue - value) <= 1e-13 * Math.max(Math.abs(value), 1e-300)) {
        nextGradient = objective.gradient(next, new Float64Array(d));
        if (norm(nextGradient) < size) break;
      }
    }
    if (t <= 1e-14) return { failure: "no step lowers f any further, but the gradient is not small", x, gradientNorm: size };
    x = next;
    value = nextValue;
    g = objective.gradient(x, new Float64Array(d));
    if (norm(x) > 1e10 * (1 + norm(start))) return { failure: "f falls all the way to infinity", x, gradientNorm: norm(g) };
  }
  return { failure: `the gradient is not small after ${ask.maxSteps} steps of Newton's method`, x, gradientNorm: norm(g) };
}
