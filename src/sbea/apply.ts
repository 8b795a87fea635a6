// The generator at a point: its operators' coefficient tensors from the tensors of f and of the noise there, and L_p phi.
// Exact to rounding; where the tensors come from (formulas, jets) is the caller's business.
import { evaluateTerm, type TensorSource } from "./contract.ts";
import type { GeneratorOrder } from "./generator.ts";
import { sourceOf, type TermSource } from "./models.ts";

/** The sum of those terms of L_order that have one operator order and one source. */
export interface CoefficientPart {
  readonly order: number;
  readonly operatorOrder: number;
  readonly source: TermSource;
  /** Coefficient of d_{i1..in}, d^operatorOrder entries, symmetric. */
  readonly tensor: Float64Array;
}

/** Coefficient tensors of all orders at hand, in the generator's order of terms. */
export function coefficientParts(generator: readonly GeneratorOrder[], tensors: TensorSource): readonly CoefficientPart[] {
  const { d } = tensors;
  return generator.flatMap(({ order, terms }) => {
    const parts = new Map<string, CoefficientPart>();
    for (const { term, operatorOrder } of terms) {
      const source = sourceOf(term);
      const name = `${operatorOrder} ${source}`;
      let part = parts.get(name);
      if (!part) parts.set(name, (part = { order, operatorOrder, source, tensor: new Float64Array(size(d, operatorOrder)) }));
      const value = evaluateTerm(term, tensors, new Float64Array(part.tensor.length));
      for (let i = 0; i < value.length; i++) part.tensor[i]! += value[i]!;
    }
    for (const { tensor, operatorOrder } of parts.values()) symmetrise(tensor, d, operatorOrder);
    return [...parts.values()];
  });
}

/**
 * L_0 phi .. L_order phi at the point.
 * @param derivatives  phi's tensor of derivatives of this order, d^n entries
 */
export function applyParts(parts: readonly CoefficientPart[], order: number, derivatives: (order: number) => Float64Array): number[] {
  const values = new Array<number>(order + 1).fill(0);
  for (const { order: p, operatorOrder, tensor } of parts) {
    const phi = derivatives(operatorOrder);
    let sum = 0;
    for (let i = 0; i < tensor.length; i++) sum += tensor[i]! * phi[i]!;
    values[p]! += sum;
  }
  return values;
}

/** Replaces entries that differ by the order of their indices by their mean. */
function symmetrise(tensor: Float64Array, d: number, rank: number): void {
  if (d === 1 || rank < 2) return;
  const sums = new Map<string, { sum: number; count: number }>();
  const names = Array.from(tensor, (_, place) => sortedIndices(place, d, rank));
  for (const [place, name] of names.entries()) {
    const group = sums.get(name) ?? { sum: 0, count: 0 };
    group.sum += tensor[place]!;
    group.count++;
    sums.set(name, group);
  }
  for (const [place, name] of names.entries()) tensor[place] = sums.get(name)!.sum / sums.get(name)!.count;
}

function sortedIndices(place: number, d: number, rank: number): string {
  const indices: number[] = [];
  for (let k = 0; k < rank; k++) {
    indices.push(place % d);
    place = Math.floor(place / d);
  }
  return indices.sort((a, b) => a - b).join();
}

function size(d: number, rank: number): number {
  let entries = 1;
  for (let k = 0; k < rank; k++) entries *= d;
  return entries;
}
