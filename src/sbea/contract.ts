// The one evaluator of terms: coefficient times a contraction of derivative tensors of f with cumulant tensors of the noise
// at a point. A term is planned once a dimension: the factors are joined pair by pair, the cheapest pair first (connected,
// then fewest distinct indices, then smallest result), and each join becomes tables of offsets, so that evaluating is loops
// over multiply and add in a fixed order and allocates nothing. Powers of eta are the caller's (Term.etaPower).
import { toNumber } from "./rational.ts";
import type { Factor, Term } from "./term.ts";

/** The tensors at one point x; the caller memoises them. All are row-major and symmetric in each group of indices. */
export interface TensorSource {
  readonly d: number;
  /** Derivatives of f of this order, d^order entries. */
  f(order: number): Float64Array;
  /** Cumulant of the noise, differentiated: entries [i_1 .. i_order][j_1 .. j_derivatives], d^(order + derivatives). */
  cumulant(order: number, derivatives: number): Float64Array;
}

/** A source that computes each tensor once. */
export function memoised(source: TensorSource): TensorSource {
  const known = new Map<string, Float64Array>();
  const once = (name: string, make: () => Float64Array) => {
    let made = known.get(name);
    if (!made) known.set(name, (made = make()));
    return made;
  };
  return {
    d: source.d,
    f: (order) => once(`f${order}`, () => source.f(order)),
    cumulant: (order, derivatives) => once(`${order},${derivatives}`, () => source.cumulant(order, derivatives)),
  };
}

/** out[o] = sum_s left[outLeft[o] + sumLeft[s]] * right[outRight[o] + sumRight[s]]. */
interface Join {
  /** Operands: a number is a factor's place, or factors.length + the place of an earlier join; -1 is the scalar 1. */
  readonly left: number;
  readonly right: number;
  readonly outLeft: Int32Array;
  readonly outRight: Int32Array;
  readonly sumLeft: Int32Array;
  readonly sumRight: Int32Array;
  readonly result: Float64Array;
}

interface Plan {
  readonly coefficient: number;
  readonly joins: readonly Join[];
}

interface Operand {
  readonly place: number;
  readonly labels: readonly number[];
}

const unit = Float64Array.of(1);
const plans = new WeakMap<Term, Map<number, Plan>>();

/** All indices of a factor in the order of its tensor's storage. */
export function labelsOf(factor: Factor): readonly number[] {
  return factor.tensor === "f" ? factor.indices : [...factor.indices, ...factor.along];
}

function tensorOf(factor: Factor, tensors: TensorSource): Float64Array {
  return factor.tensor === "f" ? tensors.f(factor.indices.length) : tensors.cumulant(factor.indices.length, factor.along.length);
}

/**
 * Writes coefficient * contraction, without eta^etaPower, to `out` (overwritten) and returns it.
 * @param out  d^(free.length) entries, row-major in the order of `term.free`; two free indices are symmetrised
 * @returns out; rounding errors only, a few 1e-16 times the number of summands; -(1/2) f_ij f_j in one dimension, f' = 3, f'' = 2, is -3
 */
export function evaluateTerm(term: Term, tensors: TensorSource, out: Float64Array): Float64Array {
  contractTerm(term, tensors, out);
  if (term.free.length === 2) symmetrise(out, tensors.d);
  return out;
}

/** The same with two free indices as they stand. */
export function contractTerm(term: Term, tensors: TensorSource, out: Float64Array): Float64Array {
  if (tensors.d === 1) {
    let product = toNumber(term.coefficient);
    for (const factor of term.factors) product *= tensorOf(factor, tensors)[0]!;
    out[0] = product;
    return out;
  }
  const plan = planOf(term, tensors.d);
  const operand = (place: number): Float64Array => {
    if (place < 0) return unit;
    const factor = term.factors[place];
    return factor ? tensorOf(factor, tensors) : plan.joins[place - term.factors.length]!.result;
  };
  for (const join of plan.joins) run(join, operand(join.left), operand(join.right));
  const last = plan.joins.at(-1)!.result;
  for (let i = 0; i < last.length; i++) out[i] = plan.coefficient * last[i]!;
  return out;
}

function run(join: Join, left: Float64Array, right: Float64Array): void {
  const { outLeft, outRight, sumLeft, sumRight, result } = join;
  for (let o = 0; o < result.length; o++) {
    const l = outLeft[o]!;
    const r = outRight[o]!;
    let sum = 0;
    for (let s = 0; s < sumLeft.length; s++) sum += left[l + sumLeft[s]!]! * right[r + sumRight[s]!]!;
    result[o] = sum;
  }
}

function symmetrise(out: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) out[i * d + j] = out[j * d + i] = 0.5 * (out[i * d + j]! + out[j * d + i]!);
  }
}

function planOf(term: Term, d: number): Plan {
  let byDimension = plans.get(term);
  if (!byDimension) plans.set(term, (byDimension = new Map()));
  let plan = byDimension.get(d);
  if (!plan) byDimension.set(d, (plan = makePlan(term, d)));
  return plan;
}

function makePlan(term: Term, d: number): Plan {
  const joins: Join[] = [];
  let operands: Operand[] = term.factors.map((factor, place) => ({ place, labels: labelsOf(factor) }));
  do {
    const [a, b] = cheapestPair(operands, term.free);
    const rest = operands.filter((operand) => operand !== a && operand !== b);
    const labels = rest.length === 0 ? term.free : keptLabels(a, b, rest, term.free);
    joins.push(makeJoin(a, b, labels, d));
    operands = [...rest, { place: term.factors.length + joins.length - 1, labels }];
  } while (operands.length > 1);
  return { coefficient: toNumber(term.coefficient), joins };
}

/** Labels of a join's result: those that are free or wanted by another operand. */
function keptLabels(a: Operand, b: Operand, rest: readonly Operand[], free: readonly number[]): number[] {
  const wanted = new Set([...free, ...rest.flatMap((operand) => operand.labels)]);
  return [...new Set([...a.labels, ...b.labels])].filter((label) => wanted.has(label));
}

function cheapestPair(operands: readonly Operand[], free: readonly number[]): readonly [Operand, Operand] {
  let best: readonly [Operand, Operand] = [operands[0]!, { place: -1, labels: [] }];
  let bestCost = Number.POSITIVE_INFINITY;
  for (const [i, a] of operands.entries()) {
    for (const b of operands.slice(i + 1)) {
      const rest = operands.filter((operand) => operand !== a && operand !== b);
      const all = new Set([...a.labels, ...b.labels]).size;
      const kept = keptLabels(a, b, rest, free).length;
      const connected = a.labels.some((label) => b.labels.includes(label));
      // Lexicographic in one number; no term has 100 indices.
      const cost = (connected ? 0 : 1e4) + 1e2 * all + kept;
      if (cost < bestCost) [best, bestCost] = [[a, b], cost];
    }
  }
  return best;
}

function makeJoin(a: Operand, b: Operand, labels: readonly number[], d: number): Join {
  const summed = [...new Set([...a.labels, ...b.labels])].filter((label) => !labels.includes(label));
  return {
    left: a.place,
    right: b.place,
    outLeft: offsets(a, labels, d),
    outRight: offsets(b, labels, d),
    sumLeft: offsets(a, summed, d),
    sumRight: offsets(b, summed, d),
    result: new Float64Array(size(d, labels.length)),
  };
}

/** d^rank, exactly. */
function size(d: number, rank: number): number {
  let entries = 1;
  for (let k = 0; k < rank; k++) entries *= d;
  return entries;
}

/** Offsets into the operand for all values of `labels`, the last one fastest; a label that stands twice (a trace) adds both strides. */
function offsets(operand: Operand, labels: readonly number[], d: number): Int32Array {
  const strides = labels.map((label) => {
    let stride = 0;
    for (const own of operand.labels) stride = stride * d + (own === label ? 1 : 0);
    return stride;
  });
  let table = [0];
  for (const stride of strides) table = table.flatMap((offset) => Array.from({ length: d }, (_, value) => offset + value * stride));
  return Int32Array.from(table);
}
