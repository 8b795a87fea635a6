// Langevin dynamics on the line, without sampling: against its closed law on quadratics, and its distance from SGD with momentum, which shrinks like sqrt(eta) at fixed friction (theory.md 7).
import { describe, expect, it } from "vitest";
import { heavyBallExpectations } from "../../src/law/heavy-ball-line.ts";
import { extrapolationWeights, langevinExpectations, langevinMoments } from "../../src/law/langevin-line.ts";
import { momentumLaws } from "../../src/law/momentum.ts";
import { langevin, selectMomentumModels } from "../../src/model/momentum.ts";
import { readProblem } from "../../src/problem/read.ts";

const solved = <T extends object>(found: T | { readonly reason: string }): T => {
  if ("reason" in found) throw new Error(found.reason);
  return found;
};

describe("Langevin dynamics on the line", () => {
  it("extrapolates polynomials in 1/n^2", () => {
    const levels = [1, 2, 3, 5];
    const weights = extrapolationWeights(levels);
    const value = levels.reduce((sum, n, i) => sum + weights[i]! * (3 - 2 / n ** 2 + 5 / n ** 4 + 7 / n ** 6), 0);
    expect(value).toBeCloseTo(3, 12);
  });

  it.each([
    ["overdamped modes", 0.1, 0.5],
    ["modes that swing", 0.3, 0.9],
  ])("has the closed law of a quadratic to its stated error: %s", (_, learningRate, momentum) => {
    const problem = readProblem({
      objective: { quadratic: { matrix: [[2]] } },
      noise: { gaussian: { sigma: 0.5 } },
      learningRate,
      momentum,
      velocity: [0.3],
      start: [1],
      steps: 15,
      tests: ["x", "x^2"],
    });
    const { curves } = solved(langevinExpectations(problem));
    const steps = [1, 7, 15];
    const { laws } = momentumLaws(problem, selectMomentumModels(["langevin"]), steps).result.models[langevin.id]!;
    const { moments } = solved(langevinMoments(problem, steps));
    steps.forEach((step, i) => {
      const [mean, variance] = [laws[i]!.mean![0], laws[i]!.covariance![0]![0]] as number[];
      const want = [mean!, variance! + mean! * mean!];
      const closed = [...laws[i]!.mean!, ...laws[i]!.covariance!.flat()] as number[];
      [...moments[i]!.mean, ...moments[i]!.covariance.flat()].forEach(({ value, error }, k) => {
        expect(Math.abs(value - closed[k]!)).toBeLessThan(error);
        expect(error).toBeLessThan(1e-7);
      });
      curves.forEach((curve, f) => {
        expect(Math.abs(curve!.values[step]! - want[f]!)).toBeLessThan(curve!.errors[step]!);
        expect(curve!.errors[step]!).toBeLessThan(1e-7);
      });
    });
  });

  it("comes to SGD with momentum like sqrt(eta) on the double well", () => {
    // the quadratic stands in momentum.test.ts
    const errors = [0.2, 0.1, 0.05].map((h) => {
      // friction 0.8, time 1, noise (h Sigma)^{1/2} as the limit has it: Sigma = 1/h keeps the limit's law
      const problem = readProblem({
        objective: { formula: "x^2/2 + 1.5*exp(-x^2)" },
        noise: { gaussian: { covariance: [[1 / h]] } },
        learningRate: h * h,
        momentum: 1 - 0.8 * h,
        start: [-0.6],
        steps: Math.round(1 / h),
        tests: ["x", "x^2"],
      });
      const own = solved(heavyBallExpectations(problem)).curves;
      const limit = solved(langevinExpectations(problem)).curves;
      const at = problem.steps;
      const sizes = own.map((curve, f) => Math.abs(curve!.values[at]! - limit[f]!.values[at]!));
      const size = Math.max(...sizes);
      own.forEach((curve, f) => expect(curve!.errors[at]! + limit[f]!.errors[at]!).toBeLessThan(1e-3 * size));
      return size;
    });
    const slopes = [Math.log2(errors[0]! / errors[1]!), Math.log2(errors[1]! / errors[2]!)] as const;
    expect(Math.abs(slopes[1] - 1)).toBeLessThan(0.06);
    expect(Math.abs(slopes[1] - 1)).toBeLessThan(Math.abs(slopes[0] - 1));
  });
});
