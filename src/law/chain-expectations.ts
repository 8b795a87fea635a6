// E phi(x_k) of SGD with Gaussian noise on the line, for all k and phi, from the laws of chain.ts at two spacings of the lattice.
// phi is summed over the law; where the two spacings disagree because phi has kinks, it is first averaged over one step's noise,
// E phi(x_k) = E (S phi)(x_{k-1}) with (S phi)(x) = E phi(x - eta f'(x) + eta sigma(x) Z), and S phi is smooth.
import { type ChainFailure, type ChainRun, type GaussianStep, type Lattice, type LatticeLaw, latticePoint, runChain } from "./chain.ts";
import { type Curve, weakDefaults } from "./expectations.ts";
import type { LineProblem } from "./line-problem.ts";
import { normalExpectation } from "./normal-expectation.ts";

/** Spacings times bandwidth, in the order of trial, and the lattices' shifts: two are compared, the third is for stubborn cases. */
export const latticeLevels = [
  { fineness: 0.8, shift: 0 },
  { fineness: 0.66, shift: 0.5 },
  { fineness: 0.5, shift: 0.25 },
] as const;

export interface ChainExpectations {
  /** By function; null where phi is not finite on the law's range or the spacings disagree. */
  readonly curves: readonly (Curve | null)[];
  /** Standard deviation of phi(x_K). */
  readonly deviations: readonly (number | null)[];
  readonly run: ChainRun;
}

export function gaussianStep(line: LineProblem): GaussianStep {
  return { mean: line.mean, deviation: line.deviation, stretch: (x) => 1 - line.eta * line.curvature(x) };
}

export function chainExpectations(
  line: LineProblem,
  functions: readonly ((x: number) => number)[],
  steps: number,
): ChainExpectations | ChainFailure {
  const chain = gaussianStep(line);
  const direct = latticeLevels.slice(0, 2).map((level) => sums(chain, line.start, functions, steps, level));
  const [coarse, fine] = direct as [Sums | ChainFailure, Sums | ChainFailure];
  if ("failure" in coarse) return coarse;
  if ("failure" in fine) return fine;
  const curves: (Curve | null)[] = functions.map((_, f) => compared(coarse, fine, f));
  const stubborn = functions.flatMap((_, f) =>
    curves[f] !== null && worstOf(curves[f], fine.scales[f]!) <= weakDefaults.target ? [] : [f],
  );
  const smooth = stubborn.filter((f) => fine.values[f]!.every(Number.isFinite));
  if (smooth.length > 0) {
    const averaged = smooth.map((f) => {
      const scale = fine.scales[f]!.reduce((a, b) => Math.max(a, b), 0);
      return (x: number) => normalExpectation(functions[f]!, chain.mean(x), chain.deviation(x), scale).value;
    });
    const again = latticeLevels.slice(1).map((level) => sums(chain, line.start, averaged, steps - 1, level));
    const [first, second] = again as [Sums | ChainFailure, Sums | ChainFailure];
    if (!("failure" in first) && !("failure" in second)) {
      smooth.forEach((f, i) => {
        const curve = later(compared(first, second, i), functions[f]!(line.start));
        if (curve !== null && worstOf(curve, fine.scales[f]!) <= weakDefaults.acceptable) curves[f] = curve;
        else curves[f] = curves[f] !== null && worstOf(curves[f], fine.scales[f]!) <= weakDefaults.acceptable ? curves[f]! : null;
      });
    }
  }
  return { curves, deviations: fine.deviations, run: widest(coarse.run, fine.run) };
}

interface Sums {
  readonly run: ChainRun;
  /** By function, at the steps 0 .. K. */
  readonly values: readonly Float64Array[];
  /** sum mass |phi|, and at least the neglected mass times the largest |phi| over 1e-12. */
  readonly scales: readonly Float64Array[];
  readonly tails: readonly Float64Array[];
  readonly deviations: readonly (number | null)[];
}

function sums(
  chain: GaussianStep,
  start: number,
  functions: readonly ((x: number) => number)[],
  steps: number,
  level: { readonly fineness: number; readonly shift: number },
): Sums | ChainFailure {
  const values = functions.map((phi) => new Float64Array(steps + 1).fill(phi(start)));
  const scales = functions.map((phi) => new Float64Array(steps + 1).fill(Math.abs(phi(start))));
  const tails = functions.map(() => new Float64Array(steps + 1));
  const deviations: (number | null)[] = functions.map(() => null);
  const kept = functions.map((phi) => latticeFunction(phi));
  if (steps === 0)
    return { run: { lattice: { spacing: 1, origin: start }, low: start, high: start, massDefect: 0 }, values, scales, tails, deviations };
  const run = runChain(chain, start, steps, level, (law, lattice) => {
    let total = 0;
    for (const mass of law.masses) total += mass;
    functions.forEach((_, f) => {
      const phi = kept[f]!(law, lattice);
      let sum = 0;
      let size = 0;
      let largest = 0;
      for (let i = 0; i < phi.length; i++) {
        const mass = law.masses[i]!;
        if (mass < 1e-20) continue;
        sum += mass * phi[i]!;
        const magnitude = Math.abs(phi[i]!);
        size += mass * magnitude;
        if (magnitude > largest) largest = magnitude;
      }
      values[f]![law.step] = sum;
      scales[f]![law.step] = size;
      // What the window leaves out (or quadrature misplaces), wherever it is.
      tails[f]![law.step] = Math.abs(1 - total) > 1e-13 ? Math.abs(1 - total) * largest : 0;
      if (law.step === steps) {
        let square = 0;
        for (let i = 0; i < phi.length; i++) square += law.masses[i]! < 1e-20 ? 0 : law.masses[i]! * (phi[i]! - sum) ** 2;
        deviations[f] = Number.isFinite(square) ? Math.sqrt(square) : null;
      }
    });
  });
  return "failure" in run ? run : { run, values, scales, tails, deviations };
}

/** phi at the points of a law, computed once a point; a restarted run has another lattice and starts anew. */
function latticeFunction(phi: (x: number) => number): (law: LatticeLaw, lattice: Lattice) => Float64Array {
  let of: Lattice | undefined;
  let base = 0;
  let kept: Float64Array = new Float64Array(0);
  return (law, lattice) => {
    const count = law.masses.length;
    if (of !== lattice) {
      of = lattice;
      base = law.first;
      kept = new Float64Array(0);
    }
    if (law.first < base || law.first + count > base + kept.length) {
      const from = Math.min(base, law.first);
      const to = Math.max(base + kept.length, law.first + count);
      const fresh = new Float64Array(to - from);
      for (let i = 0; i < fresh.length; i++) {
        const old = from + i - base;
        fresh[i] = old >= 0 && old < kept.length ? kept[old]! : phi(latticePoint(lattice, from + i));
      }
      kept = fresh;
      base = from;
    }
    return kept.subarray(law.first - base, law.first - base + count);
  };
}

function compared(coarse: Sums, fine: Sums, f: number): Curve | null {
  const values = fine.values[f]!;
  if (!values.every(Number.isFinite)) return null;
  const errors = values.map((value, k) =>
    // 1e-14: measured rounding of some hundred steps is below 5e-15 of the scale.
    k === 0 ? 0 : Math.abs(value - coarse.values[f]![k]!) + fine.tails[f]![k]! + 1e-14 * fine.scales[f]![k]!,
  );
  return { values, errors, kind: "bound" };
}

function worstOf(curve: Curve | null | undefined, scales: Float64Array): number {
  if (!curve) return Number.POSITIVE_INFINITY;
  let worst = 0;
  curve.errors.forEach((error, k) => {
    if (!(error / Math.max(1, scales[k]!) <= worst)) worst = error / Math.max(1, scales[k]!);
  });
  return worst;
}

/** The curve of S phi, one step on. */
function later(curve: Curve | null, atStart: number): Curve | null {
  if (curve === null) return null;
  // S phi itself is good to 1e-13 of its scale (normal-expectation.ts).
  const errors = curve.errors.map((error, k) => error + 1e-13 * Math.abs(curve.values[k]!));
  return { values: Float64Array.of(atStart, ...curve.values), errors: Float64Array.of(0, ...errors), kind: "bound" };
}

function widest(a: ChainRun, b: ChainRun): ChainRun {
  return { ...b, low: Math.min(a.low, b.low), high: Math.max(a.high, b.high), massDefect: Math.max(a.massDefect, b.massDefect) };
}
