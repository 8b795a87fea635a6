// A network's diagnosis by products alone, for more parameters than a Hessian has room for. Eigenvalues at both ends by Lanczos's method,
// drifts as functions of H times the gradient, traces of H and Sigma exactly from the layers, excess losses as traces of Sigma q(eta H) over
// random combinations of the samples' gradients:
//     SGD (eta/2) tr Sigma (2 - eta H)^-1,   a model (eta/4) tr Sigma m(z, z)/c(z)      (frozen H and Sigma: theory.md 4)
// whose Gauss quadratures serve every learning rate, model and batch size at once. The psd defect is an order of magnitude
// (law/defect-estimate.ts). Not given: the shift of the mean, and how far Sigma varies.
import type { DiagnoseResult, SweepRow } from "../answer/diagnose.ts";
import type { Estimate } from "../answer/estimate.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { defectDefaults, defectEstimate } from "../law/defect-estimate.ts";
import { diffusionTimes } from "../law/diffusion-times.ts";
import { type ExtremeEigenvalues, extremeEigenvalues } from "../law/extreme-eigenvalues.ts";
import type { Indicators } from "../law/indicators.ts";
import { krylovFunction, krylovQuadrature, norm, type Times } from "../law/krylov.ts";
import { meanOf, signs, traceEstimate } from "../law/trace-estimate.ts";
import { lackingFor } from "../model/correction.ts";
import { hasPole } from "../model/define.ts";
import { existenceLimits, formalWarning, lackingWarning, noDiffusionWarning, type PointExistence } from "../model/existence.ts";
import type { LinearProblem } from "../model/linear-law.ts";
import type { SdeModel } from "../model/model.ts";
import { constantDiffusionFactor } from "../model/polynomial.ts";
import type { Vector } from "../numerics/arrays.ts";
import { diffusionFactor, driftFactor, numberOps } from "../numerics/factors.ts";
import { dot } from "../numerics/linear.ts";
import { createStream } from "../numerics/random.ts";
import { covarianceFactor, thirdCumulantFactor } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { measuredExcessLoss } from "./diagnose-measure.ts";
import type { DiagnoseOptions } from "./diagnose-options.ts";
import { layerTraces, type NetworkPlace, regimeOf } from "./diagnose-parts.ts";
import { trustIn } from "./trust.ts";

export const matrixFreeDefaults = {
  /** Random combinations of gradients for excess losses, and steps of each quadrature: 2 x 40 degrees. */
  vectors: 24,
  quadrature: 40,
  /** Multiplications that the exact D3f:Sigma (a pass for each sample) may take unless HA-SME-3 is asked for by name, and those of the defect. */
  third: 3e10,
  defect: 1e11,
};

/** What is measured once at the point; learning rates and batch sizes scale it. */
interface Measured {
  readonly extremes: ExtremeEigenvalues;
  /** Along the largest eigenvectors: (1/n) second and third central moments of the samples' gradients. */
  readonly second: Vector;
  readonly third: Vector;
  /** |phi(eta H) g| needs a rate; the contractions do not: D3f:S2 and D3f[g, g]. */
  readonly contractions: { readonly covariance: Vector; readonly gradients: Vector; readonly exact: boolean } | null;
  readonly quadratures: readonly { readonly nodes: Vector; readonly weights: Vector }[];
}

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
  if (noise.minibatch)
    warnings.push(
      warning(
        "not-applicable",
        `Stability in mean square is not decided here: E x x^T has d (d + 1)/2 = ${(d * (d + 1)) / 2} entries, each step of its map takes the Hessians of ${samples.n} samples. --measure runs SGD instead.`,
        { n: samples.n, d },
      ),
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
  const losses = (rate: number, share: number): Record<string, Estimate | null> => excessLosses(models, measured, rate, share, zOf(rate));
  const measuring = place.optimum && options.measure === true;
  const result: DiagnoseResult = {
    point: Array.from(x),
    value: objective.value(x),
    gradientNorm: norm(g),
    hessianTrace: diagonal
      ? diagonal.reduce((sum, v) => sum + v, 0)
      : traceEstimate(times, d, undefined, matrixFreeDefaults.vectors, options.seed ?? 1),
    eigenvalues: { largest: extremes.largest, smallest: extremes.smallest },
    zMax,
    zMin,
    regime: regimeOf(zOf(eta)),
    thresholds: { oneStep: oneStep > 0 ? 1 / oneStep : null, unstable: oneStep > 0 ? 2 / oneStep : null, meanSquare: null },
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
        stableInMeanSquare: stable ? null : false,
        defect: rate === eta && defect ? defect.estimate : null,
        stationaryExcessLoss: place.optimum ? losses(rate, share) : {},
        trust: Object.fromEntries(trust),
        ...(measuring ? { measuredExcessLoss: await measuredExcessLoss(varied, x, null, options) } : {}),
      });
      progress("learning rates and batches")(sweep.length, sizes.length * (options.etas?.length ?? 1));
    }
  return { ...result, sweep };
}

function measure(problem: SgdProblem, models: readonly SdeModel[], place: NetworkPlace, times: Times, options: DiagnoseOptions): Measured {
  const { objective } = problem;
  const { d } = objective;
  const { x } = place;
  const seed = options.seed ?? 1;
  const extremes = extremeEigenvalues(times, d, {
    seed,
    onStep: (done, most) => options.onProgress?.(done, most, "eigenvalues"),
  });
  const samples = objective.samples!;
  const { n } = samples;
  const along = new Float64Array(n);
  const moments = extremes.vectors.map((u) => {
    samples.slopes!(x, u, along);
    const mean = meanOf(along).mean;
    let second = 0;
    let third = 0;
    for (const value of along) {
      const e = value - mean;
      second += (e * e) / n;
      third += (e * e * e) / n;
    }
    return { second, third };
  });
  const stream = createStream(seed);
  const combinations = Array.from({ length: matrixFreeDefaults.vectors }, (_, k) => {
    const c = signs(stream.moveTo(k, 3, "start"), n);
    const mean = meanOf(c).mean;
    return samples.combination!(
      x,
      c.map((v) => (v - mean) / Math.sqrt(n)),
      new Float64Array(d),
    );
  });
  const wanted = options.vectors === true && models.some((model) => model.id === "ha-sme-3");
  return {
    extremes,
    second: Float64Array.from(moments, (each) => each.second),
    third: Float64Array.from(moments, (each) => each.third),
    contractions: contractionsOf(problem, place, combinations.slice(0, 8), wanted, options),
    quadratures: place.optimum ? combinations.map((y) => krylovQuadrature(times, y, matrixFreeDefaults.quadrature)) : [],
  };
}

/**
 * D3f:S2, exactly (a pass for each sample) where that is wanted and affordable, else from random combinations; and D3f[g, g]. Null where the
 * objective has no third derivatives (oracles).
 */
function contractionsOf(
  problem: SgdProblem,
  place: NetworkPlace,
  combinations: readonly Vector[],
  wanted: boolean,
  options: DiagnoseOptions,
) {
  const { objective } = problem;
  const { d } = objective;
  const { x, g } = place;
  const { n } = objective.samples!;
  if (!objective.third) return null;
  const part = new Float64Array(d);
  const covariance = new Float64Array(d);
  const exact = wanted && (options.models !== undefined || 12 * n * n * d <= matrixFreeDefaults.third);
  if (exact) {
    const rows = objective.samples!.gradients!(x, new Float64Array(n * d));
    const mean = objective.gradient(x, new Float64Array(d));
    const c = new Float64Array(d);
    for (let s = 0; s < n; s++) {
      for (let i = 0; i < d; i++) c[i] = rows[s * d + i]! - mean[i]!;
      objective.third!(x, c, c, part);
      for (let i = 0; i < d; i++) covariance[i]! += part[i]! / n;
      options.onProgress?.(s + 1, n, "third derivatives");
    }
  } else
    for (const y of combinations) {
      objective.third!(x, y, y, part);
      for (let i = 0; i < d; i++) covariance[i]! += part[i]! / combinations.length;
    }
  return { covariance, gradients: objective.third!(x, g, g, new Float64Array(d)), exact };
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
  if (!noise.covarianceTimes) return null;
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
  if (work > matrixFreeDefaults.defect) {
    warnings.push(
      warning("not-applicable", "HA-SME's psd defect is not estimated here: it would take longer than all the rest.", {
        products: work / (5 * n * d),
      }),
    );
    return null;
  }
  const { defect, least } = defectEstimate(product.times, d, options.seed ?? 1, product.error, (done, most) =>
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

function existenceWarnings(model: SdeModel, { exists, defect, zMax, lacks }: PointExistence): Warning[] {
  if (exists) return [];
  if (lacks !== undefined) return [lackingWarning(model, lacks)];
  return [defect === null ? noDiffusionWarning(model, zMax) : formalWarning(model, defect)];
}

/** The modes that are known, as a linear problem: what trustIn compares rates and noise on. */
function linearOf({ extremes, second }: Measured, eta: number, factor: number): LinearProblem {
  const known = [...extremes.smallest].reverse().map((each) => ({ value: each.value, noise: 0 }));
  const modes = [...known, ...extremes.largest.map((each, k) => ({ value: each.value, noise: factor * second[k]! })).reverse()];
  const d = modes.length;
  const noise = new Float64Array(d * d);
  modes.forEach((mode, i) => {
    noise[i * d + i] = mode.noise;
  });
  const values = Float64Array.from(modes, (mode) => mode.value);
  const zeros = new Float64Array(d);
  return {
    d,
    eta,
    center: zeros,
    eigen: { values, vectors: new Float64Array(d * d) },
    z: values.map((v) => eta * v),
    noise,
    start: zeros,
    flat: modes.map(() => false),
  };
}

function indicatorsOf(problem: SgdProblem, measured: Measured, place: NetworkPlace, times: Times): Indicators {
  const { learningRate: eta, noise } = problem;
  const { n } = problem.objective.samples!;
  const { extremes, contractions, second, third } = measured;
  const factor = noise.minibatch ? covarianceFactor(noise.minibatch, n) : 0;
  const cube = noise.minibatch ? thirdCumulantFactor(noise.minibatch, n) : 0;
  const steepest = eta * Math.max(Math.abs(extremes.largest[0]!.value), Math.abs(extremes.smallest.at(-1)!.value));
  let thirdDerivative: number | null = null;
  if (contractions && !place.stationary && eta * extremes.largest[0]!.value < 1) {
    const drift = krylovFunction(times, place.g, (lambda) => driftFactor(eta * lambda), { tolerance: 1e-4 });
    const lacking = contractions.covariance.map((c, i) => (factor * c) / 4 - contractions.gradients[i]! / 12);
    thirdDerivative = (eta * eta * norm(lacking)) / norm(drift.vector);
  }
  let skewness = 0;
  extremes.largest.forEach(({ value }, k) => {
    const r = 1 - eta * value;
    const variance = factor * second[k]!;
    if (!(variance > 0) || !(Math.abs(r) < 1)) return;
    const shrink = (1 - r * r) * Math.sqrt(1 - r * r);
    skewness = Math.max(skewness, Math.abs(((cube * third[k]!) / (variance * Math.sqrt(variance))) * (shrink / (1 - r * r * r))));
  });
  return {
    sme1RateError: steepest / 2,
    sme2RateError: (steepest * steepest) / 3,
    thirdDerivative,
    meanShift: null,
    noiseVariation: null,
    skewness,
  };
}

/** Excess losses at a learning rate, Sigma = factor S2; null where some direction grows or is flat, or there is no diffusion. */
function excessLosses(
  models: readonly SdeModel[],
  { quadratures }: Measured,
  eta: number,
  factor: number,
  z: Vector,
): Record<string, Estimate | null> {
  const [low, high] = [z[0]!, z[z.length - 1]!];
  const of = (q: (z: number) => number): Estimate | null => {
    const { mean, error } = meanOf(
      Float64Array.from(quadratures, ({ nodes, weights }) =>
        dot(
          weights,
          nodes.map((lambda) => q(eta * lambda)),
        ),
      ),
    );
    const value = eta * factor * mean;
    return Number.isFinite(value) ? { value, error: eta * factor * error, kind: "standard-error" } : null;
  };
  const stable = low > 0 && high < 2;
  return {
    sgd: stable ? of((v) => 1 / (2 * (2 - v))) : null,
    ...Object.fromEntries(
      models.map((model) => {
        if (!(low > 0) || (hasPole(model) && !(high < 1))) return [model.id, null];
        if (constantDiffusionFactor(model) === 0) return [model.id, { value: 0, error: 0, kind: "rounding" }];
        return [model.id, of((v) => model.diffusionFactor(numberOps, v, v) / (4 * model.driftFactor(numberOps, v)))];
      }),
    ),
  };
}

function driftsOf(
  problem: SgdProblem,
  models: readonly SdeModel[],
  existences: ReadonlyMap<string, PointExistence>,
  { g }: NetworkPlace,
  { contractions }: Measured,
  times: Times,
  warnings: Warning[],
): Record<string, number[] | null> {
  const { learningRate: eta, noise } = problem;
  const { n } = problem.objective.samples!;
  const factor = noise.minibatch ? covarianceFactor(noise.minibatch, n) : 0;
  return Object.fromEntries(
    models.map((model) => {
      const existence = existences.get(model.id)!;
      if (existence.lacks !== undefined || (hasPole(model) && !(existence.zMax < 1))) return [model.id, null];
      const { vector, converged, error } = krylovFunction(times, g, (lambda) => -model.driftFactor(numberOps, eta * lambda));
      if (!converged) {
        warnings.push(
          warning("not-converged", `${model.title}'s drift did not settle (error ${error.toPrecision(2)}): z is too near to 1.`, {
            model: model.id,
            error,
          }),
        );
        return [model.id, null];
      }
      if (model.id !== "ha-sme-3" || !contractions) return [model.id, model.correction ? null : Array.from(vector)];
      if (!contractions.exact) {
        warnings.push(
          warning(
            "not-applicable",
            `${model.title}'s drift is not given: D3f:Sigma takes a pass over the data for each of the ${n} samples; --models ${model.id} takes them.`,
            {
              model: model.id,
            },
          ),
        );
        return [model.id, null];
      }
      return [
        model.id,
        Array.from(vector, (v, i) => v + eta * eta * ((factor * contractions.covariance[i]!) / 4 - contractions.gradients[i]! / 12)),
      ];
    }),
  );
}
