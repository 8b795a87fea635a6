// SGD's exits from an interval of the line. Gaussian noise: the killed chain at two panel widths, whose mean is compared with the sum over
// survival. On a half line the law's own range takes the place of the infinite end; where paths run off, the mean is infinite and survival is
// told for some steps. Without noise: the path. Does not do: discrete and minibatch noise (sampling), but for paths that are trapped.
import { estimate } from "../answer/estimate.ts";
import type { WatchedLikeSgd } from "../answer/exit.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { discreteStep, reachable } from "./chain-discrete.ts";
import { gaussianStep } from "./chain-expectations.ts";
import { type ExitDomain, exitChain } from "./exit-chain.ts";
import { acceptableDifference, exitAt, neverLeaves, survivalOf, withoutFigures } from "./exit-figures.ts";
import { type KilledChain, meanExitSteps, survivors } from "./killed-chain.ts";
import type { LineProblem } from "./line-problem.ts";
import { followRange, withMargin } from "./settled-range.ts";

const defaults = {
  /** Panel widths in deviations of a step. */
  panels: [3.2, 2.4, 1.8],
  /** Relative agreement asked of two of them. */
  target: 1e-9,
  /** Width of a domain in deviations of a step that the panels can hold. */
  widest: 120,
  /** On a half line from which paths may run off, survival is told up to this step. */
  survivalUnsettled: 1000,
};

/** The killed chain at two panel widths and what it says. */
export interface GaussianExits {
  readonly domain: ExitDomain;
  /** Null where it is infinite or not resolved; then `relativeError` is not to be used. */
  readonly mean: number | null;
  readonly relativeError: number;
  readonly chains: readonly KilledChain[];
  readonly nodes: Float64Array;
  /** Share of the time spent at each node before leaving. */
  readonly shares: Float64Array;
  /** The range of the law settles: on a half line, paths come back. */
  readonly settled: boolean;
  /** The domain holds the law up to this step. */
  readonly steps: number;
}

/** Null where the panels cannot hold the domain: too little noise, or none inside. */
export function gaussianExits(line: LineProblem, a: number, b: number): GaussianExits | null {
  const step = gaussianStep(line);
  const domain = exitDomain(line, a, b);
  if (domain === null) return null;
  const { settled, steps } = domain;
  const chains: KilledChain[] = [];
  let nodes = new Float64Array(0);
  let mean = Number.NaN;
  let relativeError = Number.POSITIVE_INFINITY;
  for (const width of defaults.panels) {
    const made = exitChain(step, line.start, domain, width);
    if (made === null) break;
    chains.push(made.chain);
    nodes = made.nodes as Float64Array<ArrayBuffer>;
    if (!settled) {
      if (chains.length === 2) break;
      continue;
    }
    const next = meanExitSteps(made.chain);
    // Elimination without subtraction: n roundings, and what rows miss of their sum.
    relativeError = Math.abs(mean / next - 1) + 1e-13 + made.rowSumDefect;
    mean = next;
    if (relativeError <= defaults.target) break;
  }
  if (chains.length < 2) return null;
  const { visits, mean: summed } = survivors(chains.at(-1)!, [], steps);
  if (summed !== null && settled) relativeError += Math.abs(summed / mean - 1);
  let total = 0;
  for (const visit of visits) total += visit;
  const shares = visits.map((visit) => visit / (1 + total));
  const usable = settled && relativeError <= acceptableDifference && Number.isFinite(mean);
  return { domain, mean: usable ? mean : null, relativeError, chains: chains.slice(-2), nodes, shares, settled, steps };
}

/** SGD's figures: those of the chain for Gaussian noise; for bounded noise, whether it can leave at all. */
export function sgdExits(
  line: LineProblem,
  found: GaussianExits | null,
  steps: readonly number[],
  a: number,
  b: number,
  warnings: Warning[],
): WatchedLikeSgd {
  const { problem } = line;
  if (!problem.noise.gaussian) {
    const trapped = problem.noise.atoms ? isTrapped(line, a, b) : false;
    warnings.push(
      trapped
        ? warning("never-exits", "SGD cannot leave the region: its noise is bounded, and no path from the start reaches an end.")
        : warning(
            "not-applicable",
            `SGD's exit with ${problem.noise.kind} noise has no method without sampling: --method sample answers it. The models' figures need its covariance only.`,
          ),
    );
    return trapped ? neverLeaves(steps) : withoutFigures(steps);
  }
  if (found === null) {
    warnings.push(
      warning(
        "not-converged",
        "SGD's exit is not resolved: its noise is too small for the interval, vanishes inside, or its paths overflow.",
      ),
    );
    return withoutFigures(steps);
  }
  const meanSteps = found.mean === null ? null : estimate(found.mean, found.relativeError * found.mean, "bound");
  if (!found.settled) {
    warnings.push(
      warning(
        "never-exits",
        "SGD's mean exit time is infinite as far as can be seen: its paths run off to the infinite end, or return too rarely.",
      ),
    );
    const within = survivalOf(
      found.chains,
      steps.filter((k) => k <= found.steps),
      "SGD",
      undefined,
      warnings,
      found.steps,
    );
    return { meanSteps: null, survival: steps.map((step) => within.find((s) => s.step === step) ?? { step, probability: null }) };
  }
  if (meanSteps === null)
    warnings.push(warning("not-converged", `SGD's mean exit time: two resolutions differ by ${found.relativeError.toPrecision(2)} of it.`));
  return { meanSteps, survival: survivalOf(found.chains, steps, "SGD", undefined, warnings) };
}

/**
 * The ends, infinite ones replaced by a place that SGD's law does not reach before it leaves. Not settled where the law's range still
 * grows after many steps, or the paths run off: then the domain holds the law up to the step `defaults.survivalUnsettled` or less.
 */
function exitDomain(line: LineProblem, a: number, b: number): (ExitDomain & { settled: boolean; steps: number }) | null {
  if (Number.isFinite(a) && Number.isFinite(b)) return { a, b, low: a, high: b, settled: true, steps: Number.POSITIVE_INFINITY };
  const { settled, range, early } = followRange(line, a, b, ({ low, high, steps }) => {
    const finest = Math.min(...[line.start, low, high].map((x) => line.deviation(Math.min(Math.max(x, a), b))));
    return steps <= defaults.survivalUnsettled && high - low <= defaults.widest * finest;
  });
  const holds = settled ? range : early;
  if (holds === null) return null;
  const { low, high } = withMargin(holds);
  return {
    a,
    b,
    low: Number.isFinite(a) ? a : low,
    high: Number.isFinite(b) ? b : high,
    settled,
    steps: settled ? Number.POSITIVE_INFINITY : holds.steps,
  };
}

/** SGD without noise is a path. */
export function noiselessExits(
  line: LineProblem,
  a: number,
  b: number,
  steps: readonly number[],
  maxSteps: number,
  warnings: Warning[],
): WatchedLikeSgd {
  let x = line.start;
  for (let k = 1; k <= maxSteps; k++) {
    const next = line.mean(x);
    if (!(next > a && next < b)) return exitAt(k, 0, steps);
    if (next === x || !Number.isFinite(next)) break;
    x = next;
  }
  warnings.push(warning("never-exits", `SGD without noise stays in the region: it comes to x = ${x.toPrecision(6)}.`, { place: x }));
  return neverLeaves(steps);
}

/** Every path with bounded noise stays inside: the interval that holds all paths settles within (a, b). */
function isTrapped(line: LineProblem, a: number, b: number): boolean {
  const range = reachable(discreteStep(line.problem, line), line.start, 5000);
  return range !== null && range.low > a && range.high < b;
}
