// Stationary laws on the line: SGD's as the left eigenvector of its chain on Gauss-Legendre panels, by elimination without subtraction
// (Grassmann, Taksar & Heyman 1985: exact to rounding however rarely wells are exchanged), a model's as (1/c) exp(int 2b/c) normalised.
// "Stationary" is what paths settle to that come back; where f lets a path run away with a probability that no simulation would ever
// meet (below 1e-20 a step), it is the law before that. Does not do: maxima and flat functions, which have none (null).
import { exp } from "../numerics/elementary.ts";
import { lobatto } from "../numerics/lobatto.ts";
import type { GaussianStep } from "./chain.ts";
import { exitChain } from "./exit-chain.ts";
import { lineMesh } from "./line-mesh.ts";
import { type LineProblem, type LineSde, mendedEdges } from "./line-problem.ts";
import { outOfReach } from "./scale-function.ts";

export interface StationaryMoments {
  readonly mean: number;
  readonly meanError: number;
  readonly variance: number;
  readonly varianceError: number;
}

/** @param range beyond which the settled law has no mass */
export function chainStationary(
  step: GaussianStep,
  start: number,
  range: { readonly low: number; readonly high: number },
): StationaryMoments | null {
  const domain = { a: Number.NEGATIVE_INFINITY, b: Number.POSITIVE_INFINITY, low: range.low, high: range.high };
  const found = [3.2, 2.4].map((width) => {
    const made = exitChain(step, start, domain, width);
    return made && momentsOf(made.nodes, stationaryMasses(made.chain.K, made.chain.size));
  });
  return compared(found);
}

/** Left eigenvector of eigenvalue 1 of a matrix of transition probabilities; what rows lack of their sum stays where it is. */
export function stationaryMasses(transitions: Float64Array, n: number): Float64Array {
  const K = Float64Array.from(transitions);
  // First column of each row that is not 0: steps are short, so that rows are.
  const begin = new Int32Array(n);
  for (let i = 0; i < n; i++) while (begin[i]! < i && K[i * n + begin[i]!] === 0) begin[i]!++;
  for (let k = n - 1; k > 0; k--) {
    let leaves = 0;
    for (let j = begin[k]!; j < k; j++) leaves += K[k * n + j]!;
    for (let i = 0; i < k; i++) {
      if (K[i * n + k] === 0) continue;
      const f = K[i * n + k]! / leaves;
      K[i * n + k] = f;
      for (let j = begin[k]!; j < k; j++) K[i * n + j]! += f * K[k * n + j]!;
      begin[i] = Math.min(begin[i]!, begin[k]!);
    }
  }
  const mass = new Float64Array(n);
  mass[0] = 1;
  let total = 1;
  for (let k = 1; k < n; k++) {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += mass[i]! * K[i * n + k]!;
    mass[k] = sum;
    total += sum;
    // Ratios of masses may be as large as exp(700): keep the sum near 1.
    if (total > 1e100) {
      for (let i = 0; i <= k; i++) mass[i]! /= total;
      total = 1;
    }
  }
  for (let i = 0; i < n; i++) mass[i]! /= total;
  return mass;
}

export function diffusionStationary(sde: LineSde, line: LineProblem): StationaryMoments | null {
  const scale = 10 * line.deviation(line.start);
  const low = outOfReach(sde, line.start, -1, scale);
  const high = outOfReach(sde, line.start, 1, scale);
  if (low === null || high === null) return null;
  const found = [
    { tolerance: 1e-9, change: 6 },
    { tolerance: 1e-11, change: 4 },
  ].map(({ tolerance, change }) => {
    const steepness = (x: number): number => (2 * sde.drift(x)) / sde.diffusion(x);
    const mesh = lineMesh({
      low,
      high,
      breaks: [line.start, ...mendedEdges(sde, line, low, high)],
      functions: [steepness, (x) => 1 / sde.diffusion(x)],
      degree: 16,
      tolerance,
      maxWidth: (x) => change / Math.abs(steepness(x)),
    });
    if (!mesh.resolved) return null;
    const table = lobatto(mesh.degree);
    const n = mesh.degree + 1;
    const potential = new Float64Array(mesh.nodes.length);
    for (let e = 0; e + 1 < mesh.edges.length; e++) {
      const half = 0.5 * (mesh.edges[e + 1]! - mesh.edges[e]!);
      for (let i = 1; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += table.integration[i * n + j]! * steepness(mesh.nodes[e * mesh.degree + j]!);
        potential[e * mesh.degree + i] = potential[e * mesh.degree]! + half * sum;
      }
    }
    const top = potential.reduce((a, b) => Math.max(a, b));
    return momentsOf(
      mesh.nodes,
      potential.map((value, i) => (mesh.weights[i]! * exp(value - top)) / sde.diffusion(mesh.nodes[i]!)),
    );
  });
  return compared(found);
}

function momentsOf(x: Float64Array, masses: Float64Array): { mean: number; variance: number } {
  let total = 0;
  let mean = 0;
  for (let i = 0; i < x.length; i++) {
    total += masses[i]!;
    mean += masses[i]! * x[i]!;
  }
  mean /= total;
  let variance = 0;
  for (let i = 0; i < x.length; i++) variance += (masses[i]! / total) * (x[i]! - mean) ** 2;
  return { mean, variance };
}

/** Two resolutions: their difference, and rounding, is the error; null where they have not met to 1e-8. */
function compared([coarse, fine]: ({ mean: number; variance: number } | null)[]): StationaryMoments | null {
  if (!coarse || !fine) return null;
  const { mean, variance } = fine;
  const deviation = Math.sqrt(variance);
  const meanError = Math.abs(mean - coarse.mean) + 1e-13 * (Math.abs(mean) + deviation);
  const varianceError = Math.abs(variance - coarse.variance) + 1e-13 * variance;
  if (!(varianceError <= 1e-8 * variance && meanError <= 1e-8 * (Math.abs(mean) + deviation))) return null;
  return { mean, meanError, variance, varianceError };
}
