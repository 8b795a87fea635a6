// Canonical labelling against brute force over all permutations.
import { describe, expect, it } from "vitest";
import { canonical, type Graph, relabel } from "../../src/sbea/graph.ts";
import { uniform } from "./random-tensors.ts";

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) => Array.from({ length: n }, (_, k) => [...rest.slice(0, k), n - 1, ...rest.slice(k)]));
}

/** A random graph without cycles: arcs from lower to higher vertices, then shuffled. */
function randomGraph(random: () => number): Graph {
  const n = 1 + Math.floor(2.999 * (random() + 1));
  const below = (m: number) => Math.min(m - 1, Math.floor(((random() + 1) / 2) * m));
  const orders = Array.from({ length: n }, () => 1 + below(2));
  const arcs = new Array<number>(n * n).fill(0);
  const open = orders.map(() => 0);
  for (let u = 0; u < n; u++) {
    for (let leg = 0; leg < orders[u]!; leg++) {
      const v = u + 1 + below(n - u);
      if (v >= n) open[u]!++;
      else arcs[u * n + v]!++;
    }
  }
  const all = permutations(n);
  return relabel({ n, orders, open, arcs }, all[below(all.length)]!);
}

const asText = (graph: Graph) => JSON.stringify([graph.orders, graph.open, graph.arcs]);

describe("canonical", () => {
  it("has the same key for exactly the isomorphic graphs, and counts automorphisms", () => {
    const random = uniform(5);
    const byKey = new Map<string, string>();
    for (let trial = 0; trial < 300; trial++) {
      const graph = randomGraph(random);
      const images = permutations(graph.n).map((order) => asText(relabel(graph, order)));
      const { key, order, automorphisms } = canonical(graph);
      expect(automorphisms).toBe(images.filter((image) => image === asText(graph)).length);
      // The smallest image names the class: one key a class, one class a key.
      const smallest = [...images].sort()[0]!;
      expect(byKey.get(key) ?? smallest).toBe(smallest);
      byKey.set(key, smallest);
      const shuffled = relabel(graph, permutations(graph.n).at(Math.floor(((random() + 1) / 2) * images.length))!);
      expect(canonical(shuffled).key).toBe(key);
      expect(asText(relabel(shuffled, canonical(shuffled).order))).toBe(asText(relabel(graph, order)));
    }
    expect(new Set(byKey.values()).size).toBe(byKey.size);
    expect(byKey.size).toBeGreaterThan(50);
  });

  it("counts the symmetries of a star and of two chains", () => {
    const star: Graph = {
      n: 6,
      orders: [1, 1, 1, 1, 1, 1],
      open: [1, 0, 0, 0, 0, 0],
      arcs: Array.from({ length: 36 }, (_, place) => (place % 6 === 0 && place > 0 ? 1 : 0)),
    };
    expect(canonical(star).automorphisms).toBe(120);
    const chains: Graph = { n: 4, orders: [1, 1, 1, 1], open: [0, 1, 0, 1], arcs: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0] };
    expect(canonical(chains).automorphisms).toBe(2);
  });
});
