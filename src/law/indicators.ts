// Dimensionless indicators of what each model misses at a point (theory.md 10; own), to leading order and local: they say nothing
// about barriers far away. d dimensions where the theory has one: a vector is measured in stationary standard deviations by C^-1.

import { type LinearProblem, sgdStationary } from "../model/linear-law.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { driftFactor } from "../numerics/factors.ts";
import { cholesky, dot, maxAbs, multiplyRectangular } from "../numerics/linear.ts";
import { squaresOf } from "../numerics/pivoted-cholesky.ts";
import { centeredGradients, thirdCumulantFactor } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";

export interface Indicators {
  /** Largest |z|/2 and z^2/3: relative errors of the rates of SME-1 and SME-2. */
  readonly sme1RateError: number;
  readonly sme2RateError: number;
  /** eta^2 |D3f:Sigma/4 - D3f[g,g]/12| / |phi(eta H) g|: what HA-SME's drift lacks; null where g = 0 or z >= 1. */
  readonly thirdDerivative: number | null;
  /** HA-SME's shift of the mean at a minimum, in stationary standard deviations; null elsewhere and where there is no stationary law. */
  readonly meanShift: number | null;
  /** (eta/2) |D Sigma[g]| / |Sigma|: what HA-SME's noise lacks. */
  readonly noiseVariation: number | null;
  /** Stationary skewness that no SDE has, the largest over the modes; 0 for Gaussian noise; null where not known. */
  readonly skewness: number | null;
}

/** What the indicators are made of, at one point: nothing here depends on the learning rate. */
export interface IndicatorParts {
  /** D3f:Sigma and D3f[g, g]; null where f has no third derivatives. */
  readonly third: { readonly covariance: Vector; readonly gradients: Vector } | null;
  /** |D Sigma[g]| / |Sigma|; null where Sigma is 0. */
  readonly variation: number | null;
  /** K contracted three times with each eigenvector of H; null where not known. */
  readonly cubes: Vector | null;
}

/** At x with gradient g, which counts as 0 where x is `stationary`; `linear` is H and Sigma frozen there. */
export function indicatorsAt(problem: SgdProblem, x: Vector, g: Vector, linear: LinearProblem, stationary: boolean): Indicators {
  return indicatorsFrom(indicatorParts(problem, x, g, linear), problem, g, linear, stationary);
}

export function indicatorParts(problem: SgdProblem, x: Vector, g: Vector, linear: LinearProblem): IndicatorParts {
  const { objective, noise } = problem;
  const { d } = linear;
  const sigma = noise.covariance(x, new Float64Array(d * d));
  const sigmaSize = norm(sigma);
  const along = (): Matrix => noise.covarianceAlong(x, g, new Float64Array(d * d));
  return {
    third: objective.quadratic
      ? { covariance: new Float64Array(d), gradients: new Float64Array(d) }
      : thirdContractions(problem, x, g, sigma),
    variation: noise.constant || maxAbs(g) === 0 ? 0 : sigmaSize > 0 ? norm(along()) / sigmaSize : null,
    cubes: noise.gaussian ? null : thirdMomentsAlongModes(problem, x, linear),
  };
}

/** The indicators at the learning rate of `linear`, which need not be the problem's. */
export function indicatorsFrom(
  parts: IndicatorParts,
  problem: SgdProblem,
  g: Vector,
  linear: LinearProblem,
  stationary: boolean,
): Indicators {
  const { eta, z } = linear;
  const { third, variation, cubes } = parts;
  let steepest = 0;
  for (const value of z) steepest = Math.max(steepest, Math.abs(value));
  return {
    sme1RateError: steepest / 2,
    sme2RateError: (steepest * steepest) / 3,
    thirdDerivative: third && !stationary ? thirdDerivative(linear, g, third, eta) : null,
    meanShift: third && stationary ? meanShift(linear, third.covariance, eta) : null,
    noiseVariation: variation === null ? null : (eta / 2) * variation,
    skewness: problem.noise.gaussian ? 0 : cubes && largestSkewness(cubes, linear),
  };
}

/** D3f:Sigma and D3f[g, g]; null where the objective has no third derivatives. */
function thirdContractions(problem: SgdProblem, x: Vector, g: Vector, sigma: Matrix): { covariance: Vector; gradients: Vector } | null {
  const { objective } = problem;
  const { d } = objective;
  if (!objective.third) return null;
  const covariance = new Float64Array(d);
  const part = new Float64Array(d);
  // Sigma = sum_k v_k v_k^T: one contraction a term
  for (const v of squaresOf(sigma, d)) {
    objective.third(x, v, v, part);
    for (let i = 0; i < d; i++) covariance[i]! += part[i]!;
  }
  return { covariance, gradients: objective.third(x, g, g, new Float64Array(d)) };
}

function thirdDerivative(linear: LinearProblem, g: Vector, third: { covariance: Vector; gradients: Vector }, eta: number): number | null {
  if (!(linear.z[linear.d - 1]! < 1)) return null;
  const drift = inEigenbasis(linear, g).map((v, i) => v * driftFactor(linear.z[i]!));
  const size = norm(drift);
  if (size === 0) return null;
  return (eta * eta * norm(third.covariance.map((c, i) => c / 4 - third.gradients[i]! / 12))) / size;
}

/**
 * delta = (phi(eta H) H)^-1 (eta^2/4) D3f:Sigma, in stationary standard deviations: (delta^T C^-1 delta)^(1/2). Modes without noise (of a softmax,
 * those that move all classes alike) have no deviation: they are left out where delta does not point there, else there is no figure.
 */
function meanShift(linear: LinearProblem, contraction: Vector, eta: number): number | null {
  const { d, z, eigen } = linear;
  const stationary = sgdStationary(linear);
  if (stationary === null || !(z[d - 1]! < 1)) return null;
  if (maxAbs(contraction) === 0) return 0;
  const whole = inEigenbasis(linear, contraction).map((v, i) => (eta * eta * v) / (4 * eigen.values[i]! * driftFactor(z[i]!)));
  const noisy = Array.from(whole.keys()).filter((i) => stationary[i * d + i]! > 0);
  const size = maxAbs(whole);
  if (whole.some((v, i) => stationary[i * d + i] === 0 && Math.abs(v) > silent * size)) return null;
  const r = noisy.length;
  const l = cholesky(
    Float64Array.from({ length: r * r }, (_, at) => stationary[noisy[Math.floor(at / r)]! * d + noisy[at % r]!]!),
    r,
  );
  if (l === null) return null;
  const delta = Float64Array.from(noisy, (i) => whole[i]!);
  for (let i = 0; i < r; i++) {
    for (let k = 0; k < i; k++) delta[i]! -= l[i * r + k]! * delta[k]!;
    delta[i]! /= l[i * r + i]!;
  }
  return norm(delta);
}

/** A part of a vector that is rounding, of eigenvectors among others. */
const silent = 1e-9;

/** K S^-3/2 (1 - r^2)^3/2 / (1 - r^3) of each mode by itself, the largest in size. */
function largestSkewness(cubes: Vector, linear: LinearProblem): number {
  const { d, z, noise } = linear;
  let largest = 0;
  for (let i = 0; i < d; i++) {
    const variance = noise[i * d + i]!;
    const r = 1 - z[i]!;
    if (variance <= 0 || !(Math.abs(r) < 1)) continue;
    const s = variance * Math.sqrt(variance);
    const shrink = (1 - r * r) * Math.sqrt(1 - r * r);
    largest = Math.max(largest, Math.abs(((cubes[i]! / s) * shrink) / (1 - r * r * r)));
  }
  return largest;
}

/** K contracted three times with each eigenvector of H. */
function thirdMomentsAlongModes(problem: SgdProblem, x: Vector, linear: LinearProblem): Vector | null {
  const { noise, objective } = problem;
  const { d, eigen } = linear;
  if (noise.atoms) {
    const { values, probabilities } = noise.atoms(x);
    const modes = Array.from({ length: d }, (_, k) => Float64Array.from({ length: d }, (_v, i) => eigen.vectors[i * d + k]!));
    return Float64Array.from(modes, (u) => {
      let sum = 0;
      for (let m = 0; m < probabilities.length; m++) sum += probabilities[m]! * cube(dot(u, values.subarray(m * d, (m + 1) * d)));
      return sum;
    });
  }
  const { samples } = objective;
  if (!noise.minibatch || !samples) return null;
  const { n } = samples;
  const factor = thirdCumulantFactor(noise.minibatch, n);
  const sums = new Float64Array(d);
  const centered = centeredGradients(samples, x, new Float64Array(n * d));
  for (let s = 0; s < n; s += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, n - s);
    const along = multiplyRectangular(centered.subarray(s * d, (s + rows) * d), eigen.vectors, rows, d, d);
    for (let at = 0; at < rows * d; at += d) for (let k = 0; k < d; k++) sums[k]! += cube(along[at + k]!) / n;
  }
  return sums.map((v) => factor * v);
}

/** Samples whose gradients are turned at once: what the products of all would take is as much as the gradients themselves. */
const rowsAtOnce = 64;

const cube = (v: number): number => v * v * v;

function inEigenbasis(linear: LinearProblem, v: Vector): Vector {
  const { d, eigen } = linear;
  const out = new Float64Array(d);
  for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) out[k]! += eigen.vectors[i * d + k]! * v[i]!;
  return out;
}

function norm(v: Float64Array): number {
  const size = maxAbs(v);
  if (size === 0) return 0;
  let sum = 0;
  for (const entry of v) sum += (entry / size) * (entry / size);
  return size * Math.sqrt(sum);
}
