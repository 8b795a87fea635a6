// Averages with H and Sigma frozen, against the closed laws of the quadratic with that Hessian and noise, and against quadratures without eigenvectors.
import { describe, expect, it } from "vitest";
import { frozenAverage } from "../../src/law/frozen-averages.ts";
import { krylovQuadrature } from "../../src/law/krylov.ts";
import { models } from "../../src/model/index.ts";
import { linearProblem, modelDiffusion, modelMoments, modelRates, sgdMoments } from "../../src/model/linear-law.ts";
import { symmetricEigen } from "../../src/numerics/eigen.ts";
import { dot, multiplyVector, solve } from "../../src/numerics/linear.ts";

const d = 3;
const h = Float64Array.of(1.3, 0.4, -0.2, 0.4, 0.5, 0.1, -0.2, 0.1, -0.3);
const sigma = Float64Array.of(0.5, 0.1, 0, 0.1, 0.3, 0.05, 0, 0.05, 0.2);
const g = Float64Array.of(0.4, -0.7, 0.2);
const value = 2.5;
const { values: nodes, vectors } = symmetricEigen(h, d);
const along = Float64Array.from({ length: d }, (_, k) => g.reduce((sum, v, i) => sum + v * vectors[i * d + k]!, 0));
const noiseWeights = Float64Array.from({ length: d }, (_, k) => {
  const u = Float64Array.from({ length: d }, (_, i) => vectors[i * d + k]!);
  return dot(u, multiplyVector(sigma, u, d));
});
const spectrum = { value, gradient: { nodes, weights: along.map((v) => v * v) }, noise: [{ nodes, weights: noiseWeights }] };

describe.each([0.1, 0.55, 1.2])("eta = %d", (eta) => {
  const center = solve(h, g, d).map((v) => -v);
  const linear = linearProblem({ matrix: h, center }, sigma, eta, new Float64Array(d));
  const laws = ["sgd" as const, ...models.filter((model) => !model.correction)].map((process) => ({
    process,
    at: (k: number) =>
      process === "sgd" ? sgdMoments(linear, k) : modelMoments(linear, modelRates(linear, process), modelDiffusion(linear, process), k),
  }));
  it("the closed laws' own averages", () => {
    for (const { process, at } of laws)
      for (const k of [1, 2, 7, 30]) {
        const got = (["loss", "rms distance", "rms gradient norm"] as const).map((figure) =>
          frozenAverage(spectrum, process, figure, eta, k),
        );
        if (process !== "sgd" && got[0] === null) {
          // a pole: z reaches 1
          expect(eta * nodes[d - 1]!).toBeGreaterThanOrEqual(1);
          continue;
        }
        const { mean, covariance } = at(k);
        // in the eigenbasis, relative to the centre; the start stands at -centre
        const y0 = Float64Array.from(
          { length: d },
          (_, i) =>
            -dot(
              center,
              Float64Array.from({ length: d }, (_, j) => vectors[j * d + i]!),
            ),
        );
        let loss = value - 0.5 * dot(g, solve(h, g, d));
        let distance = 0;
        let slope = 0;
        for (let i = 0; i < d; i++) {
          const second = mean[i]! * mean[i]! + covariance[i * d + i]!;
          loss += 0.5 * nodes[i]! * second;
          distance += (mean[i]! - y0[i]!) * (mean[i]! - y0[i]!) + covariance[i * d + i]!;
          slope += nodes[i]! * nodes[i]! * second;
        }
        const want = [loss, Math.sqrt(distance), Math.sqrt(slope)];
        got.forEach((each, q) => expect(each!.value / want[q]!).toBeCloseTo(1, 10));
      }
  });
});

it("quadratures give the same as eigenvectors", () => {
  const times = (v: Float64Array, out: Float64Array): Float64Array => multiplyVector(h, v, d, out);
  // Sigma = L L^T exactly, by its columns
  const { values, vectors: axes } = symmetricEigen(sigma, d);
  const columns = Array.from({ length: d }, (_, k) =>
    Float64Array.from({ length: d }, (_, i) => Math.sqrt(d * values[k]!) * axes[i * d + k]!),
  );
  const free = { value, gradient: krylovQuadrature(times, g, d), noise: columns.map((y) => krylovQuadrature(times, y, d)) };
  for (const figure of ["loss", "rms distance", "rms gradient norm"] as const)
    expect(frozenAverage(free, "sgd", figure, 0.4, 9)!.value).toBeCloseTo(frozenAverage(spectrum, "sgd", figure, 0.4, 9)!.value, 11);
});
