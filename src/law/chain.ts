// SGD with Gaussian noise on the line, forward, without sampling (theory.md 5):
//   p_{k+1}(y) = int N(y; x - eta f'(x), eta² sigma(x)²) p_k(x) dx
// by the trapezoidal rule on one lattice of spacing h. The integrand is analytic and dies at both ends, so the rule converges like
// exp(-2 pi²/(h kappa)²) with kappa² = (|m'|² + 1)/s² the bandwidth of kernel and density together: spacing about 0.7/kappa is
// rounding accuracy (Trefethen & Weideman, SIAM Review 56, 2014). The lattice is as wide as the law at each step, no more; nodes are
// made where the law goes. Masses below `negligible` are not carried on: the law is that of paths in a window whose complement has
// less than 1e-17 a step. Sums run in a fixed order. Does not do: noise that is not Gaussian (chain-discrete.ts), kinks in f' within
// the window (they show as a difference between two spacings).
import { type Warning, warning } from "../answer/warning.ts";
import { emptyNodes, type Lattice, reserve, runsAway, sender, sends, spread } from "./lattice-kernel.ts";

export type { Lattice } from "./lattice-kernel.ts";

const defaults = {
  /** Mass at a node that is not carried on. */
  negligible: 1e-20,
  /** Mass at a node that counts for the range of the law. */
  inRange: 1e-16,
  /** Nodes; more means a law too wide or a noise too small for a lattice. */
  maxNodes: 60_000,
  /** Kernel values in all: the work of some seconds. */
  maxWork: 1e9,
  /** Mass that may run away (over the whole run) and is left out; it counts in the mass defect. More is a failure. */
  runaway: 1e-12,
};

/** One step of a Markov chain with Gaussian steps. */
export interface GaussianStep {
  mean(x: number): number;
  deviation(x: number): number;
  /** Derivative of the mean. */
  stretch(x: number): number;
}

/** The law at a step: mass at lattice points origin + spacing * (first + i), i < masses.length. */
export interface LatticeLaw {
  readonly step: number;
  readonly first: number;
  readonly masses: Float64Array;
}

export interface ChainRun {
  readonly lattice: Lattice;
  /** Range of all points that carried a mass above 1e-16 at any step, the start included. */
  readonly low: number;
  readonly high: number;
  /** Largest |1 - total mass| of any step: neglected tails and quadrature together. */
  readonly massDefect: number;
}

export type ChainFailure = { readonly failure: "unstable" | "unresolved"; readonly step: number; readonly place: number };

/** What a failure means for SGD. */
export function chainWarning({ failure, step, place }: ChainFailure): Warning {
  if (failure === "unresolved")
    return warning("not-converged", `SGD's law is too wide or its noise too small for the lattice at step ${step}.`, { step, place });
  const text = `SGD's paths overflow from about x = ${place.toPrecision(3)} at step ${step}: averages over them do not exist.`;
  return warning("unstable", text, { step, place });
}

export interface ChainOptions {
  /** h kappa: 0.8 leaves about 1e-13, 0.66 rounding. */
  readonly fineness: number;
  /** Shifts the lattice by this part of its spacing, so that two runs share no point. */
  readonly shift?: number;
  /** Mass outside (low, high) is dropped after every step: paths that have left. */
  readonly within?: { readonly low: number; readonly high: number };
}

/**
 * Carries the law from the point `start` through `steps` steps.
 * @param visit  called after every step, in order; true ends the run. The masses are overwritten by the next step
 */
export function runChain(
  chain: GaussianStep,
  start: number,
  steps: number,
  options: ChainOptions,
  visit: (law: LatticeLaw, lattice: Lattice) => boolean | undefined,
): ChainRun | ChainFailure {
  let spacing = options.fineness / bandwidth(chain, start);
  const budget = { work: defaults.maxWork };
  for (let attempt = 0; attempt < 40; attempt++) {
    const run = attemptRun(chain, start, steps, spacing, options, visit, budget);
    if ("finer" in run) spacing = Math.min(run.finer, 0.9 * spacing);
    else return run;
  }
  return { failure: "unresolved", step: 0, place: start };
}

/** Points of the lattice, first to first + count - 1. */
export function latticePoint({ origin, spacing }: Lattice, index: number): number {
  return origin + spacing * index;
}

function bandwidth(chain: GaussianStep, x: number): number {
  const stretch = chain.stretch(x);
  return Math.sqrt(stretch * stretch + 1) / chain.deviation(x);
}

/** Why a run ended: the map itself overflows from here, or the lattice is not enough. */
function failureAt(chain: GaussianStep, place: number, step: number): ChainFailure {
  let x = place;
  for (let k = 0; k < 200 && Math.abs(x) < 1e100; k++) x = chain.mean(x);
  return { failure: Math.abs(x) < 1e100 ? "unresolved" : "unstable", step, place };
}

function attemptRun(
  chain: GaussianStep,
  start: number,
  steps: number,
  spacing: number,
  options: ChainOptions,
  visit: (law: LatticeLaw, lattice: Lattice) => boolean | undefined,
  budget: { work: number },
): ChainRun | ChainFailure | { finer: number } {
  // Without noise at the start the path is a point until it meets some.
  let point = start;
  let step = 1;
  while (step <= steps && chain.deviation(point) === 0) {
    point = chain.mean(point);
    if (!Number.isFinite(point)) return { failure: "unstable", step, place: start };
    step++;
  }
  if (!(spacing > 0) || step > steps) return { failure: "unresolved", step, place: point };
  const lattice: Lattice = { spacing, origin: start + (options.shift ?? 0) * spacing };
  const nodes = emptyNodes();
  let low = Math.min(start, point);
  let high = Math.max(start, point);
  let massDefect = 0;
  let first = 0;
  let masses: Float64Array = new Float64Array(0);
  let needed = spacing;

  let runaway = 0;

  const make = (index: number): void => {
    const x = latticePoint(lattice, index);
    const mean = chain.mean(x);
    const deviation = chain.deviation(x);
    const far = !(Math.abs(mean - lattice.origin) < 1e9 * spacing) || !Number.isFinite(deviation);
    if (far) nodes.known[index - nodes.base] = runsAway;
    else sender(lattice, mean, deviation, index - nodes.base, nodes);
    needed = Math.min(needed, options.fineness / bandwidth(chain, x));
  };

  for (; step <= steps; step++) {
    if (masses.length === 0) {
      const seed = emptyNodes();
      reserve(seed, 0, 0);
      sender(lattice, chain.mean(point), chain.deviation(point), -seed.base, seed);
      ({ first, masses } = spread(seed, [[0, 1]]));
    } else {
      reserve(nodes, first, first + masses.length - 1);
      const sources: [index: number, mass: number][] = [];
      let centre = 0;
      for (let i = 0; i < masses.length; i++) {
        const mass = masses[i]!;
        if (!(mass > defaults.negligible)) continue;
        const at = first + i - nodes.base;
        if (nodes.known[at] === 0) make(first + i);
        // A node that is too coarse for what it holds: the whole run is repeated on a finer lattice. 15 % of slack changes the
        // error from exp(-31) to exp(-23); masses below 1e-13 do not count.
        if (mass > 1e-13 && needed < spacing / 1.15) return { finer: needed };
        if (nodes.known[at] === sends) centre += mass * nodes.centre[at]!;
        sources.push([first + i, mass]);
      }
      // What is sent farther from the bulk than the lattice may be wide has run away.
      const kept = sources.filter(([index, mass]) => {
        const at = index - nodes.base;
        if (nodes.known[at] === sends && Math.abs(nodes.centre[at]! - centre) < 0.4 * defaults.maxNodes) return true;
        runaway += mass;
        return false;
      });
      if (kept.length === 0 && options.within) break;
      if (runaway > defaults.runaway || kept.length === 0) return failureAt(chain, latticePoint(lattice, sources.at(-1)?.[0] ?? 0), step);
      for (const [index] of kept) budget.work -= 2 * nodes.half[index - nodes.base]!;
      if (masses.length > defaults.maxNodes || budget.work < 0) return failureAt(chain, latticePoint(lattice, first), step);
      ({ first, masses } = spread(nodes, kept));
    }
    if (options.within) clip(masses, first, lattice, options.within);
    let total = 0;
    for (let i = 0; i < masses.length; i++) {
      const mass = masses[i]!;
      total += mass;
      if (mass > defaults.inRange) {
        const x = latticePoint(lattice, first + i);
        if (x < low) low = x;
        if (x > high) high = x;
      }
    }
    if (!options.within) massDefect = Math.max(massDefect, Math.abs(1 - total));
    if (visit({ step, first, masses }, lattice) === true) break;
  }
  return { lattice, low, high, massDefect };
}

function clip(masses: Float64Array, first: number, lattice: Lattice, { low, high }: { low: number; high: number }): void {
  for (let i = 0; i < masses.length; i++) {
    const x = latticePoint(lattice, first + i);
    if (!(x > low && x < high)) masses[i] = 0;
  }
}
