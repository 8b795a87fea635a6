// One process leaving a region: the program behind exit times. Each level of an SDE (levels.ts) is watched in two ways at once: like SGD, at whole
// steps only, and always (crossing.ts). Levels share normals and threshold, so that their differences have small variance as long as they stay
// together. Where they part before they leave the extrapolation costs variance: a tenth of the error where it was measured, over 50 to 900 steps.

import { isDeterministic } from "../model/define.ts";
import type { SdeModel } from "../model/model.ts";
import type { NormalKind } from "../numerics/normals.ts";
import { createStream, normalSource } from "../numerics/random.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { Region } from "../problem/region.ts";
import { regionOf } from "../problem/region-of.ts";
import { stayingProbability, touchAfter } from "./crossing.ts";
import { type Extreme, larger } from "./ensemble.ts";
import { eventsPerProcess, extremesPerProcess, noteEncounters } from "./events.ts";
import type { Frozen } from "./frozen.ts";
import { type ExitJob, jobText } from "./job-spec.ts";
import { type Levels, levelsFor } from "./levels.ts";
import { vectorsAStep } from "./momentum-sgd.ts";
import type { PathProgram } from "./program.ts";
import { sdeWalker } from "./sde.ts";
import { type SgdKind, sgdWalker } from "./sgd.ts";
import { isFiniteState, type Walker } from "./walker.ts";

export interface ExitAsk {
  /** Text of the region. */
  readonly inside: string;
  /** Steps at which survival is asked for, ascending. */
  readonly survival: readonly number[];
  /** A path that is still inside after so many steps is given up: its exit step counts as this. */
  readonly maxSteps: number;
}

export interface ExitProgram extends PathProgram {
  readonly levels: Levels | undefined;
  /** Figures of the exit step watched like SGD, and of the exit time watched always (undefined for SGD). */
  readonly like: ExitFigures;
  readonly always: ExitFigures | undefined;
  /** Figure of the indicator of (exit step > survival[i]). */
  survival(i: number): ExitFigures;
  /** Places in `counts`: paths given up (watched like SGD, always), then paths that left through each constraint, the first one violated. */
  readonly censored: { readonly like: number; readonly always: number };
  leftThrough(constraint: number): number;
}

export interface ExitFigures {
  readonly value: number;
  readonly correction: number | undefined;
}

/** What happened to one level of a path so far. */
interface Fate {
  readonly walker: Walker;
  /** Steps; negative while inside. */
  like: number;
  always: number;
  /** Probability of having stayed so far. */
  stayed: number;
  /** Constraint values at the last substep's end. */
  readonly inside: Float64Array;
}

/** SGD (or its Gaussian twin) leaving the region. */
export function sgdExitProgram(
  problem: SgdProblem,
  ask: ExitAsk,
  seed: number,
  kind: SgdKind = "sgd",
  normalKind: NormalKind = "fast",
): ExitProgram {
  const { survival, maxSteps } = ask;
  const region = regionOf(problem, ask.inside);
  const { d } = problem.objective;
  const walker = sgdWalker(problem, seed, kind);
  const gaussian = problem.noise.kind === "gaussian" || kind === "sgd-gaussian";
  const deterministic = !hasNoise(problem);
  const before = new Float64Array(d);
  const source = normalSource(seed, d, normalKind);
  const normals = new Float64Array(d);
  const { counts, extremes, censored, leftThrough } = events(region);
  return {
    ...described(problem, ask, kind, 1, seed, normalKind),
    size: 1 + survival.length,
    levels: undefined,
    like: { value: 0, correction: undefined },
    always: undefined,
    survival: (i) => ({ value: 1 + i, correction: undefined }),
    counts,
    extremes,
    censored,
    leftThrough,
    run(path, out) {
      walker.begin(path);
      let exit = -1;
      let k = 0;
      while (exit < 0 && k < maxSteps) {
        if (gaussian) source.fill(path, k, 1, normals);
        if (deterministic) before.set(walker.x);
        walker.advance(k, normals);
        // a path without noise that has come to rest stays for ever
        if (deterministic && !hasMoved(before, walker)) break;
        k++;
        const constraint = firstViolated(region, walker);
        if (constraint < 0) continue;
        exit = k;
        counts[leftThrough(constraint)]! += 1;
      }
      if (exit < 0) counts[censored.like]! += 1;
      const value = isFiniteState(walker.x) ? 1 : Number.NaN;
      out[0] = value * (exit < 0 ? maxSteps : exit);
      for (let i = 0; i < survival.length; i++) out[1 + i] = exit < 0 || exit > survival[i]! ? value : 0 * value;
      noteEncounters([walker], path, counts, extremes, 0, larger);
    },
  };
}

/** A model leaving the region, watched both ways, at the levels of `fine`. */
export function sdeExitProgram(
  problem: SgdProblem,
  model: SdeModel,
  ask: ExitAsk,
  fine: number,
  seed: number,
  normalKind: NormalKind = "fast",
): ExitProgram {
  const { survival, maxSteps } = ask;
  const region = regionOf(problem, ask.inside);
  const { d } = problem.objective;
  const deterministic = isDeterministic(model) || !hasNoise(problem);
  const levels = deterministic ? levelsFor(fine, "deterministic") : levelsFor(fine, "stochastic");
  const source = normalSource(seed, d, normalKind);
  const stream = createStream(seed);
  const vectors = vectorsAStep(problem, fine);
  const normals = new Float64Array(vectors * d);
  const { counts, extremes, censored, leftThrough } = events(region);
  const gradient = new Float64Array(d);
  const start = region.constraints.map((g) => g.value(problem.start));
  let threshold = 0;
  let step = 0;
  const fates = levels.substeps.map((level): Fate => {
    const fate: Fate = {
      walker: sdeWalker(problem, model, fine, level, (before, after, frozen, substep, length) => {
        if (fate.always >= 0) return;
        const from = step + substep * length;
        for (let c = 0; c < region.constraints.length; c++) {
          const g = region.constraints[c]!;
          const here = -fate.inside[c]!;
          const value = g.value(after);
          const there = -value;
          fate.inside[c] = value;
          const variance = varianceAlong(g.gradient(before, gradient), frozen, d);
          const inside = there > 0;
          if (inside) fate.stayed *= stayingProbability(here, there, variance, length);
          if (inside && fate.stayed > threshold) continue;
          fate.always = from + touchAfter(here, there, variance, length);
          return;
        }
      }),
      like: -1,
      always: -1,
      stayed: 1,
      inside: new Float64Array(region.constraints.length),
    };
    return fate;
  });
  const still = fates.map(() => new Float64Array(d));
  const walkers = fates.map((fate) => fate.walker);

  return {
    ...described(problem, ask, model.id, fine, seed, normalKind),
    size: 4 + 2 * survival.length,
    levels,
    like: { value: 0, correction: 1 },
    always: { value: 2, correction: 3 },
    survival: (i) => ({ value: 4 + 2 * i, correction: 5 + 2 * i }),
    counts,
    extremes,
    censored,
    leftThrough,
    run(path, out) {
      threshold = stream.moveTo(path, 0, "crossing").uniform();
      for (const fate of fates) {
        fate.walker.begin(path);
        fate.like = -1;
        fate.always = -1;
        fate.stayed = 1;
        fate.inside.set(start);
      }
      let alive = fates.length;
      for (step = 0; alive > 0 && step < maxSteps; step++) {
        if (!deterministic) source.fill(path, step, vectors, normals);
        let moved = false;
        for (let l = 0; l < fates.length; l++) {
          const fate = fates[l]!;
          if (fate.like >= 0) continue;
          const { walker } = fate;
          if (deterministic) still[l]!.set(walker.x);
          walker.advance(step, normals);
          const constraint = firstViolated(region, walker);
          if (constraint >= 0) {
            fate.like = step + 1;
            alive--;
            if (l === 0) counts[leftThrough(constraint)]! += 1;
          }
          if (deterministic) moved ||= hasMoved(still[l]!, walker);
        }
        if (deterministic && !moved) break;
      }
      let finite = true;
      for (const fate of fates) finite &&= isFiniteState(fate.walker.x);
      if (fates.some((fate) => fate.like < 0)) counts[censored.like]! += 1;
      if (fates.some((fate) => fate.always < 0)) counts[censored.always]! += 1;
      out.fill(finite ? 0 : Number.NaN);
      for (let l = 0; l < fates.length; l++) {
        const fate = fates[l]!;
        const value = levels.value[l]!;
        const correction = levels.correction[l]!;
        const like = fate.like < 0 ? maxSteps : fate.like;
        const always = fate.always < 0 ? maxSteps : fate.always;
        out[0]! += value * like;
        out[1]! += correction * like;
        out[2]! += value * always;
        out[3]! += correction * always;
        for (let i = 0; i < survival.length; i++) {
          if (fate.like >= 0 && fate.like <= survival[i]!) continue;
          out[4 + 2 * i]! += value;
          out[5 + 2 * i]! += correction;
        }
      }
      noteEncounters(walkers, path, counts, extremes, 0, larger);
    },
  };
}

function events(region: Region) {
  const counts = new Float64Array(eventsPerProcess + 2 + region.constraints.length);
  const extremes: (Extreme | null)[] = new Array<Extreme | null>(extremesPerProcess).fill(null);
  const censored = { like: eventsPerProcess, always: eventsPerProcess + 1 };
  return { counts, extremes, censored, leftThrough: (constraint: number) => eventsPerProcess + 2 + constraint };
}

function described(
  problem: SgdProblem,
  { inside, survival, maxSteps }: ExitAsk,
  process: string,
  fine: number,
  seed: number,
  normals: NormalKind,
) {
  const spec: ExitJob = { question: "exit", inside, survival, maxSteps, process, fine, seed, normals };
  return { job: jobText(problem, spec), problem, spec };
}

/** The first constraint that does not hold, -1 where all do; a state that is not finite violates the first. */
function firstViolated(region: Region, walker: Walker): number {
  const { constraints } = region;
  for (let c = 0; c < constraints.length; c++) if (!(constraints[c]!.value(walker.x) < 0)) return c;
  return isFiniteState(walker.x) ? -1 : 0;
}

function hasMoved(before: Float64Array, { x }: Walker): boolean {
  for (let i = 0; i < x.length; i++) if (Math.abs(x[i]! - before[i]!) > 4 * Number.EPSILON * Math.abs(x[i]!)) return true;
  return false;
}

/** v^T U C U^T v: the variance, in a unit of a step, of the frozen noise along v. */
function varianceAlong(v: Float64Array, { basis, diffusion, diagonal }: Frozen, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) {
    let vi = 0;
    for (let k = 0; k < d; k++) vi += basis[k * d + i]! * v[k]!;
    if (diagonal) {
      sum += vi * vi * diffusion[i * d + i]!;
      continue;
    }
    for (let j = 0; j < d; j++) {
      let vj = 0;
      for (let k = 0; k < d; k++) vj += basis[k * d + j]! * v[k]!;
      sum += vi * vj * diffusion[i * d + j]!;
    }
  }
  return Math.max(sum, 0);
}

/** Some covariance at the start, or one that varies. */
export function hasNoise({ noise, objective, start }: SgdProblem): boolean {
  return !noise.constant || noise.covariance(start, new Float64Array(objective.d * objective.d)).some((entry) => entry !== 0);
}
