// Where the models' errors come from: the terms of the modified equation at the start, by what they live on (sbea/models.ts) and by order,
// measured without unit so that drifts, diffusions and higher operators can be laid side by side (answer/compare.ts, ErrorSources). HA-SME keeps
// its own terms at every order, HA-SME-3 the others of order 2 but skewness. Local: says nothing about places far from the start.
import type { ErrorSource, ErrorSources } from "../answer/compare.ts";
import { lackingTensor, tensorsAt } from "../model/tensors.ts";
import { symmetricEigenvalues } from "../numerics/eigen.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { coefficientParts } from "../sbea/apply.ts";
import { type GeneratorTerm, generator, type NoiseLaw } from "../sbea/generator.ts";
import { carriedBySde, sourceOf } from "../sbea/models.ts";

export const defaults = {
  /** L_0 .. L_3: fourth derivatives, 6^4 entries. */
  order: 3,
  dimensions: 6,
} as const;

/**
 * Sizes of the terms of L_1 .. L_3 at the start; exact to rounding, null where a derivative is not to be had or not finite. Sources that
 * the problem's noise law leaves out are left out.
 * @returns undefined in more than six dimensions, without a Hessian, and where SGD has no noise at the start to measure by
 */
export function errorSources(problem: SgdProblem): ErrorSources | undefined {
  const { objective, noise, learningRate: eta, start } = problem;
  const { d } = objective;
  if (d > defaults.dimensions || !objective.hessian) return undefined;
  const time = timeScale(problem);
  const sigma = noise.covariance(start, new Float64Array(d * d));
  let trace = 0;
  for (let i = 0; i < d; i++) trace += sigma[i * d + i]!;
  const length = Math.sqrt(eta * trace * time);
  if (!(length > 0) || !Number.isFinite(length)) return undefined;

  const law: NoiseLaw = noise.gaussian ? (noise.constant ? "constant" : "gaussian") : "general";
  const derived = generator(defaults.order, law).slice(1);
  const isKnown = ({ term }: GeneratorTerm) => term.factors.every((factor) => lackingTensor(objective, noise, factor) === undefined);
  const known = derived.map(({ order, terms }) => ({ order, terms: terms.filter(isKnown) }));
  const sizes = new Map<string, number>();
  for (const { order, operatorOrder, source, tensor } of coefficientParts(known, tensorsAt(objective, noise, start))) {
    let scale = time;
    for (let p = 0; p < order; p++) scale *= eta;
    for (let n = 0; n < operatorOrder; n++) scale /= length;
    const name = nameOf(source, order, operatorOrder <= 2);
    sizes.set(name, (sizes.get(name) ?? 0) + scale * Math.sqrt(tensor.reduce((sum, value) => sum + value * value, 0)));
  }
  const sources = new Map<string, ErrorSource>();
  for (const { order, terms } of derived) {
    for (const each of terms) {
      const [source, carried] = [sourceOf(each.term), carriedBySde(each)];
      const name = nameOf(source, order, carried);
      const found = sources.get(name)?.size !== null && isKnown(each) ? (sizes.get(name) ?? Number.NaN) : Number.NaN;
      sources.set(name, { source, order, carried, size: Number.isFinite(found) ? found : null });
    }
  }
  return { time, length, sources: [...sources.values()] };
}

const nameOf = (source: string, order: number, carried: boolean): string => `${source} ${order} ${carried}`;

/** 1/(2 max |lambda|) of H at the start, at most the horizon. */
function timeScale({ objective, learningRate, steps, start }: SgdProblem): number {
  const { d } = objective;
  const values = symmetricEigenvalues(objective.hessian!(start, new Float64Array(d * d)), d);
  const steepest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Math.min(steps * learningRate, 1 / (2 * steepest));
}
