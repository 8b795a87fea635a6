// A local minimiser of f near a point: Newton's method with |eigenvalues| of H (so that it descends at negative curvature, too) and
// halving of the step; at a stationary point that is no minimum it leaves along the direction of least curvature. Not a global search.
import type { Vector } from "../numerics/arrays.ts";
import { symmetricEigen } from "../numerics/eigen.ts";
import { dot, maxAbs } from "../numerics/linear.ts";
import type { Objective } from "../problem/objective.ts";

const defaults = {
  maxSteps: 400,
  /** Steps below this times 1 + |x| end the search: the rounding of x. */
  step: 4e-16,
  /** The gradient must be below this times its largest size met, or times |H| (1 + |x|). */
  gradient: 1e-12,
  /** Least |eigenvalue| a step divides by, over the largest: flat directions are followed, not jumped along. */
  curvature: 1e-10,
};

export type Optimum = { readonly x: Vector; readonly steps: number } | { readonly failure: string };

/** A local minimiser reached from `start`, gradient below about 1e-12 of its scale; or in words why none was. */
export function findOptimum(objective: Objective, start: Vector): Optimum {
  const { d } = objective;
  if (objective.quadratic) return quadraticOptimum(objective);
  if (!objective.hessian) return { failure: `the objective (${objective.kind}) has no Hessian here` };
  let x = Float64Array.from(start);
  const g = new Float64Array(d);
  const hessian = new Float64Array(d * d);
  let largestGradient = 0;
  for (let steps = 0; steps < defaults.maxSteps; steps++) {
    const value = objective.value(x);
    objective.gradient(x, g);
    const eigen = symmetricEigen(objective.hessian(x, hessian), d);
    if (!Number.isFinite(value) || !g.every(Number.isFinite) || Number.isNaN(eigen.values[0]!))
      return { failure: "f is not finite on the way" };
    largestGradient = Math.max(largestGradient, maxAbs(g));
    const size = Math.max(Math.abs(eigen.values[0]!), Math.abs(eigen.values[d - 1]!));
    const reach = 1 + maxAbs(x);
    const scale = Math.max(largestGradient, size * reach);
    const settled = maxAbs(g) <= defaults.gradient * scale;
    const p = newtonStep(eigen, g, size, d);
    if (settled && eigen.values[0]! < -1e-10 * size) {
      // A saddle or a maximum: its own gradient leads nowhere.
      const away = 1e-3 * reach;
      for (let i = 0; i < d; i++) p[i] = away * eigen.vectors[i * d]!;
      x = x.map((v, i) => v + p[i]!);
      continue;
    }
    if (settled && (maxAbs(g) === 0 || maxAbs(p) <= defaults.step * reach)) return { x, steps };
    const slope = dot(g, p);
    let t = 1;
    let next = x;
    for (; t > 1e-12; t /= 2) {
      next = x.map((v, i) => v + t * p[i]!);
      const tried = objective.value(next);
      // Near the minimum f itself is rounding: there a full step is taken if the gradient falls.
      if (tried <= value + 1e-4 * t * slope || (settled && tried - value <= 1e-14 * (Math.abs(value) + 1e-300))) break;
    }
    if (t <= 1e-12) return settled ? { x, steps } : { failure: "no step lowers f any further, but the gradient is not small" };
    if (maxAbs(next.map((v, i) => v - x[i]!)) === 0 && settled) return { x, steps };
    if (maxAbs(next) > 1e12 * (1 + maxAbs(start))) return { failure: "f falls all the way to infinity" };
    if (settled && maxAbs(objective.gradient(next, new Float64Array(d))) >= maxAbs(g)) return { x, steps };
    x = next;
  }
  return { failure: `the gradient is not small after ${defaults.maxSteps} steps of Newton's method` };
}

function quadraticOptimum(objective: Objective): Optimum {
  const { matrix, center } = objective.quadratic!;
  const { values } = symmetricEigen(matrix, objective.d);
  const largest = maxAbs(values);
  if (values[0]! < -4 * objective.d * Number.EPSILON * largest)
    return { failure: `the quadratic has negative curvature (smallest eigenvalue ${values[0]})` };
  return { x: Float64Array.from(center), steps: 0 };
}

/** -U diag(1/max(|lambda|, floor)) U^T g. */
function newtonStep(eigen: { values: Vector; vectors: Float64Array }, g: Vector, size: number, d: number): Vector {
  const p = new Float64Array(d);
  const floor = Math.max(defaults.curvature * size, Number.MIN_VALUE * 1e10);
  for (let k = 0; k < d; k++) {
    let along = 0;
    for (let i = 0; i < d; i++) along += eigen.vectors[i * d + k]! * g[i]!;
    along /= -Math.max(Math.abs(eigen.values[k]!), floor);
    for (let i = 0; i < d; i++) p[i]! += along * eigen.vectors[i * d + k]!;
  }
  return p;
}
