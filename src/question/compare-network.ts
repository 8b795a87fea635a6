// `compare` on networks: SGD with its real minibatches, as an ensemble, against each model from the same weights: loss, root mean squares of
// gradient norm and distance moved, and the user's test functions. Small networks: ensembles of the models themselves (network-averages.ts). Beyond
// that what each model predicts with the Hessian and the noise frozen at the start (law/frozen-averages.ts), which test functions do not have.
// No law of x: it has as many entries as the network has parameters, squared.
import type { ComparedProblem, Estimate, EstimateAtStep, LawResult, ModelWeak, WeakResult, WeakTest } from "../answer/index.ts";
import { warning } from "../answer/warning.ts";
import { type FrozenSpectrum, frozenAverage, frozenFigures } from "../law/frozen-averages.ts";
import { krylovQuadrature, type Times } from "../law/krylov.ts";
import { frozenAt } from "../law/stationary.ts";
import { signs } from "../law/trace-estimate.ts";
import { lackingFor } from "../model/correction.ts";
import { hasPole } from "../model/define.ts";
import { existenceLimits } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import { createStream } from "../numerics/random.ts";
import { covarianceFactor } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { averagesDefaults, type NetworkAverages, networkAverages } from "./network-averages.ts";
import { ownFigures } from "./network-paths.ts";
import type { QuestionOptions } from "./options.ts";
import { simultaneousFactor } from "./simultaneous.ts";

export const networkDefaults = {
  /** Steps at which the figures are looked at. */
  steps: 40,
  /** Quadratures beyond the size of eigenvectors: steps, and random combinations of gradients. */
  quadrature: 50,
  vectors: 16,
};

/** What of a compared problem is a network's own: the rest is as everywhere. */
export async function compareNetworkAverages(
  problem: SgdProblem,
  models: readonly SdeModel[],
  options: QuestionOptions,
): Promise<{ readonly weak: WeakResult; readonly warnings: ComparedProblem["warnings"] }> {
  const { learningRate: eta, steps: horizon } = problem;
  const figures = [...new Set([...problem.tests.map((test) => test.text), ...ownFigures])];
  const count = Math.min(networkDefaults.steps, horizon);
  const steps = [...new Set([...problem.at, ...Array.from({ length: count }, (_, i) => Math.round(((i + 1) * horizon) / count))])].sort(
    (a, b) => a - b,
  );
  const averages = await networkAverages(problem, models, figures, steps, options);
  const { sgd, models: sampled } = averages;
  const spectrum = sampled ? undefined : spectrumOf(problem, options.seed ?? 1);
  const ids = [...models.map((model) => model.id), ...(sampled ? ["sgd-gaussian"] : [])];
  const tests = figures.map((phi, f): WeakTest => {
    const last = steps.length - 1;
    const along = steps.map((step, s) => ({ step, value: sgd.at(f, s) }));
    const predicted = frozenFigures.find((name) => name === phi);
    const valuesOf = (id: string): ((s: number) => Estimate | null) | undefined => {
      if (sampled) {
        const own = sampled.of[id];
        return own && ((s) => own.at(f, s));
      }
      const model = models.find((each) => each.id === id)!;
      if (!predicted || !spectrum || lackingFor(model, problem) !== undefined) return undefined;
      return (s) => frozenAverage(spectrum, model, predicted, eta, steps[s]!);
    };
    return {
      phi,
      rows: [
        {
          eta,
          steps: horizon,
          sgd: along[last]!.value,
          sgdAlongTheWay: along.flatMap(({ step, value }) => (value ? [{ step, value }] : [])),
          sgdStandardDeviation: sgd.deviation(f, last),
          models: Object.fromEntries(ids.map((id) => [id, modelRow(valuesOf(id), along)])),
        },
      ],
      orders: Object.fromEntries(models.map((model) => [model.id, null])),
    };
  });
  return {
    weak: { method: methodOf(averages), tests },
    warnings: [...averages.warnings, sampled ? notOfX : frozenPrediction],
  };
}

function methodOf({ paths, models }: NetworkAverages): string {
  const choice = "errors of the largest weak error allow for its choice among the steps";
  if (!models) return `${paths} paths of SGD; models with the start's Hessian and noise; ${choice}`;
  return `${paths} paths of SGD, ${models.twins} of its Gaussian twin, ${models.paths} coupled ones of each model (${averagesDefaults.substeps} substeps, extrapolated); ${choice}`;
}

const notOfX = warning("not-applicable", "Laws of x are not compared on networks: test functions, loss, gradient norm and distance are.");
const frozenPrediction = warning(
  "not-applicable",
  "Models stand here with the Hessian and the noise of the start: their errors are those of that prediction, the models' own and what the start does not know of the way. Laws of x are not compared.",
);

function modelRow(
  valueAt: ((s: number) => Estimate | null) | undefined,
  along: readonly { readonly step: number; readonly value: Estimate | null }[],
): ModelWeak {
  if (!valueAt) return { value: null, weakError: null, maxWeakError: null };
  const errors: { step: number; weakError: Estimate }[] = [];
  along.forEach(({ step, value: sgd }, s) => {
    const value = valueAt(s);
    if (!value || !sgd) return;
    const error = Math.sqrt(value.error * value.error + sgd.error * sgd.error);
    errors.push({ step, weakError: { value: value.value - sgd.value, error, kind: "standard-error" } });
  });
  const chosen = errors.reduce<EstimateAtStep | null>(
    (most, { step, weakError }) => (!most || Math.abs(weakError.value) > Math.abs(most.value) ? { ...weakError, step } : most),
    null,
  );
  const largestError = Math.max(...errors.map(({ weakError }) => weakError.error));
  const largest = chosen && { ...chosen, error: simultaneousFactor(errors.length) * largestError };
  const end = errors.at(-1);
  const atEnd = end !== undefined && end.step === along.at(-1)!.step;
  return { value: valueAt(along.length - 1), weakError: atEnd ? end.weakError : null, maxWeakError: largest, alongTheWay: errors };
}

function spectrumOf(problem: SgdProblem, seed: number): FrozenSpectrum {
  const { objective, start: x, noise } = problem;
  const { d } = objective;
  const value = objective.value(x);
  const g = objective.gradient(x, new Float64Array(d));
  if (objective.hessian) {
    const linear = frozenAt(problem, x, objective.hessian(x, new Float64Array(d * d)));
    const { values: nodes, vectors } = linear.eigen;
    const along = new Float64Array(d);
    for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) along[k]! += vectors[i * d + k]! * g[i]!;
    return {
      value,
      gradient: { nodes, weights: along.map((v) => v * v) },
      noise: [{ nodes, weights: nodes.map((_, i) => linear.noise[i * d + i]!) }],
    };
  }
  const times: Times = (v, out) => objective.hessianTimes!(x, v, out);
  const samples = objective.samples!;
  const { n } = samples;
  const factor = noise.minibatch ? covarianceFactor(noise.minibatch, n) : 0;
  const stream = createStream(seed);
  const combinations = Array.from({ length: networkDefaults.vectors }, (_, k) => {
    const c = signs(stream.moveTo(k, 3, "start"), n);
    let mean = 0;
    for (const v of c) mean += v / n;
    return samples.combination!(
      x,
      c.map((v) => ((v - mean) * Math.sqrt(factor)) / Math.sqrt(n)),
      new Float64Array(d),
    );
  });
  return {
    value,
    gradient: krylovQuadrature(times, g, networkDefaults.quadrature),
    noise: combinations.map((y) => krylovQuadrature(times, y, networkDefaults.quadrature)),
  };
}

/** In place of a law of x: which models exist at the start. */
export function networkLaw(models: readonly SdeModel[], zMax: number, defect: number | null): LawResult {
  return {
    method: "not compared",
    sgd: { laws: [], stationary: null },
    models: Object.fromEntries(
      models.map((model) => {
        const own = hasPole(model) ? (zMax < 1 ? defect : null) : 0;
        return [
          model.id,
          {
            exists: own === null ? false : own <= existenceLimits.rounding,
            regime: "one-step" as const,
            defect: own,
            diffusion: null,
            laws: [],
            stationary: null,
          },
        ];
      }),
    ),
  };
}
