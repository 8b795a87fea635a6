// SGD with Gaussian noise on a network: drawn from one normal a sample, it has the covariance that minibatches have.
import { expect, it } from "vitest";
import { sgdWalker } from "../../src/ensemble/sgd.ts";
import { readProblem } from "../../src/problem/read.ts";

it.each([true, false])("covariance of one step, replacement %s", (replacement) => {
  const rows = Array.from({ length: 9 }, (_, i) => [Math.sin(3 * i), Math.cos(5 * i), (i * i) % 4]);
  const problem = readProblem({
    objective: { network: { data: { columns: ["a", "b", "y"], rows }, target: "y", hidden: [], loss: "squared-error", l2: 0.1 } },
    noise: { minibatch: { size: 3, replacement } },
    learningRate: 0.5,
    start: [0.3, -0.4, 0.2],
    steps: 1,
  });
  const { d } = problem.objective;
  const walker = sgdWalker(problem, 7, "sgd-gaussian");
  const mean = problem.objective.gradient(problem.start, new Float64Array(d));
  const paths = 40_000;
  const sums = new Float64Array(d * d);
  for (let path = 0; path < paths; path++) {
    walker.begin(path);
    walker.advance(0, new Float64Array(d));
    const noise = mean.map((g, i) => (problem.start[i]! - walker.x[i]!) / 0.5 - g);
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) sums[i * d + j]! += (noise[i]! * noise[j]!) / paths;
  }
  const sigma = problem.noise.covariance(problem.start, new Float64Array(d * d));
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      // five standard errors of an entry of a Gaussian law's sample covariance
      const error = Math.sqrt((sigma[i * d + i]! * sigma[j * d + j]! + sigma[i * d + j]! ** 2) / paths);
      expect(Math.abs(sums[i * d + j]! - sigma[i * d + j]!)).toBeLessThan(5 * error);
    }
});
