import { describe, expect, it } from "vitest";
import { projectToPsd, psdRoot } from "../../src/ensemble/root.ts";
import { sgdPaths, sgdWalker } from "../../src/ensemble/sgd.ts";
import { batches } from "../../src/numerics/batches.ts";
import { normalSource } from "../../src/numerics/random.ts";
import { cosine, problemOf, quadratic } from "./problems.ts";

describe("SGD's paths", () => {
  it("start at the start, have a state a step, and depend on seed and number alone", () => {
    const problem = quadratic();
    const paths = sgdPaths(problem, { seed: 3, paths: 4, steps: 7 });
    expect(paths.map((path) => path.length)).toEqual([8, 8, 8, 8]);
    expect(paths[2]![0]).toEqual([1, -1, 2]);
    expect(sgdPaths(problem, { seed: 3, paths: 3, steps: 7 })).toEqual(paths.slice(0, 3));
    expect(sgdPaths(problem, { seed: 4, paths: 1, steps: 1 })[0]![1]).not.toEqual(paths[0]![1]);
  });

  it("one step has mean x - eta grad f and covariance eta^2 Sigma", () => {
    const problem = quadratic();
    const d = 3;
    const n = 20000;
    const walker = sgdWalker(problem, 1);
    const source = normalSource(1, d);
    const normals = new Float64Array(d);
    const gradient = problem.objective.gradient(problem.start, new Float64Array(d));
    const sigma = problem.noise.covariance(problem.start, new Float64Array(d * d));
    const eta = problem.learningRate;
    const sums = new Float64Array(d * d);
    const means = new Float64Array(d);
    for (let path = 0; path < n; path++) {
      source.fill(path, 0, 1, normals);
      walker.begin(path);
      walker.advance(0, normals);
      const y = walker.x.map((x, i) => x - problem.start[i]! + eta * gradient[i]!);
      for (let i = 0; i < d; i++) {
        means[i]! += y[i]! / n;
        for (let j = 0; j < d; j++) sums[i * d + j]! += (y[i]! * y[j]!) / n;
      }
    }
    for (let i = 0; i < d; i++) {
      const sd = eta * Math.sqrt(sigma[i * d + i]!);
      expect(Math.abs(means[i]!)).toBeLessThan((5 * sd) / Math.sqrt(n)); // 5 standard errors: 6e-7
      for (let j = 0; j < d; j++) {
        const want = eta * eta * sigma[i * d + j]!;
        const deviation = eta * eta * Math.sqrt(sigma[i * d + i]! * sigma[j * d + j]! + sigma[i * d + j]! ** 2);
        expect(Math.abs(sums[i * d + j]! - want)).toBeLessThan((5 * deviation) / Math.sqrt(n));
      }
    }
  });

  it("discrete noise takes its values with their probabilities", () => {
    const values = [[-1], [0.5], [2]];
    const probabilities = [0.5, 0.2, 0.3 * (4 / 6)];
    const rest = 1 - 0.5 - 0.2 - 0.2;
    const problem = cosine({ noise: { discrete: { values: [...values, [0]], probabilities: [...probabilities, rest] } }, tests: ["x"] });
    const gradient = problem.objective.gradient(problem.start, new Float64Array(1))[0]!;
    const counts = new Map<number, number>();
    const n = 20000;
    const walker = sgdWalker(problem, 5);
    for (let path = 0; path < n; path++) {
      walker.begin(path);
      walker.advance(0, new Float64Array(1));
      const noise = -(walker.x[0]! - problem.start[0]!) / problem.learningRate - gradient;
      const rounded = Math.round(noise * 1e6) / 1e6 + 0;
      counts.set(rounded, (counts.get(rounded) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-1, 0, 0.5, 2]);
    for (const [value, p] of [
      [-1, 0.5],
      [0, rest],
      [0.5, 0.2],
      [2, 0.2],
    ] as const)
      expect(Math.abs(counts.get(value)! / n - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n));
  });

  it("minibatches: the step is the batch's gradient", () => {
    const problem = problemOf({
      objective: {
        leastSquares: {
          data: {
            columns: ["a", "y"],
            rows: [
              [1, 2],
              [2, 1],
              [3, 5],
              [-1, 0],
            ],
          },
          target: "y",
        },
      },
      noise: { minibatch: { size: 2, replacement: false } },
      learningRate: 0.1,
      start: [0.5],
      steps: 3,
    });
    const walker = sgdWalker(problem, 2);
    const picks = batches(4, { size: 2, replacement: false, epochs: false }, 2);
    const a = [1, 2, 3, -1];
    const y = [2, 1, 5, 0];
    walker.begin(6);
    let x = 0.5;
    for (let k = 0; k < 3; k++) {
      walker.advance(k, new Float64Array(1));
      const picked = Array.from(picks.pick(6, k));
      x -= 0.1 * (picked.reduce((sum, i) => sum + a[i]! * (a[i]! * x - y[i]!), 0) / 2);
      expect(walker.x[0]).toBeCloseTo(x, 14);
    }
  });
});

describe("batches", () => {
  const n = 5;
  const chiSquared = (counts: number[], expected: number) => counts.reduce((sum, c) => sum + (c - expected) ** 2 / expected, 0);

  it("with replacement: every sample equally often, repeats too", () => {
    const source = batches(n, { size: 3, replacement: true, epochs: false }, 1);
    const counts = new Array(n).fill(0);
    let repeats = 0;
    for (let path = 0; path < 8000; path++) {
      const picked = Array.from(source.pick(path, 0));
      for (const i of picked) counts[i]++;
      if (new Set(picked).size < 3) repeats++;
    }
    expect(chiSquared(counts, (8000 * 3) / n)).toBeLessThan(30); // 4 degrees of freedom, false alarm 5e-6
    const p = 1 - (4 / 5) * (3 / 5);
    expect(Math.abs(repeats / 8000 - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / 8000));
  });

  it("without replacement: every pair equally often, none twice", () => {
    const source = batches(n, { size: 2, replacement: false, epochs: false }, 1);
    const pairs = new Map<string, number>();
    for (let path = 0; path < 6000; path++) {
      const picked = Array.from(source.pick(path, 4)).sort();
      expect(picked[0]).not.toBe(picked[1]);
      pairs.set(picked.join(), (pairs.get(picked.join()) ?? 0) + 1);
    }
    expect(pairs.size).toBe(10);
    expect(chiSquared([...pairs.values()], 600)).toBeLessThan(42); // 9 degrees of freedom, 3e-6
  });

  it("epochs: each sample once an epoch, a new order each, the short batch passed over", () => {
    const source = batches(n, { size: 2, replacement: false, epochs: true }, 9);
    const epochOf = (path: number, epoch: number) => [
      ...Array.from(source.pick(path, 2 * epoch)),
      ...Array.from(source.pick(path, 2 * epoch + 1)),
    ];
    const orders = new Set<string>();
    for (let epoch = 0; epoch < 40; epoch++) {
      const picked = epochOf(3, epoch);
      expect(new Set(picked).size).toBe(4);
      orders.add(picked.join());
    }
    expect(orders.size).toBeGreaterThan(20);
    // the same whatever was asked before
    const again = batches(n, { size: 2, replacement: false, epochs: true }, 9);
    again.pick(8, 3);
    expect(Array.from(again.pick(3, 7))).toEqual(Array.from(source.pick(3, 7)));
  });

  it("refuses batches larger than the data", () => {
    expect(() => batches(3, { size: 4, replacement: false, epochs: false }, 1)).toThrow(/at most 3/);
  });
});

describe("roots", () => {
  it.each([
    ["definite", [2, 0.5, 0.5, 1]],
    ["singular", [1, 1, 1, 1]],
    ["with a row of zeros", [0, 0, 0, 3]],
    ["zero", [0, 0, 0, 0]],
  ])("L L^T = A for a matrix that is %s", (_name, entries) => {
    const a = Float64Array.from(entries);
    const l = psdRoot(a, 2, new Float64Array(4));
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 2; j++) expect(l[2 * i]! * l[2 * j]! + l[2 * i + 1]! * l[2 * j + 1]!).toBeCloseTo(a[2 * i + j]!, 14);
  });

  it("projects an indefinite matrix and says by how much it was indefinite", () => {
    const a = Float64Array.of(1, 2, 2, 1); // eigenvalues 3 and -1
    expect(projectToPsd(a, 2, new Float64Array(4))).toBeCloseTo(0.5, 14);
    for (const entry of a) expect(entry).toBeCloseTo(1.5, 14);
    expect(projectToPsd(Float64Array.of(1, 0.2, 0.2, 1), 2, new Float64Array(4))).toBe(0);
  });
});
