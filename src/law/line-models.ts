// Which models have figures on the line, and where SGD's law is: the rule of model/existence.ts with SGD's law itself as the measure of
// how much a place matters. Discrete and minibatch noise are measured with Gaussian noise of the same covariance, which is what
// the models see. Does not do: figures.
import type { Warning } from "../answer/warning.ts";
import { isDeterministic } from "../model/define.ts";
import { decideProcess, type ExistenceOptions, existenceAt, type Met, survey } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import { exp, expm1 } from "../numerics/elementary.ts";
import { type GaussianStep, type Lattice, latticePoint, runChain } from "./chain.ts";
import { gaussianStep, latticeLevels } from "./chain-expectations.ts";
import type { Range } from "./line-domain.ts";
import { type LineProblem, type LineSde, lineSdes } from "./line-problem.ts";

export interface AnsweredModels {
  readonly sdes: readonly LineSde[];
  readonly warnings: readonly Warning[];
}

/**
 * The range of the laws of SGD and the models over the steps, up to masses of 1e-16. SGD's is the widest but where f'' < 0 (there
 * SME-1's grows faster: exp(eta |f''|) against 1 + eta |f''| a step) and where SGD is unstable: then a chain of SME-1, linearised
 * step by step, is asked, too.
 * @param known  SGD's own range, if it is known already; null where it has none
 * @returns null where the laws are wider, or the noise smaller, than a lattice holds
 */
export function lawRange(line: LineProblem, steps: number, known?: Range | null): Range | null {
  const sgd = known === undefined ? rangeOf(gaussianStep(line), line.start, steps) : known;
  if (sgd === null) return rangeOf(linearisedStep(line, 4), line.start, 4 * steps);
  if (!concaveSomewhere(line, sgd)) return sgd;
  const continuous = rangeOf(linearisedStep(line, 1), line.start, steps);
  return continuous && { low: Math.min(sgd.low, continuous.low), high: Math.max(sgd.high, continuous.high) };
}

function rangeOf(chain: GaussianStep, start: number, steps: number): Range | null {
  const run = runChain(chain, start, steps, latticeLevels[0], () => {});
  return "failure" in run ? null : { low: run.low, high: run.high };
}

/** SME-1 over eta/parts, linearised at the step's start: exact on quadratics (theory.md 6), where plain Euler steps grow too slowly. */
function linearisedStep(line: LineProblem, parts: number): GaussianStep {
  const h = line.eta / parts;
  // (1 - exp(-z))/z
  const decay = (z: number): number => (z === 0 ? 1 : -expm1(-z) / z);
  return {
    mean: (x) => x - h * line.slope(x) * decay(h * line.curvature(x)),
    deviation: (x) => line.deviation(x) * Math.sqrt(decay(2 * h * line.curvature(x)) / parts),
    stretch: (x) => exp(-h * line.curvature(x)),
  };
}

function concaveSomewhere(line: LineProblem, { low, high }: Range): boolean {
  for (let i = 0; i <= 64; i++) if (line.curvature(low + ((high - low) * i) / 64) < 0) return true;
  return false;
}

/** The models that are answered on this range, and what is to be said about them and the others. */
export function answeredModels(
  line: LineProblem,
  models: readonly SdeModel[],
  steps: number,
  range: Range,
  options: ExistenceOptions,
): AnsweredModels {
  const warnings: Warning[] = [];
  const bound = lineSdes(models, line, warnings);
  const suspects = bound.filter((sde) => !sde.deterministic && isSuspect(sde, range));
  const met = suspects.length === 0 ? new Map<string, Met>() : surveyed(line, suspects, steps, range, options);
  const sdes = bound.filter((sde) => {
    if (isDeterministic(sde.model)) return true;
    const decision = decideProcess(sde.model, existenceAt(sde.model, line.problem, line.problem.start), met.get(sde.id), options);
    warnings.push(...decision.warnings);
    return decision.answered;
  });
  return { sdes, warnings };
}

/** Some of 513 points of the range has no psd D². */
function isSuspect(sde: LineSde, { low, high }: Range): boolean {
  for (let i = 0; i <= 512; i++) if (!(sde.defect(low + ((high - low) * i) / 512) <= 1e-12)) return true;
  return false;
}

/** What each model meets at the step where SGD's law has most of its mass at such places. */
function surveyed(line: LineProblem, sdes: readonly LineSde[], steps: number, range: Range, options: ExistenceOptions): Map<string, Met> {
  const worst = sdes.map(() => ({ mass: -1, places: [] as { x: Float64Array; mass: number; defect: number }[] }));
  const defects = sdes.map(() => new Map<number, number>());
  let of: Lattice | undefined;
  runChain(gaussianStep(line), line.start, steps, latticeLevels[0], (law, lattice) => {
    // A restart on a finer lattice begins anew.
    if (of !== lattice) {
      for (const map of defects) map.clear();
      for (const entry of worst) [entry.mass, entry.places] = [-1, []];
      of = lattice;
    }
    sdes.forEach((sde, s) => {
      const places: { x: Float64Array; mass: number; defect: number }[] = [];
      let total = 0;
      law.masses.forEach((mass, i) => {
        if (mass < 1e-16) return;
        const index = law.first + i;
        let defect = defects[s]!.get(index);
        if (defect === undefined) defects[s]!.set(index, (defect = sde.defect(latticePoint(lattice, index))));
        if (defect <= 1e-12) return;
        total += mass;
        places.push({ x: Float64Array.of(latticePoint(lattice, index)), mass, defect });
      });
      if (total > worst[s]!.mass) worst[s] = { mass: total, places };
    });
  });
  // Where there is no law to weigh places with (no noise at all), every place counts in full.
  const unweighed = (sde: LineSde) =>
    Array.from({ length: 65 }, (_, i) => range.low + ((range.high - range.low) * i) / 64)
      .map((x) => ({ x: Float64Array.of(x), mass: 1 / 65, defect: sde.defect(x) }))
      .filter(({ defect }) => !(defect <= 1e-12));
  return new Map(sdes.map((sde, s) => [sde.id, survey(of === undefined ? unweighed(sde) : worst[s]!.places, options)]));
}
