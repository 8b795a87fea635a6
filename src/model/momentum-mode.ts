// One mode of SGD with momentum on a quadratic (theory.md 7): v+ = beta v - z x - eta noise, x+ = x + v+, in the state (x, v), time counted in
// steps. Its step matrix, the step matrix's real logarithm, and the generator of underdamped Langevin dynamics.
//
//   P = [[1 - z, beta], [-z, beta]],  det P = beta,  a = (1 + beta - z)/2,  s^2 = a^2 - beta
//   log P = (log beta)/2 I + g (P - a I),   g = atanh(s/a)/s (s^2 > 0), atan2(|s|, a)/|s| (s^2 < 0), 1/a (a Jordan block)
//
// For s^2 > 0 and a < 0 both eigenvalues are negative: P has no real logarithm, P^2 has one, and half of it is the same formula with log|.|.
// Near the thresholds z = (1 +- sqrt beta)^2, where s = 0, g is an even function of s: s^2 is formed as a product of differences and g
// from its series, so that nothing cancels.
import type { Block } from "../numerics/block.ts";
import { atan, log, log1p } from "../numerics/elementary.ts";

/** "one-step": P has a real logarithm; "two-step": P^2 alone has one. */
export type ModeRegime = "one-step" | "two-step";

export interface Mode {
  /** eta lambda. */
  readonly z: number;
  readonly step: Block;
  /** log P, or (log P^2)/2 in the two-step regime. */
  readonly logarithm: Block;
  readonly regime: ModeRegime;
  /** P's eigenvalues are a complex pair: the mode swings. */
  readonly swings: boolean;
}

/** Below this |s/a|^2 the series of atanh(s/a)/(s/a) is used; seven terms leave less than 1e-17. */
const nearThreshold = 0.005;

/** @param beta 0 < beta < 1 */
export function modeOf(z: number, beta: number): Mode {
  const root = Math.sqrt(beta);
  // a - sqrt beta and a + sqrt beta: the distances of z from both thresholds, halved
  const low = ((1 - root) * (1 - root) - z) / 2;
  const high = ((1 + root) * (1 + root) - z) / 2;
  const square = low * high;
  const a = (1 + beta - z) / 2;
  const step: Block = [1 - z, beta, -z, beta];
  const regime = high > 0 ? "one-step" : "two-step";
  const g = logarithmFactor(square, a, root, a > 0 ? low : -high);
  const half = log(beta) / 2;
  // P - a I, its diagonal (1 - z - beta)/2 with either sign
  const skew = (1 - beta - z) / 2;
  return { z, step, logarithm: [half + g * skew, g * beta, -g * z, half - g * skew], regime, swings: square < 0 };
}

/** g; `beyond` is |a| - sqrt beta. */
function logarithmFactor(square: number, a: number, root: number, beyond: number): number {
  const ratio = square / (a * a);
  if (Math.abs(ratio) < nearThreshold && (a > 0 || square >= 0)) {
    let sum = 0;
    for (let n = 15; n >= 1; n -= 2) sum = 1 / n + ratio * sum;
    return sum / a;
  }
  const s = Math.sqrt(Math.abs(square));
  if (square > 0) {
    // the eigenvalue far from 0 is q = a +- s; the other is beta/q: atanh(s/|a|) = log(q^2/beta)/2
    const far = (Math.abs(a) + s) / root;
    const half = far < 1.5 ? log1p((beyond + s) / root) : log(far);
    return (a > 0 ? half : -half) / s;
  }
  // atan2(s, a) for s > 0
  const angle = a > s ? atan(s / a) : Math.PI / 2 - atan(a / s);
  return angle / s;
}

/** Underdamped Langevin dynamics, in steps: dx = v, dv = -(1 - beta) v - z x (h = sqrt eta, p = v/h, gamma = (1 - beta)/h; h drops out). */
export function langevinGenerator(z: number, beta: number): Block {
  return [0, 1, -z, -(1 - beta)];
}

/** Both eigenvalues of P lie inside the unit circle. */
export function isStable(z: number, beta: number): boolean {
  return z > 0 && z < 2 + 2 * beta;
}
