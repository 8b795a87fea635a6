// SVAG against what defines it (the mean, covariance and third cumulant of one step on a linear f, where they are exact), and its limit, SME-1.
import { expect, it } from "vitest";
import { sgdWalker } from "../../src/ensemble/sgd.ts";
import { isFiniteState } from "../../src/ensemble/walker.ts";
import { problemOf } from "./problems.ts";

const none = new Float64Array(0);

/** Mean, variance and third central moment of x_1 over many paths, with the standard errors of each by blocks of paths. */
function momentsOfStep(id: `svag-${number}` | "sgd", problem: ReturnType<typeof problemOf>, steps: number, paths: number) {
  const walker = sgdWalker(problem, 3, id);
  const values = new Float64Array(paths);
  for (let path = 0; path < paths; path++) {
    walker.begin(path);
    for (let k = 0; k < steps; k++) walker.advance(k, none);
    expect(isFiniteState(walker.x)).toBe(true);
    values[path] = walker.x[0]!;
  }
  const central = (part: Float64Array) => {
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    const power = (p: number) => part.reduce((a, b) => a + (b - mean) ** p, 0) / part.length;
    return [mean, power(2), power(3)];
  };
  const blocks = 20;
  const parts = Array.from({ length: blocks }, (_, b) => central(values.subarray((b * paths) / blocks, ((b + 1) * paths) / blocks)));
  return [0, 1, 2].map((moment) => {
    const mean = parts.reduce((sum, part) => sum + part[moment]!, 0) / blocks;
    const spread = parts.reduce((sum, part) => sum + (part[moment]! - mean) ** 2, 0) / (blocks - 1);
    return { value: mean, error: Math.sqrt(spread / blocks) };
  });
}

// skewed noise on f = x: nothing depends on x, so that the moments of a step are sums over its parts
const linear = problemOf({
  objective: { formula: "x", variables: ["x"] },
  noise: { discrete: { values: [[-1], [3]], probabilities: [0.75, 0.25] } },
  learningRate: 0.5,
  start: [0],
});

it.each([1, 2, 5])("svag-%i: SGD's mean and covariance, its third cumulant times (3 l - 1)/(2 l^2)", (parts) => {
  const [mean, variance, third] = momentsOfStep(`svag-${parts}`, linear, 1, 100_000);
  // the noise has variance 3 and third moment 6; a step is -eta times the gradient. 5 standard errors: 6e-7
  const eta = 0.5;
  expect(Math.abs(mean!.value + eta)).toBeLessThan(5 * mean!.error);
  expect(Math.abs(variance!.value - 3 * eta * eta)).toBeLessThan(5 * variance!.error);
  const wanted = (-6 * eta ** 3 * (3 * parts - 1)) / (2 * parts * parts);
  // a block's third moment about its own mean is low by a factor (1 - 1/5000)(1 - 2/5000)
  expect(Math.abs(third!.value - wanted)).toBeLessThan(5 * third!.error + 1e-3 * Math.abs(wanted));
});

it("svag-1 has SGD's law, and many parts tend to SME-1's", () => {
  // on x^2/2 the stationary variance is eta^2 s/(1 - (1 - eta)^2) for SGD, eta s/2 for SME-1 and eta s/(2 - eta/l) with l parts
  const bowl = problemOf({
    objective: { formula: "x^2/2", variables: ["x"] },
    noise: { discrete: { values: [[-1], [3]], probabilities: [0.75, 0.25] } },
    learningRate: 0.8,
    start: [0],
  });
  const at = (id: `svag-${number}` | "sgd") => momentsOfStep(id, bowl, 12, 20_000)[1]!;
  const [sgd, one, many] = [at("sgd"), at("svag-1"), at("svag-16")];
  const exact = (parts: number) => (0.8 * 3) / (2 - 0.8 / parts);
  for (const [found, parts] of [
    [sgd, 1],
    [one, 1],
    [many, 16],
  ] as const)
    expect(Math.abs(found.value - exact(parts))).toBeLessThan(5 * found.error);
  // SME-1's is 1.2: eta/(2 l) = 2.5 % from it at 16 parts, SGD's 67 %
  expect(Math.abs(many.value / 1.2 - 1)).toBeLessThan(0.026 + (5 * many.error) / 1.2);
  expect(one.value / 1.2).toBeGreaterThan(1.5);
});

it("real minibatches: the mean of the step is the gradient's, whatever the parts", () => {
  const rows = Array.from({ length: 6 }, (_, i) => [i - 2, (i * i) % 5]);
  const problem = problemOf({
    objective: { leastSquares: { data: { columns: ["a", "y"], rows }, target: "y" } },
    noise: { minibatch: { size: 2, replacement: false } },
    learningRate: 0.1,
    start: [0.3],
  });
  const [mean, variance] = momentsOfStep("svag-2", problem, 1, 40_000);
  const gradient = problem.objective.gradient(problem.start, new Float64Array(1))[0]!;
  const hessian = problem.objective.hessian!(problem.start, new Float64Array(1))[0]!;
  // two parts of eta/2: (1 - eta h/2)^2 exactly, f being quadratic
  const moved = 0.3 - gradient / hessian + (gradient / hessian) * (1 - 0.05 * hessian) ** 2;
  expect(Math.abs(mean!.value - moved)).toBeLessThan(5 * mean!.error);
  expect(variance!.value).toBeGreaterThan(10 * variance!.error);
});

it("refuses what it is not for", () => {
  const gaussian = problemOf({ objective: { formula: "x^2/2", variables: ["x"] }, noise: { gaussian: { sigma: 1 } } });
  expect(() => sgdWalker(gaussian, 1, "svag-4")).toThrow(/Gaussian noise/);
  for (const id of ["svag-0", "svag-1.5", "svag-x", "svag-1001"]) expect(() => sgdWalker(linear, 1, id as "svag-2")).toThrow(/svag-L/);
});
