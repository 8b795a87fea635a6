// SGD with momentum and its linear models on quadratics with constant noise (theory.md 7), in the eigenbasis of H: state (x_1..x_d, v_1..v_d), time
// in steps, N_ij = eta^2 S_ij [[1,1],[1,1]] the noise of one step of the modes i and j. A linear process is a step matrix for each mode and a
// noise block for each pair:
//   mean_i(k) = E_i^k mean_i(0),   Cov_ij(k) = sum_{m < k} E_i^m N_ij E_j^mT.
//   exact SDE   generator log P_i, diffusion Q_ij with int_0^1 e^{B_i t} Q_ij e^{B_j^T t} dt = N_ij; over two steps where P has no real logarithm
//   HA-SME-M    the same generator, Q - delta [[0, B12], [B12, 2 B22]] of rank one, mode by mode: only where Sigma and H commute
//   Langevin    dx = v, dv = -(1 - beta) v - z x + noise eta^2 S in v
// Q is never psd. Errors are a few 1e-16 of the largest entry times k where a mode does not decay, and those of a 4 x 4 solve for Q.
import type { Matrix, Vector } from "../numerics/arrays.ts";
import {
  addBlocks,
  type Block,
  blockExponential,
  blockPower,
  congruence,
  diffusionFor,
  multiplyBlocks,
  noiseOver,
  powerSum,
  scaleBlock,
} from "../numerics/block.ts";
import { fromEigenbasis } from "../numerics/eigen.ts";
import type { Momentum } from "../problem/problem.ts";
import type { LinearProblem, Moments } from "./linear-law.ts";
import { isStable, langevinGenerator, type Mode, type ModeRegime, modeOf } from "./momentum-mode.ts";

export interface MomentumLinear {
  readonly linear: LinearProblem;
  readonly beta: number;
  /** U^T v_0. */
  readonly velocity: Vector;
  readonly modes: readonly Mode[];
  /** "two-step" where some mode's P has no real logarithm. */
  readonly regime: ModeRegime;
}

/** A linear process of pairs: step matrices by mode, noise blocks by pair. */
export interface LinearChain {
  readonly steps: readonly Block[];
  noise(i: number, j: number): Block;
}

export function momentumLinear(linear: LinearProblem, { beta, velocity }: Momentum): MomentumLinear {
  const { d, eigen } = linear;
  const turned = new Float64Array(d);
  for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) turned[k]! += eigen.vectors[i * d + k]! * velocity[i]!;
  const modes = Array.from(linear.z, (z) => modeOf(z, beta));
  return { linear, beta, velocity: turned, modes, regime: modes.some((mode) => mode.regime === "two-step") ? "two-step" : "one-step" };
}

const kick: Block = [1, 1, 1, 1];

/** eta^2 S_ij, the covariance of the step's noise in the modes i and j. */
const noiseSize = ({ d, eta, noise }: LinearProblem, i: number, j: number): number => eta * eta * noise[i * d + j]!;

export function sgdChain({ linear, modes }: MomentumLinear): LinearChain {
  return { steps: modes.map((mode) => mode.step), noise: (i, j) => scaleBlock(noiseSize(linear, i, j), kick) };
}

export function langevinChain({ linear, beta }: MomentumLinear): LinearChain {
  const generators = Array.from(linear.z, (z) => langevinGenerator(z, beta));
  return {
    steps: generators.map(blockExponential),
    noise(i, j) {
      const size = noiseSize(linear, i, j);
      return size === 0 ? [0, 0, 0, 0] : noiseOver(generators[i]!, generators[j]!, [0, 0, 0, size], 1);
    },
  };
}

/** Moments after k steps, in the eigenbasis: mean of length 2d, covariance 2d x 2d. */
export function chainMoments(problem: MomentumLinear, chain: LinearChain, k: number): Moments {
  const { linear, velocity } = problem;
  const { d, start } = linear;
  const mean = new Float64Array(2 * d);
  for (let i = 0; i < d; i++) {
    const [p11, p12, p21, p22] = blockPower(chain.steps[i]!, k);
    mean[i] = times(p11, start[i]!) + times(p12, velocity[i]!);
    mean[d + i] = times(p21, start[i]!) + times(p22, velocity[i]!);
  }
  const covariance = fillBlocks(d, (i, j) => {
    const n = chain.noise(i, j);
    return n.every((entry) => entry === 0) ? n : powerSum(chain.steps[i]!, chain.steps[j]!, n, k);
  });
  return { mean, covariance };
}

/** A mode that stands still stays there, however far the others overflow. */
const times = (factor: number, y: number): number => (y === 0 ? 0 : factor * y);

/** The exact linear SDE in units of t = k eta: B = log P/eta and Q, in the eigenbasis, 2d x 2d; the drift is not symmetric. */
export function exactSde(problem: MomentumLinear): { readonly drift: Matrix; readonly diffusion: Matrix } {
  const { linear, modes, regime } = problem;
  const { d, eta } = linear;
  const drift = new Float64Array(4 * d * d);
  modes.forEach((mode, i) => {
    putBlock(drift, d, i, i, scaleBlock(1 / eta, mode.logarithm));
  });
  const diffusion = fillBlocks(d, (i, j) => {
    const size = noiseSize(linear, i, j) / eta;
    return size === 0 ? [0, 0, 0, 0] : scaleBlock(size, unitDiffusion(modes[i]!, modes[j]!, regime));
  });
  return { drift, diffusion };
}

/** Q_ij in steps for eta^2 S_ij = 1. In the two-step regime every pair is matched over two steps, those with a logarithm too: theirs is the same. */
function unitDiffusion(a: Mode, b: Mode, regime: ModeRegime): Block {
  const [la, lb, pa, pb] = [a.logarithm, b.logarithm, a.step, b.step];
  if (regime === "one-step" || (a.regime === "one-step" && b.regime === "one-step")) return diffusionFor(la, lb, pa, pb, kick, 1);
  return diffusionFor(la, lb, multiplyBlocks(pa, pa), multiplyBlocks(pb, pb), addBlocks(kick, congruence(pa, kick, pb)), 2);
}

/** Why there is no HA-SME-M: the noise does not commute with H, or in mode `mode` no diffusion has the path law of x. */
export type PathRefusal = { readonly why: "no-logarithm" | "commute" } | { readonly why: "mode"; readonly z: number };

/** HA-SME-M in steps: Q_ij = eta^2 S_ij q_i q_j^T; delta_i is what Var v gains in the long run, over eta^2 S_ii. */
export interface PathModel {
  readonly roots: readonly (readonly [number, number])[];
  readonly deltas: readonly number[];
}

/** The model whose stationary path law of x is SGD's, by mode. */
export function pathModel(problem: MomentumLinear): PathModel | PathRefusal {
  const { linear, modes, regime } = problem;
  if (regime === "two-step") return { why: "no-logarithm" };
  if (!commutes(linear)) return { why: "commute" };
  const roots: (readonly [number, number])[] = [];
  const deltas: number[] = [];
  for (const [i, mode] of modes.entries()) {
    if (linear.noise[i * linear.d + i] === 0) {
      roots.push([0, 0]);
      deltas.push(0);
      continue;
    }
    const found = rankOne(mode);
    if (found === null) return { why: "mode", z: mode.z };
    roots.push(found.root);
    deltas.push(found.delta);
  }
  return { roots, deltas };
}

/** Its D D^T in units of t = k eta, in the eigenbasis. */
export function pathDiffusion({ linear }: MomentumLinear, { roots }: PathModel): Matrix {
  return fillBlocks(linear.d, (i, j) => {
    const size = commutingNoise(linear, i, j) / linear.eta;
    const [p, q] = [roots[i]!, roots[j]!];
    return [size * p[0] * q[0], size * p[0] * q[1], size * p[1] * q[0], size * p[1] * q[1]];
  });
}

/** Its moments after k steps: SGD's plus delta (e e^T - P^k e e^T P^kT), e = (0, 1). */
export function pathMoments(problem: MomentumLinear, { deltas }: PathModel, sgd: Moments, k: number): Moments {
  const { linear, modes } = problem;
  const { d } = linear;
  const covariance = Float64Array.from(sgd.covariance);
  const powers = modes.map((mode) => blockPower(mode.step, k));
  const extra = fillBlocks(d, (i, j) => {
    const size = commutingNoise(linear, i, j) * deltas[i]!;
    if (size === 0) return [0, 0, 0, 0];
    const [a, b] = [powers[i]!, powers[j]!];
    return [-size * a[1] * b[1], -size * a[1] * b[3], -size * a[3] * b[1], size * (1 - a[3] * b[3])];
  });
  for (let m = 0; m < covariance.length; m++) covariance[m]! += extra[m]!;
  return { mean: sgd.mean, covariance };
}

/**
 * Q - delta [[0, B12], [B12, 2 B22]] of rank one, delta the root nearer 0 of B12^2 delta^2 + 2 (Q11 B22 - Q12 B12) delta + Q12^2 - Q11 Q22 = 0. Its
 * discriminant is Q11 w^T Q w, w = (B22, -B12): psd iff both factors are >= 0.
 */
function rankOne(mode: Mode): { root: readonly [number, number]; delta: number } | null {
  const [q11, q12, , q22] = unitDiffusion(mode, mode, "one-step");
  const [, b12, , b22] = mode.logarithm;
  const along = b22 * b22 * q11 - 2 * b22 * b12 * q12 + b12 * b12 * q22;
  if (!(q11 >= 0 && along >= 0)) return null;
  const half = q11 * b22 - q12 * b12;
  const size = Math.abs(half) + Math.sqrt(q11 * along);
  const delta = ((half >= 0 ? -1 : 1) * (q12 * q12 - q11 * q22)) / size;
  const [m12, m22] = [q12 - delta * b12, q22 - 2 * delta * b22];
  // from the larger diagonal entry: the other one vanishes at the edge of existence
  if (m22 >= q11) return { root: [m12 / Math.sqrt(m22), Math.sqrt(m22)], delta };
  return { root: [Math.sqrt(q11), m12 / Math.sqrt(q11)], delta };
}

/** [H, Sigma]_ij = (lambda_i - lambda_j) S_ij vanishes to rounding. */
function commutes({ d, z, noise }: LinearProblem): boolean {
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, noise[i * d + i]!);
  const size = Math.max(Math.abs(z[0]!), Math.abs(z[d - 1]!));
  for (let i = 0; i < d; i++)
    for (let j = 0; j < i; j++) if (Math.abs((z[i]! - z[j]!) * noise[i * d + j]!) > 64 * d * Number.EPSILON * size * largest) return false;
  return true;
}

/** eta^2 S_ij between modes of one curvature; between others it is rounding where Sigma and H commute. */
function commutingNoise(linear: LinearProblem, i: number, j: number): number {
  const { d, z } = linear;
  const size = Math.max(Math.abs(z[0]!), Math.abs(z[d - 1]!));
  return i === j || Math.abs(z[i]! - z[j]!) <= 64 * d * Number.EPSILON * size ? noiseSize(linear, i, j) : 0;
}

/** Every mode settles: 0 < z < 2 + 2 beta. */
export function settles({ linear, beta }: MomentumLinear): boolean {
  return linear.z.every((z, i) => isStable(z, beta) && !linear.flat[i]);
}

/**
 * SGD's stationary covariance, 2d x 2d in the eigenbasis; null unless every mode is stable. For a pair of modes u, v
 *   E x x = eta^2 S / ((1 - beta)(u + v) + (beta u - v)(u - beta v)/(1 - beta^2)),
 *   E v v = E x x (u + v)/(1 + beta),  E x_u v_v = E x x (u - beta v)/(1 - beta^2):
 * no differences of matrices, so that flat modes keep their digits (derived from C = P C P^T + N; test/law/momentum.test.ts).
 */
export function sgdStationary(problem: MomentumLinear): Matrix | null {
  if (!settles(problem)) return null;
  const { linear, beta } = problem;
  const across = (1 - beta) * (1 + beta);
  return fillBlocks(linear.d, (i, j) => {
    const [u, v] = [linear.z[i]!, linear.z[j]!];
    const size = noiseSize(linear, i, j);
    if (size === 0) return [0, 0, 0, 0];
    // one mode with itself: the same, factorised, so that nothing cancels near 2 + 2 beta
    const own = ((1 - beta) * u * (2 + 2 * beta - u)) / (1 + beta);
    const xx = size / (i === j ? own : (1 - beta) * (u + v) + ((beta * u - v) * (u - beta * v)) / across);
    return [xx, (xx * (u - beta * v)) / across, (xx * (v - beta * u)) / across, (xx * (u + v)) / (1 + beta)];
  });
}

/** HA-SME-M's: SGD's but for E v v. */
export function pathStationary(problem: MomentumLinear, { deltas }: PathModel): Matrix | null {
  const stationary = sgdStationary(problem);
  const { linear } = problem;
  const { d } = linear;
  if (stationary)
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) stationary[(d + i) * 2 * d + d + j]! += commutingNoise(linear, i, j) * deltas[i]!;
  return stationary;
}

/** Langevin's: for a pair of modes E x x = eta^2 S/((1 - beta)(u + v) + (u - v)^2/(2 (1 - beta))); null unless every z > 0. */
export function langevinStationary({ linear, beta }: MomentumLinear): Matrix | null {
  if (!linear.z.every((z, i) => z > 0 && !linear.flat[i])) return null;
  const friction = 1 - beta;
  return fillBlocks(linear.d, (i, j) => {
    const [u, v] = [linear.z[i]!, linear.z[j]!];
    const size = noiseSize(linear, i, j);
    if (size === 0) return [0, 0, 0, 0];
    const xx = size / (friction * (u + v) + ((u - v) * (u - v)) / (2 * friction));
    const across = (xx * (u - v)) / (2 * friction);
    return [xx, across, -across, (xx * (u + v)) / 2];
  });
}

/** Mean (about the center) and covariance in the problem's coordinates. */
export function stateToCoordinates({ linear }: MomentumLinear, moments: Moments): Moments {
  const { d, center, eigen } = linear;
  const mean = new Float64Array(2 * d);
  for (let i = 0; i < d; i++) {
    mean[i] = center[i]!;
    for (let k = 0; k < d; k++) {
      mean[i]! += eigen.vectors[i * d + k]! * moments.mean[k]!;
      mean[d + i]! += eigen.vectors[i * d + k]! * moments.mean[d + k]!;
    }
  }
  return { mean, covariance: stateMatrix(linear, moments.covariance) };
}

/** diag(U, U) A diag(U, U)^T, symmetrised. */
export function stateMatrix(linear: LinearProblem, a: Matrix): Matrix {
  const vectors = doubled(linear);
  const n = 2 * linear.d;
  return fromEigenbasis(a, vectors, n, new Float64Array(n * n), new Float64Array(n * n));
}

/** diag(U, U) A diag(U, U)^T where A is diagonal in each of its four parts and not symmetric: a drift. */
export function stateDrift(linear: LinearProblem, a: Matrix): Matrix {
  const { d, eigen } = linear;
  const n = 2 * d;
  const out = new Float64Array(n * n);
  for (let p = 0; p < 2; p++)
    for (let q = 0; q < 2; q++)
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) {
          let sum = 0;
          for (let k = 0; k < d; k++) sum += eigen.vectors[i * d + k]! * a[(p * d + k) * n + q * d + k]! * eigen.vectors[j * d + k]!;
          out[(p * d + i) * n + q * d + j] = sum;
        }
  return out;
}

function doubled({ d, eigen }: LinearProblem): Matrix {
  const n = 2 * d;
  const out = new Float64Array(n * n);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) out[i * n + j] = out[(d + i) * n + d + j] = eigen.vectors[i * d + j]!;
  return out;
}

/** A symmetric 2d x 2d matrix in the order (x, v) from its blocks of pairs. */
function fillBlocks(d: number, block: (i: number, j: number) => Block): Matrix {
  const out = new Float64Array(4 * d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const [xx, xv, vx, vv] = block(i, j);
      putBlock(out, d, i, j, i === j ? [xx, 0.5 * (xv + vx), 0.5 * (xv + vx), vv] : [xx, xv, vx, vv]);
      if (i !== j) putBlock(out, d, j, i, [xx, vx, xv, vv]);
    }
  }
  return out;
}

function putBlock(out: Matrix, d: number, i: number, j: number, [xx, xv, vx, vv]: Block): void {
  const n = 2 * d;
  out[i * n + j] = xx;
  out[i * n + d + j] = xv;
  out[(d + i) * n + j] = vx;
  out[(d + i) * n + d + j] = vv;
}
