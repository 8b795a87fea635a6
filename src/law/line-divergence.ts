// KL divergence and squared Wasserstein-2 distance of two laws on the line with densities, by quadrature at given nodes:
//   KL(p || q) = int p log(p/q) - (p - q) dx   (the difference integrates to 0 and makes every term >= 0)
//   W2² = int p(x) (x - T(x))² dx,   T = Q_q o F_p: the quantile coupling, which is optimal on the line (Villani, Topics, 2.2).
// T comes from the smaller tail on either side, by bisection and Newton. Where q is below what its own accuracy supports, the term's
// whole size goes into the error.
import { log, log1p } from "../numerics/elementary.ts";
import type { LineLaw } from "./line-law.ts";

const defaults = {
  /** Model densities are good to this part of their largest value. */
  floor: 1e-13,
  /** Nodes with less mass than this are left out of both integrals: their terms are below 1e-15. */
  negligible: 1e-18,
};

export interface Divergences {
  readonly kl: number;
  readonly klError: number;
  readonly w2Squared: number;
  readonly w2Error: number;
}

/** Values of p and of its two tails at the nodes, computed once for all q. */
export interface SampledLaw {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
  readonly density: Float64Array;
  readonly below: Float64Array;
  readonly above: Float64Array;
}

export function sampleLaw(law: LineLaw, nodes: Float64Array, weights: Float64Array): SampledLaw {
  const density = nodes.map(law.density);
  // Tails are needed where the law has mass only.
  const tail = (f: (x: number) => number): Float64Array =>
    nodes.map((x, i) => (weights[i]! * density[i]! > defaults.negligible ? f(x) : 0));
  return { nodes, weights, density, below: tail(law.below), above: tail(law.above) };
}

export function divergences(p: SampledLaw, q: LineLaw, range: { readonly low: number; readonly high: number }): Divergences {
  const { nodes, weights, density } = p;
  const values = nodes.map(q.density);
  const largest = values.reduce((a, b) => Math.max(a, b), 0);
  const floor = defaults.floor * largest;
  let kl = 0;
  let klError = 0;
  let w2Squared = 0;
  let w2Error = 0;
  let guess = range.low;
  for (let i = 0; i < nodes.length; i++) {
    const mass = weights[i]! * density[i]!;
    if (!(mass > defaults.negligible)) {
      // What p lacks, q may have: its mass belongs to the second part of the integrand.
      kl += weights[i]! * Math.max(0, values[i]!);
      continue;
    }
    const model = Math.max(values[i]!, floor);
    const excess = (density[i]! - model) / model;
    const logarithm = Math.abs(excess) < 0.5 ? log1p(excess) : log(density[i]! / model);
    kl += weights[i]! * (density[i]! * logarithm - (density[i]! - model));
    // Relative error of q there, at most 1: it moves the logarithm by as much, beyond that by its own size.
    const relative = floor / model;
    klError += mass * (relative < 0.5 ? relative : 1 + Math.abs(logarithm));
    const target =
      p.below[i]! <= p.above[i]! ? quantile(q, p.below[i]!, "below", range, guess) : quantile(q, p.above[i]!, "above", range, guess);
    // Nodes ascend, and so do quantiles: the next one is not far.
    guess = target;
    const moved = nodes[i]! - target;
    w2Squared += mass * moved * moved;
    // Masses of q are good to 1e-15: the quantile to that over the density.
    const blur = 1e-15 / Math.max(q.density(target), floor);
    w2Error += mass * Math.min(blur, range.high - range.low) * (2 * Math.abs(moved) + Math.min(blur, range.high - range.low));
  }
  // Masses that pass between wells over some hundred steps are good to 1e-14: each moves a width.
  return { kl: Math.max(0, kl), klError: klError + 1e-15, w2Squared, w2Error: w2Error + 2e-14 * q.variance };
}

/** The point with this mass on the side named. Newton within a bracket that bisection keeps. */
function quantile(
  law: LineLaw,
  mass: number,
  side: "below" | "above",
  range: { readonly low: number; readonly high: number },
  guess: number,
): number {
  const excess = side === "below" ? (x: number) => law.below(x) - mass : (x: number) => mass - law.above(x);
  let { low, high } = range;
  let x = guess > low && guess < high ? guess : law.mean;
  for (let pass = 0; pass < 200; pass++) {
    const value = excess(x);
    if (value === 0) return x;
    if (value > 0) high = x;
    else low = x;
    const slope = law.density(x);
    const next = x - value / slope;
    // Newton where it stays inside and gains; the middle otherwise.
    const step = slope > 0 && next > low && next < high ? next : 0.5 * (low + high);
    if (Math.abs(step - x) <= 4e-16 * Math.max(Math.abs(x), range.high - range.low)) return step;
    x = step;
  }
  return x;
}
