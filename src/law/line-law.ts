// A law on the line with a density: SGD's, as the normal mixture that one step makes of the lattice law before it, and a model's, as a
// piecewise polynomial. Both can be asked for density and for the mass on either side of a point; small tails keep their relative
// accuracy for SGD, and 1e-15 of the whole for models. Does not do: atoms.
import { erfc, exp } from "../numerics/elementary.ts";
import { lobatto } from "../numerics/lobatto.ts";
import { type GaussianStep, type Lattice, type LatticeLaw, latticePoint } from "./chain.ts";
import { interpolate, type LineMesh } from "./line-mesh.ts";

export interface LineLaw {
  readonly mean: number;
  readonly variance: number;
  density(x: number): number;
  /** P(X < x). */
  below(x: number): number;
  /** P(X > x). */
  above(x: number): number;
}

/** The law one step after a lattice law (or after a point): sum_j mass_j N(m(x_j), s(x_j)²). */
export function mixtureLaw(means: Float64Array, deviations: Float64Array, masses: Float64Array): LineLaw {
  let total = 0;
  let mean = 0;
  for (let j = 0; j < masses.length; j++) {
    total += masses[j]!;
    mean += masses[j]! * means[j]!;
  }
  mean /= total;
  let variance = 0;
  for (let j = 0; j < masses.length; j++) variance += (masses[j]! / total) * ((means[j]! - mean) ** 2 + deviations[j]! ** 2);
  const sum = (x: number, kernel: (gap: number, j: number) => number): number => {
    let value = 0;
    for (let j = 0; j < masses.length; j++) {
      const gap = (x - means[j]!) / deviations[j]!;
      value += masses[j]! * kernel(gap, j);
    }
    return value / total;
  };
  return {
    mean,
    variance,
    // What lies 13 deviations off has 1e-37 of its peak: less than any tail that is asked for here.
    density: (x) => sum(x, (gap, j) => (Math.abs(gap) > 13 ? 0 : exp(-0.5 * gap * gap) / (Math.sqrt(2 * Math.PI) * deviations[j]!))),
    below: (x) => sum(x, tail),
    above: (x) => sum(x, (gap) => tail(-gap)),
  };
}

/** Normal mass below `gap`; beyond 8.3 above it is 1 to the last bit, beyond 38 below it underflows. */
function tail(gap: number): number {
  if (gap > 8.3) return 1;
  return gap < -38 ? 0 : 0.5 * erfc(-gap / Math.SQRT2);
}

/** The mixture that a chain makes of a lattice law. */
export function nextLaw(chain: GaussianStep, { first, masses }: LatticeLaw, lattice: Lattice): LineLaw {
  const kept: number[] = [];
  masses.forEach((mass, i) => {
    if (mass > 1e-20) kept.push(i);
  });
  const points = Float64Array.from(kept, (i) => latticePoint(lattice, first + i));
  return mixtureLaw(
    points.map(chain.mean),
    points.map(chain.deviation),
    Float64Array.from(kept, (i) => masses[i]!),
  );
}

/** A law whose density has these values at the nodes of a mesh. */
export function polynomialLaw(mesh: LineMesh, density: Float64Array): LineLaw {
  const { degree, edges, nodes, weights } = mesh;
  const { integration } = lobatto(degree);
  const n = degree + 1;
  const elements = edges.length - 1;
  let total = 0;
  let mean = 0;
  for (let i = 0; i < nodes.length; i++) {
    total += weights[i]! * density[i]!;
    mean += weights[i]! * density[i]! * nodes[i]!;
  }
  mean /= total;
  let variance = 0;
  for (let i = 0; i < nodes.length; i++) variance += (weights[i]! * density[i]! * (nodes[i]! - mean) ** 2) / total;
  // Masses at the nodes from the left and from the right, each summed from its own tail.
  const left = new Float64Array(nodes.length);
  const right = new Float64Array(nodes.length);
  for (let e = 0; e < elements; e++) {
    const half = 0.5 * (edges[e + 1]! - edges[e]!);
    for (let i = 1; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += integration[i * n + j]! * density[e * degree + j]!;
      left[e * degree + i] = left[e * degree]! + half * sum;
    }
  }
  for (let e = elements - 1; e >= 0; e--) {
    const half = 0.5 * (edges[e + 1]! - edges[e]!);
    for (let i = 1; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += integration[i * n + j]! * density[(e + 1) * degree - j]!;
      right[(e + 1) * degree - i] = right[(e + 1) * degree]! + half * sum;
    }
  }
  const at = (values: Float64Array, x: number, before: number, after: number): number => {
    if (x <= edges[0]!) return before;
    if (x >= edges[elements]!) return after;
    return interpolate(mesh, values, x) / total;
  };
  return {
    mean,
    variance,
    density: (x) => at(density, x, 0, 0),
    below: (x) => at(left, x, 0, 1),
    above: (x) => at(right, x, 1, 0),
  };
}
