// The psd defect by stochastic Lanczos quadrature on D D^T of small networks, whose dense defect is known: coverage of value +- 1.96 error
// over seeds, and the lower bound in every case.
import { expect, it } from "vitest";
import { defectEstimate } from "../../src/law/defect-estimate.ts";
import { newtonCg } from "../../src/law/newton-cg.ts";
import { fromEigenbasis, symmetricEigen, toEigenbasis } from "../../src/numerics/eigen.ts";
import { diffusionFactor } from "../../src/numerics/factors.ts";
import { multiplyVector } from "../../src/numerics/linear.ts";
import { psdDefect } from "../../src/numerics/semidefinite.ts";
import { randomNetwork } from "../problem/network/problems.ts";

const seeds = 40;

it.each([
  [12, 8, 40, 0.8],
  [14, 10, 60, 0.3],
  [14, 10, 60, 0.95],
])("%i hidden units, %i inputs, %i samples, z = %f", { timeout: 120_000 }, (hidden, inputs, n, zMax) => {
  const { objective, x: start } = randomNetwork([hidden], "tanh", "cross-entropy", { l2: 0.02, n, inputs });
  const { d } = objective;
  const { x } = newtonCg(objective, start);
  const eigen = symmetricEigen(objective.hessian!(x, new Float64Array(d * d)), d);
  const eta = zMax / eigen.values[d - 1]!;
  const rows = objective.samples!.gradients!(x, new Float64Array(n * d));
  const diffusion = new Float64Array(d * d);
  for (let s = 0; s < n; s++)
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) diffusion[i * d + j]! += (rows[s * d + i]! * rows[s * d + j]!) / n;
  const scratch = new Float64Array(d * d);
  toEigenbasis(diffusion, eigen.vectors, d, scratch);
  let noise = 0;
  for (let i = 0; i < d; i++) noise += diffusion[i * d + i]!;
  const z = eigen.values.map((value) => eta * value);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) diffusion[i * d + j]! *= diffusionFactor(z[i]!, z[j]!);
  const dense = fromEigenbasis(diffusion, eigen.vectors, d, scratch, new Float64Array(d * d));
  const exact = psdDefect(dense, d);
  expect(exact).toBeGreaterThan(1e-9);
  const range = [z[0]!, z[d - 1]!].map((each) => noise * diffusionFactor(each, each)) as [number, number];
  let held = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { defect, least } = defectEstimate((v, out) => multiplyVector(dense, v, d, out), d, seed, 1e-13, range);
    expect(least).toBeGreaterThanOrEqual(0);
    expect(least).toBeLessThanOrEqual(exact * (1 + 1e-9));
    if (Math.abs(defect.value - exact) <= 1.96 * defect.error) held++;
  }
  // 95 % promised: of 40 seeds 33 or fewer held have probability 1e-3 then
  expect(held).toBeGreaterThan(33);
});
