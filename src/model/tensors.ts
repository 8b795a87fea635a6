// The derivative tensors of f and the cumulant tensors of its gradient noise at one point, as the evaluator of terms wants them
// (sbea/contract.ts). Tensors come from Objective.derivatives and GradientNoise.cumulant where these are there; otherwise they are
// built from gradients, Hessians, third derivatives along unit vectors and D Sigma along unit vectors, as far as these go.
import { DomainError } from "../errors.ts";
import type { Vector } from "../numerics/arrays.ts";
import type { GradientNoise } from "../problem/noise.ts";
import type { Objective } from "../problem/objective.ts";
import type { TensorSource } from "../sbea/contract.ts";

/**
 * Tensors at x, each computed when first asked for.
 * @throws DomainError `model/tensor` for a tensor that neither the objective nor the noise can give
 */
export function tensorsAt(objective: Objective, noise: GradientNoise, x: Vector): TensorSource {
  const { d } = objective;
  const known = new Map<string, Float64Array>();
  const memoised = (key: string, make: () => Float64Array): Float64Array => {
    let tensor = known.get(key);
    if (!tensor) {
      tensor = make();
      known.set(key, tensor);
    }
    return tensor;
  };
  return {
    d,
    f: (order) => memoised(`f${order}`, () => derivativeTensor(objective, x, order)),
    cumulant: (order, derivatives) => memoised(`k${order},${derivatives}`, () => cumulantTensor(noise, x, d, order, derivatives)),
  };
}

function derivativeTensor(objective: Objective, x: Vector, order: number): Float64Array {
  const { d } = objective;
  const out = new Float64Array(size(d, order));
  if (order === 1) return objective.gradient(x, out);
  if (order === 2 && objective.hessian) return objective.hessian(x, out);
  if (objective.derivatives) return objective.derivatives(order, x, out);
  if (order === 3 && objective.third) {
    const column = new Float64Array(d);
    const u = new Float64Array(d);
    const v = new Float64Array(d);
    for (let j = 0; j < d; j++) {
      for (let k = 0; k <= j; k++) {
        u.fill(0)[j] = 1;
        v.fill(0)[k] = 1;
        objective.third(x, u, v, column);
        for (let i = 0; i < d; i++) out[(i * d + j) * d + k] = out[(i * d + k) * d + j] = column[i]!;
      }
    }
    return out;
  }
  throw missing(`derivatives of order ${order} of a ${objective.kind} objective`);
}

function cumulantTensor(noise: GradientNoise, x: Vector, d: number, order: number, derivatives: number): Float64Array {
  const out = new Float64Array(size(d, order + derivatives));
  if (order === 2 && derivatives === 0) return noise.covariance(x, out);
  if ((derivatives > 0 && noise.constant) || (order > 2 && noise.gaussian)) return out;
  if (noise.cumulant) return noise.cumulant(order, derivatives, x, out);
  if (order === 2 && derivatives === 1) {
    const unit = new Float64Array(d);
    const along = new Float64Array(d * d);
    for (let k = 0; k < d; k++) {
      unit.fill(0)[k] = 1;
      noise.covarianceAlong(x, unit, along);
      for (let ij = 0; ij < d * d; ij++) out[ij * d + k] = along[ij]!;
    }
    return out;
  }
  throw missing(`derivatives of order ${derivatives} of the cumulant of order ${order} of ${noise.kind} noise`);
}

function missing(what: string): DomainError {
  return new DomainError("model/tensor", `There are no ${what} here; formulas have all of them.`, { what });
}

/** d^rank, exactly. */
function size(d: number, rank: number): number {
  let entries = 1;
  for (let r = 0; r < rank; r++) entries *= d;
  return entries;
}
