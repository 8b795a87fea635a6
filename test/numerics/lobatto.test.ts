import { expect, it } from "vitest";
import { interpolationRow, lobatto } from "../../src/numerics/lobatto.ts";

it.each([2, 5, 16, 24])("degree %i: weights, derivatives, integrals and interpolation of polynomials", (degree) => {
  const { nodes, weights, differentiation, integration } = lobatto(degree);
  const n = degree + 1;
  expect(nodes[0]).toBe(-1);
  expect(nodes[degree]).toBe(1);
  const row = interpolationRow(lobatto(degree), 0.3217, new Float64Array(n));
  for (let p = 0; p <= degree; p++) {
    const values = nodes.map((x) => x ** p);
    const dot = (m: Float64Array, i: number): number => values.reduce((s, v, j) => s + m[i * n + j]! * v, 0);
    // entries of the differentiation matrix grow like N²: so does rounding
    for (let i = 0; i < n; i++) {
      expect(Math.abs(dot(differentiation, i) - (p === 0 ? 0 : p * nodes[i]! ** (p - 1)))).toBeLessThan(1e-14 * n * n);
      expect(Math.abs(dot(integration, i) - (nodes[i]! ** (p + 1) - (-1) ** (p + 1)) / (p + 1))).toBeLessThan(1e-14);
    }
    expect(Math.abs(values.reduce((s, v, j) => s + row[j]! * v, 0) - 0.3217 ** p)).toBeLessThan(1e-14);
  }
  for (let p = 0; p <= 2 * degree - 1; p++) {
    expect(Math.abs(nodes.reduce((s, x, i) => s + weights[i]! * x ** p, 0) - (p % 2 === 0 ? 2 / (p + 1) : 0))).toBeLessThan(1e-14);
  }
});

it("interpolation at a node is a unit vector", () => {
  const table = lobatto(7);
  const row = interpolationRow(table, table.nodes[3]!, new Float64Array(8));
  expect(Array.from(row)).toEqual([0, 0, 0, 1, 0, 0, 0, 0]);
});
