// Matrix-free algebra against dense matrices whose eigenvalues are known, and on networks against their dense Hessians.
import { describe, expect, it } from "vitest";
import { defectEstimate } from "../../src/law/defect-estimate.ts";
import { diffusionTimes } from "../../src/law/diffusion-times.ts";
import { extremeEigenvalues } from "../../src/law/extreme-eigenvalues.ts";
import { krylovFunction, krylovQuadrature, norm } from "../../src/law/krylov.ts";
import { leastSquaresSystem } from "../../src/law/least-squares.ts";
import { meanSquareThreshold } from "../../src/law/mean-square.ts";
import { affordsMeanSquare, meanSquareThresholds } from "../../src/law/mean-square-operator.ts";
import { newtonCg } from "../../src/law/newton-cg.ts";
import { findOptimum } from "../../src/law/optimum.ts";
import { traceEstimate } from "../../src/law/trace-estimate.ts";
import { symmetricEigen, symmetricFunction } from "../../src/numerics/eigen.ts";
import { diffusionFactor, driftFactor } from "../../src/numerics/factors.ts";
import { dot, multiplyVector } from "../../src/numerics/linear.ts";
import { createStream } from "../../src/numerics/random.ts";
import { psdDefect } from "../../src/numerics/semidefinite.ts";
import { readProblem } from "../../src/problem/read.ts";
import { randomNetwork } from "../problem/network/problems.ts";

const d = 90;
const stream = createStream(11);
const vector = (): Float64Array => Float64Array.from({ length: d }, () => stream.normal());
const { vectors } = symmetricEigen(
  Float64Array.from({ length: d * d }, () => stream.normal()),
  d,
);
/** Like a network's: a cloud around 0, outliers above, some negative. */
const eigenvalues = Float64Array.from({ length: d }, (_, k) =>
  k < 4 ? -0.4 + 0.05 * k : k >= d - 3 ? 0.7 + 0.1 * (k - d + 3) : 0.05 * Math.sin(k),
);
const matrix = symmetricFunction({ values: eigenvalues, vectors }, (x) => x);
const times = (v: Float64Array, out: Float64Array): Float64Array => multiplyVector(matrix, v, d, out);
const sorted = Array.from(eigenvalues).sort((a, b) => b - a);

it("a function of the matrix times a vector, within its own error", () => {
  const v = vector();
  for (const [f, tolerance] of [
    [driftFactor, 1e-12],
    [driftFactor, 1e-5],
    [Math.exp, 1e-10],
  ] as const) {
    const dense = multiplyVector(symmetricFunction({ values: eigenvalues, vectors }, f), v, d);
    const { vector: got, error, converged, products } = krylovFunction(times, v, f, { tolerance });
    const gap = norm(got.map((x, i) => x - dense[i]!));
    expect(converged).toBe(true);
    expect(products).toBeLessThan(60);
    expect(error).toBeLessThanOrEqual(tolerance * norm(dense) * 1.01);
    // rounding: d products of |v| epsilon
    expect(gap).toBeLessThanOrEqual(error + 1e-14 * d * norm(v));
  }
});

it("no products are wasted on what is not reached: unconverged is said", () => {
  const near = (x: number): number => 1 / (0.9000001 - x);
  expect(krylovFunction(times, vector(), near, { maxProducts: 8 }).converged).toBe(false);
});

it("quadratic forms by Gauss quadrature", () => {
  const v = vector();
  const { nodes, weights } = krylovQuadrature(times, v, 30);
  const f = symmetricFunction({ values: eigenvalues, vectors }, Math.exp);
  expect(dot(weights, nodes.map(Math.exp)) / dot(v, multiplyVector(f, v, d))).toBeCloseTo(1, 12);
});

it("extreme eigenvalues within their bounds, with their vectors", () => {
  const { largest, smallest, converged, vectors: found } = extremeEigenvalues(times, d, { largest: 5, smallest: 3 });
  expect(converged).toBe(true);
  largest.forEach(({ value, error }, k) => expect(Math.abs(value - sorted[k]!)).toBeLessThanOrEqual(error + 1e-14));
  smallest.forEach(({ value, error }, k) => expect(Math.abs(value - sorted[d - 3 + k]!)).toBeLessThanOrEqual(error + 1e-14));
  found.forEach((u, k) => {
    const moved = times(u, new Float64Array(d));
    expect(norm(moved.map((x, i) => x - sorted[k]! * u[i]!))).toBeLessThan(1e-7);
  });
});

it("traces: the known part exactly, the rest within 5 standard errors", () => {
  const exact = sorted.reduce((a, b) => a + b, 0);
  const { krylov } = extremeEigenvalues(times, d, { maxProducts: 40, tolerance: 0 });
  const without = traceEstimate(times, d, undefined, 200, 1);
  const deflated = traceEstimate(times, d, krylov, 200, 1);
  for (const { value, error } of [without, deflated]) expect(Math.abs(value - exact)).toBeLessThan(5 * error);
  expect(deflated.error).toBeLessThan(without.error / 3);
});

it("products with D D^T, and its defect from below", () => {
  const root = Float64Array.from({ length: d * 20 }, () => stream.normal() / 20);
  const sigma = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) for (let k = 0; k < 20; k++) sigma[i * d + j]! += root[i * 20 + k]! * root[j * 20 + k]!;
  const eta = 0.8;
  const rotated = new Float64Array(d * d);
  const half = new Float64Array(d * d);
  const dense = new Float64Array(d * d);
  const product = (a: Float64Array, b: Float64Array, out: Float64Array, flip: boolean): void => {
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) {
        let sum = 0;
        for (let k = 0; k < d; k++) sum += (flip ? a[k * d + i]! : a[i * d + k]!) * b[k * d + j]!;
        out[i * d + j] = sum;
      }
  };
  const transposed = vectors.map((_, k) => vectors[(k % d) * d + Math.floor(k / d)]!);
  product(sigma, vectors, half, false);
  product(vectors, half, rotated, true);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) rotated[i * d + j]! *= eta * diffusionFactor(eta * eigenvalues[i]!, eta * eigenvalues[j]!);
  product(vectors, rotated, half, false);
  product(half, transposed, dense, false);
  const covarianceTimes = (v: Float64Array, out: Float64Array): Float64Array => multiplyVector(sigma, v, d, out);
  const range = [eta * sorted[d - 1]!, eta * sorted[0]!] as const;
  const made = diffusionTimes(times, covarianceTimes, eta, diffusionFactor, range, 1e-11);
  const v = vector();
  const want = multiplyVector(dense, v, d);
  const got = made.times(v, new Float64Array(d));
  expect(norm(got.map((x, i) => x - want[i]!)) / norm(want)).toBeLessThan(1e-10);
  let trace = 0;
  for (let i = 0; i < d; i++) trace += dense[i * d + i]!;
  const { defect, least } = defectEstimate(made.times, d, 1, made.error, [0.5 * trace, 1.01 * trace]);
  const exact = psdDefect(dense, d);
  expect(exact).toBeGreaterThan(1e-6);
  expect(least).toBeGreaterThan(0);
  expect(least).toBeLessThan(exact);
  expect(Math.abs(defect.value - exact)).toBeLessThan(5 * defect.error);
});

describe("on networks", () => {
  it("Newton's method by conjugate gradients ends where the dense one does", () => {
    const { objective, x } = randomNetwork([], "tanh", "cross-entropy", { l2: 0.02 });
    const found = newtonCg(objective, x);
    const dense = findOptimum(objective, x);
    if ("failure" in found || "failure" in dense) throw new Error("no optimum");
    expect(found.gradientNorm).toBeLessThan(1e-10);
    expect(norm(found.x.map((v, i) => v - dense.x[i]!))).toBeLessThan(1e-8);
  });

  it("a loss without a minimum is a failure, in words", () => {
    // one sample a class and no l2: the weights grow for ever
    const { objective, x } = randomNetwork([], "tanh", "cross-entropy", { n: 4, inputs: 6, outputs: 2, l2: 0 });
    const found = newtonCg(objective, x, { maxSteps: 30, gradient: 0 });
    expect(found).toHaveProperty("failure");
  });
});

it("stability in mean square: a linear network's threshold is least squares' own", () => {
  const columns = ["p", "q", "y"];
  const rows = Array.from({ length: 12 }, () => [stream.normal(), 2 * stream.normal(), stream.normal()]);
  const rest = { noise: { minibatch: { size: 2, replacement: false } }, learningRate: 0.01, start: [0, 0, 0], steps: 2 };
  const linear = readProblem({ objective: { leastSquares: { data: { columns, rows }, target: "y", intercept: true, l2: 0.01 } }, ...rest });
  const network = readProblem({
    objective: { network: { data: { columns, rows }, target: "y", loss: "squared-error", hidden: [], l2: 0.01 } },
    ...rest,
  });
  const system = leastSquaresSystem(linear);
  const eigen = symmetricEigen(network.objective.hessian!(network.start, new Float64Array(9)), 3);
  const kappas = [1, 0.4, system.kappa];
  expect(affordsMeanSquare(12, 3)).toBe(true);
  const got = meanSquareThresholds(network.objective, network.start, eigen, kappas);
  kappas.forEach((kappa, k) => expect(got[k]! / meanSquareThreshold(system, kappa)!).toBeCloseTo(1, 8));
});
