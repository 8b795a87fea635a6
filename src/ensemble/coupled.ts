// Paths of SGD and of models driven by the same normals: the program behind laws and weak errors. Each process has its levels (levels.ts);
// figures are extrapolated path by path, and a model's differences from SGD are figures of their own, so that their errors are those of
// coupled differences. With Gaussian noise SGD takes the models' normals (coupled-sgd.ts); discrete and minibatch noise have their own draws,
// and differences then have the variance of both. Where the job has a control, what it knows exactly is taken from the figures (control.ts); where
// it is mirrored, every path is run on the negated normals, too, and its figures are the means of the two, SGD's plain value apart.

import { isDeterministic } from "../model/define.ts";
import { haSme } from "../model/ha-sme.ts";
import type { NormalKind } from "../numerics/normals.ts";
import { normalSource } from "../numerics/random.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { type ControlSpec, pathControl } from "./control.ts";
import { coupledSgdWalker } from "./coupled-sgd.ts";
import type { Extreme } from "./ensemble.ts";
import { larger } from "./ensemble.ts";
import { eventsPerProcess, extremesPerProcess, noteEncounters } from "./events.ts";
import { type CoupledJob, jobText } from "./job-spec.ts";
import { type Levels, levelsFor } from "./levels.ts";
import { vectorsAStep } from "./momentum-sgd.ts";
import { type ObservationSpec, observationOf } from "./observation.ts";
import { type Companion, idOf } from "./process.ts";
import type { PathProgram } from "./program.ts";
import { sdeWalker } from "./sde.ts";
import { sgdWalker } from "./sgd.ts";
import { isFiniteState, type Walker } from "./walker.ts";

/** Which of a companion's figures: the value, its difference from SGD's, what the last extrapolation moved. */
export const valueFigure = 0;
export const differenceFigure = 1;
export const correctionFigure = 2;
export const figuresPerValue = 3;

export interface CoupledProgram extends PathProgram {
  readonly levels: Levels;
  /** Index of SGD's figure. */
  sgd(place: number, value: number): number;
  /** Index of SGD's value as it is on each path, nothing taken from it: the same, where values are not controlled. */
  plain(place: number, value: number): number;
  /** Whether `fine` changes a companion's figures: not SGD's twin, and not a model without noise, which has substeps of its own. */
  refines(companion: number): boolean;
  /** The values of a companion without noise, [steps][size] each: the same on every path. */
  fixed(companion: number): { readonly value: Float64Array; readonly correction: Float64Array } | undefined;
  /** Index of a companion's figure. */
  companion(companion: number, place: number, value: number, figure: number): number;
}

/** SGD's Gaussian twin has no substeps. */
export const oneLevel: Levels = { fine: 1, substeps: [1], value: [1], correction: [0] };

/** Substeps of models without noise: one path is all paths, so that they may be many. */
const deterministicSubsteps = 64;

export function coupledProgram(
  problem: SgdProblem,
  companions: readonly Companion[],
  observation: ObservationSpec,
  steps: readonly number[],
  fine: number,
  seed: number,
  eliminations: 0 | 1 | 2 = 2,
  normalKind: NormalKind = "fast",
  control?: ControlSpec,
  mirrored = false,
): CoupledProgram {
  const { objective, noise } = problem;
  const { d } = objective;
  const spec: CoupledJob = {
    question: "coupled",
    companions: companions.map(idOf),
    observation,
    steps,
    fine,
    eliminations,
    seed,
    normals: normalKind,
    control,
    mirrored: mirrored || undefined,
  };
  const { size, observe: look } = observationOf(observation, problem);
  const levels = levelsFor(fine, "stochastic", eliminations);
  const gaussian = noise.kind === "gaussian";
  const source = normalSource(seed, d, normalKind);
  const vectors = vectorsAStep(problem, fine);
  const noNormals = new Float64Array(deterministicSubsteps * d);
  const block = steps.length * size;
  const raw = block * (1 + figuresPerValue * companions.length);
  const hasPlain = mirrored || control?.values === true;
  const figureAt = (companion: number, place: number, value: number, figure: number) =>
    block + ((companion * steps.length + place) * size + value) * figuresPerValue + figure;

  interface Runner {
    readonly levels: Levels;
    readonly walkers: readonly Walker[];
    readonly normals: Float64Array;
    /** Values of the extrapolated path and of the correction, [steps][size] each, of a process without noise. */
    readonly fixed?: { readonly value: Float64Array; readonly correction: Float64Array };
  }
  const fixed = companions.map((companion): Runner | undefined => {
    if (companion === "sgd-gaussian" || !isDeterministic(companion)) return undefined;
    const own = levelsFor(deterministicSubsteps, "deterministic");
    const walkers = own.substeps.map((n) => sdeWalker(problem, companion, deterministicSubsteps, n));
    const figures = { value: new Float64Array(block), correction: new Float64Array(block) };
    return { levels: own, walkers, normals: noNormals, fixed: figures };
  });
  /** Everything that moves on normals of one sign. */
  const half = (sign: 1 | -1) => {
    const normals = new Float64Array(vectors * d);
    const runners = companions.map((companion, c): Runner => {
      if (fixed[c]) return fixed[c];
      if (companion === "sgd-gaussian") return { levels: oneLevel, walkers: [coupledSgdWalker(problem, haSme, fine)], normals };
      return { levels, walkers: levels.substeps.map((n) => sdeWalker(problem, companion, fine, n)), normals };
    });
    const sgd = gaussian ? coupledSgdWalker(problem, haSme, fine) : sgdWalker(problem, seed);
    const taken = control && pathControl(problem, control, steps, fine, seed);
    const moving = runners.filter((runner) => !runner.fixed);
    return {
      runners,
      sgd,
      taken,
      begin(path: number) {
        sgd.begin(path);
        taken?.begin(path);
        for (const { walkers } of moving) for (const walker of walkers) walker.begin(path);
      },
      advance(k: number, drawn: Float64Array) {
        for (let i = 0; i < normals.length; i++) normals[i] = sign * drawn[i]!;
        if (isFiniteState(sgd.x)) sgd.advance(k, normals);
        taken?.advance(k, normals);
        for (const runner of moving) advance(runner, k);
      },
    };
  };
  const scratch = new Float64Array(size);
  const drawn = new Float64Array(vectors * d);
  const sgdValues = new Float64Array(size);
  const own = new Float64Array(size);
  const value = new Float64Array(size);
  const correction = new Float64Array(size);
  const counts = new Float64Array((1 + companions.length) * eventsPerProcess);
  const extremes: (Extreme | null)[] = new Array<Extreme | null>((1 + companions.length) * extremesPerProcess).fill(null);

  const observe = (walker: Walker, place: number, process: number, out: Float64Array) => {
    if (isFiniteState(walker.x)) look(walker.state ?? walker.x, place, process, out, 0);
    else out.fill(Number.NaN);
  };
  const combineLevels = (runner: Runner, place: number, process: number) => {
    value.fill(0);
    correction.fill(0);
    for (let l = 0; l < runner.walkers.length; l++) {
      observe(runner.walkers[l]!, place, process, scratch);
      const weight = runner.levels.value[l]!;
      const moved = runner.levels.correction[l]!;
      for (let v = 0; v < size; v++) {
        value[v]! += weight * scratch[v]!;
        correction[v]! += moved * scratch[v]!;
      }
    }
  };
  const advance = (runner: Runner, k: number) => {
    for (const walker of runner.walkers) if (isFiniteState(walker.x)) walker.advance(k, runner.normals);
  };
  for (const [r, runner] of fixed.entries()) {
    if (!runner?.fixed) continue;
    for (const walker of runner.walkers) walker.begin(0);
    for (let k = 0, place = 0; place < steps.length; k++) {
      advance(runner, k);
      if (steps[place] !== k + 1) continue;
      combineLevels(runner, place, r + 1);
      runner.fixed.value.set(value, place * size);
      runner.fixed.correction.set(correction, place * size);
      place++;
    }
  }
  const halves = mirrored ? [half(1), half(-1)] : [half(1)];
  const share = 1 / halves.length;

  /** Adds a half's share of the figures of a place. */
  const lookAt = ({ sgd, taken, runners }: (typeof halves)[number], place: number, out: Float64Array): void => {
    observe(sgd, place, 0, sgdValues);
    taken?.look(place);
    for (let v = 0; v < size; v++) own[v] = control?.values ? sgdValues[v]! - taken!.own(v) : sgdValues[v]!;
    for (let v = 0; v < size; v++) out[place * size + v]! += share * own[v]!;
    for (const [r, runner] of runners.entries()) {
      if (runner.fixed) {
        for (let v = 0; v < size; v++) {
          value[v] = runner.fixed.value[place * size + v]!;
          correction[v] = runner.fixed.correction[place * size + v]!;
        }
      } else combineLevels(runner, place, r + 1);
      for (let v = 0; v < size; v++) {
        const isTaken = taken && !runner.fixed;
        const ofValue = isTaken && control!.values ? taken.companion(r, v) : 0;
        const ofDifference = isTaken ? taken.difference(r, v) : 0;
        const to = figureAt(r, place, v, 0);
        out[to]! += share * (value[v]! - ofValue);
        out[to + differenceFigure]! += share * (value[v]! - (runner.fixed ? own[v]! : sgdValues[v]!) - ofDifference);
        out[to + correctionFigure]! += share * correction[v]!;
      }
    }
  };

  return {
    job: jobText(problem, spec),
    problem,
    spec,
    size: raw + (hasPlain ? block : 0),
    levels,
    counts,
    extremes,
    sgd: (place, v) => place * size + v,
    plain: (place, v) => (hasPlain ? raw : 0) + place * size + v,
    refines: (companion) => halves[0]!.runners[companion]!.levels === levels,
    fixed: (companion) => fixed[companion]?.fixed,
    companion: figureAt,
    run(path, out) {
      out.fill(0, 0, raw);
      for (const one of halves) one.begin(path);
      const last = steps[steps.length - 1]!;
      for (let k = 0, place = 0; k < last; k++) {
        source.fill(path, k, vectors, drawn);
        for (const one of halves) one.advance(k, drawn);
        if (steps[place] !== k + 1) continue;
        for (const one of halves) lookAt(one, place, out);
        if (hasPlain) observe(halves[0]!.sgd, place, 0, out.subarray(raw + place * size, raw + (place + 1) * size));
        place++;
      }
      const met = (walkers: (one: (typeof halves)[number]) => readonly Walker[], process: number): void =>
        noteEncounters(halves.flatMap(walkers), path, counts, extremes, process, larger);
      met((one) => [one.sgd], 0);
      for (let r = 0; r < companions.length; r++)
        met((one) => (one.runners[r]!.fixed && one !== halves[0] ? [] : one.runners[r]!.walkers), r + 1);
    },
  };
}
