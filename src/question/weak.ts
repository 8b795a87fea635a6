// `weak`: E phi along the way for SGD and every model, weak errors E phi(X_{k eta}) - E phi(x_k) at the horizon and at their largest, and
// fitted orders. The horizon T = steps x learning rate is kept over all learning rates (theory.md 1). Which solver answers is decided
// test by test, from closed forms to equations; what none covers is left to the engine that is handed in (sampling), or is null.
import type { Answer } from "../answer/answer.ts";
import { type Estimate, type EstimateAtStep, estimate } from "../answer/estimate.ts";
import { type Warning, warning } from "../answer/warning.ts";
import type { FittedOrder, ModelWeak, WeakResult, WeakRow } from "../answer/weak.ts";
import { InputError, InterruptedError, NoAnswerError } from "../errors.ts";
import { closedExpectations } from "../law/closed-expectations.ts";
import type { Curve, ExpectationSolver, Expectations } from "../law/expectations.ts";
import { heavyBallLineApplies } from "../law/heavy-ball-line.ts";
import { lineSolver } from "../law/line-expectations.ts";
import { planeSolver } from "../law/plane.ts";
import type { SdeModel } from "../model/model.ts";
import { modelsFor } from "../model/momentum.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { TestFunction } from "../problem/test-function.ts";
import { withLearningRate } from "../problem/vary.ts";
import { version } from "../version.ts";
import { coversLine, lineExpectationsBeside } from "./momentum-line.ts";
import type { QuestionOptions } from "./options.ts";
import { fitOrder } from "./weak-order.ts";

const defaults = {
  /** Points along the way that are returned for figures. */
  alongTheWay: 20,
};

/** In the order in which they are tried. */
const solvers: readonly ExpectationSolver[] = [closedExpectations, lineSolver, planeSolver];

export interface WeakOptions extends QuestionOptions {
  /** Learning rates; default: the problem's own. Each must divide the horizon. */
  readonly etas?: readonly number[];
  /** Samples what no solver covers, or all with method "sample". */
  readonly engine?: (problem: SgdProblem, models: readonly SdeModel[], options: QuestionOptions) => Promise<Expectations>;
}

/**
 * Weak values, errors and orders.
 * @returns figures with bounds on their errors: without sampling at most 1e-8 of max(1, E|phi|), mostly below 1e-12
 * @throws InputError `question/eta` for a learning rate that does not divide the horizon
 * @throws NoAnswerError `question/weak` where no test function has any figure
 */
export async function weak(problem: SgdProblem, options: WeakOptions = {}): Promise<Answer<WeakResult>> {
  const models = modelsFor(problem, options.models);
  const etas = options.etas && options.etas.length > 0 ? options.etas : [problem.learningRate];
  const steps = etas.map((eta) => stepsAt(problem, eta));
  const found: Expectations[] = [];
  for (const [i, eta] of etas.entries()) {
    if (options.signal?.aborted) throw new InterruptedError("question/weak", "Interrupted.");
    options.onProgress?.(i, etas.length, `eta = ${eta}`);
    const at = eta === problem.learningRate ? problem : withLearningRate(problem, eta, steps[i]!);
    found.push(await expectations(at, models, options));
  }
  options.onProgress?.(etas.length, etas.length, "weak errors");

  const warnings = gather(found, etas);
  const tests = problem.tests.map((test, t) => {
    const rows = etas.map((eta, i) => rowOf(found[i]!, models, t, eta, steps[i]!));
    const orders: Record<string, FittedOrder | null> = {};
    for (const { id, title } of models) {
      const fit = fitOrder(rows.flatMap((row, i) => pointOf(row, found[i]!, id, t)));
      orders[id] = "reason" in fit ? null : fit;
      if ("reason" in fit && etas.length > 1 && rows.some((row) => row.models[id]!.maxWeakError !== null)) {
        warnings.push(
          warning("order-not-fitted", `${title}, ${test.text}: no order is fitted: ${fit.reason}.`, { model: id, phi: test.text }),
        );
      }
    }
    return { phi: test.text, rows, orders };
  });
  if (tests.every((test) => test.rows.every((row) => row.sgd === null && models.every(({ id }) => row.models[id]!.value === null)))) {
    throw new NoAnswerError(
      "question/weak",
      `weak: nothing that was asked for has an answer. ${warnings.map((w) => w.message).join(" ")}`,
      { warnings },
    );
  }
  const method = [...new Set(found.flatMap((f) => f.method.split("; ")))].join("; ");
  return { command: "weak", version, problem: problem.json, seed: options.seed ?? 1, warnings, result: { method, tests } };
}

/** Steps that keep the horizon. */
function stepsAt(problem: SgdProblem, eta: number): number {
  const horizon = problem.steps * problem.learningRate;
  const count = horizon / eta;
  const steps = Math.round(count);
  if (Number.isFinite(eta) && eta > 0 && steps >= 1 && Math.abs(count - steps) <= 1e-9 * steps) return steps;
  const nearest = [Math.floor(count), Math.ceil(count)].filter((k) => k >= 1 && Number.isFinite(k)).map((k) => horizon / k);
  throw new InputError(
    "question/eta",
    `learning rate (--eta): found ${eta}, which does not divide the horizon T = ${problem.steps} x ${problem.learningRate} = ${horizon}; allowed: T/k for whole k${nearest.length > 0 ? `, nearest ${nearest.join(" and ")}` : ""}.`,
    { field: "--eta", eta, horizon, nearest },
  );
}

/** Every test function by the first solver that covers it. */
async function expectations(problem: SgdProblem, models: readonly SdeModel[], options: WeakOptions): Promise<Expectations> {
  const parts: { tests: readonly TestFunction[]; found: Expectations }[] = [];
  let open = problem.tests;
  const sampled = options.method !== "exact" && options.engine !== undefined;
  const fallbacks: Warning[] = [];
  if (options.method !== "sample") {
    // the others solve equations in x alone
    for (const solver of problem.momentum ? [closedExpectations] : solvers) {
      // without SGD's figures the models' would be sampled beside it all the same
      if (sampled && solver.givesSgd && !solver.givesSgd(problem)) continue;
      const covered = open.filter((test) => solver.covers(problem, test));
      if (covered.length === 0) continue;
      const found = await solver.solve({ ...problem, tests: covered }, models, options);
      // what a solver tried and did not resolve even for SGD is sampled, if there is who samples
      const failed = sampled ? covered.filter((_, i) => found.sgd[i] === null) : [];
      if (failed.length > 0)
        fallbacks.push(
          warning(
            "fallback",
            `E phi of ${failed.map((test) => test.text).join(", ")} is not resolved by ${found.method}: sampled instead.`,
            { tests: failed.map((test) => test.text) },
          ),
        );
      if (failed.length < covered.length)
        parts.push({ tests: covered.filter((test) => !failed.includes(test)), found: pick(found, covered, failed) });
      open = open.filter((test) => failed.includes(test) || !covered.includes(test));
    }
  }
  const onLine = coversLine(problem, options.method) && (sampled || heavyBallLineApplies(problem));
  if (open.length > 0 && (sampled || onLine)) {
    const json = { ...problem.json, tests: open.map((test) => test.text) };
    const asked = { ...problem, tests: open, json };
    const sample = sampled ? (own: readonly SdeModel[]) => options.engine!(asked, own, options) : undefined;
    const found = onLine ? await lineExpectationsBeside(asked, models, options, sample) : await sample!(models);
    parts.push({ tests: open, found });
    open = [];
  }
  const place = (test: TestFunction): { found: Expectations; index: number } | undefined => {
    const part = parts.find(({ tests }) => tests.includes(test));
    return part && { found: part.found, index: part.tests.indexOf(test) };
  };
  const placed = problem.tests.map(place);
  const left = open.map((test) => test.text);
  const refused = warning(
    "not-applicable",
    `E phi of ${left.join(", ")} has no method without sampling here: ${problem.objective.d} dimensions, ${problem.noise.kind} noise, phi not a polynomial of degree at most two on a quadratic; --method sample answers it.`,
    { tests: left },
  );
  return {
    method: [...new Set(parts.map(({ found }) => found.method))].join("; ") || "none",
    sgd: placed.map((p) => p?.found.sgd[p.index] ?? null),
    deviations: placed.map((p) => p?.found.deviations[p.index] ?? null),
    models: Object.fromEntries(models.map(({ id }) => [id, placed.map((p) => p?.found.models[id]?.[p.index] ?? null)])),
    warnings: [...fallbacks, ...parts.flatMap(({ found }) => found.warnings), ...(left.length > 0 ? [refused] : [])],
  };
}

/** Expectations without those of the tests that failed. */
function pick(found: Expectations, tests: readonly TestFunction[], failed: readonly TestFunction[]): Expectations {
  if (failed.length === 0) return found;
  const kept = <T>(all: readonly T[]): T[] => all.filter((_, i) => !failed.includes(tests[i]!));
  return {
    ...found,
    sgd: kept(found.sgd),
    deviations: kept(found.deviations),
    models: Object.fromEntries(Object.entries(found.models).map(([id, curves]) => [id, kept(curves)])),
  };
}

function rowOf(found: Expectations, models: readonly SdeModel[], t: number, eta: number, steps: number): WeakRow {
  const sgd = found.sgd[t] ?? null;
  const rows: Record<string, ModelWeak> = {};
  for (const { id } of models) rows[id] = modelWeak(found.models[id]![t] ?? null, sgd, steps);
  const sgdAlongTheWay = stepsAlong(steps).flatMap((step) => {
    const value = at(sgd, step);
    return value ? [{ step, value }] : [];
  });
  return {
    eta,
    steps,
    sgd: at(sgd, steps),
    ...(sgd === null ? {} : { sgdAlongTheWay }),
    sgdStandardDeviation: found.deviations[t] ?? null,
    models: rows,
  };
}

function modelWeak(curve: Curve | null, sgd: Curve | null, steps: number): ModelWeak {
  const value = at(curve, steps);
  if (curve === null || sgd === null) return { value, weakError: null, maxWeakError: null };
  const alongTheWay = stepsAlong(steps).flatMap((step) => {
    const weakError = difference(curve, sgd, step);
    return weakError ? [{ step, weakError }] : [];
  });
  return { value, weakError: difference(curve, sgd, steps), maxWeakError: largest(curve, sgd, steps), alongTheWay };
}

/** About evenly from 1 to the horizon. */
function stepsAlong(steps: number): number[] {
  const count = Math.min(defaults.alongTheWay, steps);
  return Array.from({ length: count }, (_, i) => (count === 1 ? steps : Math.round(1 + (i * (steps - 1)) / (count - 1))));
}

function at(curve: Curve | null, step: number): Estimate | null {
  if (curve === null || Number.isNaN(curve.values[step]!)) return null;
  return estimate(curve.values[step]!, curve.errors[step]!, curve.kind);
}

/** Of coupled paths the difference itself; else errors of both together: bounds add, standard errors of independent runs add in squares. */
function difference(curve: Curve, sgd: Curve, step: number): Estimate | null {
  if (curve.fromSgd) {
    const coupled = curve.fromSgd.values[step]!;
    return Number.isNaN(coupled) ? null : estimate(coupled, curve.fromSgd.errors[step]!, curve.kind);
  }
  const value = curve.values[step]! - sgd.values[step]!;
  if (Number.isNaN(value)) return null;
  const statistical = curve.kind === "standard-error" || sgd.kind === "standard-error";
  const [a, b] = [curve.errors[step]!, sgd.errors[step]!];
  return estimate(
    value,
    statistical ? Math.sqrt(a * a + b * b) : a + b,
    statistical ? "standard-error" : curve.kind === "rounding" ? sgd.kind : curve.kind,
  );
}

/** Largest |weak error|: known as well as the least certain of the steps. */
function largest(curve: Curve, sgd: Curve, steps: number): EstimateAtStep | null {
  if (curve.largest !== undefined) return curve.largest;
  let best: EstimateAtStep | null = null;
  let error = 0;
  for (let k = 1; k <= steps; k++) {
    const found = difference(curve, sgd, k);
    if (found === null) continue;
    error = Math.max(error, found.error);
    if (best === null || Math.abs(found.value) > best.value) best = { ...found, value: Math.abs(found.value), step: k };
  }
  return best && { ...best, error };
}

function pointOf(row: WeakRow, found: Expectations, id: string, t: number): { eta: number; weakError: number; error: number }[] {
  const most = row.models[id]!.maxWeakError;
  if (most === null) return [];
  const curve = found.models[id]![t]!;
  const signed = curve.fromSgd?.values[most.step] ?? curve.values[most.step]! - found.sgd[t]!.values[most.step]!;
  return [{ eta: row.eta, weakError: signed, error: most.error }];
}

/** Each warning once; with its learning rate where there are several. */
function gather(found: readonly Expectations[], etas: readonly number[]): Warning[] {
  const seen = new Set<string>();
  return found.flatMap(({ warnings }, i) =>
    warnings.flatMap((w) => {
      const key = `${w.code} ${w.model ?? ""} ${w.message}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [etas.length > 1 ? { ...w, eta: etas[i]! } : w];
    }),
  );
}
