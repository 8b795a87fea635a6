// E phi on the line, for SGD and the models: which solver serves which process. Gaussian noise: transfer operator (chain-expectations.ts);
// discrete noise: enumeration or interpolation (chain-discrete.ts); models with noise: Kolmogorov's equation (kolmogorov.ts); without: the ODE.
// E phi is over a window outside which the law has less than 1e-17 of its mass a step: a phi or an f that grows so fast that
// rarer events than that rule the mean is not what is computed here.
import { type Warning, warning } from "../answer/warning.ts";
import type { ExistenceOptions } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { chainWarning } from "./chain.ts";
import { discreteExpectations, discreteStep, reachable } from "./chain-discrete.ts";
import { chainExpectations } from "./chain-expectations.ts";
import type { Curve, ExpectationSolver, Expectations } from "./expectations.ts";
import { flowPath } from "./flow-path.ts";
import { kolmogorov } from "./kolmogorov.ts";
import type { Range } from "./line-domain.ts";
import { answeredModels, lawRange } from "./line-models.ts";
import { type LineProblem, type LineSde, lineProblem } from "./line-problem.ts";

type PhiCurves = (Curve | null)[];

/** E phi(x_k) and E phi(X_{k eta}), k = 0 .. steps, for the problem's test functions. */
export function lineExpectations(problem: SgdProblem, models: readonly SdeModel[], options: ExistenceOptions): Expectations {
  const line = lineProblem(problem);
  const { steps } = problem;
  const functions = problem.tests.map(({ value }) => {
    const point = new Float64Array(1);
    return (x: number): number => {
      point[0] = x;
      return value(point);
    };
  });
  const texts = problem.tests.map((test) => test.text);
  const warnings: Warning[] = [];
  const path = noiselessPath(line, steps);
  const sgd = path ? along(functions, path) : sgdCurves(line, functions, steps, warnings);
  if (sgd.curves.some((curve) => curve === null) && !warnings.some((w) => w.model === undefined)) {
    const missing = texts.filter((_, i) => sgd.curves[i] === null);
    warnings.push(
      warning(
        "not-converged",
        `SGD: E phi is not resolved for ${missing.join(", ")} (two resolutions differ, or phi is not finite where the law goes).`,
        { tests: missing },
      ),
    );
  }

  const range = path ? sgd.range : lawRange(line, steps, problem.noise.gaussian ? sgd.range : undefined);
  const byModel: Record<string, PhiCurves> = Object.fromEntries(models.map((model) => [model.id, functions.map(() => null)]));
  if (range === null) {
    warnings.push(warning("not-converged", "The models: their laws are wider, or their noise smaller, than this method resolves."));
  } else {
    const answered = answeredModels(line, models, steps, range, options);
    warnings.push(...answered.warnings);
    const noisy = answered.sdes.filter((sde) => !sde.deterministic && path === null);
    kolmogorov(line, noisy, functions, steps, range).forEach((curves, s) => {
      byModel[noisy[s]!.id] = curves;
    });
    for (const sde of answered.sdes) if (!noisy.includes(sde)) byModel[sde.id] = odeCurves(sde, line.start, functions, steps);
    for (const { id, model } of answered.sdes) {
      const missing = texts.filter((_, i) => byModel[id]![i] === null);
      if (missing.length > 0) {
        warnings.push(
          warning(
            "not-converged",
            `${model.title}: E phi is not resolved for ${missing.join(", ")} (two resolutions differ, or phi is not finite where the law goes).`,
            { model: id, tests: missing },
          ),
        );
      }
    }
  }
  return { method: "transfer operator and Kolmogorov equation", sgd: sgd.curves, deviations: sgd.deviations, models: byModel, warnings };
}

/** One dimension. SGD with minibatches has no figures here; the models have. */
export const lineSolver: ExpectationSolver = {
  covers: ({ objective }) => objective.d === 1 && objective.hessian !== undefined,
  givesSgd: ({ noise }) => noise.gaussian || noise.atoms !== undefined,
  solve: (problem, models, options) => lineExpectations(problem, models, options),
};

interface SgdCurves {
  readonly curves: PhiCurves;
  readonly deviations: readonly (number | null)[];
  readonly range: Range | null;
}

function sgdCurves(line: LineProblem, functions: readonly ((x: number) => number)[], steps: number, warnings: Warning[]): SgdCurves {
  const { problem } = line;
  const nothing: SgdCurves = { curves: functions.map(() => null), deviations: functions.map(() => null), range: null };
  if (problem.noise.gaussian) {
    const found = chainExpectations(line, functions, steps);
    if (!("failure" in found)) return { curves: [...found.curves], deviations: found.deviations, range: found.run };
    warnings.push(chainWarning(found));
    return nothing;
  }
  if (problem.noise.atoms === undefined) {
    warnings.push(
      warning(
        "not-applicable",
        "SGD with minibatch noise has no law without sampling in one dimension, except on least squares: use --method sample.",
      ),
    );
    return nothing;
  }
  const step = discreteStep(problem, line);
  const squares = functions.map((phi) => (x: number) => phi(x) ** 2);
  const curves = discreteExpectations(step, line.start, [...functions, ...squares], steps);
  const deviations = functions.map((_, f) => {
    const [mean, square] = [curves[f], curves[functions.length + f]];
    return mean && square ? Math.sqrt(Math.max(0, square.values[steps]! - mean.values[steps]! ** 2)) : null;
  });
  if (reachable(step, line.start, steps) === null)
    warnings.push(warning("unstable", "SGD's paths overflow: averages over them do not exist."));
  return { curves: curves.slice(0, functions.length), deviations, range: null };
}

/** SGD's path where it meets no noise at all; null otherwise. */
export function noiselessPath(line: LineProblem, steps: number): Float64Array | null {
  const path = Float64Array.of(line.start, ...new Float64Array(steps));
  for (let k = 0; k < steps; k++) {
    if (line.deviation(path[k]!) !== 0) return null;
    path[k + 1] = line.mean(path[k]!);
  }
  return path;
}

function along(functions: readonly ((x: number) => number)[], path: Float64Array): SgdCurves {
  const low = path.reduce((a, b) => Math.min(a, b));
  const high = path.reduce((a, b) => Math.max(a, b));
  const curves = functions.map((phi): Curve | null => {
    const values = path.map(phi);
    // One rounding of x a step, carried by phi's slope: a difference quotient over it.
    const errors = path.map((x, k) => Math.abs(phi(x * (1 + 1e-15 * (k + 1))) - values[k]!) + 2 * Number.EPSILON * Math.abs(values[k]!));
    return values.every(Number.isFinite) ? { values, errors, kind: "rounding" } : null;
  });
  return { curves, deviations: functions.map(() => 0), range: { low, high } };
}

/** Models without noise follow their drift. */
function odeCurves(sde: LineSde, start: number, functions: readonly ((x: number) => number)[], steps: number): PhiCurves {
  const path = flowPath(
    sde.drift,
    start,
    sde.eta,
    Array.from({ length: steps + 1 }, (_, k) => k),
  );
  return functions.map((phi) => {
    const values = new Float64Array(steps + 1);
    const errors = new Float64Array(steps + 1);
    for (const [k, point] of path.entries()) {
      if (point === null) return null;
      const { x, error } = point;
      values[k] = phi(x);
      errors[k] =
        Math.max(Math.abs(phi(x + error) - values[k]!), Math.abs(phi(x - error) - values[k]!)) + 2 * Number.EPSILON * Math.abs(values[k]!);
    }
    return values.every(Number.isFinite) ? { values, errors, kind: "bound" as const } : null;
  });
}
