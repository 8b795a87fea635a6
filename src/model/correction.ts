// What a model adds to its drift and D D^T, given as terms (sbea/term.ts). In one dimension, and for terms that need whole
// tensors, they are contracted as they stand (sbea/contract.ts); else through products with vectors and matrices (sbea/products.ts).
// What both routes make at a point is kept until the point moves, since drift and D D^T are mostly asked for together.
import type { Matrix, Vector } from "../numerics/arrays.ts";
import type { GradientNoise } from "../problem/noise.ts";
import type { Objective } from "../problem/objective.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { evaluateTerm, labelsOf } from "../sbea/contract.ts";
import { parseTerm } from "../sbea/notation.ts";
import { productPlans } from "../sbea/product-plan.ts";
import { type ProductSource, runProducts } from "../sbea/products.ts";
import { toNumber } from "../sbea/rational.ts";
import type { Factor, Term } from "../sbea/term.ts";
import { termKey } from "../sbea/term-of-graph.ts";
import type { SdeModel } from "./model.ts";
import { entriesOf, lackingTensor, movingTensors } from "./tensors.ts";

export const correctionDefaults = {
  /** Up to this d whole tensors are quicker. Measured for HA-SME-4, in microseconds: 3 against 5 at d = 1, 8 against 3 at d = 3. */
  tensors: 1,
  /** Entries of the largest tensor that is formed: beyond that, to derive its formulas takes minutes. */
  mostEntries: 2e5,
};

export interface Correction {
  /** Adds to the drift at x, where the gradient is g. */
  addDrift(x: Vector, g: Vector, drift: Vector): void;
  /** Adds to D D^T at x, where the gradient is g. */
  addDiffusion(x: Vector, g: Vector, diffusion: Matrix): void;
}

export interface CorrectionOptions {
  /** "tensors" contracts every term with whole tensors, "products" as few as can be; default: what is quicker. */
  readonly route?: "tensors" | "products";
}

/** A term at the point at hand, without its weight. */
interface Bound {
  readonly weight: number;
  value(): Float64Array;
}

/**
 * The correction of a model for a problem; undefined where it vanishes identically or the model has none.
 * @throws DomainError `model/tensor`, when evaluated where the problem lacks a derivative (see `lackingFor`)
 */
export function bindCorrection(model: SdeModel, problem: SgdProblem, options: CorrectionOptions = {}): Correction | undefined {
  const { drift, diffusion } = liveTerms(model, problem);
  if (drift.length === 0 && diffusion.length === 0) return undefined;
  const { objective, noise } = problem;
  const { d } = objective;
  const byProducts = options.route ? options.route === "products" : d > correctionDefaults.tensors;
  const tensors = movingTensors(objective, noise);
  const plans = productPlans(objective.fourth !== undefined);
  const place = { x: new Float64Array(d).fill(Number.NaN), g: new Float64Array(d) };
  const boundTerm = (term: Term): Bound => {
    let weight = toNumber(term.coefficient);
    for (let p = 0; p < term.etaPower; p++) weight *= problem.learningRate;
    const planned = byProducts && objective.third && objective.hessian ? plans.add(term) : undefined;
    if (planned !== undefined) return { weight, value: () => products.value(planned) };
    // The evaluator keeps its plan by the term, so this one is made once.
    const bare: Term = { ...term, coefficient: [1n, 1n] };
    const out = new Float64Array(entriesOf(d, term.free.length));
    return { weight, value: () => evaluateTerm(bare, tensors, out) };
  };
  const [driftTerms, diffusionTerms] = [drift.map(boundTerm), diffusion.map(boundTerm)];
  const products = runProducts(plans.steps, productSource(objective, noise, place));
  const moveTo = (x: Vector, g: Vector): void => {
    let same = true;
    for (let i = 0; i < d; i++) same &&= x[i] === place.x[i];
    if (same) return;
    place.x.set(x);
    place.g.set(g);
    tensors.moveTo(x);
    products.moved();
  };
  return {
    addDrift(x, g, out) {
      moveTo(x, g);
      for (const { weight, value } of driftTerms) {
        const term = value();
        for (let i = 0; i < d; i++) out[i]! += weight * term[i]!;
      }
    },
    addDiffusion(x, g, out) {
      moveTo(x, g);
      for (const { weight, value } of diffusionTerms) {
        const term = value();
        for (let i = 0; i < d; i++) {
          for (let j = 0; j <= i; j++) {
            const entry = 0.5 * weight * (term[i * d + j]! + term[j * d + i]!);
            out[i * d + j]! += entry;
            if (i !== j) out[j * d + i]! += entry;
          }
        }
      }
    },
  };
}

function productSource(objective: Objective, noise: GradientNoise, { x, g }: { x: Vector; g: Vector }): ProductSource {
  const { d, third, thirdOver, fourth } = objective;
  const row = new Float64Array(d);
  const unit = new Float64Array(d);
  const part = new Float64Array(d);
  return {
    d,
    gradient: (out) => out.set(g),
    hessian: (out) => void objective.hessian!(x, out),
    covariance: (out) => void noise.covariance(x, out),
    third: (v, w, out) => void third!(x, v, w, out),
    thirdOver(s, out) {
      if (thirdOver) {
        thirdOver(x, s, out);
        return;
      }
      out.fill(0);
      for (let j = 0; j < d; j++) {
        unit.fill(0)[j] = 1;
        for (let k = 0; k < d; k++) row[k] = s[j * d + k]!;
        third!(x, unit, row, part);
        for (let i = 0; i < d; i++) out[i]! += part[i]!;
      }
    },
    ...(fourth ? { fourth: (v: Vector, s: Matrix, out: Vector) => void fourth(x, v, s, out) } : {}),
    covarianceAlong: (v, out) => void noise.covarianceAlong(x, v, out),
  };
}

/** The terms that do not vanish for every x because a tensor of theirs does. */
export function liveTerms(model: SdeModel, { objective, noise }: SgdProblem): { drift: readonly Term[]; diffusion: readonly Term[] } {
  const vanishes = (factor: Factor): boolean =>
    factor.tensor === "f"
      ? objective.quadratic !== undefined && factor.indices.length > 2
      : (noise.constant && factor.along.length > 0) || (noise.gaussian && factor.indices.length > 2);
  const live = (term: Term) => !term.factors.some(vanishes);
  return { drift: model.correction?.drift.filter(live) ?? [], diffusion: model.correction?.diffusion.filter(live) ?? [] };
}

/** What the problem lacks of the derivatives that the model's correction needs, in words; undefined where it has all. */
export function lackingFor(model: SdeModel, problem: SgdProblem): string | undefined {
  const { objective, noise } = problem;
  const { d } = objective;
  const { drift, diffusion } = liveTerms(model, problem);
  const plans = productPlans(objective.fourth !== undefined);
  for (const term of [...drift, ...diffusion]) {
    const needsTensors = !objective.third || plans.add(term) === undefined;
    for (const factor of term.factors) {
      const lacking = lackingTensor(objective, noise, factor);
      if (lacking && !(factor.tensor === "f" && factor.indices.length === 4 && !needsTensors)) return lacking;
      const rank = labelsOf(factor).length;
      if (needsTensors && entriesOf(d, rank) > correctionDefaults.mostEntries) return `tensors of ${d}^${rank} entries`;
    }
  }
  return undefined;
}

/** The contractions of HA-SME-3, for what treats one of them apart. */
const shapes = {
  "third:covariance": "1 f_ijk Sigma_jk d_i",
  "third[gradient,gradient]": "1 f_ijk f_j f_k d_i",
  "covariance along gradient": "1 f_k Sigma_ij,k d_ij",
} as const;

export type Shape = keyof typeof shapes | "other";

let shapeByKey: ReadonlyMap<string, Shape> | undefined;

/** Which of HA-SME-3's contractions this is, whatever its labels are called and its coefficient. */
export function shapeOf(term: Term): Shape {
  shapeByKey ??= new Map(Object.entries(shapes).map(([shape, text]) => [termKey(parseTerm(text, 0)), shape as Shape]));
  return shapeByKey.get(termKey(term)) ?? "other";
}
