// The strict order polynomial of a graph without cycles: Omega(m), the number of maps of the vertices to 1 .. m that
// increase along every arc. Omega(m) = sum_k e_k C(m, k), where e_k counts the maps onto 1 .. k, so its linear coefficient
// is omega = sum_k (-1)^(k-1) e_k / k (Stanley, Enumerative Combinatorics 1, 3.15; omega as in Murua, Found. Comput. Math. 6, 2006).
import type { Graph } from "./graph.ts";
import { add, rational } from "./rational.ts";
import type { Rational } from "./term.ts";

/** Linear coefficient of the strict order polynomial; a chain of n vertices has (-1)^(n-1)/n. */
export function orderLinear(graph: Graph): Rational {
  return orderSurjections(graph).reduce(
    (sum, count, k) => (k === 0 ? sum : add(sum, rational(k % 2 === 1 ? count : -count, k))),
    rational(0),
  );
}

/** e_k for k = 0 .. n: in how many ways the vertices fall into k non-empty layers, each without arcs, arcs leading to later layers. */
export function orderSurjections({ n, arcs }: Graph): number[] {
  const before = Array.from({ length: n }, (_, v) => {
    let mask = 0;
    for (let u = 0; u < n; u++) if (arcs[u * n + v]! > 0) mask |= 1 << u;
    return mask;
  });
  // counts[done][k]: ways to fill k layers with the vertices of `done`; a layer is any non-empty part of what is ready.
  const counts = Array.from({ length: 1 << n }, () => new Float64Array(n + 1));
  counts[0]![0] = 1;
  for (let done = 0; done < 1 << n; done++) {
    let ready = 0;
    for (let v = 0; v < n; v++) if (!(done & (1 << v)) && (before[v]! & ~done) === 0) ready |= 1 << v;
    for (let layer = ready; layer > 0; layer = (layer - 1) & ready) {
      for (let k = 0; k < n; k++) counts[done | layer]![k + 1]! += counts[done]![k]!;
    }
  }
  return Array.from(counts[(1 << n) - 1]!);
}
