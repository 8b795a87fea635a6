// Laws with momentum on quadratics: against 50-digit recursions; against the recursion and against quadrature of the SDEs' own equations in random
// cases, near thresholds, near beta = 0 and 1, with degenerate and non-commuting noise; limits of the models.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LawAtStep, MomentumLawResult } from "../../src/answer/law.ts";
import { momentumLaws } from "../../src/law/momentum.ts";
import { selectMomentumModels } from "../../src/model/momentum.ts";
import { modeOf } from "../../src/model/momentum-mode.ts";
import { expm } from "../../src/numerics/expm.ts";
import { multiply, transpose } from "../../src/numerics/linear.ts";
import { gaussLegendre } from "../../src/numerics/quadrature.ts";
import { gaussianNoise, problemOf, quadratic, randomSymmetric, uniforms } from "./problems.ts";

const reference = JSON.parse(readFileSync(new URL("../reference/momentum.json", import.meta.url), "utf8"));
// biome-ignore lint/suspicious/noExplicitAny: a reference case, checked by its use
type Case = any;
const flat = (rows: unknown): number[] => (Array.isArray(rows) ? rows.flat(3) : []) as number[];
/** Largest difference over the largest entry of `want`; Infinity where figures are missing. */
function gap(got: unknown, want: unknown): number {
  const [g, w] = [flat(got), flat(want)];
  if (g.length !== w.length || w.length === 0) return Number.POSITIVE_INFINITY;
  const size = Math.max(...w.map(Math.abs)) || 1;
  return Math.max(...w.map((v, i) => Math.abs(v - g[i]!))) / size;
}
interface Setting {
  A: number[][];
  Sigma: number[][];
  eta: number;
  beta: number;
  x0: number[];
  v0: number[];
  steps: number[];
}
const solve = ({ A, Sigma, eta, beta, x0, v0, steps }: Setting): MomentumLawResult =>
  momentumLaws(
    {
      ...problemOf(quadratic(A), gaussianNoise(Sigma), eta, x0, steps.at(-1)),
      momentum: { beta, velocity: Float64Array.from(v0) },
    },
    selectMomentumModels(),
    steps,
    { twoStep: true },
  ).result;
const rows = (entries: number[], d: number): number[][] => Array.from({ length: d }, (_, i) => entries.slice(i * d, (i + 1) * d));
const laws = (got: readonly LawAtStep[] | undefined, want: { mean: number[]; cov: number[][] }[]): number =>
  Math.max(...want.map((law, i) => Math.max(gap(got?.[i]?.mean, law.mean), gap(got?.[i]?.covariance, law.cov))));

describe("laws with momentum", () => {
  it.each<Case>(reference.cases)("$name", (c) => {
    const got = solve({
      ...c,
      A: Array.isArray(c.A[0]) ? c.A : rows(c.A, c.dim),
      Sigma: Array.isArray(c.Sigma[0]) ? c.Sigma : rows(c.Sigma, c.dim),
    });
    // Acceptance is 1e-10; what is left is rounding of eigenvectors and of powers up to 100.
    const near = (figure: number) => expect(figure).toBeLessThan(1e-13);
    near(laws(got.sgd.laws, c.sgd));
    if (c.sgdStationaryCov) near(gap(got.sgd.stationary?.covariance, c.sgdStationaryCov));
    else expect(got.sgd.stationary).toBeNull();
    near(gap(got.exactSde?.drift, c.drift));
    near(gap(got.exactSde?.diffusion, c.diffusion));
    if (c.psdDefect !== undefined) near(Math.abs(got.exactSde!.defect! - c.psdDefect));
    near(laws(got.models["langevin"]?.laws, c.langevin));
    near(laws(got.models["overdamped"]?.laws, c.overdamped));
    const own = got.models["ha-sme-m"]!;
    expect(own.exists).toBe(c["ha-sme-m"] !== undefined);
    if (c["ha-sme-m"]) {
      near(gap(own.diffusion, c["ha-sme-m"].diffusion));
      c["ha-sme-m"].cov.forEach((cov: number[][], i: number) => near(gap(own.laws[i]!.covariance, cov)));
    }
  });
});

/** Step matrix and noise of one step on (x, v), as dense 2d x 2d matrices. */
function stepOf({ A, Sigma, eta, beta }: Setting): { step: Float64Array; noise: Float64Array; n: number } {
  const d = A.length;
  const n = 2 * d;
  const step = new Float64Array(n * n);
  const noise = new Float64Array(n * n);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      const same = i === j ? 1 : 0;
      step[i * n + j] = same - eta * A[i]![j]!;
      step[i * n + d + j] = beta * same;
      step[(d + i) * n + j] = -eta * A[i]![j]!;
      step[(d + i) * n + d + j] = beta * same;
      for (const [p, q] of [
        [0, 0],
        [0, d],
        [d, 0],
        [d, d],
      ] as const)
        noise[(p + i) * n + q + j] = eta * eta * Sigma[i]![j]!;
    }
  return { step, noise, n };
}
/** A C A^T + N. */
const pushed = (a: Float64Array, c: Float64Array, noise: Float64Array, n: number): Float64Array =>
  multiply(multiply(a, c, n), transpose(a, n), n).map((entry, k) => entry + noise[k]!);
/** int_0^length e^{B t} Q e^{B^T t} dt by Gauss-Legendre on pieces. */
function integrated(b: Float64Array, q: Float64Array, length: number, n: number, pieces = 4): Float64Array {
  const rule = gaussLegendre(24);
  const sum = new Float64Array(n * n);
  for (let piece = 0; piece < pieces; piece++)
    rule.nodes.forEach((node, m) => {
      const t = ((piece + (1 + node) / 2) * length) / pieces;
      const e = expm(
        b.map((entry) => t * entry),
        n,
      );
      pushed(e, q, new Float64Array(n * n), n).forEach((entry, k) => {
        sum[k]! += (entry * rule.weights[m]! * length) / (2 * pieces);
      });
    });
  return sum;
}
const dense = (matrix: readonly (readonly number[])[]): Float64Array => Float64Array.from(matrix.flat());
const rotated = (diagonal: readonly number[], seed: number): number[][] => {
  const d = diagonal.length;
  const u = expm(
    Float64Array.from(
      { length: d * d },
      (_, k) =>
        (Math.floor(k / d) === k % d ? 0 : Math.floor(k / d) > k % d ? 1 : -1) * (0.3 + 0.1 * seed + 0.05 * (Math.floor(k / d) + (k % d))),
    ),
    d,
  );
  return Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (_, j) => diagonal.reduce((sum, value, k) => sum + value * u[i * d + k]! * u[j * d + k]!, 0)),
  );
};

const low = (beta: number) => (1 - Math.sqrt(beta)) ** 2;
const high = (beta: number) => (1 + Math.sqrt(beta)) ** 2;
const lines: [string, number, number][] = [
  ["beta nearly 0", 1e-6, 0.7],
  ["beta nearly 0, between the thresholds", 1e-6, 1.0005],
  ["beta nearly 0, z near 2", 1e-4, 0.3],
  ["beta nearly 1", 0.9999, 0.01],
  ["beta nearly 1, large z", 0.999, 3.9],
  ["just below the lower threshold", 0.6, low(0.6) * (1 - 1e-9)],
  ["at the lower threshold", 0.6, low(0.6)],
  ["just above it", 0.6, low(0.6) * (1 + 1e-9)],
  ["where the series ends", 0.6, low(0.6) - 0.0016],
  ["below the upper threshold", 0.6, high(0.6) - 0.05],
  ["above the upper threshold", 0.6, high(0.6) + 0.01],
  ["a = 0", 0.5, 1.5],
  ["unstable, complex pair gone", 0.3, 3.1],
  ["a maximum", 0.8, -0.4],
  ["flat", 0.9, 0],
  ["nearly flat", 0.9, 1e-9],
];
describe.each(lines)("%s", (_name, beta, z) => {
  const eta = 0.2;
  const setting = { A: [[z / eta]], Sigma: [[0.7]], eta, beta, x0: [0.8], v0: [-0.1], steps: [1, 2, 3, 4, 24] };
  it("has the recursion's law, and the exact SDE solves its equations", () => {
    const got = solve(setting);
    const { step, noise, n } = stepOf(setting);
    let mean: Float64Array = Float64Array.of(0.8, -0.1);
    let covariance: Float64Array = new Float64Array(n * n);
    for (let k = 1, at = 0; k <= 24; k++) {
      mean = multiply(step, Float64Array.of(mean[0]!, 0, mean[1]!, 0), 2).filter((_, i) => i % 2 === 0);
      covariance = pushed(step, covariance, noise, n);
      if (!setting.steps.includes(k)) continue;
      // powers of matrices that are nearly Jordan blocks: rounding of either way grows with k^2
      expect(gap(got.sgd.laws[at]!.mean, Array.from(mean))).toBeLessThan(1e-12);
      expect(gap(got.sgd.laws[at]!.covariance, Array.from(covariance))).toBeLessThan(1e-12);
      at++;
    }
    const { drift, diffusion, regime } = got.exactSde!;
    expect(regime).toBe(z < high(beta) ? "one-step" : "two-step");
    const many = regime === "one-step" ? 1 : 2;
    const want = many === 1 ? step : multiply(step, step, n);
    const b = dense(drift);
    // near the upper threshold log P has entries of pi/s, and its exponential loses as many digits
    const norm = Math.max(...b.map((entry) => Math.abs(entry * eta)));
    const rounding = 2e-14 * Math.max(1, norm * norm);
    expect(
      gap(
        Array.from(
          expm(
            b.map((entry) => many * eta * entry),
            n,
          ),
        ),
        Array.from(want),
      ),
    ).toBeLessThan(rounding);
    const over = many === 1 ? noise : pushed(step, noise, noise, n);
    expect(gap(Array.from(integrated(b, dense(diffusion), many * eta, n, 8)), Array.from(over))).toBeLessThan(20 * rounding);
    // never psd (theory.md 7)
    if (many === 1) expect(got.exactSde!.defect!).toBeGreaterThan(1e-6);
  });
  it("has stationary laws that one step keeps", () => {
    const got = solve(setting);
    const { step, noise, n } = stepOf(setting);
    if (!(z > 0 && z < 2 + 2 * beta)) {
      expect(got.sgd.stationary).toBeNull();
      return;
    }
    const c = dense(got.sgd.stationary!.covariance as number[][]);
    // rounding of P C P^T
    const norm = Math.max(1, ...step.map(Math.abs));
    expect(gap(Array.from(pushed(step, c, noise, n)), Array.from(c))).toBeLessThan(4e-15 * 4 * norm * norm);
    expect(c[0]! / ((eta * eta * 0.7 * (1 + beta)) / ((1 - beta) * z * (2 + 2 * beta - z)))).toBeCloseTo(1, 13);
  });
  it("HA-SME-M solves its own equations where it exists, and has x's path law", () => {
    const got = solve(setting);
    const own = got.models["ha-sme-m"]!;
    if (!own.exists) {
      expect(z).toBeGreaterThan(1.3);
      return;
    }
    const { n } = stepOf(setting);
    const b = dense(got.exactSde!.drift);
    const q = dense(own.diffusion!);
    expect(Math.abs(q[0]! * q[3]! - q[1]! * q[1]!)).toBeLessThan(1e-14 * q[3]! * q[3]!);
    // near beta = 0 log P is large, and so is its diffusion: rounding in units of both
    const norm = Math.max(...b.map((entry) => Math.abs(entry * eta)));
    expect(gap(own.laws[0]!.covariance, Array.from(integrated(b, q, eta, n, 8)))).toBeLessThan(2e-14 * Math.max(1, norm * norm));
    if (!got.sgd.stationary) return;
    const [mine, sgds] = [own.stationary!.covariance as number[][], got.sgd.stationary.covariance as number[][]];
    expect(mine[0]![0]).toBe(sgds[0]![0]);
    expect(mine[0]![1]).toBe(sgds[0]![1]);
    const drifted = multiply(b, dense(mine), n);
    const residual = drifted.map((entry, k) => entry + transpose(drifted, n)[k]! + q[k]!);
    // rounding of the products, of which the diffusion is the difference
    const products = Math.max(...b.map(Math.abs)) * Math.max(...dense(mine).map(Math.abs));
    expect(Math.max(...residual.map(Math.abs))).toBeLessThan(1e-14 * products);
  });
});

describe("several dimensions", () => {
  const random = (seed: number, d: number, beta: number): Setting => {
    const u = uniforms(seed);
    return {
      A: randomSymmetric(d, seed),
      Sigma: randomSymmetric(d, seed + 1, seed % 2 === 0 ? 0 : 0.3),
      eta: 0.3,
      beta,
      x0: Array.from({ length: d }, u),
      v0: Array.from({ length: d }, u),
      steps: [1, 7, 30],
    };
  };
  it.each([
    [11, 2, 0.9],
    [12, 3, 0.5],
    [13, 4, 0.05],
    [14, 5, 0.97],
  ])("seed %i: d = %i, beta = %f", (seed, d, beta) => {
    const setting = random(seed, d, beta);
    const got = solve(setting);
    const { step, noise, n } = stepOf(setting);
    let state: Float64Array = Float64Array.from([...setting.x0, ...setting.v0]);
    let covariance: Float64Array = new Float64Array(n * n);
    const apply = (s: Float64Array) => Float64Array.from(s, (_, i) => s.reduce((sum, v, j) => sum + step[i * n + j]! * v, 0));
    for (let k = 1; k <= 30; k++) {
      state = apply(state);
      covariance = pushed(step, covariance, noise, n);
      const at = setting.steps.indexOf(k);
      if (at < 0) continue;
      expect(gap(got.sgd.laws[at]!.mean, Array.from(state))).toBeLessThan(2e-13);
      expect(gap(got.sgd.laws[at]!.covariance, Array.from(covariance))).toBeLessThan(2e-13);
    }
    const b = dense(got.exactSde!.drift);
    expect(gap(Array.from(integrated(b, dense(got.exactSde!.diffusion), setting.eta, n)), Array.from(noise))).toBeLessThan(1e-12);
    // Langevin from its own equation: dx = v dtau, dv = -(1 - beta) v - eta A x
    const own = got.models["langevin"]!;
    const generator = new Float64Array(n * n);
    for (let i = 0; i < d; i++) {
      generator[i * n + d + i] = 1;
      generator[(d + i) * n + d + i] = -(1 - beta);
      for (let j = 0; j < d; j++) generator[(d + i) * n + j] = -setting.eta * setting.A[i]![j]!;
    }
    const kicks = new Float64Array(n * n);
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) kicks[(d + i) * n + d + j] = setting.eta ** 2 * setting.Sigma[i]![j]!;
    expect(gap(own.laws[0]!.covariance, Array.from(integrated(generator, kicks, 1, n)))).toBeLessThan(1e-13);
  });
  it("stationary laws of pairs solve the step's and the SDE's own equations", () => {
    const A = rotated([0.4, 1.1, 2.9], 1);
    const setting = { A, Sigma: randomSymmetric(3, 5, 0.2), eta: 0.4, beta: 0.7, x0: [0, 0, 0], v0: [0, 0, 0], steps: [4000] };
    const got = solve(setting);
    // after 4000 steps nothing of the start is left; powers of matrices near the unit circle keep 13 digits
    for (const own of [got.sgd, got.models["langevin"]!])
      expect(gap(own.stationary!.covariance, own.laws[0]!.covariance)).toBeLessThan(1e-12);
  });
  it("degenerate noise, and equal curvatures with noise across them", () => {
    const rank1 = [1, 2, -1].map((a) => [1, 2, -1].map((b) => a * b));
    const plain = { eta: 0.3, beta: 0.8, x0: [1, 0, 0], v0: [0, 0, 0.1], steps: [1, 9] };
    // H = I commutes with every Sigma: HA-SME-M exists, though the noise is no diagonal in the eigenbasis
    const round = solve({ ...plain, A: rotated([1, 1, 1], 2), Sigma: rank1 });
    expect(round.models["ha-sme-m"]!.exists).toBe(true);
    const b = dense(round.exactSde!.drift);
    const q = dense(round.models["ha-sme-m"]!.diffusion!);
    expect(gap(round.models["ha-sme-m"]!.laws[0]!.covariance, Array.from(integrated(b, q, 0.3, 6)))).toBeLessThan(1e-13);
    const crossed = solve({ ...plain, A: rotated([0.5, 1, 2], 2), Sigma: rank1 });
    expect(crossed.models["ha-sme-m"]!.exists).toBe(false);
    expect(crossed.exactSde!.defect!).toBeGreaterThan(0.01);
  });
  it("a mode with and one without a logarithm: both at every second step", () => {
    const setting = { A: rotated([0.5, 3.3], 1), Sigma: randomSymmetric(2, 3, 0.2), eta: 1, beta: 0.6, x0: [1, 1], v0: [0, 0], steps: [2] };
    const got = solve(setting);
    const { step, noise, n } = stepOf(setting);
    expect(got.exactSde!.regime).toBe("two-step");
    const b = dense(got.exactSde!.drift);
    expect(
      gap(
        Array.from(
          expm(
            b.map((v) => 2 * v),
            n,
          ),
        ),
        Array.from(multiply(step, step, n)),
      ),
    ).toBeLessThan(1e-12);
    const two = Array.from(pushed(step, noise, noise, n));
    expect(gap(Array.from(integrated(b, dense(got.exactSde!.diffusion), 2, n, 8)), two)).toBeLessThan(1e-12);
  });
});

describe("limits (theory.md 7)", () => {
  const spread = (law: LawAtStep) => (law.covariance as number[][])[0]![0]!;
  const slope = (errors: readonly number[]) => errors.slice(1).map((e, i) => Math.log2(errors[i]! / e));
  it("Langevin's error is of order sqrt(eta) at fixed friction (1 - beta)/sqrt(eta) and fixed time", () => {
    const errors = [0.04, 0.01, 0.0025, 0.000625].map((eta) => {
      const h = Math.sqrt(eta);
      const steps = Math.round(2 / h);
      const got = solve({ A: [[1.3]], Sigma: [[0.5 / h]], eta, beta: 1 - 0.8 * h, x0: [1], v0: [0.3 * h], steps: [steps] });
      const [sgd, own] = [got.sgd.laws[0]!, got.models["langevin"]!.laws[0]!];
      return Math.max(Math.abs((sgd.mean![0] as number) - (own.mean![0] as number)), Math.abs(spread(sgd) - spread(own)));
    });
    // h halves each time
    for (const order of slope(errors)) expect(order).toBeGreaterThan(0.85);
    expect(slope(errors).at(-1)).toBeCloseTo(1, 1);
  });
  it("the overdamped limit's error is of order eta at fixed beta and fixed time", () => {
    const errors = [0.01, 0.005, 0.0025, 0.00125].map((eta) => {
      const got = solve({ A: [[1.3]], Sigma: [[0.5 / eta]], eta, beta: 0.6, x0: [1], v0: [0], steps: [Math.round(0.4 / eta)] });
      const [sgd, own] = [got.sgd.laws[0]!, got.models["overdamped"]!.laws[0]!];
      return Math.max(Math.abs((sgd.mean![0] as number) - (own.mean![0] as number)), Math.abs(spread(sgd) - spread(own)));
    });
    for (const order of slope(errors)) expect(order).toBeGreaterThan(0.85);
    expect(slope(errors).at(-1)).toBeCloseTo(1, 1);
  });
  it("both have SGD's stationary variance of x times 1 - z/(2 + 2 beta)", () => {
    const [eta, beta, lambda] = [0.3, 0.9, 1.7];
    const got = solve({ A: [[lambda]], Sigma: [[0.5]], eta, beta, x0: [1], v0: [0], steps: [1] });
    const of = (covariance: unknown) => (covariance as number[][])[0]![0]!;
    const want = of(got.sgd.stationary!.covariance) * (1 - (eta * lambda) / (2 + 2 * beta));
    expect(of(got.models["langevin"]!.stationary!.covariance) / want).toBeCloseTo(1, 13);
    expect(of(got.models["overdamped"]!.stationary!.covariance) / want).toBeCloseTo(1, 13);
  });
  it("HA-SME-M exists for z up to 1.32, 2.14, 2.74 at beta = 0.05, 0.5, 0.9", () => {
    for (const [beta, edge] of [
      [0.05, 1.32],
      [0.5, 2.14],
      [0.9, 2.74],
    ] as const) {
      const exists = (z: number) =>
        solve({ A: [[z]], Sigma: [[1]], eta: 1, beta, x0: [0], v0: [0], steps: [1] }).models["ha-sme-m"]!.exists;
      expect(exists(edge - 0.01)).toBe(true);
      expect(exists(edge + 0.01)).toBe(false);
    }
  });
  it("thresholds of a mode", () => {
    expect(modeOf(low(0.3) - 1e-12, 0.3).swings).toBe(false);
    expect(modeOf(low(0.3) + 1e-12, 0.3).swings).toBe(true);
    expect(modeOf(high(0.3) - 1e-12, 0.3).regime).toBe("one-step");
    expect(modeOf(high(0.3) + 1e-12, 0.3).regime).toBe("two-step");
  });
});
