// A network's diagnosis by products alone, for more parameters than a Hessian has room for. Eigenvalues at both ends by Lanczos's method,
// traces of H and Sigma exactly from the layers, drifts, indicators and excess losses from what products measure (diagnose-products.ts).
// The psd defect is an order of magnitude (law/defect-estimate.ts), and held for all learning rates: too dear to be had for each.
import type { DiagnoseResult, SweepRow } from "../answer/diagnose.ts";
import type { Estimate } from "../answer/estimate.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { defectDefaults, defectEstimate } from "../law/defect-estimate.ts";
import { diffusionTimes } from "../law/diffusion-times.ts";
import { norm, type Times } from "../law/krylov.ts";
import { traceEstimate } from "../law/trace-estimate.ts";
import { lackingFor } from "../model/correction.ts";
import { hasPole } from "../model/define.ts";
import { existenceLimits, type PointExistence } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import { constantDiffusionFactor } from "../model/polynomial.ts";
import type { Vector } from "../numerics/arrays.ts";
import { diffusionFactor } from "../numerics/factors.ts";
import { covarianceFactor } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { meanSquareAt } from "./diagnose-mean-square.ts";
import { measuredExcessLoss } from "./diagnose-measure.ts";
import type { DiagnoseOptions } from "./diagnose-options.ts";
import { existenceWarnings, layerTraces, type NetworkPlace, regimeOf } from "./diagnose-parts.ts";
import { driftsOf, excessLosses, indicatorsOf, linearOf, measure, productDefaults } from "./diagnose-products.ts";
import { trustIn } from "./trust.ts";

/** Multiplications that the psd defect may take. */
const largestDefectWork = 1e11;

export async function diagnoseMatrixFree(
  problem: SgdProblem,
  models: readonly SdeModel[],
  place: NetworkPlace,
  options: DiagnoseOptions,
  warnings: Warning[],
): Promise<DiagnoseResult> {
  const { objective, noise, learningRate: eta } = problem;
  const { d } = objective;
  const { x, g } = place;
  const { network } = objective;
  const samples = objective.samples!;
  const progress = (what: string) => (done: number, total: number) => options.onProgress?.(done, total, what);
  const times: Times = (v, out) => objective.hessianTimes!(x, v, out);
  const measured = measure(problem, models, place, times, options);
  const { extremes } = measured;
  if (!extremes.converged)
    warnings.push(
      warning("not-converged", `Eigenvalues are known to their errors only, after ${extremes.products} products.`, {
        products: extremes.products,
      }),
    );
  const meanSquare = meanSquareAt(
    problem,
    x,
    { steepest: extremes.vectors, positive: extremes.smallest.at(-1)!.value > 0 },
    options,
    warnings,
  );
  const zOf = (rate: number): Vector =>
    Float64Array.from([...extremes.largest, ...extremes.smallest].map((each) => rate * each.value)).sort();
  const zMax = eta * extremes.largest[0]!.value;
  const zMin = eta * extremes.smallest.at(-1)!.value;
  const factor = noise.minibatch ? covarianceFactor(noise.minibatch, samples.n) : 0;
  const defect = zMax < 1 ? defectAt(problem, place, times, [zMin, zMax], options, warnings) : null;
  const diagonal = network?.passes.hessianDiagonal(x, new Float64Array(d)).map((v) => v + network.l2);
  const existences = new Map(
    models.map((model) => [model.id, existenceOf(model, problem, zMax, defect?.least ?? null, defect?.value ?? null)]),
  );
  for (const model of models) warnings.push(...existenceWarnings(model, existences.get(model.id)!));
  const indicators = indicatorsOf(problem, measured, place, times);
  const oneStep = extremes.largest[0]!.value;
  // a model whose corrections the problem does not give has none
  const given = models.filter((model) => lackingFor(model, problem) === undefined);
  const losses = (rate: number, share: number): Record<string, Estimate | null> => ({
    ...Object.fromEntries(models.map(({ id }) => [id, null])),
    ...excessLosses(given, measured, rate, share, zOf(rate)),
  });
  const measuring = place.optimum && options.measure === true;
  const result: DiagnoseResult = {
    point: Array.from(x),
    value: objective.value(x),
    gradientNorm: norm(g),
    hessianTrace: diagonal
      ? diagonal.reduce((sum, v) => sum + v, 0)
      : traceEstimate(times, d, undefined, productDefaults.vectors, options.seed ?? 1),
    eigenvalues: { largest: extremes.largest, smallest: extremes.smallest },
    zMax,
    zMin,
    regime: regimeOf(zOf(eta)),
    thresholds: { oneStep: oneStep > 0 ? 1 / oneStep : null, unstable: oneStep > 0 ? 2 / oneStep : null, ...meanSquare.thresholds },
    noiseTrace: factor * samples.spread!(x),
    defect: defect ? defect.estimate : null,
    ...(place.optimum ? { stationaryExcessLoss: losses(eta, factor) } : {}),
    ...(measuring ? { measuredExcessLoss: await measuredExcessLoss(problem, x, null, options) } : {}),
    indicators: { ...indicators },
    ...(network && diagonal ? { layers: layerTraces(network.passes.shape, diagonal) } : {}),
    verdicts: models.map((model) =>
      trustIn(model, problem, linearOf(measured, eta, factor), existences.get(model.id)!, indicators, options),
    ),
    ...(options.vectors ? { gradient: Array.from(g), drift: driftsOf(problem, models, existences, place, measured, times, warnings) } : {}),
  };
  if (options.etas === undefined && options.batches === undefined) return result;
  const sweep: SweepRow[] = [];
  const sizes = options.batches ?? [noise.minibatch?.size];
  for (const batch of sizes)
    for (const rate of options.etas ?? [eta]) {
      const share = batch === undefined || !noise.minibatch ? factor : covarianceFactor({ ...noise.minibatch, size: batch }, samples.n);
      const z = zOf(rate);
      const stable = z[0]! > 0 && z[z.length - 1]! < 2;
      const varied: SgdProblem = {
        ...problem,
        learningRate: rate,
        noise: batch === undefined || !noise.minibatch ? noise : { ...noise, minibatch: { ...noise.minibatch, size: batch } },
      };
      const rowIndicators = indicatorsOf(varied, measured, place, times);
      const trust = models.map((model): [string, "exact" | "good" | "poor" | "none"] => {
        // the defect is that of the problem's own learning rate: too dear to be had for each
        const existence = existenceOf(model, varied, z[z.length - 1]!, defect?.least ?? null, defect?.value ?? null);
        return [model.id, trustIn(model, varied, linearOf(measured, rate, share), existence, rowIndicators, options).trust];
      });
      sweep.push({
        eta: rate,
        ...(batch === undefined ? {} : { batch }),
        zMax: z[z.length - 1]!,
        stableInMean: stable,
        stableInMeanSquare: meanSquare.stable(rate, batch, stable),
        defect: rate === eta && defect ? defect.estimate : null,
        stationaryExcessLoss: place.optimum ? losses(rate, share) : {},
        trust: Object.fromEntries(trust),
        ...(measuring ? { measuredExcessLoss: await measuredExcessLoss(varied, x, null, options) } : {}),
      });
      progress("learning rates and batches")(sweep.length, sizes.length * (options.etas?.length ?? 1));
    }
  return { ...result, sweep };
}

function defectAt(
  problem: SgdProblem,
  place: NetworkPlace,
  times: Times,
  [zMin, zMax]: [number, number],
  options: DiagnoseOptions,
  warnings: Warning[],
): { estimate: Estimate; value: number; least: number } | null {
  const { objective, noise, learningRate: eta } = problem;
  const { d } = objective;
  const { n } = objective.samples!;
  if (!noise.covarianceTimes || !noise.minibatch) return null;
  const margin = 0.02 * (zMax - zMin);
  // a few digits are enough for an order of magnitude
  const product = diffusionTimes(
    times,
    (v, out) => noise.covarianceTimes!(place.x, v, out),
    eta,
    diffusionFactor,
    [zMin - margin, Math.min(zMax + margin, (1 + zMax) / 2)],
    1e-5,
  );
  const work = 5 * n * d * 4 * product.degree * defectDefaults.steps * defectDefaults.vectors;
  if (work > largestDefectWork) {
    warnings.push(
      warning("not-applicable", "HA-SME's psd defect is not estimated here: it would take longer than all the rest.", {
        products: work / (5 * n * d),
      }),
    );
    return null;
  }
  // tr D D^T = eta sum_i m(z_i, z_i) Sigma_ii, and m(z, z) rises with z
  const noiseTrace = eta * covarianceFactor(noise.minibatch!, n) * objective.samples!.spread!(place.x);
  const [low, high] = [diffusionFactor(zMin, zMin) * noiseTrace, diffusionFactor(zMax, zMax) * noiseTrace];
  const { defect, least } = defectEstimate(product.times, d, options.seed ?? 1, product.error, [low, high], (done, most) =>
    options.onProgress?.(done, most, "psd defect"),
  );
  return { estimate: defect, value: Math.max(defect.value, least), least };
}

function existenceOf(model: SdeModel, problem: SgdProblem, zMax: number, least: number | null, value: number | null): PointExistence {
  const lacks = lackingFor(model, problem);
  if (lacks !== undefined) return { exists: false, zMax, defect: null, diffusion: null, lacks };
  if (hasPole(model) && !(zMax < 1)) return { exists: false, zMax, defect: null, diffusion: null };
  if (constantDiffusionFactor(model) !== null) return { exists: true, zMax, defect: 0, diffusion: null };
  // With no more samples than parameters the defect is never 0 (theory.md 4); without an estimate it counts as small.
  const defect = value ?? existenceLimits.nearest / 2;
  return { exists: least === 0, zMax, defect, diffusion: null };
}
