// `diagnose`: spectrum, regime, stability, psd defect and the models to trust, at the start or at an optimum near it. Everything is
// exact at the point (theory.md 4, 8, 10); stationary excess losses are exact on least squares, elsewhere those of the quadratic with
// constant noise that touches f there. Needs the Hessian as a matrix.
import type { Answer } from "../answer/answer.ts";
import type { DiagnoseResult, SweepRow } from "../answer/diagnose.ts";
import type { Estimate } from "../answer/estimate.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { InputError, NoAnswerError } from "../errors.ts";
import { indicatorsAt } from "../law/indicators.ts";
import { type LeastSquaresSystem, leastSquaresSystem } from "../law/least-squares.ts";
import { meanSquareThreshold } from "../law/mean-square.ts";
import { coversProblem, momentLimits } from "../law/moments.ts";
import { findOptimum } from "../law/optimum.ts";
import { frozenAt, frozenExcessLoss, leastSquaresExcessLoss } from "../law/stationary.ts";
import { bind } from "../model/bind.ts";
import { existenceAt, formalWarning, lackingWarning, noDiffusionWarning, type PointExistence } from "../model/existence.ts";
import { modelById, selectModels } from "../model/index.ts";
import type { LinearProblem } from "../model/linear-law.ts";
import type { SdeModel } from "../model/model.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { maxAbs } from "../numerics/linear.ts";
import { minibatchNoise } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { version } from "../version.ts";
import type { DiagnoseOptions } from "./diagnose-options.ts";
import { momentumDiagnosis } from "./momentum-diagnose.ts";
import { trustIn } from "./trust.ts";

export type { DiagnoseOptions } from "./diagnose-options.ts";

/** What the rows of a sweep share with the diagnosis itself. */
interface Place {
  readonly x: Vector;
  readonly hessian: Matrix;
  /** The gradient is zero to rounding. */
  readonly stationary: boolean;
  /** Stationary excess losses are asked. */
  readonly optimum: boolean;
}

/**
 * The diagnosis at one point.
 * @throws NoAnswerError `diagnose/no-hessian` for objectives without a Hessian, `diagnose/no-optimum` where none is found near the start
 */
export async function diagnose(problem: SgdProblem, options: DiagnoseOptions = {}): Promise<Answer<DiagnoseResult>> {
  if (problem.momentum) return momentumDiagnosis(problem, options, diagnose);
  const { objective } = problem;
  // any finite sum with products can do what networks do without a Hessian
  if (objective.network || (!objective.hessian && objective.hessianTimes && objective.samples?.combination)) {
    checkSweep(problem, options);
    const { diagnoseNetwork } = await import("./diagnose-network.ts");
    return diagnoseNetwork(problem, options);
  }
  const models = selectModels(options.models);
  if (!objective.hessian) {
    throw new NoAnswerError(
      "diagnose/no-hessian",
      `diagnose: a ${objective.kind} objective has no Hessian here, so there is no spectrum to speak of.`,
      { kind: objective.kind },
    );
  }
  checkSweep(problem, options);
  const place = placeOf(problem, options.point ?? "start");
  const warnings: Warning[] = [...problem.warnings];
  const system = leastSquaresSystemOf(problem);
  const result = diagnosis(problem, models, place, system, options, warnings);
  const swept = options.etas !== undefined || options.batches !== undefined;
  const sweep = swept ? sweepRows(problem, models, place, system, options) : undefined;
  return {
    command: "diagnose",
    version,
    problem: problem.json,
    seed: options.seed ?? 1,
    warnings,
    result: sweep ? { ...result, sweep } : result,
  };
}

function placeOf(problem: SgdProblem, point: "start" | "optimum"): Place {
  const { objective } = problem;
  const { d } = objective;
  let x = problem.start;
  if (point === "optimum") {
    const found = findOptimum(objective, problem.start);
    if ("failure" in found)
      throw new NoAnswerError(
        "diagnose/no-optimum",
        `diagnose --point optimum: no minimum was found from the start: ${found.failure}.`,
        {},
      );
    x = found.x;
  }
  const hessian = objective.hessian!(x, new Float64Array(d * d));
  const g = objective.gradient(x, new Float64Array(d));
  const stationary = point === "optimum" || maxAbs(g) <= 1e-12 * maxAbs(hessian) * (1 + maxAbs(x));
  return { x, hessian, stationary, optimum: point === "optimum" };
}

function diagnosis(
  problem: SgdProblem,
  models: readonly SdeModel[],
  place: Place,
  system: LeastSquaresSystem | null,
  options: DiagnoseOptions,
  warnings: Warning[],
): DiagnoseResult {
  const { objective, learningRate: eta } = problem;
  const { d } = objective;
  const { x } = place;
  const g = objective.gradient(x, new Float64Array(d));
  const linear = frozenAt(problem, x, place.hessian);
  const eigenvalues = Array.from(linear.eigen.values).reverse();
  const largest = eigenvalues[0]!;
  const indicators = indicatorsAt(problem, x, g, linear, place.stationary);
  const existences = new Map(models.map((model) => [model.id, existenceAt(model, problem, x)]));
  warnings.push(...pointWarnings(models, existences));
  const covariance = problem.noise.covariance(x, new Float64Array(d * d));
  return {
    point: Array.from(x),
    value: objective.value(x),
    gradientNorm: euclidean(g),
    hessianTrace: trace(place.hessian, d),
    eigenvalues,
    zMax: eta * largest,
    zMin: eta * eigenvalues[d - 1]!,
    regime: regimeOf(linear.z),
    thresholds: {
      oneStep: largest > 0 ? 1 / largest : null,
      unstable: largest > 0 ? 2 / largest : null,
      ...(problem.noise.minibatch ? { meanSquare: system && meanSquareThreshold(system) } : {}),
    },
    noiseTrace: trace(covariance, d),
    defect: haSmeDefect(problem, x),
    ...(place.optimum ? { stationaryExcessLoss: excessLosses(problem, models, linear, system, options, warnings) } : {}),
    indicators: { ...indicators },
    verdicts: models.map((model) => trustIn(model, problem, linear, existences.get(model.id)!, indicators, options)),
    ...(options.vectors ? { gradient: Array.from(g), drift: drifts(problem, models, existences, x) } : {}),
  };
}

/** One row for each learning rate and batch size; the point stays where it is. */
function sweepRows(
  problem: SgdProblem,
  models: readonly SdeModel[],
  place: Place,
  system: LeastSquaresSystem | null,
  options: DiagnoseOptions,
): SweepRow[] {
  const { minibatch } = problem.noise;
  const { samples, d } = problem.objective;
  const sizes = options.batches ?? [minibatch?.size];
  return sizes.flatMap((size) => {
    const noise = size === undefined || !minibatch || !samples ? problem.noise : minibatchNoise({ ...minibatch, size }, samples, d);
    const batched = system && size !== undefined ? { ...system, kappa: kappaOf(problem, size) } : system;
    const threshold = batched && meanSquareThreshold(batched);
    return (options.etas ?? [problem.learningRate]).map((eta): SweepRow => {
      const varied: SgdProblem = { ...problem, noise, learningRate: eta };
      const linear = frozenAt(varied, place.x, place.hessian);
      const stable = linear.z.every((z, i) => z > 0 && z < 2 && !linear.flat[i]);
      const constant = problem.objective.quadratic !== undefined && problem.noise.constant;
      return {
        eta,
        ...(size === undefined ? {} : { batch: size }),
        zMax: linear.z[d - 1]!,
        stableInMean: stable,
        stableInMeanSquare: threshold !== null ? stable && eta < threshold : constant ? stable : null,
        defect: haSmeDefect(varied, place.x),
        stationaryExcessLoss: place.optimum ? excessLosses(varied, models, linear, batched, options, []) : {},
      };
    });
  });
}

function excessLosses(
  problem: SgdProblem,
  models: readonly SdeModel[],
  linear: LinearProblem,
  system: LeastSquaresSystem | null,
  options: DiagnoseOptions,
  warnings: Warning[],
): Record<string, Estimate | null> {
  const exact = system !== null && system.d <= momentLimits.dense;
  const twoStep = options.twoStep === true && problem.noise.constant && problem.objective.quadratic !== undefined;
  const of = (model: SdeModel | "sgd"): Estimate | null =>
    exact ? leastSquaresExcessLoss(system, model, problem.learningRate) : frozenExcessLoss(linear, model, twoStep);
  if (system !== null && !exact) {
    warnings.push(
      warning(
        "fallback",
        `Stationary excess losses are exact up to ${momentLimits.dense} dimensions; here Sigma is frozen at the optimum.`,
        { d: system.d },
      ),
    );
  }
  const sgd = of("sgd");
  if (sgd === null) {
    warnings.push(
      warning(
        "unstable",
        "SGD has no stationary law here: it grows, or some direction is flat; the stationary excess losses of SGD are null.",
        { zMax: linear.z[linear.d - 1] },
      ),
    );
  }
  return { sgd, ...Object.fromEntries(models.map((model) => [model.id, of(model)])) };
}

function pointWarnings(models: readonly SdeModel[], existences: ReadonlyMap<string, PointExistence>): Warning[] {
  return models.flatMap((model) => {
    const { exists, defect, zMax, lacks } = existences.get(model.id)!;
    if (exists) return [];
    if (lacks !== undefined) return [lackingWarning(model, lacks)];
    return [defect === null ? noDiffusionWarning(model, zMax) : formalWarning(model, defect)];
  });
}

/** HA-SME's, whatever models were asked for; null where z >= 1 or where it is infinite. */
function haSmeDefect(problem: SgdProblem, x: Vector): number | null {
  const { defect } = existenceAt(modelById("ha-sme"), problem, x);
  return defect !== null && Number.isFinite(defect) ? defect : null;
}

function drifts(
  problem: SgdProblem,
  models: readonly SdeModel[],
  existences: ReadonlyMap<string, PointExistence>,
  x: Vector,
): Record<string, number[] | null> {
  return Object.fromEntries(
    models.map((model) => {
      if (existences.get(model.id)!.lacks !== undefined) return [model.id, null];
      const b = bind(model, problem).drift(x, new Float64Array(x.length));
      return [model.id, b.every(Number.isFinite) ? Array.from(b) : null];
    }),
  );
}

function regimeOf(z: Vector): DiagnoseResult["regime"] {
  const largest = z[z.length - 1]!;
  if (largest < 1) return "one-step";
  if (z.includes(1)) return "no-diffusion";
  return largest < 2 ? "two-step" : "unstable";
}

function leastSquaresSystemOf(problem: SgdProblem): LeastSquaresSystem | null {
  return coversProblem(problem) ? leastSquaresSystem(problem) : null;
}

function kappaOf(problem: SgdProblem, size: number): number {
  const { n } = problem.objective.samples!;
  return problem.noise.minibatch!.replacement ? 1 / size : n === 1 ? 0 : (n - size) / (size * (n - 1));
}

function checkSweep(problem: SgdProblem, { etas, batches }: DiagnoseOptions): void {
  const rate = etas?.find((eta) => !(eta > 0 && Number.isFinite(eta)));
  if (rate !== undefined) throw new InputError("diagnose/eta", `etas (--eta): found ${rate}; allowed: numbers above 0`, { etas });
  if (batches === undefined) return;
  const { minibatch } = problem.noise;
  const n = problem.objective.samples?.n;
  if (!minibatch || n === undefined) {
    throw new InputError(
      "diagnose/batch",
      "batches (--batch): found a list, but the noise is not a minibatch's; allowed: with minibatch noise of a finite sum",
      { batches },
    );
  }
  const most = minibatch.replacement ? Number.POSITIVE_INFINITY : n;
  const wrong = batches.find((size) => !Number.isInteger(size) || size < 1 || size > most);
  if (wrong !== undefined)
    throw new InputError(
      "diagnose/batch",
      `batches (--batch): found ${wrong}; allowed: whole numbers from 1${minibatch.replacement ? "" : ` to ${n} (the rows)`}`,
      { batches },
    );
}

function trace(a: Matrix, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += a[i * d + i]!;
  return sum;
}

function euclidean(v: Vector): number {
  const size = maxAbs(v);
  if (size === 0) return 0;
  let sum = 0;
  for (const entry of v) sum += (entry / size) * (entry / size);
  return size * Math.sqrt(sum);
}
