// Exits from an interval on the line, for SGD and the models: which solver serves which process, and how its figures are checked.
// SGD with Gaussian noise: the killed chain at two panel widths; models watched as SGD is: the killed semigroup at two resolutions;
// models watched always: scale function and speed measure; without noise: the path itself. Every mean that is a sum over survival, too,
// is compared with that sum. Does not do: discrete or minibatch noise (sampling answers those; a trapped path is recognised).

import { type Estimate, estimate } from "../answer/estimate.ts";
import type { ModelExit, Survival, WatchedLikeSgd } from "../answer/exit.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { decideProcess, type ExistenceOptions, existenceAt, type Met, survey } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import { erfc } from "../numerics/elementary.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { discreteStep, reachable } from "./chain-discrete.ts";
import { gaussianStep } from "./chain-expectations.ts";
import { type ExitDomain, exitChain } from "./exit-chain.ts";
import { diffusionChain, diffusionLevels, exitMesh } from "./exit-diffusion.ts";
import { flowExitTime } from "./exit-flow.ts";
import { type KilledChain, meanExitSteps, survivors } from "./killed-chain.ts";
import { type LineProblem, type LineSde, lineProblem, lineSdes, mendedEdges } from "./line-problem.ts";
import { meanExitTime, outOfReach } from "./scale-function.ts";
import { followRange, withMargin } from "./settled-range.ts";

const defaults = {
  /** Panel widths of SGD's chain in deviations of a step. */
  panels: [3.2, 2.4, 1.8],
  /** Relative agreement asked of two resolutions; beyond `acceptable` there is no figure. */
  sgdTarget: 1e-9,
  modelTarget: 2e-8,
  acceptable: 1e-5,
  /** Survival is asked at these multiples of the mean where no steps are given. */
  survival: [1 / 16, 1 / 4, 1 / 2, 1, 2, 4],
  /** Width of a domain in deviations of a step that the panels can hold. */
  widest: 120,
  /** On a half line from which paths may run off, survival is told up to this step. */
  survivalUnsettled: 1000,
  maxSteps: 1e7,
};

export interface LineExitOptions extends ExistenceOptions {
  readonly survival?: readonly number[];
  readonly maxSteps?: number;
}

export interface LineExits {
  readonly method: string;
  readonly sgd: WatchedLikeSgd;
  readonly models: { readonly [id: string]: ModelExit };
  readonly warnings: readonly Warning[];
}

/** Exits from the interval round the start; `problem.inside` must be set, with an interval that holds the start. */
export function lineExits(problem: SgdProblem, models: readonly SdeModel[], options: LineExitOptions): LineExits {
  const line = lineProblem(problem);
  const { a, b } = problem.inside!.intervalAround!(line.start);
  const warnings: Warning[] = [];
  if (hasAnotherPiece(line, problem, a, b)) {
    warnings.push(
      warning(
        "not-applicable",
        `The region ${problem.inside!.text} has another piece within reach of one step: a path that lands there counts as having left (a, b) = (${a}, ${b}), the piece round the start.`,
        { a, b },
      ),
    );
  }
  const noisy = line.deviation(line.start) > 0 || line.deviation(line.mean(line.start)) > 0;
  const gaussian = noisy ? gaussianExits(line, a, b) : null;
  const steps = survivalSteps(options.survival, gaussian?.mean ?? null);
  const sgd = noisy
    ? sgdExits(line, gaussian, steps, a, b, warnings)
    : noiselessExits(line, a, b, steps, options.maxSteps ?? defaults.maxSteps, warnings);
  const nothing: ModelExit = { watchedLikeSgd: withoutFigures(steps), watchedAlways: { meanSteps: null } };
  const results: Record<string, ModelExit> = Object.fromEntries(models.map(({ id }) => [id, nothing]));
  const sdes = lineSdes(models, line, warnings);
  for (const sde of sdes) if (sde.deterministic || !noisy) results[sde.id] = flowExits(sde, line.start, a, b, steps, warnings);
  const diffusions = sdes.filter((sde) => !sde.deterministic && noisy && isAnswered(sde, line, gaussian, a, b, options, warnings));
  const watchedAlways = new Map(diffusions.map((sde) => [sde.id, alwaysExits(sde, line, a, b, warnings)]));
  const recurrent = diffusions.filter((sde) => watchedAlways.get(sde.id) !== "never");
  const watched = watchedExits(recurrent, line, a, b, steps, warnings);
  for (const sde of recurrent) {
    const always = watchedAlways.get(sde.id)!;
    results[sde.id] = {
      watchedLikeSgd: watched.get(sde.id) ?? nothing.watchedLikeSgd,
      watchedAlways: { meanSteps: always === "never" ? null : always },
    };
  }
  return { method: "Nystrom (SGD), semigroup on spectral elements, scale function", sgd, models: results, warnings };
}

// SGD ---------------------------------------------------------------------------------------------------------------------------

interface GaussianExits {
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

function gaussianExits(line: LineProblem, a: number, b: number): GaussianExits | null {
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
    if (relativeError <= defaults.sgdTarget) break;
  }
  if (chains.length < 2) return null;
  const { visits, mean: summed } = survivors(chains.at(-1)!, [], steps);
  if (summed !== null && settled) relativeError += Math.abs(summed / mean - 1);
  let total = 0;
  for (const visit of visits) total += visit;
  const shares = visits.map((visit) => visit / (1 + total));
  const usable = settled && relativeError <= defaults.acceptable && Number.isFinite(mean);
  return { domain, mean: usable ? mean : null, relativeError, chains: chains.slice(-2), nodes, shares, settled, steps };
}

function sgdExits(
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
    return trapped
      ? { meanSteps: null, survival: steps.map((step) => ({ step, probability: estimate(1, 0, "rounding") })) }
      : withoutFigures(steps);
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
function noiselessExits(
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
  return { meanSteps: null, survival: steps.map((step) => ({ step, probability: estimate(1, 0, "rounding") })) };
}

/** Every path with bounded noise stays inside: the interval that holds all paths settles within (a, b). */
function isTrapped(line: LineProblem, a: number, b: number): boolean {
  const range = reachable(discreteStep(line.problem, line), line.start, 5000);
  return range !== null && range.low > a && range.high < b;
}

// Models --------------------------------------------------------------------------------------------------------------------------

/** The existence rule, weighed with the time that SGD spends at a place before it leaves, and with where it lands. */
function isAnswered(
  sde: LineSde,
  line: LineProblem,
  found: GaussianExits | null,
  a: number,
  b: number,
  options: LineExitOptions,
  warnings: Warning[],
): boolean {
  let met: Met | undefined;
  if (found) {
    const { domain, nodes, shares } = found;
    const places: { x: Float64Array; mass: number; defect: number }[] = [];
    nodes.forEach((x, i) => {
      const defect = sde.defect(x);
      if (!(defect <= 1e-12)) places.push({ x: Float64Array.of(x), mass: shares[i]!, defect });
    });
    for (const [end, direction] of [
      [b, 1],
      [a, -1],
    ] as const) {
      if (!Number.isFinite(end)) continue;
      const beyond = nearestBeyond(sde, line, end, direction);
      if (beyond === null) continue;
      let mass = 0;
      nodes.forEach((x, i) => {
        mass += shares[i]! * 0.5 * erfc((direction * (beyond - line.mean(x))) / (Math.SQRT2 * line.deviation(x)));
      });
      places.push({ x: Float64Array.of(beyond), mass, defect: sde.defect(beyond) });
    }
    if (places.length > 0 && domain.low < domain.high) met = survey(places, options);
  }
  const decision = decideProcess(sde.model, existenceAt(sde.model, line.problem, line.problem.start), met, options);
  warnings.push(...decision.warnings);
  return decision.answered;
}

/** The first place beyond an end, within the mesh's margin, where the model does not exist. */
function nearestBeyond(sde: LineSde, line: LineProblem, end: number, direction: 1 | -1): number | null {
  const reach = diffusionLevels.at(-1)!.margin * line.deviation(end);
  for (let i = 0; i <= 64; i++) {
    const x = end + (direction * reach * i) / 64;
    if (!(sde.defect(x) <= 1e-12)) return x;
  }
  return null;
}

function alwaysExits(sde: LineSde, line: LineProblem, a: number, b: number, warnings: Warning[]): Estimate | null | "never" {
  const [lowReached, highReached] = [Number.isFinite(a), Number.isFinite(b)];
  const scale = lowReached && highReached ? b - a : Math.max(Math.abs(line.start - (lowReached ? a : b)), 10 * line.deviation(line.start));
  const low = lowReached ? a : outOfReach(sde, line.start, -1, scale);
  const high = highReached ? b : outOfReach(sde, line.start, 1, scale);
  if (low === null || high === null) {
    warnings.push(
      warning(
        "never-exits",
        `${sde.model.title} has an infinite mean exit time: paths run off to the infinite end, or return too rarely.`,
        { model: sde.id },
      ),
    );
    return "never";
  }
  const found = meanExitTime(sde, line.start, { low, high, lowReached, highReached }, mendedEdges(sde, line, low, high));
  if (found === null || !(found.relativeError <= defaults.acceptable) || !Number.isFinite(found.value)) {
    warnings.push(
      warning("not-converged", `${sde.model.title}, watched always: the mean exit time is not resolved, or larger than a number can be.`, {
        model: sde.id,
      }),
    );
    return null;
  }
  const steps = found.value / sde.eta;
  return estimate(steps, found.relativeError * steps, "bound");
}

function watchedExits(
  sdes: readonly LineSde[],
  line: LineProblem,
  a: number,
  b: number,
  steps: readonly number[],
  warnings: Warning[],
): Map<string, WatchedLikeSgd> {
  const out = new Map<string, WatchedLikeSgd>();
  if (sdes.length === 0) return out;
  const scale = 10 * line.deviation(line.start) + (Number.isFinite(a) ? line.start - a : Number.isFinite(b) ? b - line.start : 0);
  const low = Number.isFinite(a) ? a : Math.min(...sdes.map((sde) => outOfReach(sde, line.start, -1, scale)!));
  const high = Number.isFinite(b) ? b : Math.max(...sdes.map((sde) => outOfReach(sde, line.start, 1, scale)!));
  const domain: ExitDomain = { a, b, low, high };
  const states = new Map<LineSde, { chains: KilledChain[]; mean: number; relativeError: number }>();
  let open = [...sdes];
  for (const level of diffusionLevels) {
    if (open.length === 0) break;
    const mesh = exitMesh(line, sdes, domain, level);
    if (mesh === null) break;
    open = open.filter((sde) => {
      const chain = diffusionChain(line, sde, domain, mesh, level);
      if (chain === null) return false;
      const mean = meanExitSteps(chain);
      const before = states.get(sde);
      // Rounding of P's rows, 1e-15 each, against the probability of leaving, 1/mean (measured: 1e-16 times the mean).
      const relativeError = before ? Math.abs(before.mean / mean - 1) + 1e-12 + 1e-15 * Math.abs(mean) : Number.POSITIVE_INFINITY;
      states.set(sde, { chains: [...(before?.chains ?? []).slice(-1), chain], mean, relativeError });
      // What rounding spoils no finer mesh mends.
      return !(relativeError <= defaults.modelTarget) && 1e-15 * Math.abs(mean) < 0.5 * defaults.acceptable && !(before && mean < 1);
    });
  }
  for (const sde of sdes) {
    const state = states.get(sde);
    if (state === undefined || state.chains.length < 2) {
      warnings.push(
        warning(
          "not-converged",
          `${sde.model.title}, watched as SGD is: the interval is too long for one step's noise, or the coefficients are not finite near it.`,
          { model: sde.id },
        ),
      );
      out.set(sde.id, withoutFigures(steps));
      continue;
    }
    const good = state.relativeError <= defaults.acceptable && state.mean >= 1;
    if (!good) {
      warnings.push(
        warning(
          "not-converged",
          `${sde.model.title}, watched as SGD is: the mean exit time is not resolved (means beyond about 1e9 steps are lost in rounding; watched always they are not).`,
          { model: sde.id },
        ),
      );
    }
    out.set(sde.id, {
      meanSteps: good ? estimate(state.mean, state.relativeError * state.mean, "bound") : null,
      survival: survivalOf(state.chains, steps, sde.model.title, sde.id, warnings),
    });
  }
  return out;
}

function flowExits(sde: LineSde, start: number, a: number, b: number, steps: readonly number[], warnings: Warning[]): ModelExit {
  const time = flowExitTime(sde.drift, start, a, b);
  if (time === null) {
    warnings.push(warning("never-exits", `${sde.model.title} has no noise and never leaves the region.`, { model: sde.id }));
    return {
      watchedLikeSgd: { meanSteps: null, survival: steps.map((step) => ({ step, probability: estimate(1, 0, "rounding") })) },
      watchedAlways: { meanSteps: null },
    };
  }
  const exact = time.value / sde.eta;
  const uncertainty = time.error / sde.eta;
  const k = Math.ceil(exact - uncertainty);
  // Where the path meets the end at a step, to rounding, the step is uncertain by one.
  return {
    watchedLikeSgd: exitAt(Math.max(1, k), k < exact + uncertainty ? 1 : 0, steps),
    watchedAlways: { meanSteps: estimate(exact, uncertainty, "bound") },
  };
}

// Both ----------------------------------------------------------------------------------------------------------------------------

function exitAt(k: number, error: number, steps: readonly number[]): WatchedLikeSgd {
  return {
    meanSteps: estimate(k, error, error > 0 ? "bound" : "rounding"),
    survival: steps.map((step) => ({ step, probability: estimate(step < k ? 1 : 0, 0, "rounding") })),
  };
}

/** P(exit step > k) at the finer of two resolutions; their difference is the error. */
function survivalOf(
  chains: readonly KilledChain[],
  steps: readonly number[],
  title: string,
  model: string | undefined,
  warnings: Warning[],
  upTo?: number,
): Survival[] {
  const [coarse, fine] = chains.map((chain) => survivors(chain, steps, upTo).survival);
  const open: number[] = [];
  const survival = steps.map((step, i): Survival => {
    const value = fine![i]!;
    const error = Math.abs(value - coarse![i]!) + 1e-14;
    if (Number.isFinite(value) && error <= 1e-6) return { step, probability: estimate(Math.min(1, Math.max(0, value)), error, "bound") };
    open.push(step);
    return { step, probability: null };
  });
  if (open.length > 0) {
    warnings.push(
      warning(
        "not-converged",
        `${title}: survival at step ${open.join(", ")} is not resolved: the law has not settled by then, and stepping on is too long.`,
        { ...(model ? { model } : {}), steps: open },
      ),
    );
  }
  return survival;
}

/** Some point within ten deviations beyond an end is inside the region again. */
function hasAnotherPiece(line: LineProblem, { inside }: SgdProblem, a: number, b: number): boolean {
  for (const [end, direction] of [
    [a, -1],
    [b, 1],
  ] as const) {
    if (!Number.isFinite(end)) continue;
    const reach = 10 * line.deviation(end) + Math.abs(line.mean(end) - end);
    for (let i = 1; i <= 64; i++) if (inside!.contains(Float64Array.of(end + (direction * reach * i) / 64))) return true;
  }
  return false;
}

function survivalSteps(asked: readonly number[] | undefined, mean: number | null): readonly number[] {
  if (asked) return [...new Set(asked)].sort((x, y) => x - y);
  if (mean === null) return [1, 10, 100, 1000];
  // Beyond the integers that doubles hold, no step can be named.
  const around = [...new Set(defaults.survival.map((part) => Math.max(1, Math.round(part * mean))))].filter((k) => Number.isSafeInteger(k));
  return around.length > 0 ? around : [1, 1000, 1e6];
}

function withoutFigures(steps: readonly number[]): WatchedLikeSgd {
  return { meanSteps: null, survival: steps.map((step) => ({ step, probability: null })) };
}
