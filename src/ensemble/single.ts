// Paths of one process by its scheme as it is, without levels: what ensembles of paths and their moments are made of. An SDE's figures are
// those of local linearisation with the given substeps; their step bias is the caller's business (question/paths.ts estimates it).

import type { Estimate } from "../answer/estimate.ts";
import type { SdeModel } from "../model/model.ts";
import type { Sde } from "../model/sde.ts";
import type { NormalKind } from "../numerics/normals.ts";
import { normalSource } from "../numerics/random.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { Region } from "../problem/region.ts";
import { regionOf } from "../problem/region-of.ts";
import type { TestFunction } from "../problem/test-function.ts";
import { type Ensemble, type Extreme, larger } from "./ensemble.ts";
import { eventsPerProcess, extremesPerProcess, noteEncounters } from "./events.ts";
import { estimateOf } from "./figure.ts";
import { jobText, type SingleJob } from "./job-spec.ts";
import { threadEngine } from "./kernel/engine.ts";
import { vectorsAStep } from "./momentum-sgd.ts";
import { type ObservationSpec, observationOf } from "./observation.ts";
import { idOf } from "./process.ts";
import type { PathProgram } from "./program.ts";
import type { Engine } from "./run.ts";
import { sdeWalker } from "./sde.ts";
import { type SgdKind, sgdWalker } from "./sgd.ts";
import { isFiniteState, type Walker } from "./walker.ts";

/** SGD, its twin with Gaussian noise, or a model in so many substeps. */
export interface Scheme {
  readonly problem: SgdProblem;
  readonly process: SgdKind | SdeModel;
  readonly substeps: number;
}

/** Walks a scheme's paths, normals included. */
export interface SchemeWalker {
  readonly walker: Walker;
  begin(path: number): void;
  /** From x_k to x_{k+1}; a path that has overflowed stays as it is. */
  advance(k: number): void;
}

export function schemeWalker({ problem, process, substeps }: Scheme, seed: number, normalKind: NormalKind = "fast"): SchemeWalker {
  const { d } = problem.objective;
  const model = typeof process === "string" ? undefined : process;
  const fine = model ? substeps : 1;
  const vectors = model ? vectorsAStep(problem, fine) : 1;
  const walker = model ? sdeWalker(problem, model, fine, fine) : sgdWalker(problem, seed, process as SgdKind);
  const usesNormals = model !== undefined || problem.noise.kind === "gaussian" || process === "sgd-gaussian";
  const source = normalSource(seed, d, normalKind);
  const normals = new Float64Array(vectors * d);
  let path = 0;
  return {
    walker,
    begin(number) {
      path = number;
      walker.begin(number);
    },
    advance(k) {
      if (!isFiniteState(walker.x)) return;
      if (usesNormals) source.fill(path, k, vectors, normals);
      walker.advance(k, normals);
    },
  };
}

/** What is to be averaged: all of it given beforehand. */
export interface Ask {
  readonly tests?: readonly TestFunction[];
  /** The indicator that the path was inside the region at every step up to this one. */
  readonly regions?: readonly Region[];
  /** Steps, ascending, from 1. */
  readonly steps: readonly number[];
  readonly seed?: number;
  readonly paths: number;
}

/** Figures: [place][value], then [place][region]. */
export function singleProgram(
  scheme: Scheme,
  observation: ObservationSpec,
  regionTexts: readonly string[],
  steps: readonly number[],
  seed: number,
  normals: NormalKind = "fast",
): PathProgram {
  const { problem, substeps } = scheme;
  const { size, observe } = observationOf(observation, problem);
  const regions = regionTexts.map((text) => regionOf(problem, text));
  const spec: SingleJob = {
    question: "single",
    process: idOf(scheme.process),
    substeps,
    observation,
    regions: regionTexts,
    steps,
    seed,
    normals,
  };
  const runner = schemeWalker(scheme, seed, normals);
  const { walker } = runner;
  const counts = new Float64Array(eventsPerProcess);
  const extremes: (Extreme | null)[] = new Array<Extreme | null>(extremesPerProcess).fill(null);
  const inside = new Uint8Array(regions.length);
  const block = steps.length * size;
  return {
    job: jobText(problem, spec),
    problem,
    spec,
    size: block + steps.length * regions.length,
    counts,
    extremes,
    run(path, out) {
      runner.begin(path);
      inside.fill(1);
      for (let k = 0, place = 0; place < steps.length; k++) {
        runner.advance(k);
        for (let r = 0; r < regions.length; r++) if (inside[r] === 1 && !regions[r]!.contains(walker.x)) inside[r] = 0;
        if (steps[place] !== k + 1) continue;
        if (isFiniteState(walker.x)) observe(walker.state ?? walker.x, place, 0, out, place * size);
        else out.fill(Number.NaN, place * size, (place + 1) * size);
        for (let r = 0; r < regions.length; r++) out[block + place * regions.length + r] = inside[r]!;
        place++;
      }
      noteEncounters([walker], path, counts, extremes, 0, larger);
    },
  };
}

export interface Simulated {
  readonly ensemble: Ensemble;
  /** E phi by [step][test]; null where a path has overflowed. */
  readonly tests: readonly (readonly (Estimate | null)[])[];
  /** Probability of having stayed inside, by [step][region]. */
  readonly inside: readonly (readonly (Estimate | null)[])[];
}

/**
 * Simulates one process and averages what was asked for. The figures of an Sde are those of its scheme in `by.substeps` substeps (default 8);
 * errors are standard errors, the step bias not included: sampleWeak, sampleLaw and sampleExit have figures whose errors hold it.
 */
export async function simulate(
  process: SgdProblem | Sde,
  ask: Ask,
  by: {
    readonly engine?: Engine;
    readonly substeps?: number;
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
  } = {},
): Promise<Simulated> {
  const { tests = [], regions = [], steps, seed = 1, paths } = ask;
  const sde = "model" in process ? process : undefined;
  const asked = sde ? sde.problem : (process as SgdProblem);
  const problem = Object.freeze({ ...asked, tests, json: { ...asked.json, tests: tests.map((test) => test.text) } });
  const scheme: Scheme = { problem, process: sde ? sde.model : "sgd", substeps: sde ? (by.substeps ?? 8) : 1 };
  const { engine = threadEngine(), signal, onProgress } = by;
  const program = singleProgram(
    scheme,
    { kind: "tests" },
    regions.map((region) => region.text),
    steps,
    seed,
  );
  const ensemble = await engine(program, 0, paths, { signal, onProgress });
  const at = (offset: number, count: number) =>
    steps.map((_, place) => Array.from({ length: count }, (_v, v) => estimateOf(ensemble.moments, offset + place * count + v)));
  return { ensemble, tests: at(0, tests.length), inside: at(steps.length * tests.length, regions.length) };
}
