// `compare` on networks: SGD with its real minibatches, as an ensemble, against what each model predicts from the same weights with the Hessian
// and the noise frozen there (law/frozen-averages.ts): loss, and root mean squares of gradient norm and distance moved; of other test functions SGD's averages alone.
// Ensembles of the models themselves would need an eigenvalue problem a substep and path. No law of x: it has as many entries as the network
// has parameters, squared.
import type { ComparedProblem, Estimate, EstimateAtStep, LawResult, ModelWeak, WeakResult, WeakTest } from "../answer/index.ts";
import { warning } from "../answer/warning.ts";
import { sgdWalker } from "../ensemble/sgd.ts";
import { InterruptedError } from "../errors.ts";
import { type FrozenFigure, type FrozenSpectrum, frozenAverage, frozenFigures } from "../law/frozen-averages.ts";
import { krylovQuadrature, norm, type Times } from "../law/krylov.ts";
import { frozenAt } from "../law/stationary.ts";
import { signs } from "../law/trace-estimate.ts";
import { lackingFor } from "../model/correction.ts";
import { hasPole } from "../model/define.ts";
import { existenceLimits } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import type { Vector } from "../numerics/arrays.ts";
import { createStream } from "../numerics/random.ts";
import { covarianceFactor } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { QuestionOptions } from "./options.ts";

export const networkDefaults = {
  /** Multiplications that the ensemble may take; paths are as many as fit, within the bounds. */
  work: 2e10,
  leastPaths: 16,
  mostPaths: 256,
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
  const ensemble = await sgdEnsemble(problem, options);
  const spectrum = spectrumOf(problem, options.seed ?? 1);
  const eta = problem.learningRate;
  const tests = ensemble.figures.map((phi, f): WeakTest => {
    const last = ensemble.steps.length - 1;
    const predicted = frozenFigures.find((name) => name === phi);
    const along = ensemble.steps.map((step, s) => ({ step, value: ensemble.at(f, s) }));
    return {
      phi,
      rows: [
        {
          eta,
          steps: problem.steps,
          sgd: along[last]!.value,
          sgdAlongTheWay: along.flatMap(({ step, value }) => (value ? [{ step, value }] : [])),
          sgdStandardDeviation: ensemble.deviation(f, last),
          models: Object.fromEntries(
            models.map((model) => [
              model.id,
              predicted && lackingFor(model, problem) === undefined
                ? modelRow(spectrum, model, predicted, eta, along)
                : { value: null, weakError: null, maxWeakError: null },
            ]),
          ),
        },
      ],
      orders: Object.fromEntries(models.map((model) => [model.id, null])),
    };
  });
  const gone = ensemble.gone;
  return {
    weak: { method: `${ensemble.paths} paths of SGD; models with the start's Hessian and noise`, tests },
    warnings: [
      ...(gone > 0
        ? [
            warning("unstable", `${gone} of ${ensemble.paths} paths of SGD overflow: averages over them do not exist.`, {
              rate: gone / ensemble.paths,
            }),
          ]
        : []),
      warning(
        "not-applicable",
        "Models stand here with the Hessian and the noise of the start: their errors are those of that prediction, the models' own and what the start does not know of the way. Laws of x are not compared.",
      ),
    ],
  };
}

function modelRow(
  spectrum: FrozenSpectrum,
  model: SdeModel,
  figure: FrozenFigure,
  eta: number,
  along: readonly { step: number; value: Estimate | null }[],
): ModelWeak {
  const errors: { step: number; weakError: Estimate }[] = [];
  let value: Estimate | null = null;
  for (const { step, value: sgd } of along) {
    value = frozenAverage(spectrum, model, figure, eta, step);
    if (!value || !sgd) continue;
    const error = Math.sqrt(value.error * value.error + sgd.error * sgd.error);
    errors.push({ step, weakError: { value: value.value - sgd.value, error, kind: "standard-error" } });
  }
  const largest = errors.reduce<EstimateAtStep | null>(
    (most, { step, weakError }) => (!most || Math.abs(weakError.value) > Math.abs(most.value) ? { ...weakError, step } : most),
    null,
  );
  const end = errors.at(-1);
  const atEnd = end !== undefined && end.step === along.at(-1)!.step;
  return { value, weakError: atEnd ? end.weakError : null, maxWeakError: largest, alongTheWay: errors };
}

/** Averages over paths of the test functions and the loss, and root mean squares of distance and gradient norm. */
async function sgdEnsemble(problem: SgdProblem, options: QuestionOptions) {
  const { objective, start, steps: horizon, noise } = problem;
  const { d } = objective;
  const { n } = objective.samples!;
  const figures = [...new Set([...problem.tests.map((test) => test.text), ...frozenFigures])];
  const gradient = new Float64Array(d);
  const evaluate = figures.map((text): ((x: Vector) => number) => {
    const test = problem.tests.find((each) => each.text === text);
    if (test) return (x) => test.value(x);
    if (text === "loss") return (x) => objective.value(x);
    if (text === "rms distance") return (x) => square(norm(x.map((v, i) => v - start[i]!)));
    return (x) => square(norm(objective.gradient(x, gradient)));
  });
  const count = Math.min(networkDefaults.steps, horizon);
  const steps = [...new Set([...problem.at, ...Array.from({ length: count }, (_, i) => Math.round(((i + 1) * horizon) / count))])].sort(
    (a, b) => a - b,
  );
  const perPath = 3 * d * horizon * (noise.minibatch?.size ?? n) + 8 * d * n * steps.length;
  const fit = Math.floor(networkDefaults.work / perPath);
  const paths = Math.max(
    2,
    Math.min(options.paths ?? networkDefaults.mostPaths, Math.max(networkDefaults.leastPaths, fit), networkDefaults.mostPaths),
  );
  const walker = sgdWalker(problem, options.seed ?? 1);
  const values = figures.map(() => steps.map(() => new Float64Array(paths)));
  const none = new Float64Array(0);
  let gone = 0;
  for (let path = 0; path < paths; path++) {
    if (options.signal?.aborted) throw new InterruptedError("question/compare", "Interrupted.");
    walker.begin(path);
    let done = 0;
    steps.forEach((step, s) => {
      for (; done < step; done++) walker.advance(done, none);
      evaluate.forEach((phi, f) => {
        values[f]![s]![path] = phi(walker.x);
      });
    });
    if (!walker.x.every(Number.isFinite)) gone++;
    options.onProgress?.(path + 1, paths, "paths of SGD");
    await Promise.resolve();
  }
  const moments = (f: number, s: number): { mean: number; deviation: number } => {
    const list = values[f]![s]!;
    let mean = 0;
    for (const v of list) mean += v / paths;
    let squares = 0;
    for (const v of list) squares += (v - mean) * (v - mean);
    const deviation = Math.sqrt(squares / (paths - 1));
    if (!figures[f]!.startsWith("rms ")) return { mean, deviation };
    // the root of a mean of squares, and its error through the root's slope
    const root = Math.sqrt(mean);
    return { mean: root, deviation: root > 0 ? deviation / (2 * root) : 0 };
  };
  return {
    figures,
    steps,
    paths,
    gone,
    at(f: number, s: number): Estimate | null {
      const { mean, deviation } = moments(f, s);
      if (!Number.isFinite(mean) || !Number.isFinite(deviation)) return null;
      return { value: mean, error: deviation / Math.sqrt(paths), kind: "standard-error" };
    },
    deviation(f: number, s: number): number | null {
      const { deviation } = moments(f, s);
      return Number.isFinite(deviation) ? deviation : null;
    },
  };
}

const square = (v: number): number => v * v;

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
