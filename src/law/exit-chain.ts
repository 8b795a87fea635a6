// How long SGD with Gaussian noise stays in an interval: the killed chain on Gauss-Legendre panels (Nystrom; theory.md 5),
//   K_ij = N(y_j; m(y_i), s(y_i)²) w_j,   q_i the normal tails beyond the ends,   m = x - eta f', s = eta sigma.
// tau is analytic inside, so the panels need the kernel's own scale only, and nothing at the ends. Row sums K 1 + q = 1 check the
// panels at no cost; two panel widths give the error. An infinite end is replaced by one beyond which the law has no mass.
import { erfc, exp } from "../numerics/elementary.ts";
import { gaussLegendre } from "../numerics/quadrature.ts";
import type { GaussianStep } from "./chain.ts";
import type { KilledChain } from "./killed-chain.ts";

const defaults = {
  points: 16,
  maxNodes: 2500,
};

export interface ExitDomain {
  /** Ends of the interval that is left; infinite ones are never crossed. */
  readonly a: number;
  readonly b: number;
  /** Where the computation ends: a and b where finite, else beyond the reach of the law. */
  readonly low: number;
  readonly high: number;
}

export interface ExitNodes {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** @param width of panels in standard deviations of one step; 3.2 gives about 1e-11, 2.4 rounding */
export function exitChain(
  step: GaussianStep,
  start: number,
  domain: ExitDomain,
  width: number,
): { chain: KilledChain; nodes: Float64Array; rowSumDefect: number } | null {
  const rule = panels(step, domain, width);
  if (rule === null) return null;
  const { nodes } = rule;
  const n = nodes.length;
  const K = new Float64Array(n * n);
  const exit = new Float64Array(n);
  let rowSumDefect = 0;
  for (let i = 0; i < n; i++) {
    const mean = step.mean(nodes[i]!);
    const deviation = step.deviation(nodes[i]!);
    const sum = transitions(mean, deviation, rule, K.subarray(i * n, (i + 1) * n));
    exit[i] = leaving(mean, deviation, domain);
    const lost = tails(mean, deviation, domain.low, domain.high) - exit[i]!;
    const defect = Math.abs(sum + exit[i]! + lost - 1);
    if (!(defect <= rowSumDefect)) rowSumDefect = defect;
  }
  const first = new Float64Array(n);
  transitions(step.mean(start), step.deviation(start), rule, first);
  const firstExit = leaving(step.mean(start), step.deviation(start), domain);
  return { chain: { size: n, K, exit, first, firstExit }, nodes, rowSumDefect };
}

/** Probability that N(mean, deviation²) lies at or beyond a finite end. */
export function leaving(mean: number, deviation: number, { a, b }: ExitDomain): number {
  return tails(mean, deviation, a, b);
}

function tails(mean: number, deviation: number, a: number, b: number): number {
  const scale = deviation * Math.SQRT2;
  return (Number.isFinite(b) ? 0.5 * erfc((b - mean) / scale) : 0) + (Number.isFinite(a) ? 0.5 * erfc((mean - a) / scale) : 0);
}

function transitions(mean: number, deviation: number, { nodes, weights }: ExitNodes, out: Float64Array): number {
  const factor = 1 / (Math.sqrt(2 * Math.PI) * deviation);
  let sum = 0;
  for (let j = 0; j < nodes.length; j++) {
    const gap = (nodes[j]! - mean) / deviation;
    // Beyond 39 deviations the normal density underflows.
    out[j] = gap > 39 || gap < -39 ? 0 : factor * weights[j]! * exp(-0.5 * gap * gap);
    sum += out[j]!;
  }
  return sum;
}

/** Panels at most `width` deviations of the steps that land there, or that begin there and are compressed by the map. */
function panels(step: GaussianStep, { low, high }: ExitDomain, width: number): ExitNodes | null {
  const samples = 512;
  // Smallest deviation of the steps whose mean lies near y, and of those that start there.
  const finest = new Float64Array(samples).fill(Number.POSITIVE_INFINITY);
  const cell = (high - low) / samples;
  for (let i = 0; i < samples; i++) {
    const x = low + cell * (i + 0.5);
    const deviation = step.deviation(x);
    if (!(deviation > 0) || !Number.isFinite(step.mean(x))) return null;
    const target = Math.floor((step.mean(x) - low) / cell);
    const reach = Math.min(samples, Math.ceil((2 * deviation) / cell));
    for (let j = Math.max(0, target - reach); j <= Math.min(samples - 1, target + reach); j++) finest[j] = Math.min(finest[j]!, deviation);
    finest[i] = Math.min(finest[i]!, deviation / Math.max(1, 0.7 * Math.abs(step.stretch(x))));
  }
  const edges = [low];
  for (let at = low; at < high; ) {
    let allowed = width * finest[Math.min(samples - 1, Math.floor((at - low) / cell))]!;
    // Not wider than what is allowed where the panel ends.
    for (let pass = 0; pass < 3; pass++)
      allowed = Math.min(allowed, width * finest[Math.min(samples - 1, Math.floor((at + allowed - low) / cell))]!);
    if (edges.length * defaults.points > defaults.maxNodes) return null;
    const left = high - at;
    at = left <= 1.0001 * allowed ? high : left < 2 * allowed ? at + 0.5 * left : at + allowed;
    edges.push(at);
  }
  const { nodes: reference, weights: referenceWeights } = gaussLegendre(defaults.points);
  const nodes = new Float64Array((edges.length - 1) * defaults.points);
  const weights = new Float64Array(nodes.length);
  for (let e = 0; e + 1 < edges.length; e++) {
    const half = 0.5 * (edges[e + 1]! - edges[e]!);
    for (let q = 0; q < defaults.points; q++) {
      nodes[e * defaults.points + q] = edges[e]! + half * (1 + reference[q]!);
      weights[e * defaults.points + q] = half * referenceWeights[q]!;
    }
  }
  return { nodes, weights };
}
