// The order polynomial against counting maps.
import { describe, expect, it } from "vitest";
import type { Graph } from "../../src/sbea/graph.ts";
import { orderLinear, orderSurjections } from "../../src/sbea/order-polynomial.ts";
import { toNumber, toText } from "../../src/sbea/rational.ts";

const graphOf = (n: number, arcs: readonly (readonly [number, number])[]): Graph => {
  const matrix = new Array<number>(n * n).fill(0);
  for (const [u, v] of arcs) matrix[u * n + v] = 1;
  return { n, orders: [], open: [], arcs: matrix };
};
/** Number of maps to 1 .. m that increase along arcs. */
const count = (n: number, arcs: readonly (readonly [number, number])[], m: number) => {
  let maps = 0;
  for (let code = 0; code < m ** n; code++) {
    const at = (v: number) => Math.floor(code / m ** v) % m;
    if (arcs.every(([u, v]) => at(u) < at(v))) maps++;
  }
  return maps;
};

const graphs: [string, number, [number, number][]][] = [
  [
    "a chain",
    4,
    [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  ],
  [
    "two into one",
    3,
    [
      [0, 2],
      [1, 2],
    ],
  ],
  [
    "one into two chains",
    4,
    [
      [0, 1],
      [1, 2],
      [0, 3],
    ],
  ],
  [
    "a diamond",
    4,
    [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
    ],
  ],
  [
    "a zigzag",
    4,
    [
      [0, 2],
      [1, 2],
      [1, 3],
    ],
  ],
  ["two parts", 3, [[0, 1]]],
];

describe("orderLinear", () => {
  it.each(graphs)("%s: the linear coefficient of the polynomial through Omega(0) .. Omega(n)", (_, n, arcs) => {
    // Lagrange at m = 0 .. n, derivative at 0: sum_m Omega(m) prod_{j != m, j > 0} (-j) / prod_{j != m} (m - j)
    let slope = 0;
    for (let m = 1; m <= n; m++) {
      let weight = 1;
      for (let j = 1; j <= n; j++) if (j !== m) weight *= -j;
      for (let j = 0; j <= n; j++) if (j !== m) weight /= m - j;
      slope += weight * count(n, arcs, m);
    }
    expect(toNumber(orderLinear(graphOf(n, arcs)))).toBeCloseTo(slope, 12);
  });

  it.each(graphs)("%s: Omega(m) = sum_k e_k C(m, k)", (_, n, arcs) => {
    const surjections = orderSurjections(graphOf(n, arcs));
    for (let m = 0; m <= 4; m++) {
      let sum = 0;
      let choose = 1;
      for (let k = 0; k <= n; k++) {
        sum += surjections[k]! * choose;
        choose *= (m - k) / (k + 1);
      }
      expect(sum).toBe(count(n, arcs, m));
    }
  });

  it("is (-1)^(n-1)/n for a chain and 0 for a graph in two parts", () => {
    expect(
      toText(
        orderLinear(
          graphOf(4, [
            [0, 1],
            [1, 2],
            [2, 3],
          ]),
        ),
      ),
    ).toBe("-1/4");
    expect(toText(orderLinear(graphOf(3, [[0, 1]])))).toBe("0");
  });
});
