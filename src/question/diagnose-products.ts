import type { Estimate } from "../answer/estimate.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { type ExtremeEigenvalues, extremeEigenvalues } from "../law/extreme-eigenvalues.ts";
import type { Indicators } from "../law/indicators.ts";
import { krylovFunction, krylovQuadrature, norm, type Times } from "../law/krylov.ts";
import { meanOf, signs } from "../law/trace-estimate.ts";
import { hasPole } from "../model/define.ts";
import type { PointExistence } from "../model/existence.ts";
import type { LinearProblem } from "../model/linear-law.ts";
import type { SdeModel } from "../model/model.ts";
import { constantDiffusionFactor } from "../model/polynomial.ts";
import type { Vector } from "../numerics/arrays.ts";
import { driftFactor, numberOps } from "../numerics/factors.ts";
import { dot } from "../numerics/linear.ts";
import { createStream } from "../numerics/random.ts";
import { covarianceFactor, thirdCumulantFactor } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { DiagnoseOptions } from "./diagnose-options.ts";
import type { NetworkPlace } from "./diagnose-parts.ts";

export const productDefaults = {
  /** Random combinations of gradients for excess losses, and steps of each quadrature: 2 x 40 degrees. */
  vectors: 24,
  quadrature: 40,
  /** Multiplications that the exact D3f:Sigma (a pass for each sample) may take unless HA-SME-3 is asked for by name. */
  third: 3e10,
};

/** What is measured once at the point; learning rates and batch sizes scale it. */
export interface Measured {
  readonly extremes: ExtremeEigenvalues;
  /** Along the largest eigenvectors: (1/n) second and third central moments of the samples' gradients. */
  readonly second: Vector;
  readonly third: Vector;
  /** |phi(eta H) g| needs a rate; the contractions do not: D3f:S2 and D3f[g, g]. */
  readonly contractions: { readonly covariance: Vector; readonly gradients: Vector; readonly exact: boolean } | null;
  readonly quadratures: readonly { readonly nodes: Vector; readonly weights: Vector }[];
}

export function measure(
  problem: SgdProblem,
  models: readonly SdeModel[],
  place: NetworkPlace,
  times: Times,
  options: DiagnoseOptions,
): Measured {
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
  const combinations = Array.from({ length: productDefaults.vectors }, (_, k) => {
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
    quadratures: place.optimum ? combinations.map((y) => krylovQuadrature(times, y, productDefaults.quadrature)) : [],
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
  const exact = wanted && (options.models !== undefined || 12 * n * n * d <= productDefaults.third);
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

/** The modes that are known, as a linear problem: what trustIn compares rates and noise on. */
export function linearOf({ extremes, second }: Measured, eta: number, factor: number): LinearProblem {
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

export function indicatorsOf(problem: SgdProblem, measured: Measured, place: NetworkPlace, times: Times): Indicators {
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
export function excessLosses(
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

export function driftsOf(
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
