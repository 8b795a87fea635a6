// E f and the root mean squares of |x - x_0| and |grad f| along the way where H and Sigma are frozen at the start x_0 (theory.md 4), for SGD and each model, in any dimension:
// all three are sums over the modes of H of g_i^2 a(lambda_i) and Sigma_ii b(lambda_i), which eigenvectors give exactly and Gauss quadratures
// (krylov.ts) without them. Mode i moves by a g_i, a = -(1 - rho^k)/lambda, and has variance C Sigma_ii, as linear-law.ts says:
//     f: f_0 + sum g^2 (a + lambda a^2/2) + sum Sigma lambda C/2,   |x - x_0|^2: sum g^2 a^2 + sum Sigma C,   |grad f|^2: sum g^2 (1 + lambda a)^2 + sum Sigma lambda^2 C
// It knows nothing of third derivatives: right while x stays where H and Sigma are what they are at x_0.
import type { Estimate } from "../answer/estimate.ts";
import { hasPole } from "../model/define.ts";
import type { SdeModel } from "../model/model.ts";
import type { Vector } from "../numerics/arrays.ts";
import { exp, expm1, log, log1p } from "../numerics/elementary.ts";
import { numberOps } from "../numerics/factors.ts";
import { dot } from "../numerics/linear.ts";
import { meanOf } from "./trace-estimate.ts";

export interface Modes {
  /** Eigenvalues or nodes, and what of |g|^2, or of tr Sigma, belongs to each. */
  readonly nodes: Vector;
  readonly weights: Vector;
}

export interface FrozenSpectrum {
  readonly value: number;
  readonly gradient: Modes;
  /** Several estimates of the same, or the exact one. */
  readonly noise: readonly Modes[];
}

export const frozenFigures = ["loss", "rms distance", "rms gradient norm"] as const;
export type FrozenFigure = (typeof frozenFigures)[number];

/** The figure at step k; null where the model has no drift (z >= 1) or the figure overflows. */
export function frozenAverage(
  spectrum: FrozenSpectrum,
  process: SdeModel | "sgd",
  figure: FrozenFigure,
  eta: number,
  k: number,
): Estimate | null {
  if (
    process !== "sgd" &&
    hasPole(process) &&
    [spectrum.gradient, ...spectrum.noise].some(({ nodes }) => nodes.some((v) => !(eta * v < 1)))
  )
    return null;
  const { gradient, noise } = spectrum;
  const moved = gradient.nodes.map((lambda) => {
    const a = displacement(process, eta, lambda, k);
    if (figure === "loss") return a + (lambda * a * a) / 2;
    return figure === "rms distance" ? a * a : (1 + lambda * a) * (1 + lambda * a);
  });
  const fixed = dot(gradient.weights, moved);
  const spread = noise.map(({ nodes, weights }) =>
    dot(
      weights,
      nodes.map((lambda) => {
        const c = variance(process, eta, lambda, k);
        if (figure === "loss") return (lambda * c) / 2;
        return figure === "rms distance" ? c : lambda * lambda * c;
      }),
    ),
  );
  const { mean, error } = meanOf(Float64Array.from(spread));
  const uncertainty = noise.length > 1 ? error : 0;
  const total = fixed + mean;
  const value = figure === "loss" ? spectrum.value + total : Math.sqrt(Math.max(0, total));
  if (!Number.isFinite(value)) return null;
  // through the root an error is divided by twice the figure
  const own = figure === "loss" ? uncertainty : uncertainty / (2 * Math.max(value, 1e-300));
  // sums of d terms of one size, and eigenvectors: 1e-12 of the figure
  return { value, error: own + 1e-12 * Math.abs(value), kind: noise.length > 1 ? "standard-error" : "rounding" };
}

/** a = (rho^k - 1)/lambda, rho = 1 - z for SGD, e^{-z c(z)} for a model; -k eta at lambda = 0. */
function displacement(process: SdeModel | "sgd", eta: number, lambda: number, k: number): number {
  const z = eta * lambda;
  if (lambda === 0) return -k * eta;
  if (process !== "sgd") return expm1(-k * z * process.driftFactor(numberOps, z)) / lambda;
  if (z < 0.5) return expm1(k * log1p(-z)) / lambda;
  const size = z === 1 ? 0 : exp(k * log(Math.abs(1 - z)));
  return ((z > 1 && k % 2 === 1 ? -size : size) - 1) / lambda;
}

/** Variance of a mode per unit of Sigma: eta^2 (q^k - 1)/(q - 1), q = (1 - z)^2, or eta^2 m(z, z) (e^{2kB} - 1)/(2B), B = -z c(z). */
function variance(process: SdeModel | "sgd", eta: number, lambda: number, k: number): number {
  const z = eta * lambda;
  if (process === "sgd") {
    if (z === 1) return eta * eta;
    const doubled = 2 * (z < 0.5 ? log1p(-z) : log(Math.abs(1 - z)));
    return doubled === 0 ? k * eta * eta : (eta * eta * expm1(k * doubled)) / expm1(doubled);
  }
  const m = process.diffusionFactor(numberOps, z, z);
  const rate = -2 * z * process.driftFactor(numberOps, z);
  return m === 0 ? 0 : rate === 0 ? k * eta * eta * m : (eta * eta * m * expm1(k * rate)) / rate;
}
