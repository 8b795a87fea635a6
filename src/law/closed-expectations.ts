// E phi from closed laws: on quadratics with constant noise (law/gaussian.ts) and on least squares with minibatches (law/moments.ts).
// Polynomials of degree at most two need mean and covariance only, in any dimension; in one dimension with Gaussian noise every
// phi is averaged over the normal law by quadrature. Does not do: other phi in more dimensions.
import type { LawAtStep, LawResult } from "../answer/law.ts";
import type { SdeModel } from "../model/model.ts";
import { splitModels } from "../model/momentum.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { TestFunction } from "../problem/test-function.ts";
import type { Curve, ExpectationOptions, ExpectationSolver, Expectations } from "./expectations.ts";
import { gaussianLaws } from "./gaussian.ts";
import { coversProblem, leastSquaresLaws } from "./moments.ts";
import { momentumLaws } from "./momentum.ts";
import { type NormalExpectation, normalExpectation } from "./normal-expectation.ts";

/**
 * Closed laws are good to about 1e-14 of the largest entry (law/gaussian.ts), moments to 1e-13 (law/moments.ts), with momentum to 1e-12 next to
 * the thresholds (law/momentum.ts).
 */
const rounding = { gaussian: 2e-14, leastSquares: 2e-13, momentum: 2e-12 };

export const closedExpectations: ExpectationSolver = {
  covers(problem, test) {
    const quadratic = isQuadratic(problem);
    if (quadratic && problem.objective.d === 1 && problem.noise.gaussian) return true;
    return test.polynomial !== undefined && (quadratic || coversProblem(problem));
  },
  solve(problem, models, options): Expectations {
    const at = Array.from({ length: problem.steps }, (_, k) => k + 1);
    const closed = isQuadratic(problem);
    const { result, warnings } = closed ? quadraticLaws(problem, models, at, options) : leastSquaresLaws(problem, models, at);
    const relative = closed ? (problem.momentum ? rounding.momentum : rounding.gaussian) : rounding.leastSquares;
    const curves = (laws: readonly LawAtStep[]): (Curve | null)[] => problem.tests.map((test) => curveOf(problem, test, laws, relative));
    return {
      method: result.method,
      sgd: curves(result.sgd.laws),
      deviations: problem.tests.map((test) => deviationOf(problem, test, result)),
      models: Object.fromEntries(Object.entries(result.models).map(([id, model]) => [id, curves(model.laws)])),
      warnings,
    };
  },
};

function quadraticLaws(problem: SgdProblem, models: readonly SdeModel[], at: readonly number[], options: ExpectationOptions) {
  return problem.momentum ? momentumLaws(problem, splitModels(models), at, options) : gaussianLaws(problem, models, at, options);
}

function isQuadratic({ objective, noise }: SgdProblem): boolean {
  return objective.quadratic !== undefined && noise.constant;
}

function curveOf(problem: SgdProblem, test: TestFunction, laws: readonly LawAtStep[], relative: number): Curve | null {
  const values = new Float64Array(problem.steps + 1);
  const errors = new Float64Array(problem.steps + 1);
  values[0] = test.value(problem.start);
  let missing = 0;
  for (const law of laws) {
    const found = expectationAt(problem, test, law, relative);
    if (found === null) missing++;
    values[law.step] = found ? found.value : Number.NaN;
    errors[law.step] = found ? found.error : Number.NaN;
  }
  // The two-step form has no law at odd steps; any other gap is a law that overflows.
  const everySecond = missing > 0 && laws.every((law) => (law.step % 2 === 1) === (law.mean === null));
  if (missing > 0 && !(everySecond && laws.length > 1)) return null;
  if (missing > 0 && laws.every((law) => law.mean === null)) return null;
  return { values, errors, kind: "rounding", ...(everySecond ? { everySecond } : {}) };
}

function expectationAt(problem: SgdProblem, test: TestFunction, law: LawAtStep, relative: number): NormalExpectation | null {
  if (law.mean === null || law.covariance === null) return null;
  const mean = Float64Array.from(law.mean, Number);
  const { d } = problem.objective;
  if (test.polynomial === undefined) return byQuadrature(test, mean[0]!, Math.max(0, Number(law.covariance[0]![0])), relative);
  const { constant, linear, quadratic } = test.polynomial;
  let value = constant;
  let size = Math.abs(constant);
  for (let i = 0; i < d; i++) {
    value += linear[i]! * mean[i]!;
    size += Math.abs(linear[i]! * mean[i]!);
    for (let j = 0; j < d; j++) {
      const q = quadratic[i * d + j]!;
      if (q === 0) continue;
      const second = mean[i]! * mean[j]! + Number(law.covariance[i]![j]);
      value += q * second;
      size += Math.abs(q) * (Math.abs(mean[i]! * mean[j]!) + Math.abs(Number(law.covariance[i]![j])));
    }
  }
  const scale = problem.start.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const slope = linear.reduce((a, b) => a + Math.abs(b), 0);
  return { value, error: relative * (size + slope * scale), square: value * value };
}

function byQuadrature(test: TestFunction, mean: number, variance: number, relative: number): NormalExpectation | null {
  const point = new Float64Array(1);
  const phi = (x: number): number => {
    point[0] = x;
    return test.value(point);
  };
  const deviation = Math.sqrt(variance);
  const found = normalExpectation(phi, mean, deviation);
  if (!Number.isFinite(found.value)) return null;
  // The law's own rounding moves the mean and widens the deviation: E phi moves by at most |E phi(m + s + .)| differences.
  const shift = relative * (Math.abs(mean) + deviation);
  const moved = Math.abs(phi(mean + shift) - phi(mean)) + relative * Math.sqrt(found.square);
  return { ...found, error: found.error + moved };
}

/** Standard deviation of phi under SGD at the horizon, good to some digits; null for polynomials in several variables. */
function deviationOf(problem: SgdProblem, test: TestFunction, result: LawResult): number | null {
  const law = result.sgd.laws.at(-1);
  if (!law?.mean || !law.covariance) return null;
  const mean = Float64Array.from(law.mean, Number);
  if (problem.objective.d === 1 && problem.noise.gaussian) {
    const point = new Float64Array(1);
    const centre = expectationAt(problem, test, law, 0)?.value ?? Number.NaN;
    const square = normalExpectation(
      (x) => {
        point[0] = x;
        return (test.value(point) - centre) ** 2;
      },
      mean[0]!,
      Math.sqrt(Math.max(0, Number(law.covariance[0]![0]))),
    );
    return Number.isFinite(square.value) ? Math.sqrt(square.value) : null;
  }
  return test.polynomial
    ? gaussianDeviation(
        test.polynomial,
        mean,
        law.covariance.map((row) => row.map(Number)),
        problem,
      )
    : null;
}

/** (g^T C g + 2 tr (Q C Q C))^(1/2), g = linear + 2 Q mean: exact for normal laws; only the first term is known for others, and only if Q = 0. */
function gaussianDeviation(
  { linear, quadratic }: NonNullable<TestFunction["polynomial"]>,
  mean: Float64Array,
  covariance: readonly (readonly number[])[],
  problem: SgdProblem,
): number | null {
  const { d } = problem.objective;
  if (!problem.noise.gaussian && quadratic.some((q) => q !== 0)) return null;
  const slope = Float64Array.from(linear);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) slope[i]! += 2 * quadratic[i * d + j]! * mean[j]!;
  const product = (i: number, j: number): number => {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += quadratic[i * d + k]! * covariance[k]![j]!;
    return sum;
  };
  let variance = 0;
  const squared = quadratic.some((q) => q !== 0);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      variance += slope[i]! * covariance[i]![j]! * slope[j]!;
      if (squared) variance += 2 * product(i, j) * product(j, i);
    }
  }
  return Math.sqrt(Math.max(0, variance));
}
