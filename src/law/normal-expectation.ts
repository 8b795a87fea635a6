// E phi(m + s Z) for a standard normal Z, any phi of one variable: two Gauss-Hermite rules, and where they differ (kinks, steep or
// narrow phi) adaptive panels on m +- 9.5 s, beyond which lie 2e-21 of the mass. Does not do: phi that grows like exp(x²).
import { exp } from "../numerics/elementary.ts";
import { integrate } from "../numerics/integrate.ts";
import { gaussHermite } from "../numerics/quadrature.ts";

const defaults = { coarse: 40, fine: 56, reach: 9.5, pieces: 8, agreement: 1e-14 };

export interface NormalExpectation {
  readonly value: number;
  /** Bound: difference of two rules, and rounding. */
  readonly error: number;
  /** E phi², by the finer rule: a scale, good to some digits only. */
  readonly square: number;
}

/**
 * @param scale  a size of E |phi| below which errors are let be: accuracy is 1e-14 of it, or of E |phi| itself where that is larger
 * @returns NaN throughout where phi is not finite somewhere on the reach
 */
export function normalExpectation(phi: (x: number) => number, mean: number, deviation: number, scale = 0): NormalExpectation {
  if (deviation === 0) {
    const value = phi(mean);
    return { value, error: 2 * Number.EPSILON * Math.abs(value), square: value * value };
  }
  const coarse = byRule(phi, mean, deviation, defaults.coarse);
  const fine = byRule(phi, mean, deviation, defaults.fine);
  const rounding = 8 * Number.EPSILON * fine.size;
  const difference = Math.abs(fine.value - coarse.value);
  const allowed = defaults.agreement * Math.max(fine.size, scale);
  if (difference <= allowed || !Number.isFinite(difference)) {
    return { value: fine.value, error: difference + rounding, square: fine.square };
  }
  const density = (z: number): number => (phi(mean + deviation * z) * exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
  const { value, error } = integrate(density, -defaults.reach, defaults.reach, allowed, defaults.pieces);
  return { value, error: error + rounding, square: fine.square };
}

function byRule(phi: (x: number) => number, mean: number, deviation: number, n: number): { value: number; size: number; square: number } {
  const { nodes, weights } = gaussHermite(n);
  let value = 0;
  let size = 0;
  let square = 0;
  for (let q = 0; q < n; q++) {
    const y = phi(mean + deviation * nodes[q]!);
    value += weights[q]! * y;
    size += weights[q]! * Math.abs(y);
    square += weights[q]! * y * y;
  }
  return { value, size, square };
}
