// Claim: on quadratics HA-SME has SGD's law. Over random ensembles of A, Sigma and eta, by a route that shares nothing with the closed forms:
// drift matrix and D D^T are read off the bound model in the problem's own coordinates, the kernel over one step is (Van Loan)
//     exp(eta [[-B, Q], [0, B^T]]) = [[., e^{-B eta} C], [0, e^{B^T eta}]],   C = int_0^eta e^{Bs} Q e^{B^T s} ds,
// and is laid beside SGD's x -> (I - eta A) x + N(0, eta^2 Sigma): from random states, for the marginal laws after k steps by recursion, and
// for the joint law of (x_1, ..., x_k). How often D D^T is not psd is counted: there no diffusion has the law. Formal moments agree all the same.
import { type Estimate, estimate } from "../answer/estimate.ts";
import type { ClaimTest, Measured } from "../answer/reproduce.ts";
import { bind } from "../model/bind.ts";
import { existenceLimits } from "../model/existence.ts";
import { modelById } from "../model/index.ts";
import { type Matrix, toRows, type Vector } from "../numerics/arrays.ts";
import { symmetricEigenvalues } from "../numerics/eigen.ts";
import { expm } from "../numerics/expm.ts";
import { identity, maxAbs, multiply, multiplyVector, transpose } from "../numerics/linear.ts";
import type { RandomStream } from "../numerics/random.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { abstractSentence, type Claim, type ClaimContext, checkpoint, type Findings } from "./claim.ts";
import { quadraticProblem } from "./problems.ts";
import { memberStream, normals, randomCovariance, randomSymmetric } from "./random-matrices.ts";
import { told } from "./verdict.ts";

const defaults = {
  members: { quick: 150, full: 2000 },
  dimensions: [2, 3, 5],
  /** Steps of the marginal and the joint law. */
  steps: 6,
  /** Largest z of a member lies between. */
  zMax: [0.1, 0.9] as const,
  /**
   * Relative gaps below this are rounding: matrix functions of order 10, six steps, eigenvectors of A: 1e-14 to 1e-13 is met, and a wrong term of
   * any model is at least 1e-4 at these z.
   */
  rounding: 1e-11,
};

const noises = ["commuting", "2d samples", "d samples", "d - 1 samples"] as const;
/** Rank of a covariance of that many samples' sizes: 2d and d give full rank. */
const samplesOf = (noise: Noise, d: number): number => (noise === "2d samples" ? 2 * d : noise === "d samples" ? d : d - 1);
type Noise = (typeof noises)[number];

/** x -> M x + N(0, C). */
interface Kernel {
  readonly map: Matrix;
  readonly noise: Matrix;
}

function sgdKernel(matrix: Matrix, sigma: Matrix, eta: number, d: number): Kernel {
  const map = identity(d);
  for (let k = 0; k < d * d; k++) map[k]! -= eta * matrix[k]!;
  return { map, noise: sigma.map((s) => eta * eta * s) };
}

/** The exact one-step kernel of dX = B X dt + N(0, Q dt), B and Q read off the bound model; `defect` of Q. */
function modelKernel(problem: SgdProblem, id: string): Kernel & { defect: number } {
  const { d } = problem.objective;
  const eta = problem.learningRate;
  const sde = bind(modelById(id), problem);
  const drift = new Float64Array(d * d);
  const unit = new Float64Array(d);
  const column = new Float64Array(d);
  for (let j = 0; j < d; j++) {
    unit.fill(0)[j] = 1;
    sde.drift(unit, column);
    for (let i = 0; i < d; i++) drift[i * d + j] = column[i]!;
  }
  const diffusion = new Float64Array(d * d);
  const defect = sde.diffusionMatrix(problem.start, diffusion);
  const n = 2 * d;
  const block = new Float64Array(n * n);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      block[i * n + j] = -eta * drift[i * d + j]!;
      block[i * n + d + j] = eta * diffusion[i * d + j]!;
      block[(d + i) * n + d + j] = eta * drift[j * d + i]!;
    }
  const e = expm(block, n);
  const part = (row: number, at: number) =>
    Float64Array.from({ length: d * d }, (_, k) => e[(row + Math.floor(k / d)) * n + at + (k % d)]!);
  const map = transpose(part(d, d), d);
  return { map, noise: multiply(map, part(0, d), d), defect };
}

/** Covariances of all pairs (x_i, x_j), i <= j <= k, and the means, from x_0. */
function jointLaw({ map, noise }: Kernel, start: Vector, d: number, steps: number): { means: Vector[]; covariances: Matrix[] } {
  const means: Vector[] = [];
  const covariances: Matrix[] = [];
  let [mean, own]: [Vector, Matrix] = [start, new Float64Array(d * d)];
  for (let k = 1; k <= steps; k++) {
    mean = multiplyVector(map, mean, d);
    const spread = multiply(multiply(map, own, d), transpose(map, d), d);
    own = spread.map((value, i) => value + noise[i]!);
    means.push(mean);
    let across = own;
    for (let j = k; j <= steps; j++) {
      covariances.push(across);
      across = multiply(map, across, d);
    }
  }
  return { means, covariances };
}

/** Largest difference, relative to the largest entry of the first. */
function gap(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  const scale = Math.max(...a.map(maxAbs));
  return Math.max(...a.map((each, i) => maxAbs(each.map((value, k) => value - b[i]![k]!)))) / scale;
}

interface Member {
  readonly noise: Noise;
  readonly defect: number;
  readonly kernel: number;
  readonly marginal: number;
  readonly joint: number;
  /** Of the earlier models: their joint laws. */
  readonly earlier: { readonly sme1: number; readonly sme2: number; readonly spf: number };
}

function member(stream: RandomStream, noise: Noise, d: number): Member {
  const matrix = randomSymmetric(stream, d);
  const top = Math.max(...symmetricEigenvalues(matrix, d).map(Math.abs));
  const [low, high] = defaults.zMax;
  const eta = (low + (high - low) * stream.uniform()) / top;
  const square = multiply(matrix, matrix, d);
  const sigma =
    noise === "commuting"
      ? identity(d).map((value, k) => value + (0.5 * square[k]!) / (top * top))
      : randomCovariance(stream, d, samplesOf(noise, d));
  const symmetric = sigma.map((_, k) => 0.5 * (sigma[k]! + sigma[(k % d) * d + Math.floor(k / d)]!));
  const start = normals(stream, d);
  const problem = quadraticProblem(toRows(matrix, d), toRows(symmetric, d), eta, Array.from(start), defaults.steps);
  const sgd = sgdKernel(matrix, symmetric, eta, d);
  const sgdLaw = jointLaw(sgd, start, d, defaults.steps);
  const jointGap = (kernel: Kernel) => {
    const law = jointLaw(kernel, start, d, defaults.steps);
    return Math.max(gap(sgdLaw.means, law.means), gap(sgdLaw.covariances, law.covariances));
  };
  const model = modelKernel(problem, "ha-sme");
  const law = jointLaw(model, start, d, defaults.steps);
  const states = Array.from({ length: 3 }, () => normals(stream, d));
  const stepped = (kernel: Kernel) => states.map((x) => multiplyVector(kernel.map, x, d));
  // C_kk stands first among the covariances of its row
  const marginals = (covariances: readonly Matrix[]) => {
    const found: Matrix[] = [];
    for (let k = 0, at = 0; k < defaults.steps; at += defaults.steps - k, k++) found.push(covariances[at]!);
    return found;
  };
  const earlier = { sme1: 0, sme2: 0, spf: 0 };
  for (const id of ["sme1", "sme2", "spf"] as const) earlier[id] = jointGap(modelKernel(problem, id));
  return {
    noise,
    defect: model.defect,
    kernel: Math.max(gap(stepped(sgd), stepped(model)), gap([sgd.noise], [model.noise])),
    marginal: Math.max(gap(sgdLaw.means, law.means), gap(marginals(sgdLaw.covariances), marginals(law.covariances))),
    joint: jointGap(model),
    earlier,
  };
}

/** A frequency with its binomial error; (m + 1)/(n + 2) in the error, so that 0 of n and n of n have one too. */
function frequency(hits: number, of: number): Estimate {
  const smoothed = (hits + 1) / (of + 2);
  return estimate(hits / of, Math.sqrt((smoothed * (1 - smoothed)) / of), "standard-error");
}

async function measure(context: ClaimContext): Promise<Findings> {
  const count = context.quick ? defaults.members.quick : defaults.members.full;
  const members: Member[] = [];
  const failures: { noise: Noise; d: number; share: Estimate; largest: number }[] = [];
  let number = 0;
  for (const noise of noises)
    for (const d of defaults.dimensions) {
      await checkpoint(context);
      const own = Array.from({ length: count }, () => member(memberStream(context.seed, number++), noise, d));
      members.push(...own);
      const failing = own.filter(({ defect }) => defect > existenceLimits.rounding);
      failures.push({ noise, d, share: frequency(failing.length, count), largest: Math.max(...own.map(({ defect }) => defect)) });
    }
  const worst = (of: (each: Member) => number) => Math.max(...members.map(of));
  const least = (of: (each: Member) => number) => Math.min(...members.map(of));
  const gaps = [
    { name: "one-step kernel from random states", value: worst(({ kernel }) => kernel) },
    { name: `marginal laws at k = 1 .. ${defaults.steps}`, value: worst(({ marginal }) => marginal) },
    { name: `joint law of (x_1 .. x_${defaults.steps})`, value: worst(({ joint }) => joint) },
  ];
  const measured: Measured[] = [
    ...gaps.map(({ name, value }) => ({
      name: `HA-SME, largest relative gap of the ${name}`,
      value: estimate(value, defaults.rounding, "rounding"),
    })),
    ...(["sme1", "sme2", "spf"] as const).map((id) => ({
      name: `${id}, least relative gap of the joint law`,
      value: estimate(
        least(({ earlier }) => earlier[id]),
        defaults.rounding,
        "rounding",
      ),
    })),
    ...failures.map(({ noise, d, share }) => ({ name: `share of quadratics where D D^T is not psd: ${noise}, d = ${d}`, value: share })),
    ...failures
      .filter(({ noise }) => noise !== "commuting")
      .map(({ noise, d, largest }) => ({ name: `largest psd defect: ${noise}, d = ${d}`, value: estimate(largest, 1e-12, "rounding") })),
  ];
  const generic = failures.filter(({ share }) => share.value > 0);
  const tests: ClaimTest[] = [
    ...gaps.map(
      ({ name, value }): ClaimTest => ({
        ...{ decides: "claim", rule: `${name}: SGD's to rounding (gap below ${defaults.rounding})`, found: value.toExponential(1) },
        passed: value < defaults.rounding,
      }),
    ),
    {
      ...{ decides: "claim", rule: "wherever Sigma and A commute D D^T is psd, so that the process exists" },
      ...{
        found: failures
          .filter((f) => f.noise === "commuting")
          .map(({ d, share }) => `d = ${d}: fails in ${told(share)}`)
          .join(", "),
      },
      passed: failures.every(({ noise, share }) => noise !== "commuting" || share.value === 0),
    },
    {
      ...{ decides: "limit", rule: "D D^T is psd for every Sigma, so that the mild condition is always met" },
      found:
        generic.length === 0
          ? "no failure was met"
          : generic
              .map(({ noise, d, share, largest }) => `${noise}, d = ${d}: fails in ${told(share)}, defect up to ${largest.toPrecision(2)}`)
              .join("; "),
      passed: generic.length === 0,
    },
  ];
  return {
    setting: [
      `${members.length} quadratics with curvatures of both signs, ${count} for each of d = ${defaults.dimensions.join(", ")} and Sigma (${noises.join(", ")}); max |z| from ${defaults.zMax.join(" to ")}; Gaussian noise`,
      "Kernels by the matrix exponential of drift and D D^T, joint laws by recursion: nothing sampled",
    ],
    ...{ measured, tests },
    charts: [
      {
        kind: "psd-failures",
        title: "How often HA-SME is not a process",
        caption:
          "Share of random quadratics on which D D^T has a negative eigenvalue, by dimension and noise: Sigma that commutes with A, or of 2d, d or d - 1 samples.",
        ...{ x: { label: "dimension", logarithmic: false }, y: { label: "share not psd", logarithmic: false } },
        lines: noises.map((kind) => ({
          process: kind,
          points: failures.filter(({ noise }) => noise === kind).map(({ d, share }) => ({ x: d, y: share })),
        })),
      },
    ],
    notes: ["The noise is Gaussian: for other noise the first two moments agree, the law does not."],
  };
}

export const quadraticLaw: Claim = {
  id: "quadratic-law",
  title: "Exact on quadratics",
  claim:
    "On quadratic objectives, under mild conditions, HA-SME has exactly SGD's law: marginals, transitions and the joint law of all iterates.",
  source: abstractSentence("v3, sentence 6 (v1, sentence 5)", "Further, for quadratic objectives, under mild conditions"),
  measure,
};
