// Which models have figures on the line, and where SGD's law is: the rule of model/existence.ts with SGD's law itself as the measure of
// how much a place matters. Discrete and minibatch noise are measured with Gaussian noise of the same covariance, which is what
// the models see. Does not do: figures.
import type { Warning } from "../answer/warning.ts";
import { isDeterministic } from "../model/define.ts";
import { decideProcess, type ExistenceOptions, existenceAt, type Met, survey } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import { latticePoint, runChain } from "./chain.ts";
import { gaussianStep, latticeLevels } from "./chain-expectations.ts";
import type { Range } from "./kolmogorov.ts";
import { type LineProblem, type LineSde, lineSdes } from "./line-problem.ts";

export interface AnsweredModels {
  readonly sdes: readonly LineSde[];
  readonly warnings: readonly Warning[];
}

/**
 * The range of SGD's law over the steps, up to masses of 1e-20. Where SGD is unstable, that of an Euler chain of SME-1 with substeps;
 * null where that fails, too.
 */
export function lawRange(line: LineProblem, steps: number): Range | null {
  const chain = gaussianStep(line);
  const run = runChain(chain, line.start, steps, latticeLevels[0], () => {});
  if (!("failure" in run)) return run;
  const parts = 8;
  const euler = {
    mean: (x: number) => x - (line.eta / parts) * line.slope(x),
    deviation: (x: number) => line.deviation(x) / Math.sqrt(parts),
    stretch: (x: number) => 1 - (line.eta / parts) * line.curvature(x),
  };
  const finer = runChain(euler, line.start, steps * parts, latticeLevels[0], () => {});
  return "failure" in finer ? null : finer;
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
  const met = suspects.length === 0 ? new Map<string, Met>() : surveyed(line, suspects, steps, options);
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
function surveyed(line: LineProblem, sdes: readonly LineSde[], steps: number, options: ExistenceOptions): Map<string, Met> {
  const worst = sdes.map(() => ({ mass: -1, places: [] as { x: Float64Array; mass: number; defect: number }[] }));
  const defects = sdes.map(() => new Map<number, number>());
  runChain(gaussianStep(line), line.start, steps, latticeLevels[0], (law, lattice) => {
    sdes.forEach((sde, s) => {
      const places: { x: Float64Array; mass: number; defect: number }[] = [];
      let total = 0;
      law.masses.forEach((mass, i) => {
        if (mass < 1e-20) return;
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
  return new Map(sdes.map((sde, s) => [sde.id, survey(worst[s]!.places, options)]));
}
