// The models' exits from an interval of the line: whether a model has figures there (weighed with SGD's occupation), watched as SGD is (the
// killed semigroup at two resolutions), watched always (scale function and speed measure), and without noise (the path).
import { type Estimate, estimate } from "../answer/estimate.ts";
import type { ModelExit, Survival, WatchedLikeSgd } from "../answer/exit.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { decideProcess, type ExistenceOptions, existenceAt, type Met, survey } from "../model/existence.ts";
import { erfc } from "../numerics/elementary.ts";
import type { ExitDomain } from "./exit-chain.ts";
import { diffusionChain, diffusionLevels, exitMesh } from "./exit-diffusion.ts";
import { acceptableDifference, exitAt, neverLeaves, survivalOf, withoutFigures } from "./exit-figures.ts";
import { flowExitTime } from "./exit-flow.ts";
import type { GaussianExits } from "./exit-sgd.ts";
import { type KilledChain, meanExitSteps } from "./killed-chain.ts";
import { type LineProblem, type LineSde, mendedEdges } from "./line-problem.ts";
import { meanExitTime, outOfReach } from "./scale-function.ts";

const defaults = {
  /** Relative agreement asked of two resolutions. */
  target: 2e-8,
  /** Shares of the time below which a place counts as not met. */
  seen: 1e-16,
  /** Probability of leaving in one step below which a model's exits are lost in rounding (or have come out negative). */
  rarest: 2e-10,
};

/** The existence rule, weighed with the time that SGD spends at a place before it leaves, and with where it lands. */
export function isAnswered(
  sde: LineSde,
  line: LineProblem,
  found: GaussianExits | null,
  a: number,
  b: number,
  options: ExistenceOptions,
  warnings: Warning[],
): boolean {
  let met: Met | undefined;
  if (found) {
    const { domain, nodes, shares } = found;
    const places: { x: Float64Array; mass: number; defect: number }[] = [];
    nodes.forEach((x, i) => {
      const defect = sde.defect(x);
      if (!(defect <= 1e-12) && shares[i]! > defaults.seen) places.push({ x: Float64Array.of(x), mass: shares[i]!, defect });
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
      if (mass > defaults.seen) places.push({ x: Float64Array.of(beyond), mass, defect: sde.defect(beyond) });
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

/** Mean exit steps when watched at all times; "never" where paths run off an infinite end, or return too rarely. */
export function alwaysExits(sde: LineSde, line: LineProblem, a: number, b: number, warnings: Warning[]): Estimate | null | "never" {
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
  if (found === null || !(found.relativeError <= acceptableDifference) || !Number.isFinite(found.value)) {
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

/** Figures of the models watched at t = k eta, all on one mesh. */
export function watchedExits(
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
      return !(relativeError <= defaults.target) && 1 / mean > defaults.rarest;
    });
  }
  for (const sde of sdes) {
    const state = states.get(sde);
    const refuse = (why: string): void => {
      warnings.push(warning("not-converged", `${sde.model.title}, watched as SGD is: ${why}.`, { model: sde.id }));
    };
    if (state && !(1 / state.mean > defaults.rarest)) {
      refuse("its exits are so rare (more than some 1e9 steps apart) that rounding hides them; watched always they are not hidden");
      out.set(sde.id, { meanSteps: null, survival: steps.map((step) => rareSurvival(step, state.mean)) });
    } else if (state === undefined || state.chains.length < 2) {
      refuse("the interval is too long for one step's noise, or the coefficients are not finite near it");
      out.set(sde.id, withoutFigures(steps));
    } else {
      const good = state.relativeError <= acceptableDifference;
      if (!good) refuse(`the mean exit time is not resolved (two resolutions differ by ${state.relativeError.toPrecision(2)} of it)`);
      out.set(sde.id, {
        meanSteps: good ? estimate(state.mean, state.relativeError * state.mean, "bound") : null,
        survival: survivalOf(state.chains, steps, sde.model.title, sde.id, warnings),
      });
    }
  }
  return out;
}

/** Survival where leaving in one step has a probability near rounding: 1, to that probability and rounding in every step. */
function rareSurvival(step: number, mean: number): Survival {
  const error = step * (1 / Math.max(1, Math.abs(mean)) + 1e-14);
  return { step, probability: error <= 1e-6 ? estimate(1, error, "bound") : null };
}

/** Models without noise: the path's own exit. */
export function flowExits(sde: LineSde, start: number, a: number, b: number, steps: readonly number[], warnings: Warning[]): ModelExit {
  const time = flowExitTime(sde.drift, start, a, b);
  if (time === null) {
    warnings.push(warning("never-exits", `${sde.model.title} has no noise and never leaves the region.`, { model: sde.id }));
    return { watchedLikeSgd: neverLeaves(steps), watchedAlways: { meanSteps: null } };
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
