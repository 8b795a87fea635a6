// Random symmetric tensors: what f, the cumulants and a test function may have at a point. For tests only.
import type { TensorSource } from "../../src/sbea/contract.ts";

/** Small deterministic generator (mulberry32), uniform on (-1, 1). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1;
  };
}

/** A tensor of `groups` of indices, symmetric within each group. */
export function symmetricTensor(d: number, groups: readonly number[], random: () => number): Float64Array {
  const rank = groups.reduce((sum, size) => sum + size, 0);
  const values = new Map<string, number>();
  return Float64Array.from({ length: d ** rank }, (_, code) => {
    const digits = Array.from({ length: rank }, (_, place) => Math.floor(code / d ** (rank - 1 - place)) % d);
    let start = 0;
    const key = groups
      .map((size) =>
        digits
          .slice(start, (start += size))
          .sort()
          .join(""),
      )
      .join("|");
    if (!values.has(key)) values.set(key, random());
    return values.get(key)!;
  });
}

export function randomTensors(d: number, seed: number): TensorSource {
  const random = uniform(seed);
  const made = new Map<string, Float64Array>();
  const make = (...groups: number[]) => {
    const key = groups.join();
    if (!made.has(key)) made.set(key, symmetricTensor(d, groups, random));
    return made.get(key)!;
  };
  return { d, f: (order) => make(order), cumulant: (order, derivatives) => make(order, derivatives) };
}
