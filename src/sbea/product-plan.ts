// Terms through products with vectors and d x d matrices, where whole tensors are too large: a term is planned once into steps, each of
// which multiplies matrices and vectors or asks f for D3f[v, w], D3f:S or D4f[v]:S, and the noise for D Sigma[v]. Terms share their steps.
//
//     f_ij f_jkl f_k f_l          H (D3f[g, g])
//     f_ijkl f_j Sigma_kl         D4f[g]:Sigma
//     f_ikl f_k Sigma_jl          (D3f[g]) Sigma,   D3f[g] column by column
//
// The order of joining is fixed: vectors into matrices, then f's tensors down to vectors, then matrices with matrices, then tensors down to
// matrices. A term whose tensors do not get that small (fifth derivatives, second derivatives of Sigma) has no plan: contract.ts
// evaluates it with whole tensors. Steps are run by products.ts.
import { labelsOf } from "./contract.ts";
import type { Factor, Term } from "./term.ts";

/** A step makes a vector or a matrix from those of earlier steps, which are given by their places. */
export type Step =
  | { readonly makes: "vector"; readonly what: "gradient" }
  | { readonly makes: "vector"; readonly what: "apply"; readonly matrix: number; readonly transposed: boolean; readonly vector: number }
  | { readonly makes: "vector"; readonly what: "third"; readonly left: number; readonly right: number }
  | { readonly makes: "vector"; readonly what: "thirdOver"; readonly matrix: number }
  | { readonly makes: "vector"; readonly what: "fourth"; readonly vector: number; readonly matrix: number }
  | { readonly makes: "matrix"; readonly what: "hessian" | "covariance" }
  | { readonly makes: "matrix"; readonly what: "outer"; readonly left: number; readonly right: number }
  | { readonly makes: "matrix"; readonly what: "symmetrised"; readonly matrix: number }
  | { readonly makes: "matrix"; readonly what: "multiply"; readonly left: Oriented; readonly right: Oriented }
  | { readonly makes: "matrix"; readonly what: "thirdAlong" | "covarianceAlong"; readonly vector: number }
  | { readonly makes: "matrix"; readonly what: "fourthOver"; readonly matrix: number };

interface Oriented {
  readonly place: number;
  readonly transposed: boolean;
}

/** A vector (one label) or a matrix (two: row, column) of a term that is being joined. */
interface Small {
  readonly place: number;
  readonly labels: readonly number[];
  readonly symmetric: boolean;
}

/** A tensor that is never formed: f of order 3 or 4, or D Sigma (`along` is its label of differentiation). */
interface Large {
  readonly labels: readonly number[];
  readonly along?: number;
}

/** Steps of several terms, shared where they are the same. */
export interface ProductPlans {
  /** The place of the term's contraction, without its coefficient; undefined where the term has no plan. */
  add(term: Term): number | undefined;
  readonly steps: readonly Step[];
}

/** @param fourth  whether f gives D4f[v]:S */
export function productPlans(fourth: boolean): ProductPlans {
  const steps: Step[] = [];
  const places = new Map<string, number>();
  const step = (one: Step): number => {
    const name = JSON.stringify(one);
    let place = places.get(name);
    if (place === undefined) places.set(name, (place = steps.push(one) - 1));
    return place;
  };
  return { steps, add: (term) => plan(term, step, fourth) };
}

function plan(term: Term, step: (one: Step) => number, fourth: boolean): number | undefined {
  const labels = term.factors.flatMap(labelsOf);
  // A trace within one tensor, or a scalar factor: the generator has none.
  if (term.factors.some((factor) => new Set(labelsOf(factor)).size < labelsOf(factor).length)) return undefined;
  if (term.free.length < 1 || term.free.length > 2 || labels.length === 0) return undefined;
  let smalls: Small[] = [];
  let larges: Large[] = [];
  for (const factor of term.factors) {
    const small = smallOf(factor, step);
    const large = largeOf(factor, fourth);
    if (small) smalls.push(small);
    else if (large) larges.push(large);
    else return undefined;
  }
  for (;;) {
    const [only] = smalls;
    if (smalls.length === 1 && larges.length === 0) return only!.labels.length === term.free.length ? only!.place : undefined;
    const joined =
      joinSmall(smalls, 1, step) ?? shrink(smalls, larges, 1, step) ?? joinSmall(smalls, 2, step) ?? shrink(smalls, larges, 2, step);
    if (!joined) return undefined;
    smalls = [...smalls.filter((small) => !joined.used.includes(small)), joined.made];
    larges = larges.filter((large) => large !== joined.from);
  }
}

function smallOf(factor: Factor, step: (one: Step) => number): Small | undefined {
  const { indices } = factor;
  if (factor.tensor === "cumulant") {
    if (indices.length !== 2 || factor.along.length > 0) return undefined;
    return { place: step({ makes: "matrix", what: "covariance" }), labels: indices, symmetric: true };
  }
  if (indices.length === 1) return { place: step({ makes: "vector", what: "gradient" }), labels: indices, symmetric: true };
  if (indices.length === 2) return { place: step({ makes: "matrix", what: "hessian" }), labels: indices, symmetric: true };
  return undefined;
}

function largeOf(factor: Factor, fourth: boolean): Large | undefined {
  const { indices } = factor;
  if (factor.tensor === "f") return indices.length === 3 || (fourth && indices.length === 4) ? { labels: indices } : undefined;
  return indices.length === 2 && factor.along.length === 1 ? { labels: indices, along: factor.along[0]! } : undefined;
}

interface Joined {
  readonly made: Small;
  readonly used: readonly Small[];
  readonly from?: Large;
}

/** The first two smalls that share a label and make one of this rank. */
function joinSmall(smalls: readonly Small[], rank: 1 | 2, step: (one: Step) => number): Joined | undefined {
  for (const [i, a] of smalls.entries()) {
    for (const b of smalls.slice(i + 1)) {
      const shared = a.labels.filter((label) => b.labels.includes(label));
      if (shared.length !== 1 || a.labels.length + b.labels.length - 2 !== rank) continue;
      const used = [a, b];
      const [label] = shared as [number];
      if (rank === 1) {
        const [matrix, vector] = a.labels.length === 2 ? [a, b] : [b, a];
        const transposed = !matrix.symmetric && matrix.labels[0] === label;
        const place = step({ makes: "vector", what: "apply", matrix: matrix.place, transposed, vector: vector.place });
        return { made: { place, labels: matrix.labels.filter((own) => own !== label), symmetric: true }, used };
      }
      const left: Oriented = { place: a.place, transposed: !a.symmetric && a.labels[0] === label };
      const right: Oriented = { place: b.place, transposed: !b.symmetric && b.labels[1] === label };
      const place = step({ makes: "matrix", what: "multiply", left, right });
      return { made: { place, labels: [a, b].map((own) => own.labels.find((one) => one !== label)!), symmetric: false }, used };
    }
  }
  return undefined;
}

/** The first large tensor that vectors and matrices at its labels bring down to this rank. */
function shrink(smalls: readonly Small[], larges: readonly Large[], rank: 1 | 2, step: (one: Step) => number): Joined | undefined {
  for (const large of larges) {
    const vectors = smalls.filter(({ labels }) => labels.length === 1 && large.labels.includes(labels[0]!));
    const matrix = smalls.find(({ labels }) => labels.length === 2 && labels.every((label) => large.labels.includes(label)));
    const made = (used: readonly Small[], one: Step): Joined => {
      const left = large.labels.filter((label) => !used.some(({ labels }) => labels.includes(label)));
      return { made: { place: step(one), labels: left, symmetric: true }, used, from: large };
    };
    const [v, w, u] = vectors;
    if (large.along !== undefined) {
      const along = smalls.find(({ labels }) => labels.length === 1 && labels[0] === large.along);
      if (rank === 2 && along) return made([along], { makes: "matrix", what: "covarianceAlong", vector: along.place });
      continue;
    }
    const symmetric = (small: Small): number =>
      small.symmetric ? small.place : step({ makes: "matrix", what: "symmetrised", matrix: small.place });
    const outer = (a: Small, b: Small): number =>
      step({ makes: "matrix", what: "symmetrised", matrix: step({ makes: "matrix", what: "outer", left: a.place, right: b.place }) });
    if (large.labels.length === 3) {
      if (rank === 1 && v && w) return made([v, w], { makes: "vector", what: "third", left: v.place, right: w.place });
      if (rank === 1 && matrix) return made([matrix], { makes: "vector", what: "thirdOver", matrix: symmetric(matrix) });
      if (rank === 2 && v) return made([v], { makes: "matrix", what: "thirdAlong", vector: v.place });
    } else {
      if (rank === 1 && v && matrix)
        return made([v, matrix], { makes: "vector", what: "fourth", vector: v.place, matrix: symmetric(matrix) });
      if (rank === 1 && v && w && u) return made([v, w, u], { makes: "vector", what: "fourth", vector: v.place, matrix: outer(w, u) });
      if (rank === 2 && matrix) return made([matrix], { makes: "matrix", what: "fourthOver", matrix: symmetric(matrix) });
      if (rank === 2 && v && w) return made([v, w], { makes: "matrix", what: "fourthOver", matrix: outer(v, w) });
    }
  }
  return undefined;
}
