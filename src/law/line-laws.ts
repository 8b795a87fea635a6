// The answer of `law` in one dimension where there is no closed form: laws of SGD and the models at the steps asked about (moments,
// densities), divergences of the models' laws from SGD's, stationary laws. Solvers: chain.ts, fokker-planck.ts, line-stationary.ts, each at
// two resolutions. Discrete noise has no density: SGD then has moments only, and no divergence is finite but W2, which is not computed.
import { type Estimate, estimate } from "../answer/estimate.ts";
import type { LawAtStep, LawResult, ModelLaw, SgdLaw, StationaryLaw } from "../answer/law.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { type ExistenceOptions, existenceAt } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import { toRows } from "../numerics/arrays.ts";
import { solveOde } from "../numerics/ode.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { type LatticeLaw, runChain } from "./chain.ts";
import { discreteExpectations, discreteStep } from "./chain-discrete.ts";
import { gaussianStep, latticeLevels } from "./chain-expectations.ts";
import { densities, densityLevels, densityMesh } from "./fokker-planck.ts";
import type { Range } from "./kolmogorov.ts";
import { type Divergences, divergences, type SampledLaw, sampleLaw } from "./line-divergence.ts";
import { type LineLaw, mixtureLaw, nextLaw, polynomialLaw } from "./line-law.ts";
import type { LineMesh } from "./line-mesh.ts";
import { answeredModels, lawRange } from "./line-models.ts";
import { type LineProblem, type LineSde, lineProblem } from "./line-problem.ts";
import { chainStationary, diffusionStationary, type StationaryMoments } from "./line-stationary.ts";
import { outOfReach } from "./scale-function.ts";
import { settledRange } from "./settled-range.ts";

const defaults = {
  /** Points of a density on its grid, and the part of the largest density where the grid ends. */
  gridPoints: 241,
  gridEnd: 1e-8,
  /** Mean and variance are given up to this difference of two resolutions, over the standard deviation (squared). */
  acceptable: 1e-7,
};

export interface LineLaws extends LawResult {
  readonly warnings: readonly Warning[];
}

/** Laws at the steps (ascending, from 1). Errors of moments are mostly below 1e-11 of the standard deviation. */
export function lineLaws(
  problem: SgdProblem,
  models: readonly SdeModel[],
  steps: readonly number[],
  options: ExistenceOptions = {},
): LineLaws {
  const line = lineProblem(problem);
  const warnings: Warning[] = [];
  const last = steps.at(-1) ?? 1;
  const noisy = line.deviation(line.start) > 0;
  const sgd = noisy && problem.noise.gaussian ? sgdLaws(line, steps, warnings) : null;
  const range = noisy ? lawRange(line, last, sgd ? sgd.range : problem.noise.gaussian ? null : undefined) : null;
  const sgdResult = sgd ? sgdAnswer(sgd, steps, range) : sgdMoments(line, steps, warnings);
  const settled = noisy && problem.noise.gaussian ? recurrentRange(line) : null;
  const stationary = settled ? stationaryAnswer(chainStationary(gaussianStep(line), line.start, settled)) : null;

  const empty = (step: number): LawAtStep => ({ step, mean: null, covariance: null, klFromSgd: null, w2SquaredFromSgd: null });
  const results: Record<string, ModelLaw> = {};
  const answered = range ? answeredModels(line, models, last, range, options) : { sdes: [] as readonly LineSde[], warnings: [] };
  warnings.push(...answered.warnings);
  if (range === null)
    warnings.push(warning("not-converged", "The models: their laws are wider, or their noise smaller, than this method resolves."));
  const noisyModels = answered.sdes.filter((sde) => !sde.deterministic);
  const modelLaws = range ? densitiesOf(line, noisyModels, steps, range) : new Map<string, ModelDensities>();
  for (const model of models) {
    const sde = answered.sdes.find(({ id }) => id === model.id);
    const start = existenceAt(model, problem, problem.start);
    const base = {
      exists: start.exists,
      regime: "one-step" as const,
      defect: start.defect !== null && Number.isFinite(start.defect) ? start.defect : null,
      diffusion: start.diffusion ? toRows(start.diffusion, 1) : null,
    };
    if (sde?.deterministic) results[model.id] = { ...base, laws: flowLaws(sde, line, steps, sgd), stationary: null };
    else {
      const found = sde && modelLaws.get(model.id);
      const laws = found ? steps.map((step, i) => modelAnswer(model, step, i, found, sgd, range!, warnings)) : steps.map(empty);
      if (sde && !found)
        warnings.push(warning("not-converged", `${model.title}: its density is too narrow for the elements at hand.`, { model: model.id }));
      results[model.id] = { ...base, laws, stationary: sde ? stationaryAnswer(diffusionStationary(sde, line)) : null };
    }
  }
  const sgdLaw: SgdLaw = { laws: sgdResult, stationary };
  return { method: "transfer operator and Fokker-Planck equation", sgd: sgdLaw, models: results, warnings };
}

// SGD -----------------------------------------------------------------------------------------------------------------------------

interface SgdLaws {
  /** At two lattices, by step. */
  readonly coarse: readonly LineLaw[];
  readonly fine: readonly LineLaw[];
  readonly range: Range;
  readonly samples: Map<LineMesh, SampledLaw[]>;
}

/** The mixtures that one step makes of the lattice laws before the steps asked about. */
function sgdLaws(line: LineProblem, steps: readonly number[], warnings: Warning[]): SgdLaws | null {
  const chain = gaussianStep(line);
  const last = steps.at(-1)!;
  const found = latticeLevels.slice(0, 2).map((level) => {
    const laws = new Map<number, LineLaw>();
    const run = runChain(chain, line.start, last, level, (law: LatticeLaw, lattice) => {
      if (law.step === 1) {
        laws.clear();
        laws.set(1, mixtureLaw(Float64Array.of(chain.mean(line.start)), Float64Array.of(chain.deviation(line.start)), Float64Array.of(1)));
      }
      if (steps.includes(law.step + 1)) laws.set(law.step + 1, nextLaw(chain, law, lattice));
    });
    return { run, laws };
  });
  const [coarse, fine] = found as [(typeof found)[number], (typeof found)[number]];
  for (const { run } of [coarse, fine]) {
    if (!("failure" in run)) continue;
    const { step, place } = run;
    if (run.failure === "unstable")
      warnings.push(
        warning(
          "unstable",
          `SGD's paths overflow from about x = ${place.toPrecision(3)} at step ${step}: averages over them do not exist.`,
          { step, place },
        ),
      );
    else
      warnings.push(
        warning("not-converged", `SGD's law is too wide or its noise too small for the lattice at step ${step}.`, { step, place }),
      );
    return null;
  }
  const pick = (laws: Map<number, LineLaw>): LineLaw[] => steps.map((step) => laws.get(step)!);
  return { coarse: pick(coarse.laws), fine: pick(fine.laws), range: coarse.run as Range, samples: new Map() };
}

function sgdAnswer({ coarse, fine }: SgdLaws, steps: readonly number[], range: Range | null): LawAtStep[] {
  return steps.map((step, i) => ({ step, ...moments(coarse[i]!, fine[i]!), density: grid(fine[i]!, range!) }));
}

/** Without Gaussian noise: mean and covariance from E x and E (x - x_0)², or the path itself where there is no noise. */
function sgdMoments(line: LineProblem, steps: readonly number[], warnings: Warning[]): LawAtStep[] {
  const { problem, start } = line;
  const last = steps.at(-1)!;
  if (problem.noise.gaussian && line.deviation(start) > 0) return steps.map((step) => ({ step, mean: null, covariance: null }));
  if (line.deviation(start) === 0 || problem.noise.atoms === undefined) {
    warnings.push(
      warning(
        "not-applicable",
        line.deviation(start) === 0
          ? "SGD's noise vanishes at the start: its law is not computed here."
          : "SGD with minibatch noise has no law without sampling here: --method sample answers it.",
      ),
    );
    return steps.map((step) => ({ step, mean: null, covariance: null }));
  }
  const [first, second] = discreteExpectations(discreteStep(problem, line), start, [(x) => x - start, (x) => (x - start) ** 2], last);
  if (!first || !second)
    warnings.push(warning("not-converged", "SGD: its moments are not resolved (two meshes differ), or its paths overflow."));
  return steps.map((step) => {
    if (!first || !second) return { step, mean: null, covariance: null };
    const m = first.values[step]!;
    const error = first.errors[step]!;
    const spread = second.errors[step]! + 2 * Math.abs(m) * error;
    return {
      step,
      mean: [estimate(start + m, error, first.kind)],
      covariance: [[estimate(second.values[step]! - m * m, spread, first.kind)]],
    };
  });
}

/** Where SGD settles: the range of its law, and what the same noise in continuous time reaches in the long run, over barriers too. */
function recurrentRange(line: LineProblem): Range | null {
  const settled = settledRange(line);
  const continuous = { drift: (x: number) => -line.slope(x), diffusion: (x: number) => line.eta * line.variance(x) };
  const scale = 10 * line.deviation(line.start);
  const low = outOfReach(continuous, line.start, -1, scale);
  const high = outOfReach(continuous, line.start, 1, scale);
  if (settled === null || low === null || high === null) return null;
  return { low: Math.min(low, settled.low), high: Math.max(high, settled.high) };
}

// Models --------------------------------------------------------------------------------------------------------------------------

interface ModelDensities {
  readonly coarse: readonly LineLaw[];
  readonly fine: readonly LineLaw[];
  readonly mesh: LineMesh;
}

function densitiesOf(line: LineProblem, sdes: readonly LineSde[], steps: readonly number[], range: Range): Map<string, ModelDensities> {
  const out = new Map<string, ModelDensities>();
  let open = sdes;
  let before = new Map<string, readonly LineLaw[]>();
  for (const level of densityLevels) {
    if (open.length === 0) break;
    const mesh = densityMesh(line, sdes, range, steps[0]!, level);
    if (mesh === null) break;
    const now = new Map<string, readonly LineLaw[]>();
    open = open.filter((sde) => {
      const found = densities(line, sde, mesh, range, steps, level);
      if (found === null) return false;
      const fine = found.map((density) => polynomialLaw(mesh, density));
      now.set(sde.id, fine);
      const coarse = before.get(sde.id);
      if (coarse) out.set(sde.id, { coarse, fine, mesh });
      return !coarse || !fine.every((law, i) => agree(coarse[i]!, law));
    });
    before = now;
  }
  return out;
}

/** Densities agree at a few quantile-like points to 1e-9 of the largest, and so do the moments. */
function agree(a: LineLaw, b: LineLaw): boolean {
  const deviation = Math.sqrt(b.variance);
  const top = 0.4 / deviation;
  return [-3, -2, -1, -0.3, 0.4, 1.2, 2.1, 3.2].every((u) => {
    const x = b.mean + u * deviation;
    return Math.abs(a.density(x) - b.density(x)) <= 1e-9 * top;
  });
}

function modelAnswer(
  model: SdeModel,
  step: number,
  i: number,
  { coarse, fine, mesh }: ModelDensities,
  sgd: SgdLaws | null,
  range: Range,
  warnings: Warning[],
): LawAtStep {
  const found = moments(coarse[i]!, fine[i]!);
  if (found.mean === null) {
    warnings.push(
      warning("not-converged", `${model.title}: its law at step ${step} is not resolved (two resolutions differ).`, {
        model: model.id,
        step,
      }),
    );
    return { step, mean: null, covariance: null, klFromSgd: null, w2SquaredFromSgd: null };
  }
  const density = grid(fine[i]!, range);
  if (!sgd) return { step, ...found, density, klFromSgd: null, w2SquaredFromSgd: null };
  const whole = { low: mesh.edges[0]!, high: mesh.edges.at(-1)! };
  const p = sampled(sgd, i, mesh);
  const [rough, good] = [divergences(p, coarse[i]!, whole), divergences(p, fine[i]!, whole)];
  return { step, ...found, density, ...divergenceFigures(rough, good) };
}

/** SGD's law at a mesh's nodes, which the models share. */
function sampled(sgd: SgdLaws, i: number, mesh: LineMesh): SampledLaw {
  const kept = sgd.samples.get(mesh) ?? [];
  sgd.samples.set(mesh, kept);
  return (kept[i] ??= sampleLaw(sgd.fine[i]!, mesh.nodes, mesh.weights));
}

function divergenceFigures(coarse: Divergences, fine: Divergences): Pick<LawAtStep, "klFromSgd" | "w2SquaredFromSgd"> {
  const kl = estimate(fine.kl, Math.abs(fine.kl - coarse.kl) + fine.klError, "bound");
  const w2 = estimate(fine.w2Squared, Math.abs(fine.w2Squared - coarse.w2Squared) + fine.w2Error, "bound");
  return {
    klFromSgd: Number.isFinite(kl.value + kl.error) ? kl : null,
    w2SquaredFromSgd: Number.isFinite(w2.value + w2.error) ? w2 : null,
  };
}

/** A path: no density, no KL; every coupling with a point is the same. */
function flowLaws(sde: LineSde, line: LineProblem, steps: readonly number[], sgd: SgdLaws | null): LawAtStep[] {
  let x: number | null = line.start;
  let at = 0;
  let error = 0;
  return steps.map((step, i) => {
    const next: ReturnType<typeof solveOde> = x === null ? null : solveOde(sde.drift, x, (step - at) * sde.eta);
    at = step;
    if (next === null) {
      x = null;
      return { step, mean: null, covariance: null, klFromSgd: null, w2SquaredFromSgd: null };
    }
    x = next.value;
    error += next.error;
    const law = sgd?.fine[i];
    const w2 = law ? law.variance + (law.mean - x) ** 2 : null;
    const w2Error = law
      ? Math.abs(law.variance - sgd.coarse[i]!.variance) +
        1e-13 * law.variance +
        2 * Math.abs(law.mean - x) * (error + Math.abs(law.mean - sgd.coarse[i]!.mean) + 1e-14 * Math.abs(law.mean))
      : 0;
    return {
      step,
      mean: [estimate(x, error, "bound")],
      covariance: [[estimate(0, 0, "rounding")]],
      klFromSgd: null,
      w2SquaredFromSgd: w2 === null ? null : estimate(w2, w2Error, "bound"),
    };
  });
}

// Both ----------------------------------------------------------------------------------------------------------------------------

function moments(coarse: LineLaw, fine: LineLaw): { mean: Estimate[] | null; covariance: Estimate[][] | null } {
  const deviation = Math.sqrt(fine.variance);
  // 1e-14 of the scales: some hundred sums (as in chain-expectations.ts).
  const meanError = Math.abs(fine.mean - coarse.mean) + 1e-14 * (Math.abs(fine.mean) + deviation);
  const varianceError = Math.abs(fine.variance - coarse.variance) + 1e-13 * fine.variance;
  const good = meanError <= defaults.acceptable * (deviation + Math.abs(fine.mean)) && varianceError <= defaults.acceptable * fine.variance;
  if (!good) return { mean: null, covariance: null };
  return { mean: [estimate(fine.mean, meanError, "bound")], covariance: [[estimate(fine.variance, varianceError, "bound")]] };
}

/** The density where it is above 1e-8 of its largest value, at equal distances. */
function grid(law: LineLaw, range: Range): { x: number[]; p: number[] } {
  const coarse = 400;
  let top = 0;
  const at = (i: number): number => range.low + ((range.high - range.low) * i) / coarse;
  const values = Array.from({ length: coarse + 1 }, (_, i) => law.density(at(i)));
  const deviation = Math.sqrt(law.variance);
  for (const value of [...values, law.density(law.mean)]) top = Math.max(top, value);
  let i = 0;
  let j = coarse;
  while (i < coarse && !(values[i]! > defaults.gridEnd * top)) i++;
  while (j > 0 && !(values[j]! > defaults.gridEnd * top)) j--;
  // A law narrower than the scan is found by its moments.
  const [low, high] =
    j > i + 8 ? [at(Math.max(0, i - 1)), at(Math.min(coarse, j + 1))] : [law.mean - 6 * deviation, law.mean + 6 * deviation];
  const x = Array.from({ length: defaults.gridPoints }, (_, k) => low + ((high - low) * k) / (defaults.gridPoints - 1));
  return { x, p: x.map((y) => Math.max(0, law.density(y))) };
}

function stationaryAnswer(found: StationaryMoments | null): StationaryLaw | null {
  return (
    found && {
      mean: [estimate(found.mean, found.meanError, "bound")],
      covariance: [[estimate(found.variance, found.varianceError, "bound")]],
    }
  );
}
