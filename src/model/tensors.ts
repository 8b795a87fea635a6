// The derivative tensors of f and the cumulant tensors of its gradient noise at one point, as the evaluator of terms wants them
// (sbea/contract.ts). Tensors come from Objective.derivatives and GradientNoise.cumulant where these are there; otherwise they are
// built from gradients, Hessians, third derivatives along unit vectors and D Sigma along unit vectors, as far as these go.
import { DomainError } from "../errors.ts";
import type { Vector } from "../numerics/arrays.ts";
import type { GradientNoise } from "../problem/noise.ts";
import type { Objective } from "../problem/objective.ts";
import type { TensorSource } from "../sbea/contract.ts";
import type { Factor } from "../sbea/term.ts";

/** Tensors at the point that was moved to last, each computed when first asked for there and overwritten at the next point. */
export interface MovingTensors extends TensorSource {
  moveTo(x: Vector): void;
}

/** @throws DomainError `model/tensor`, when asked for a tensor that neither the objective nor the noise can give */
export function movingTensors(objective: Objective, noise: GradientNoise): MovingTensors {
  const { d } = objective;
  const at = new Float64Array(d);
  const ofObjective: Slot[] = [];
  const ofNoise: Slot[][] = [];
  let point = 0;
  const filled = (slot: Slot, fill: (out: Float64Array) => void): Float64Array => {
    if (slot.point !== point) {
      fill(slot.tensor);
      slot.point = point;
    }
    return slot.tensor;
  };
  return {
    d,
    moveTo(x) {
      at.set(x);
      point++;
    },
    f(order) {
      const slot = (ofObjective[order] ??= emptySlot(d, order));
      return filled(slot, (out) => derivativeTensor(objective, at, order, out));
    },
    cumulant(order, derivatives) {
      const slots = (ofNoise[order] ??= []);
      const slot = (slots[derivatives] ??= emptySlot(d, order + derivatives));
      return filled(slot, (out) => cumulantTensor(noise, at, d, order, derivatives, out));
    },
  };
}

/** Tensors at x alone. */
export function tensorsAt(objective: Objective, noise: GradientNoise, x: Vector): TensorSource {
  const tensors = movingTensors(objective, noise);
  tensors.moveTo(x);
  return tensors;
}

/** A tensor, and the number of the point at which it was filled. */
interface Slot {
  readonly tensor: Float64Array;
  point: number;
}

function emptySlot(d: number, rank: number): Slot {
  return { tensor: new Float64Array(entriesOf(d, rank)), point: 0 };
}

function derivativeTensor(objective: Objective, x: Vector, order: number, out: Float64Array): void {
  const { d } = objective;
  if (order === 1) objective.gradient(x, out);
  else if (order === 2 && objective.hessian) objective.hessian(x, out);
  else if (objective.derivatives) objective.derivatives(order, x, out);
  else if (order === 3 && objective.third) {
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
  } else throw missing(`derivatives of order ${order} of a ${objective.kind} objective`);
}

function cumulantTensor(noise: GradientNoise, x: Vector, d: number, order: number, derivatives: number, out: Float64Array): void {
  if (order === 2 && derivatives === 0) noise.covariance(x, out);
  else if ((derivatives > 0 && noise.constant) || (order > 2 && noise.gaussian)) out.fill(0);
  else if (noise.cumulant) noise.cumulant(order, derivatives, x, out);
  else if (order === 2 && derivatives === 1) {
    const unit = new Float64Array(d);
    const along = new Float64Array(d * d);
    for (let k = 0; k < d; k++) {
      unit.fill(0)[k] = 1;
      noise.covarianceAlong(x, unit, along);
      for (let ij = 0; ij < d * d; ij++) out[ij * d + k] = along[ij]!;
    }
  } else throw missing(`derivatives of order ${derivatives} of the cumulant of order ${order} of ${noise.kind} noise`);
}

function missing(what: string): DomainError {
  return new DomainError("model/tensor", `There are no ${what} here; formulas have all of them.`, { what });
}

/** The tensor of this factor, in words, where it is not to be had of the objective and the noise; undefined where it is. */
export function lackingTensor(objective: Objective, noise: GradientNoise, factor: Factor): string | undefined {
  const order = factor.indices.length;
  if (factor.tensor === "f") {
    const known = order <= 1 || objective.derivatives || (order === 2 && objective.hessian) || (order === 3 && objective.third);
    return known ? undefined : `derivatives of f of order ${order}`;
  }
  const along = factor.along.length;
  const vanishes = (along > 0 && noise.constant) || (order > 2 && noise.gaussian);
  if (vanishes || noise.cumulant || (order === 2 && along <= 1)) return undefined;
  return `derivatives of order ${along} of the noise's cumulant of order ${order}`;
}

/** d^rank, exactly. */
export function entriesOf(d: number, rank: number): number {
  let entries = 1;
  for (let r = 0; r < rank; r++) entries *= d;
  return entries;
}
