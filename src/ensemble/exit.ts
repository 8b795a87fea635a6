// Exit times by sampling, in any dimension and from any region: mean exit step and survival of SGD and of the models watched as SGD is, and the
// models' mean exit time watched always. Paths still inside after `maxSteps` are given up: then the mean is null, with what is known.
import type { Estimate } from "../answer/estimate.ts";
import type { ExitResult, ModelExit, WatchedAlways, WatchedLikeSgd } from "../answer/exit.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { InputError } from "../errors.ts";
import { isDeterministic } from "../model/define.ts";
import type { SdeModel } from "../model/model.ts";
import { limits } from "../numerics/philox.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { Region } from "../problem/region.ts";
import { type Ensemble, pathsPerBlock } from "./ensemble.ts";
import { type ExitAsk, type ExitFigures, type ExitProgram, hasNoise, sdeExitProgram, sgdExitProgram } from "./exit-program.ts";
import { estimateOf, probabilityOf } from "./figure.ts";
import type { ExitJob } from "./job-spec.ts";
import { judgePaths, judgeStart, overflowWarnings } from "./judge.ts";
import { blockRunner } from "./kernel/backends.ts";
import { threadEngine } from "./kernel/engine.ts";
import type { SampleOptions } from "./options.ts";
import { sample } from "./sample.ts";

export const exitDefaults = {
  paths: 20480,
  /** Below it there is no second elimination. */
  firstSubsteps: 4,
  /** Substeps of a model without noise: one path is all paths. */
  deterministicSubsteps: 64,
  /** Steps after which a path is given up, where `maxSteps` does not say: exits that take longer are reported as not converged. */
  maxSteps: 1e7,
  /** Paths that tell beforehand how long paths are, where `maxSteps` does not say. */
  pilotPaths: 64,
  /** Steps of all paths together that are spent then, where the number of paths is not given. */
  pathSteps: 1e8,
  /** The same for the paths that tell beforehand, and where paths do not leave: a step of a model costs tens of SGD's. */
  stayingPathSteps: { sgd: 1e7, model: 2e6 },
  /** Survival is told at these parts of SGD's mean exit step, if no steps are asked for. */
  survivalParts: [1 / 16, 1 / 4, 1 / 2, 1, 2, 4],
};

export interface SampleExitOptions extends SampleOptions {
  /** Steps at which survival is asked for. */
  readonly survival?: readonly number[];
  /** Default: the problem's `inside`. */
  readonly region?: Region;
}

export interface SampledExit extends ExitResult {
  readonly warnings: readonly Warning[];
}

/**
 * Exits of SGD and of `models` from the region.
 * @throws InputError `ensemble/region` where no region is given or the start lies outside
 */
export async function sampleExit(problem: SgdProblem, models: readonly SdeModel[], options: SampleExitOptions = {}): Promise<SampledExit> {
  const { seed = 1 } = options;
  const region = options.region ?? problem.inside;
  if (!region) throw new InputError("ensemble/region", 'No region to leave was given; say which with --inside, such as --inside "x < 0".');
  if (!region.contains(problem.start))
    throw new InputError(
      "ensemble/region",
      `The start ${JSON.stringify(Array.from(problem.start))} lies outside the region ${region.text}; start inside.`,
      { region: region.text },
    );
  const maxSteps = options.maxSteps ?? exitDefaults.maxSteps;
  if (maxSteps > limits.step)
    throw new InputError("ensemble/max-steps", `max-steps (--max-steps): found ${maxSteps}; allowed with sampling: up to ${limits.step}.`, {
      maxSteps,
    });
  const still = !hasNoise(problem);
  const asked = options.survival ?? aroundMean(problem, region, still ? 1 : exitDefaults.pilotPaths, maxSteps, seed);
  const survival = [...new Set(asked)].sort((a, b) => a - b);
  const ask: ExitAsk = { inside: region.text, survival, maxSteps: Math.max(maxSteps, ...survival) };
  const warnings: Warning[] = [];

  const sgdSample = await exitSample(
    (given) => sgdExitProgram(problem, given, seed, "sgd", options.normals),
    ask,
    still,
    "exit of SGD",
    options,
  );
  warnings.push(...overflowWarnings(sgdSample.ensemble, 0, "SGD"));
  const sgd = watchedLikeSgd(sgdSample, asked, survival);
  warnings.push(...meanWarnings(sgdSample, "SGD", undefined));

  const results: { [id: string]: ModelExit } = {};
  if (problem.noise.kind !== "gaussian") {
    const twin = await exitSample(
      (given) => sgdExitProgram(problem, given, seed, "sgd-gaussian", options.normals),
      ask,
      still,
      "exit of SGD with Gaussian noise",
      options,
    );
    results["sgd-gaussian"] = { watchedLikeSgd: watchedLikeSgd(twin, asked, survival), watchedAlways: { meanSteps: null } };
    warnings.push(...meanWarnings(twin, "SGD with Gaussian noise", "sgd-gaussian"));
  }
  for (const model of models) {
    const nothing = {
      watchedLikeSgd: { meanSteps: null, survival: asked.map((step) => ({ step, probability: null })) },
      watchedAlways: { meanSteps: null },
    };
    results[model.id] = nothing;
    const { start, answered, warnings: refused } = judgeStart(model, problem, options);
    warnings.push(...refused);
    if (!answered) continue;
    const deterministic = isDeterministic(model) || still;
    const own = deterministic ? { ...options, substeps: exitDefaults.deterministicSubsteps } : options;
    const sampled = await exitSample(
      (given, fine) => sdeExitProgram(problem, model, given, fine, seed, options.normals),
      ask,
      deterministic,
      `exit of ${model.title}`,
      own,
    );
    const judged = judgePaths(model, start, sampled.ensemble, 0, options);
    warnings.push(...judged.warnings);
    if (!judged.answered) continue;
    results[model.id] = { watchedLikeSgd: watchedLikeSgd(sampled, asked, survival), watchedAlways: watchedAlways(sampled) };
    warnings.push(...meanWarnings(sampled, model.title, model.id));
  }
  return {
    method: `sampling (${sgdSample.ensemble.paths} paths of SGD, levels extrapolated in the substep)`,
    sgd,
    models: results,
    warnings,
  };
}

/** Steps for survival where none are asked for: parts of SGD's mean exit step, roughly known from a few paths; where these stay, of what is affordable. */
function aroundMean(problem: SgdProblem, region: Region, paths: number, maxSteps: number, seed: number): number[] {
  const ask = { inside: region.text, survival: [], maxSteps };
  const staying = exitDefaults.stayingPathSteps.sgd;
  const program = sgdExitProgram(problem, within(ask, staying / paths), seed);
  const { moments, counts } = blockRunner(program).run(0, paths);
  const mean = moments.mean[program.like.value]!;
  if (!Number.isFinite(mean)) return [1, 10, 100];
  const [stay, end] = counts[program.censored.like]! > 0 ? [true, staying / exitDefaults.paths] : [false, mean];
  const parts = exitDefaults.survivalParts.filter((part) => !stay || part <= 1);
  return [...new Set(parts.map((part) => Math.max(1, Math.round(part * end))))];
}

interface ExitSample {
  readonly program: ExitProgram;
  readonly ensemble: Ensemble;
  readonly met: boolean;
  readonly tolerance: number | undefined;
  readonly maxSteps: number;
}

async function exitSample(
  make: (ask: ExitAsk, fine: number) => ExitProgram,
  ask: ExitAsk,
  deterministic: boolean,
  what: string,
  options: SampleExitOptions,
): Promise<ExitSample> {
  const { engine = threadEngine(), signal, tolerance } = options;
  if (deterministic) {
    const program = make(ask, options.substeps ?? exitDefaults.deterministicSubsteps);
    return { program, ensemble: await engine(program, 0, 1, { signal }), met: true, tolerance: undefined, maxSteps: ask.maxSteps };
  }
  let { paths } = options;
  let given = ask;
  if (options.maxSteps === undefined) {
    const spent =
      exitDefaults.stayingPathSteps[(make(ask, options.substeps ?? 2).spec as ExitJob).process.startsWith("sgd") ? "sgd" : "model"];
    const program = make(within(ask, spent / exitDefaults.pilotPaths), options.substeps ?? 2);
    const { moments, counts } = await engine(program, 0, exitDefaults.pilotPaths, { signal });
    const mean = Math.max(1, moments.mean[program.like.value]!);
    const affordable = Math.max(1, Math.floor(exitDefaults.pathSteps / mean / pathsPerBlock)) * pathsPerBlock;
    if (tolerance === undefined) paths ??= Math.min(exitDefaults.paths, affordable);
    // where paths stay there will be no mean: survival is still to be had, from shorter paths
    if (counts[program.censored.like]! > 0) {
      paths ??= exitDefaults.paths;
      given = within(ask, spent / paths);
    }
  }
  const headlines = (program: ExitProgram) =>
    [program.like, ...(program.always ? [program.always] : [])].map(({ value, correction }) => ({ figure: value, correction }));
  const { program, ensemble, met } = await sample((fine) => make(given, fine), headlines, what, { ...options, paths }, exitDefaults);
  return { program, ensemble, met, tolerance, maxSteps: given.maxSteps };
}

/** The same with paths followed for about so many steps, and to the last at which survival is asked for. */
function within(ask: ExitAsk, steps: number): ExitAsk {
  return { ...ask, maxSteps: Math.min(ask.maxSteps, Math.max(1, ...ask.survival, Math.floor(steps))) };
}

function watchedLikeSgd({ program, ensemble }: ExitSample, asked: readonly number[], survival: readonly number[]): WatchedLikeSgd {
  const { moments, counts, paths } = ensemble;
  const exits = (constraint: number) => counts[program.leftThrough(constraint)]! / paths;
  const constraints = counts.length - program.leftThrough(0);
  return {
    meanSteps: meanOf(ensemble, program.like, program.censored.like),
    survival: asked.map((step) => {
      const { value, correction } = program.survival(survival.indexOf(step));
      return { step, probability: paths === 1 ? estimateOf(moments, value, correction) : probabilityOf(moments, value, correction) };
    }),
    ...(constraints > 1 ? { leftThrough: Array.from({ length: constraints }, (_, c) => exits(c)) } : {}),
  };
}

function watchedAlways({ program, ensemble }: ExitSample): WatchedAlways {
  return { meanSteps: program.always ? meanOf(ensemble, program.always, program.censored.always) : null };
}

function meanOf(ensemble: Ensemble, { value, correction }: ExitFigures, censored: number): Estimate | null {
  return ensemble.counts[censored]! > 0 ? null : estimateOf(ensemble.moments, value, correction);
}

function meanWarnings({ program, ensemble, met, tolerance, maxSteps }: ExitSample, title: string, model: string | undefined): Warning[] {
  const { counts, paths, moments } = ensemble;
  const givenUp = counts[program.censored.like]!;
  const who = model === undefined ? {} : { model };
  if (givenUp > 0) {
    const leastSteps = moments.mean[program.like.value]!;
    const known = { ...who, paths, inside: givenUp / paths, ...(Number.isFinite(leastSteps) ? { leastSteps } : {}), maxSteps };
    if (givenUp === paths)
      return [
        warning(
          "never-exits",
          `${title}: ${paths === 1 ? "the path stays" : `all ${paths} paths stay`} in the region for ${maxSteps} steps, or come to rest there.`,
          known,
        ),
      ];
    return [
      warning(
        "not-converged",
        `${title}: ${givenUp} of ${paths} paths are still inside after ${maxSteps} steps; the mean exit step is at least ${leastSteps.toPrecision(3)}. More with --max-steps.`,
        known,
      ),
    ];
  }
  if (met) return [];
  return [
    warning("not-converged", `${title}: the tolerance ${tolerance} was not met with ${paths} paths; the errors are as stated.`, {
      ...who,
      paths,
      tolerance,
    }),
  ];
}
