// The semigroup on spectral elements: Ornstein-Uhlenbeck in closed form, duality, kinks.
import { describe, expect, it } from "vitest";
import { elementOf, interpolate, lineMesh, meshFromEdges, nodeAt, roughPoints } from "../../src/law/line-mesh.ts";
import { lineOperator, propagator, stepMatrix } from "../../src/law/line-operator.ts";

const mesh = lineMesh({ low: -3, high: 4, breaks: [0.7], functions: [(x) => x], degree: 16, tolerance: 1e-10, maxWidth: () => 0.8 });
// dX = -1.3 X dt + 0.4 dW
const b = (x: number): number => -1.3 * x;
const operator = lineOperator(mesh, b, () => 0.16);
const mean = (t: number): number => 0.7 * Math.exp(-1.3 * t);
const variance = (t: number): number => (0.16 * (1 - Math.exp(-2.6 * t))) / 2.6;

describe("meshes", () => {
  it("put elements where functions are hard, and resolve them between the nodes", () => {
    const f = (x: number): number => Math.exp(-200 * (x - 0.31) ** 2);
    const fine = lineMesh({ low: -2, high: 2, breaks: [], functions: [f], degree: 12, tolerance: 1e-9 });
    expect(fine.resolved).toBe(true);
    const values = fine.nodes.map(f);
    for (let x = -2; x <= 2; x += 0.00713) expect(Math.abs(interpolate(fine, values, x) - f(x))).toBeLessThan(2e-8);
    const widths = Array.from(fine.edges.subarray(1), (e, i) => e - fine.edges[i]!);
    expect(Math.max(...widths) / Math.min(...widths)).toBeGreaterThan(4);
  });
  it("find kinks and nothing else", () => {
    const points = roughPoints((x) => Math.abs(x - 0.3) + Math.max(0, x - 1.7), -2, 3, 16, 1e-9);
    expect(points.length).toBe(2);
    // found to the rounding of f over the change of its slope
    expect(Math.abs(points[0]! - 0.3)).toBeLessThan(1e-11);
    expect(Math.abs(points[1]! - 1.7)).toBeLessThan(1e-11);
    expect(roughPoints((x) => Math.tanh(20 * x), -2, 3, 16, 1e-9)).toEqual([]);
  });
  it("drop breaks that lie on each other, the first stays", () => {
    const m = lineMesh({ low: 0, high: 1, breaks: [0.5, 0.5 + 1e-9], functions: [], degree: 4, tolerance: 1 });
    expect(Array.from(m.edges)).toEqual([0, 0.5, 1]);
    expect(elementOf(m, 0.5)).toBe(0);
    expect(meshFromEdges(m.edges, 4).nodes.length).toBe(9);
  });
});

describe("exp(t L)", () => {
  it("keeps constants: rows sum to 1", () => {
    const matrix = stepMatrix(operator, 0.2, 3);
    const n = mesh.nodes.length;
    for (let i = 0; i < n; i++) expect(Math.abs(matrix.subarray(i * n, (i + 1) * n).reduce((s, p) => s + p, 0) - 1)).toBeLessThan(2e-13);
  });
  it.each([0.02, 0.1, 1, 5])("carries moments, cos and a density of Ornstein-Uhlenbeck, t = %f", (t) => {
    const w = new Float64Array(mesh.nodes.length);
    w[nodeAt(mesh, 0.7)] = 1;
    propagator(operator, t, t > 1 ? 40 : 12).apply(w);
    const average = (phi: (x: number) => number): number => w.reduce((s, p, i) => s + p * phi(mesh.nodes[i]!), 0);
    const [m, v] = [mean(t), variance(t)];
    expect(Math.abs(average(() => 1) - 1)).toBeLessThan(1e-13);
    expect(Math.abs(average((x) => x) - m)).toBeLessThan(1e-12);
    expect(Math.abs(average((x) => x * x) - m * m - v)).toBeLessThan(1e-12);
    expect(Math.abs(average(Math.cos) - Math.cos(m) * Math.exp(-v / 2))).toBeLessThan(1e-11);
    if (t >= 1) {
      // elements of 0.8 are some two deviations wide by then; before, a density needs narrower ones (fokker-planck.ts)
      const density = w.map((p, i) => p / mesh.weights[i]!);
      for (const x of [-0.5, 0.1, m, 0.9]) {
        const exact = Math.exp(-((x - m) ** 2) / (2 * v)) / Math.sqrt(2 * Math.PI * v);
        expect(Math.abs(interpolate(mesh, density, x) - exact)).toBeLessThan(1e-10);
      }
    }
  });
  it("as a matrix and by propagation of a measure are the same: backward equals forward", () => {
    const n = mesh.nodes.length;
    const matrix = stepMatrix(operator, 0.3, 4);
    const phi = mesh.nodes.map((x) => Math.exp(-((x - 0.2) ** 2)));
    const start = nodeAt(mesh, 0.7);
    let u = phi;
    for (let k = 0; k < 5; k++) {
      const from = u;
      u = phi.map((_, i) => from.reduce((s, value, j) => s + matrix[i * n + j]! * value, 0));
    }
    const w = new Float64Array(n);
    w[start] = 1;
    const step = propagator(operator, 0.3, 6);
    for (let k = 0; k < 5; k++) step.apply(w);
    expect(Math.abs(u[start]! - w.reduce((s, p, i) => s + p * phi[i]!, 0))).toBeLessThan(1e-11);
  });
  it("takes a jump at the end of an element exactly: P(X_t > 0.7) from the lumped weights", () => {
    const node = nodeAt(mesh, 0.7);
    const w = new Float64Array(mesh.nodes.length);
    w[node] = 1;
    propagator(operator, 0.3, 24).apply(w);
    const e = node / mesh.degree;
    const right = mesh.edges[e + 1]! - mesh.edges[e]!;
    const share = right / (right + mesh.edges[e]! - mesh.edges[e - 1]!);
    const above = w.reduce((s, p, i) => s + (i > node ? p : i === node ? share * p : 0), 0);
    // normal tail at (0.7 - m)/sqrt(v), by quadrature of its density
    const z = (0.7 - mean(0.3)) / Math.sqrt(variance(0.3));
    let tail = 0;
    const h = 1e-4;
    for (let y = z + h / 2; y < 9; y += h) tail += (h * Math.exp((-y * y) / 2)) / Math.sqrt(2 * Math.PI);
    expect(Math.abs(above - tail)).toBeLessThan(2e-9);
  });
});
