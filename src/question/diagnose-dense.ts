// A network's diagnosis with the eigenvectors of its Hessian: one decomposition, from which every learning rate and batch size follows, since
// Sigma is a factor times one matrix (theory.md 4, 8, 10). Stationary excess losses have H and Sigma frozen at the optimum.
import type { DiagnoseResult, SweepRow } from "../answer/diagnose.ts";
import type { Estimate } from "../answer/estimate.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { type IndicatorParts, indicatorParts, indicatorsFrom } from "../law/indicators.ts";
import { norm } from "../law/krylov.ts";
import { frozenAt, frozenExcessLoss } from "../law/stationary.ts";
import { bindCorrection, lackingFor } from "../model/correction.ts";
import { hasPole } from "../model/define.ts";
import { existenceLimits, type PointExistence } from "../model/existence.ts";
import { modelById } from "../model/index.ts";
import { type LinearProblem, modelDiffusion } from "../model/linear-law.ts";
import type { SdeModel } from "../model/model.ts";
import { constantDiffusionFactor } from "../model/polynomial.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { toEigenbasis } from "../numerics/eigen.ts";
import { numberOps } from "../numerics/factors.ts";
import { psdDefect } from "../numerics/semidefinite.ts";
import { covarianceFactor, minibatchNoise, thirdCumulantFactor } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { meanSquareAt } from "./diagnose-mean-square.ts";
import { measuredExcessLoss } from "./diagnose-measure.ts";
import type { DiagnoseOptions } from "./diagnose-options.ts";
import { existenceWarnings, layerTraces, type NetworkPlace, regimeOf } from "./diagnose-parts.ts";
import { trustIn } from "./trust.ts";

/** One learning rate and batch size at the place. */
interface Setting {
  readonly problem: SgdProblem;
  readonly linear: LinearProblem;
  readonly parts: IndicatorParts;
  /** Existences that are known, by what they hang on: eigenvalues of d x d matrices are the dearest part of a row. */
  readonly existences: Map<unknown, PointExistence>;
}

export async function diagnoseDense(
  problem: SgdProblem,
  models: readonly SdeModel[],
  place: NetworkPlace,
  options: DiagnoseOptions,
  warnings: Warning[],
): Promise<DiagnoseResult> {
  const { objective, noise, learningRate: eta } = problem;
  const { d } = objective;
  const { x, g } = place;
  const hessian = objective.hessian!(x, new Float64Array(d * d));
  const linear = frozenAt(problem, x, hessian);
  const setting: Setting = {
    problem,
    linear,
    parts: indicatorParts(problem, x, place.stationary ? new Float64Array(d) : g, linear),
    existences: new Map(),
  };
  const eigenvalues = Array.from(linear.eigen.values).reverse();
  const largest = eigenvalues[0]!;
  const indicators = indicatorsFrom(setting.parts, problem, g, linear, place.stationary);
  const existences = new Map(models.map((model) => [model.id, existenceIn(setting, model, place)]));
  for (const model of models) warnings.push(...existenceWarnings(model, existences.get(model.id)!));
  const meanSquare = meanSquareAt(
    problem,
    x,
    { eigen: linear.eigen, steepest: steepestOf(linear), positive: linear.z[0]! > 0 && !linear.flat.includes(true) },
    options,
    warnings,
  );
  const at = (row: Setting): Record<string, Estimate | null> => excessLosses(row, models);
  const losses = place.optimum ? at(setting) : undefined;
  if (losses && losses["sgd"] === null)
    warnings.push(
      warning("unstable", "SGD has no stationary law here: it grows, or some direction is flat; its stationary excess loss is null.", {
        zMax: eta * largest,
      }),
    );
  const measure = place.optimum && options.measure === true;
  const result: DiagnoseResult = {
    point: Array.from(x),
    value: objective.value(x),
    gradientNorm: norm(g),
    hessianTrace: traceOf(hessian, d),
    eigenvalues,
    zMax: eta * largest,
    zMin: eta * eigenvalues[d - 1]!,
    regime: regimeOf(linear.z),
    thresholds: {
      oneStep: largest > 0 ? 1 / largest : null,
      unstable: largest > 0 ? 2 / largest : null,
      ...meanSquare.thresholds,
    },
    noiseTrace: traceOf(noise.covariance(x, new Float64Array(d * d)), d),
    defect: defectIn(setting, place),
    ...(losses ? { stationaryExcessLoss: losses } : {}),
    ...(measure ? { measuredExcessLoss: await measuredExcessLoss(problem, place.x, linear, options) } : {}),
    indicators: { ...indicators },
    layers: layerTraces(
      objective.network!.passes.shape,
      Float64Array.from({ length: d }, (_, i) => hessian[i * d + i]!),
    ),
    verdicts: models.map((model) => trustIn(model, problem, linear, existences.get(model.id)!, indicators, options)),
    ...(options.vectors ? { gradient: Array.from(g), drift: driftsIn(setting, models, existences, place) } : {}),
  };
  if (options.etas === undefined && options.batches === undefined) return result;
  const sweep: SweepRow[] = [];
  for (const batch of batchesOf(problem, options))
    for (const rate of options.etas ?? [eta]) {
      const own = rate === eta && (batch === undefined || batch === noise.minibatch?.size);
      const row = own ? setting : withSetting(setting, rate, batch);
      const { z, flat } = row.linear;
      const stable = z.every((value, i) => value > 0 && value < 2 && !flat[i]);
      const rowIndicators = indicatorsFrom(row.parts, row.problem, g, row.linear, place.stationary);
      const trust = models.map((model): [string, "exact" | "good" | "poor" | "none"] => [
        model.id,
        trustIn(model, row.problem, row.linear, existenceIn(row, model, place), rowIndicators, options).trust,
      ]);
      sweep.push({
        eta: rate,
        ...(batch === undefined ? {} : { batch }),
        zMax: z[d - 1]!,
        stableInMean: stable,
        stableInMeanSquare: meanSquare.stable(rate, batch, stable),
        defect: defectIn(row, place),
        stationaryExcessLoss: place.optimum ? at(row) : {},
        trust: Object.fromEntries(trust),
        ...(measure ? { measuredExcessLoss: await measuredExcessLoss(row.problem, place.x, row.linear, options) } : {}),
      });
      options.onProgress?.(sweep.length, batchesOf(problem, options).length * (options.etas?.length ?? 1), "learning rates and batches");
    }
  return { ...result, sweep };
}

function batchesOf(problem: SgdProblem, options: DiagnoseOptions): readonly (number | undefined)[] {
  return options.batches ?? [problem.noise.minibatch?.size];
}

/** The same place at another learning rate and batch size: everything scales. */
function withSetting({ problem, linear, parts }: Omit<Setting, "existences">, eta: number, batch: number | undefined): Setting {
  const { minibatch } = problem.noise;
  const samples = problem.objective.samples!;
  const same = batch === undefined || !minibatch || batch === minibatch.size;
  const noise = same ? problem.noise : minibatchNoise({ ...minibatch, size: batch }, samples, linear.d);
  const ratio = (factor: (file: { size: number; replacement: boolean }, n: number) => number): number => {
    const before = same ? 1 : factor(minibatch, samples.n);
    return same ? 1 : before === 0 ? 0 : factor({ ...minibatch, size: batch }, samples.n) / before;
  };
  const [second, third] = [ratio(covarianceFactor), ratio(thirdCumulantFactor)];
  return {
    problem: { ...problem, noise, learningRate: eta },
    linear: { ...linear, eta, z: linear.eigen.values.map((lambda) => eta * lambda), noise: linear.noise.map((s) => second * s) },
    parts: {
      ...parts,
      third: parts.third && { ...parts.third, covariance: parts.third.covariance.map((v) => second * v) },
      cubes: parts.cubes?.map((v) => third * v) ?? null,
    },
    existences: new Map(),
  };
}

function existenceIn(setting: Setting, model: SdeModel, place: NetworkPlace): PointExistence {
  const { problem, existences } = setting;
  // at a stationary point models of one factor have one D D^T, and those with a pole in the drift end at the same z
  const shared = place.stationary && hasPole(model) && lackingFor(model, problem) === undefined;
  const key = shared ? model.diffusionFactor : model.id;
  const known = existences.get(key);
  if (known) return known;
  const found = newExistence(setting, model, place);
  existences.set(key, found);
  return found;
}

/** D D^T in the eigenbasis: the model's own, and its correction where there is a gradient. */
function newExistence({ problem, linear }: Setting, model: SdeModel, place: NetworkPlace): PointExistence {
  const { d, z, eigen } = linear;
  const zMax = z[d - 1]!;
  const lacks = lackingFor(model, problem);
  if (lacks !== undefined) return { exists: false, zMax, defect: null, diffusion: null, lacks };
  if (hasPole(model) && !(zMax < 1)) return { exists: false, zMax, defect: null, diffusion: null };
  const correction = place.stationary ? undefined : bindCorrection(model, problem);
  if (!correction && constantDiffusionFactor(model) !== null) return { exists: true, zMax, defect: 0, diffusion: null };
  const diffusion = modelDiffusion(linear, model);
  if (correction) {
    const added: Matrix = new Float64Array(d * d);
    correction.addDiffusion(place.x, place.g, added);
    toEigenbasis(added, eigen.vectors, d, new Float64Array(d * d));
    for (let k = 0; k < d * d; k++) diffusion[k]! += added[k]!;
  }
  const defect = psdDefect(diffusion, d);
  return { exists: defect <= existenceLimits.rounding, zMax, defect, diffusion };
}

/** HA-SME's, whatever models were asked for. */
function defectIn(setting: Setting, place: NetworkPlace): number | null {
  const { defect } = existenceIn(setting, modelById("ha-sme"), place);
  return defect !== null && Number.isFinite(defect) ? defect : null;
}

/** With H and Sigma frozen; none of a model whose corrections the problem does not give. */
function excessLosses({ problem, linear }: Setting, models: readonly SdeModel[]): Record<string, Estimate | null> {
  return {
    sgd: frozenExcessLoss(linear, "sgd"),
    ...Object.fromEntries(
      models.map((model) => [model.id, lackingFor(model, problem) === undefined ? frozenExcessLoss(linear, model) : null]),
    ),
  };
}

function driftsIn(
  { problem, linear }: Setting,
  models: readonly SdeModel[],
  existences: ReadonlyMap<string, PointExistence>,
  { x, g }: NetworkPlace,
): Record<string, number[] | null> {
  const { d, z, eigen } = linear;
  const along = new Float64Array(d);
  for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) along[k]! += eigen.vectors[i * d + k]! * g[i]!;
  return Object.fromEntries(
    models.map((model) => {
      if (existences.get(model.id)!.lacks !== undefined || (hasPole(model) && !(z[d - 1]! < 1))) return [model.id, null];
      const b: Vector = new Float64Array(d);
      const weights = along.map((v, k) => -model.driftFactor(numberOps, z[k]!) * v);
      for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) b[i]! += eigen.vectors[i * d + k]! * weights[k]!;
      bindCorrection(model, problem)?.addDrift(x, g, b);
      return [model.id, b.every(Number.isFinite) ? Array.from(b) : null];
    }),
  );
}

/** Unit eigenvectors of the largest eigenvalues. */
function steepestOf({ d, eigen }: LinearProblem): Vector[] {
  return Array.from({ length: Math.min(d, 8) }, (_, k) => Float64Array.from({ length: d }, (_, i) => eigen.vectors[i * d + d - 1 - k]!));
}

function traceOf(a: Matrix, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += a[i * d + i]!;
  return sum;
}
