// The heavy ball's generator at a point (x, p): L_q phi from the tensors of f and of the noise, and sizes of its terms. Exact to rounding.
import type { DerivedSource } from "../answer/derive.ts";
import { contractTerm, memoised, type TensorSource } from "./contract.ts";
import type { HeavyBallOrder, HeavyBallTerm } from "./heavy-ball.ts";
import { heavyBallSource } from "./heavy-ball-text.ts";

/** The tensors at x with the velocity p and gamma beside them. */
export interface HeavyBallPoint {
  readonly tensors: TensorSource;
  readonly p: Float64Array;
  readonly gamma: number;
}

/** The tensors of contractions, in which the velocity is the cumulant of order 1. */
export function withVelocity({ tensors, p }: HeavyBallPoint): TensorSource {
  return memoised({ ...tensors, cumulant: (rank, along) => (rank === 1 ? p : tensors.cumulant(rank, along)) });
}

/** coefficient gamma^n (contraction): d^operatorOrder entries, in the order of the term's free indices. */
export function coefficientTensor({ term, gammaPower, operatorOrder }: HeavyBallTerm, tensors: TensorSource, gamma: number): Float64Array {
  let entries = 1;
  for (let k = 0; k < operatorOrder; k++) entries *= tensors.d;
  const out = contractTerm(term, tensors, new Float64Array(entries));
  let factor = 1;
  for (let k = 0; k < gammaPower; k++) factor *= gamma;
  for (let i = 0; i < entries; i++) out[i]! *= factor;
  return out;
}

/**
 * L_0 phi .. L_order phi at the point.
 * @param derivatives  phi's tensor of derivatives of this order in the state (x_1 .. x_d, p_1 .. p_d), (2d)^n entries
 */
export function applyHeavyBall(
  generator: readonly HeavyBallOrder[],
  point: HeavyBallPoint,
  derivatives: (order: number) => Float64Array,
): number[] {
  const tensors = withVelocity(point);
  const { d } = tensors;
  return generator.map(({ terms }) => {
    let sum = 0;
    for (const one of terms) {
      const own = coefficientTensor(one, tensors, point.gamma);
      const phi = derivatives(one.operatorOrder);
      for (let i = 0; i < own.length; i++) {
        if (own[i] !== 0) sum += own[i]! * phi[placeInState(i, one, d)]!;
      }
    }
    return sum;
  });
}

/** Where entry i of a term's tensor stands among derivatives in the state. */
function placeInState(i: number, { along }: HeavyBallTerm, d: number): number {
  let [place, stride] = [0, 1];
  for (let k = along.length - 1; k >= 0; k--) {
    place += ((i % d) + (along[k] === "p" ? d : 0)) * stride;
    i = Math.floor(i / d);
    stride *= 2 * d;
  }
  return place;
}

/** Norm of the terms of one order, operator order and source: the root of the sum of squares of their sum's entries, by parts of the state. */
export interface HeavyBallSize {
  readonly order: number;
  readonly operatorOrder: number;
  readonly source: DerivedSource;
  readonly norm: number;
}

/** Frobenius norms of the operators' coefficients on the state, without powers of h. */
export function heavyBallSizes(generator: readonly HeavyBallOrder[], point: HeavyBallPoint): HeavyBallSize[] {
  const tensors = withVelocity(point);
  return generator.flatMap(({ order, terms }) => {
    const sums = new Map<string, { operatorOrder: number; source: DerivedSource; tensor: Float64Array }>();
    for (const one of terms) {
      const source = heavyBallSource(one);
      const name = `${one.operatorOrder} ${one.along.join("")} ${source}`;
      const own = coefficientTensor(one, tensors, point.gamma);
      const known = sums.get(name);
      if (known) for (let i = 0; i < own.length; i++) known.tensor[i]! += own[i]!;
      else sums.set(name, { operatorOrder: one.operatorOrder, source, tensor: own });
    }
    const sizes = new Map<string, HeavyBallSize>();
    for (const { operatorOrder, source, tensor } of sums.values()) {
      const name = `${operatorOrder} ${source}`;
      const before = sizes.get(name)?.norm ?? 0;
      const norm = Math.sqrt(tensor.reduce((sum, value) => sum + value * value, before * before));
      sizes.set(name, { order, operatorOrder, source, norm });
    }
    return [...sizes.values()];
  });
}
