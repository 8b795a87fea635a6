// Cumulant tensors of the noise and their derivatives as formulas: K(x)_{i1..ir}, and d_{j1}..d_{js} K.
import { type Compiled, compile } from "../codegen/compile.ts";
import { build } from "../expr/build.ts";
import { differentiate } from "../expr/differentiate.ts";
import type { Expr } from "../expr/node.ts";
import type { Vector } from "../numerics/arrays.ts";

/** The entry of the cumulant tensor at these indices; undefined where it vanishes identically. */
export type CumulantEntry = (indices: readonly number[]) => Expr | undefined;

/**
 * GradientNoise.cumulant for noises given by formulas: entries are symmetric in the first `order` indices and in the rest, so only
 * sorted ones are derived; each (order, derivatives) is compiled once.
 */
export function cumulantTensors(entry: CumulantEntry, variables: readonly string[]) {
  const d = variables.length;
  const known = new Map<string, { compiled: Compiled; slots: Int32Array; values: Float64Array }>();
  return (order: number, derivatives: number, x: Vector, out: Float64Array): Float64Array => {
    const key = `${order},${derivatives}`;
    let kernel = known.get(key);
    if (!kernel) {
      kernel = prepare(entry, variables, order, derivatives);
      known.set(key, kernel);
    }
    kernel.compiled.evaluate(x, kernel.values);
    const size = d ** (order + derivatives);
    for (let k = 0; k < size; k++) {
      const slot = kernel.slots[k]!;
      out[k] = slot < 0 ? 0 : kernel.values[slot]!;
    }
    return out;
  };
}

function prepare(entry: CumulantEntry, variables: readonly string[], order: number, derivatives: number) {
  const d = variables.length;
  const size = d ** (order + derivatives);
  const slots = new Int32Array(size).fill(-1);
  const outputs: Expr[] = [];
  const slotOf = new Map<string, number>();
  for (let k = 0; k < size; k++) {
    const indices: number[] = [];
    for (let r = order + derivatives - 1, rest = k; r >= 0; r--) {
      indices.unshift(rest % d);
      rest = Math.floor(rest / d);
    }
    const legs = indices.slice(0, order).sort((a, b) => a - b);
    const along = indices.slice(order).sort((a, b) => a - b);
    const name = `${legs.join(",")}|${along.join(",")}`;
    let slot = slotOf.get(name);
    if (slot === undefined) {
      const base = entry(legs);
      const derived = base && along.reduce((expr: Expr, j) => differentiate(expr, variables[j]!), base);
      slot = derived === undefined || derived === build.constant(0) ? -1 : outputs.push(derived) - 1;
      slotOf.set(name, slot);
    }
    slots[k] = slot;
  }
  return { compiled: compile(outputs, variables), slots, values: new Float64Array(outputs.length) };
}

/**
 * Cumulants of a finite distribution from its moments: kappa(1..r) = sum over set partitions pi of (-1)^{|pi|-1} (|pi|-1)! times
 * the product of the blocks' moments (mean zero: blocks of one vanish).
 */
export function cumulantFromMoments(moment: (indices: readonly number[]) => Expr, indices: readonly number[]): Expr {
  let sum = build.constant(0);
  for (const partition of partitionsWithoutSingletons(indices)) {
    let weight = 1;
    for (let b = 1; b < partition.length; b++) weight *= -b;
    const product = partition.map(moment).reduce((a, b) => build.multiply(a, b));
    sum = build.add(sum, build.multiply(build.constant(weight), product));
  }
  return sum;
}

function partitionsWithoutSingletons(items: readonly number[]): number[][][] {
  if (items.length === 0) return [[]];
  const [first, ...rest] = items;
  const result: number[][][] = [];
  // every subset of the rest that joins the first element
  for (let mask = 1; mask < 1 << rest.length; mask++) {
    const block = [first!, ...rest.filter((_, i) => mask & (1 << i))];
    const others = rest.filter((_, i) => !(mask & (1 << i)));
    for (const partition of partitionsWithoutSingletons(others)) result.push([block, ...partition]);
  }
  return result;
}
