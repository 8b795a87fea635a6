// Paths with momentum: the heavy ball against its definition, its law and beta -> 0; Langevin's scheme against closed forms on quadratics (it is exact
// there, at any number of substeps, levels together), and weak order 1 in the substep elsewhere, which extrapolation removes.
import { describe, expect, it } from "vitest";
import { sampleLaw } from "../../src/ensemble/law.ts";
import { langevinWalker } from "../../src/ensemble/momentum-langevin.ts";
import { heavyBallWalker } from "../../src/ensemble/momentum-sgd.ts";
import { schemeWalker } from "../../src/ensemble/single.ts";
import { sampleWeak } from "../../src/ensemble/weak.ts";
import { momentumLaws } from "../../src/law/momentum.ts";
import { langevin, overdamped, selectMomentumModels } from "../../src/model/momentum.ts";
import { oscillatorInto } from "../../src/model/momentum-oscillator.ts";
import { sme1 } from "../../src/model/sme1.ts";
import { expm } from "../../src/numerics/expm.ts";
import { normalSource } from "../../src/numerics/random.ts";
import { readProblem } from "../../src/problem/read.ts";

const quadratic = (more: object = {}) =>
  readProblem({
    objective: {
      quadratic: {
        matrix: [
          [2, 0.5],
          [0.5, 0.3],
        ],
      },
    },
    noise: {
      gaussian: {
        covariance: [
          [0.6, 0.2],
          [0.2, 0.4],
        ],
      },
    },
    learningRate: 0.2,
    momentum: 0.8,
    velocity: [0.1, -0.2],
    start: [1, -0.5],
    steps: 12,
    ...more,
  });
const well = (more: object = {}) =>
  readProblem({
    objective: { formula: "x^2/2 + 1.5*exp(-x^2)" },
    noise: { gaussian: { sigma: 1 } },
    learningRate: 0.1,
    momentum: 0.7,
    start: [-1],
    steps: 12,
    ...more,
  });

describe("the heavy ball", () => {
  it("is v+ = beta v - eta g, x+ = x + v+", () => {
    const problem = well();
    const walker = schemeWalker({ problem, process: "sgd", substeps: 1 }, 5);
    const source = normalSource(5, 1);
    walker.begin(3);
    let [x, v] = [-1, 0];
    for (let k = 0; k < 12; k++) {
      const normal = new Float64Array(1);
      source.fill(3, k, 1, normal);
      const g = problem.objective.gradient(Float64Array.of(x), new Float64Array(1))[0]!;
      v = 0.7 * v - 0.1 * (g + normal[0]!);
      x += v;
      walker.advance(k);
      expect(walker.walker.x[0]).toBeCloseTo(x, 12);
    }
  });
  it.each([
    ["Gaussian noise", well({ momentum: 0 })],
    ["discrete noise", well({ momentum: 0, noise: { discrete: { values: [[2], [-1]], probabilities: ["1/3", "2/3"] } } })],
    [
      "minibatches",
      readProblem({
        objective: {
          leastSquares: {
            data: {
              columns: ["a", "y"],
              rows: [
                [1, 2],
                [2, 3],
                [-1, 0.5],
                [0.5, 1],
              ],
            },
            target: "y",
          },
        },
        noise: { minibatch: { size: 2, replacement: false } },
        learningRate: 0.1,
        momentum: 0,
        start: [0.3],
        steps: 9,
      }),
    ],
  ])("beta = 0 has the bytes of plain SGD: %s", (_name, problem) => {
    expect(problem.momentum).toBeUndefined();
    expect(JSON.stringify(problem.json)).not.toContain("momentum");
    const plain = schemeWalker({ problem, process: "sgd", substeps: 1 }, 2);
    // the heavy ball's own arithmetic at beta = 0, whatever v_0
    const heavy = schemeWalker(
      { problem: { ...problem, momentum: { beta: 0, velocity: Float64Array.of(7) } }, process: "sgd", substeps: 1 },
      2,
    );
    for (const path of [0, 1]) {
      plain.begin(path);
      heavy.begin(path);
      for (let k = 0; k < problem.steps; k++) {
        plain.advance(k);
        heavy.advance(k);
        expect(heavy.walker.x[0]).toBe(plain.walker.x[0]);
      }
    }
  });
  it("forgets a velocity of the path before", () => {
    const problem = quadratic();
    const walker = heavyBallWalker(problem, problem.momentum!, { begin() {}, at: (_x, _k, _n, out) => out.fill(1) });
    walker.begin(0);
    walker.advance(0, new Float64Array(2));
    const once = Array.from(walker.state!);
    walker.begin(1);
    walker.advance(0, new Float64Array(2));
    expect(Array.from(walker.state!)).toEqual(once);
  });
});

describe("Langevin by local linearisation", () => {
  it.each([
    [0.3, 0.2, 0.7],
    [0.01, 0.2, 1],
    [0, 0.5, 0.3],
    [-0.4, 0.1, 1],
    [3.9, 0.05, 1],
  ])("the oscillator at z = %f, gamma = %f, t = %f", (z, gamma, t) => {
    const out = new Float64Array(4);
    oscillatorInto(z, gamma, t, out, 0);
    const want = expm(Float64Array.of(0, t, -z * t, -gamma * t), 2);
    out.forEach((entry, k) => expect(Math.abs(entry - want[k]!)).toBeLessThan(1e-15 * 4));
  });
  it("is one path at every level on a quadratic", () => {
    const problem = quadratic();
    const [fine, d] = [8, 2];
    const walkers = [8, 4, 2, 1].map((level) => langevinWalker(problem, fine, level));
    const source = normalSource(1, d);
    const normals = new Float64Array(2 * fine * d);
    for (const walker of walkers) walker.begin(0);
    for (let k = 0; k < 12; k++) {
      source.fill(0, k, 2 * fine, normals);
      for (const walker of walkers) walker.advance(k, normals);
      for (const walker of walkers) walker.state!.forEach((s, i) => expect(Math.abs(s - walkers[0]!.state![i]!)).toBeLessThan(1e-12));
    }
  });
  it("has the closed law on quadratics, with correlated noise that does not commute", async () => {
    const problem = quadratic({ at: [3, 12] });
    const { result } = await sampleLaw(problem, [langevin, overdamped, sme1], { paths: 20480, seed: 4, substeps: 2 });
    const closed = momentumLaws(problem, selectMomentumModels(["langevin", "overdamped", "sme1"]), [3, 12]).result;
    let compared = 0;
    for (const [own, want] of [
      [result.sgd, closed.sgd],
      [result.models["langevin"]!, closed.models["langevin"]!],
      [result.models["overdamped"]!, closed.models["overdamped"]!],
      [result.models["sme1"]!, closed.models["sme1"]!],
    ] as const)
      want.laws.forEach((law, i) => {
        const see = (got: unknown, exact: unknown) => {
          const { value, error } = got as { value: number; error: number };
          // five standard errors: 80 figures, false alarms below 1e-4; a seed that passes stays
          expect(Math.abs(value - (exact as number))).toBeLessThan(5 * error + 1e-12);
          compared++;
        };
        law.mean!.forEach((m, k) => see(own.laws[i]!.mean![k], m));
        law.covariance!.forEach((row, a) => row.forEach((c, b) => see(own.laws[i]!.covariance![a]![b], c)));
      });
    expect(compared).toBe(2 * (2 * (4 + 16) + 2 * (2 + 4)));
  });
  it("steps of different length agree after extrapolation where f is no quadratic", async () => {
    const problem = well({ tests: ["x", "x^2"] });
    const few = await sampleWeak(problem, [langevin], { paths: 8192, substeps: 4 });
    const many = await sampleWeak(problem, [langevin], { paths: 8192, substeps: 16 });
    few.rows.forEach((row, v) => {
      const [a, b] = [row.models["langevin"]!.value!, many.rows[v]!.models["langevin"]!.value!];
      expect(Math.abs(a.value - b.value)).toBeLessThan(5 * Math.sqrt(a.error ** 2 + b.error ** 2));
      // shared kicks: the difference from SGD is known better than either value
      expect(row.models["langevin"]!.weakError!.error).toBeLessThan(0.6 * a.error);
    });
  });
});
