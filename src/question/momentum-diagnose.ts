// `diagnose` with momentum (theory.md 7), from diagnoses of plain SGD at other learning rates, whatever their way to the spectrum:
// - at eta/(1 - beta): the point, the spectrum, and the models without momentum;
// - at eta/(1 + beta): the excess loss of SGD's stationary law with H and Sigma frozen. A mode has Var x = eta S (1 + beta)/((1 - beta) lambda
//   (2 + 2 beta - z)), (1 + beta)/(1 - beta) times that of plain SGD at eta/(1 + beta); so has the trace of H times it, matrix-free too.
// Thresholds: a mode swings from (1 - sqrt beta)^2/lambda on, has no one-step form from (1 + sqrt beta)^2/lambda on, diverges from 2 (1 + beta)/lambda.
// Noise that varies with x is frozen at the point; where E |x|^2 of a finite sum starts to grow with momentum is not known here (null).
import type { Answer } from "../answer/answer.ts";
import type { DiagnoseResult, SweepRow } from "../answer/diagnose.ts";
import type { Estimate } from "../answer/estimate.ts";
import { warning } from "../answer/warning.ts";
import { frozenAt, frozenExcessLoss } from "../law/stationary.ts";
import type { LinearProblem } from "../model/linear-law.ts";
import {
  atEffectiveRate,
  atRate,
  effectiveRate,
  haSmeM,
  type MomentumModel,
  type MomentumSelection,
  selectMomentumModels,
} from "../model/momentum.ts";
import { exactSde, momentumLinear, pathModel } from "../model/momentum-linear.ts";
import { modeOf } from "../model/momentum-mode.ts";
import { psdDefect } from "../numerics/semidefinite.ts";
import { covarianceFactor } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { withLearningRate } from "../problem/vary.ts";
import { valuesOf } from "./momentum-spectrum.ts";
import { momentumTrust } from "./momentum-trust.ts";
import type { QuestionOptions } from "./options.ts";

/** Exact SDE's defect: the eigenvalues of a matrix of twice this size. */
const largestDense = 100;

/** What is passed on to the diagnosis of plain SGD. */
interface DiagnoseOptions extends QuestionOptions {
  readonly etas?: readonly number[];
  readonly batches?: readonly number[];
  readonly meanSquare?: boolean;
}

type Diagnose = (problem: SgdProblem, options: DiagnoseOptions) => Promise<Answer<DiagnoseResult>>;

/** The diagnosis of SGD with momentum; `plain` is that of plain SGD, to which problems without momentum are handed. */
export async function momentumDiagnosis(problem: SgdProblem, options: DiagnoseOptions, plain: Diagnose): Promise<Answer<DiagnoseResult>> {
  const models = selectMomentumModels(options.models);
  const share = 1 - problem.momentum!.beta;
  const base = await plain(atEffectiveRate(problem), {
    ...options,
    // not that of plain SGD
    meanSquare: false,
    models: models.plain.map(({ id }) => id),
    ...(options.etas ? { etas: options.etas.map((eta) => eta / share) } : {}),
  });
  const rate = effectiveRate(problem);
  // what is said of plain SGD's own stability at that rate does not hold of SGD with momentum
  const warnings = base.warnings
    .filter((said) => said.model !== undefined || said.code !== "unstable")
    .map((said) => (said.model === undefined ? said : atRate(said, rate)));
  const excess = await excessLosses(problem, options, plain, base.result);
  if (excess && excess(problem.learningRate) === null)
    warnings.push(
      warning(
        "unstable",
        "SGD has no stationary law here: it grows, or some direction is flat; the stationary excess loss of SGD is null.",
        {
          zMax: base.result.zMax * share,
        },
      ),
    );
  const result = diagnosisOf(problem, models, base.result, excess?.(problem.learningRate) ?? null);
  const sweep = base.result.sweep?.map((row) => sweepRow(problem, models, row, base.result, excess));
  return { ...base, problem: problem.json, warnings, result: sweep ? { ...result, sweep } : result };
}

function diagnosisOf(problem: SgdProblem, models: MomentumSelection, base: DiagnoseResult, excess: Estimate | null): DiagnoseResult {
  const { learningRate: eta } = problem;
  const { beta } = problem.momentum!;
  const root = Math.sqrt(beta);
  const zMax = base.zMax * (1 - beta);
  const zMin = base.zMin * (1 - beta);
  const lambda = zMax / eta;
  const at = (z: number): number | null => (lambda > 0 ? z / lambda : null);
  const linear = denseAt(problem, base);
  return {
    ...base,
    zMax,
    zMin,
    regime: zMax < (1 + root) * (1 + root) ? "one-step" : zMax < 2 + 2 * beta ? "two-step" : "unstable",
    thresholds: {
      oneStep: at((1 + root) * (1 + root)),
      unstable: at(2 + 2 * beta),
      ...(base.thresholds.meanSquare === undefined ? {} : { meanSquare: null }),
    },
    defect: linear && sdeDefect(linear, problem),
    ...(base.stationaryExcessLoss ? { stationaryExcessLoss: losses(problem, models, base, excess, linear) } : {}),
    // of the models without momentum at eta/(1 - beta), which are judged by the verdicts
    indicators: undefined,
    verdicts: momentumTrust(problem, models, base, linear),
    momentum: {
      beta,
      effectiveRate: effectiveRate(problem),
      swings: at((1 - root) * (1 - root)),
      modes:
        zMax <= 0
          ? "growing"
          : zMin > 0 && modeOf(zMin, beta).swings && modeOf(zMax, beta).swings
            ? "all swing"
            : swingsSomewhere(base, beta),
      temperature: temperature(problem, base),
    },
  };
}

function swingsSomewhere(base: DiagnoseResult, beta: number): "some swing" | "none swings" {
  const z = valuesOf(base).map((value) => value * (1 - beta));
  return z.some((value) => modeOf(value, beta).swings) ? "some swing" : "none swings";
}

/** T = eta tr Sigma/(2 d (1 - beta)): the stationary law is about exp(-f/T) where the noise is isotropic. */
function temperature({ learningRate, momentum, objective }: SgdProblem, { noiseTrace }: DiagnoseResult): number | Estimate {
  const factor = learningRate / (2 * objective.d * (1 - momentum!.beta));
  return typeof noiseTrace === "number"
    ? factor * noiseTrace
    : { ...noiseTrace, value: factor * noiseTrace.value, error: factor * noiseTrace.error };
}

/** H and Sigma frozen at the point, at the problem's own learning rate; null where they are no matrices. */
function denseAt(problem: SgdProblem, { eigenvalues, point }: DiagnoseResult): LinearProblem | null {
  const { objective } = problem;
  if ("largest" in eigenvalues || !objective.hessian || !problem.noise.covariance) return null;
  const x = Float64Array.from(point);
  return frozenAt(problem, x, objective.hessian(x, new Float64Array(objective.d * objective.d)));
}

/** The psd defect of the only linear SDE on (x, v) with the law of the quadratic that touches f there. */
function sdeDefect(linear: LinearProblem, { momentum }: SgdProblem): number | null {
  if (linear.d > largestDense) return null;
  const heavy = momentumLinear(linear, momentum!);
  if (heavy.regime === "two-step") return null;
  const defect = psdDefect(exactSde(heavy).diffusion, 2 * linear.d);
  return Number.isFinite(defect) ? defect : null;
}

/** SGD's excess loss with momentum at a learning rate; undefined where none is asked. */
async function excessLosses(
  problem: SgdProblem,
  options: DiagnoseOptions,
  plain: Diagnose,
  base: DiagnoseResult,
): Promise<((eta: number) => Estimate | null) | undefined> {
  if (!base.stationaryExcessLoss) return undefined;
  const { beta } = problem.momentum!;
  const scaled = (found: Estimate | null): Estimate | null => {
    const factor = (1 + beta) / (1 - beta);
    return found && { ...found, value: factor * found.value, error: factor * found.error };
  };
  const without = atEffectiveRate(problem);
  const at = (eta: number): SgdProblem => withLearningRate(without, eta / (1 + beta));
  if (denseAt(problem, base)) {
    const x = Float64Array.from(base.point);
    const { hessian, d } = problem.objective;
    const h = hessian!.call(problem.objective, x, new Float64Array(d * d));
    return (eta) => scaled(frozenExcessLoss(frozenAt(at(eta), x, h), "sgd"));
  }
  const etas = [problem.learningRate, ...(options.etas ?? [])];
  const found = new Map<number, Estimate | null>();
  for (const eta of etas) {
    const { result } = await plain(at(eta), { ...options, models: ["sme1"], etas: undefined, batches: undefined });
    found.set(eta, scaled(result.stationaryExcessLoss?.["sgd"] ?? null));
  }
  return (eta) => found.get(eta) ?? null;
}

function losses(
  problem: SgdProblem,
  models: MomentumSelection,
  base: DiagnoseResult,
  excess: Estimate | null,
  linear: LinearProblem | null,
): NonNullable<DiagnoseResult["stationaryExcessLoss"]> {
  const { sgd: _plain, ...plain } = base.stationaryExcessLoss!;
  const exists = linear !== null && !("why" in pathModel(momentumLinear(linear, problem.momentum!)));
  const own = (model: MomentumModel): Estimate | null => {
    // HA-SME-M has SGD's stationary law of x; Langevin and the overdamped limit have d T/2
    if (model === haSmeM) return exists ? excess : null;
    if (!(base.zMin > 0)) return null;
    const t = temperature(problem, base);
    const half = problem.objective.d / 2;
    return typeof t === "number"
      ? { value: half * t, error: 1e-12 * half * t, kind: "rounding" }
      : { ...t, value: half * t.value, error: half * t.error };
  };
  return { sgd: excess, ...plain, ...Object.fromEntries(models.momentum.map((model) => [model.id, own(model)])) };
}

function sweepRow(
  problem: SgdProblem,
  models: MomentumSelection,
  row: SweepRow,
  base: DiagnoseResult,
  excess: ((eta: number) => Estimate | null) | undefined,
): SweepRow {
  const { beta } = problem.momentum!;
  const eta = row.eta * (1 - beta);
  const varied = { ...problem, learningRate: eta };
  const zMax = row.zMax * (1 - beta);
  const linear = denseAt(varied, base);
  // Sigma at another batch size is this one's times a number, and so is what is linear in it
  const share = noiseShare(problem, row.batch);
  const constant = problem.objective.quadratic !== undefined && problem.noise.constant;
  const stable = zMax < 2 + 2 * beta && base.zMin > 0;
  return {
    ...row,
    eta,
    zMax,
    stableInMean: stable,
    stableInMeanSquare: constant ? stable : null,
    defect: linear && sdeDefect(linear, problem),
    stationaryExcessLoss: base.stationaryExcessLoss
      ? losses(
          varied,
          models,
          { ...base, noiseTrace: times(base.noiseTrace, share), stationaryExcessLoss: row.stationaryExcessLoss },
          times(excess?.(eta) ?? null, share),
          linear,
        )
      : {},
  };
}

/** Sigma of a batch of this size over that of the problem's own. */
function noiseShare({ noise, objective }: SgdProblem, batch: number | undefined): number {
  const { minibatch } = noise;
  if (batch === undefined || !minibatch || !objective.samples) return 1;
  const { n } = objective.samples;
  return covarianceFactor({ ...minibatch, size: batch }, n) / covarianceFactor(minibatch, n);
}

function times<T extends number | Estimate | null>(figure: T, factor: number): T;
function times(figure: number | Estimate | null, factor: number): number | Estimate | null {
  if (figure === null || typeof figure === "number") return figure === null ? null : factor * figure;
  return { ...figure, value: factor * figure.value, error: factor * figure.error };
}
