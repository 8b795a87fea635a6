// A law in the plane as a functional on polynomials of total degree <= n, in a frame that goes with it:
//
//     c_ab = E h_ab(A^{-1} (X - center)),   E phi = sum_i mass_i phi(x_i),   mass_i = W_i sum_ab c_ab h_ab(u_i)
//
// with Hermite polynomials h_ab and Gauss-Hermite nodes u_i (plane-basis.ts): a Gram-Charlier series whose Gaussian follows the law.
// The masses are signed weights, not probabilities; they integrate smooth functions. A law that is nearly Gaussian has coefficients
// that fall fast, and phi needs to be resolved on the law's own scale only, so the two convergences multiply. Laws with separate
// lumps, or functions with kinks, need degrees that are not at hand: that shows as a difference between two degrees (plane.ts).
//
// One step of a Markov chain with Gaussian noise needs no quadrature over the noise: with N(mean, S) in frame coordinates,
// E h_ab is the Hermite polynomial of covariance V = I - S at the mean,
//     sqrt(a+1) h_{a+1,b} = mean_1 h_ab - V_11 sqrt(a) h_{a-1,b} - V_12 sqrt(b) h_{a,b-1}.
import { massesAtNodes, type PlaneBasis } from "./plane-basis.ts";
import { covarianceInFrame, framePoints, type PlaneFrame, type PlaneMoments } from "./plane-frame.ts";

export interface PlaneLaw {
  readonly basis: PlaneBasis;
  readonly frame: PlaneFrame;
  readonly coefficients: Float64Array;
  /** At the N x N nodes, first variable first. */
  readonly masses: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Sources of a law: signed masses, each at a point or spread by a Gaussian of covariance [[xx, xy], [xy, yy]]. */
export interface PlaneSources {
  readonly masses: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** xx, xy, yy of each source, interleaved. */
  readonly spread?: Float64Array;
}

/** A law from its coefficients in a frame. */
export function planeLaw(basis: PlaneBasis, frame: PlaneFrame, coefficients: Float64Array): PlaneLaw {
  const count = basis.nodes.length;
  const masses = massesAtNodes(basis, coefficients, new Float64Array(count * count));
  return { basis, frame, coefficients, masses, ...framePoints(frame, basis.nodes) };
}

/** All mass at one point. */
export function pointSource(x: number, y: number): PlaneSources {
  return { masses: Float64Array.of(1), x: Float64Array.of(x), y: Float64Array.of(y) };
}

/** The law of sources, in a frame; exact for polynomials of the basis. */
export function lawOfSources(basis: PlaneBasis, frame: PlaneFrame, sources: PlaneSources): PlaneLaw {
  const { degree, offset, roots, size } = basis;
  const { masses, spread } = sources;
  const out = new Float64Array(size);
  const value = new Float64Array(size);
  for (let i = 0; i < masses.length; i++) {
    const u = (sources.x[i]! - frame.x) / frame.a;
    const v = (sources.y[i]! - frame.y - frame.b * u) / frame.c;
    const s = spread ? covarianceInFrame(frame, spread[3 * i]!, spread[3 * i + 1]!, spread[3 * i + 2]!) : nothing;
    const [v11, v12, v22] = [1 - s.xx, -s.xy, 1 - s.yy];
    value[0] = 1;
    if (degree > 0) value[1] = v;
    for (let b = 1; b < degree; b++) value[b + 1] = (v * value[b]! - v22 * roots[b]! * value[b - 1]!) / roots[b + 1]!;
    for (let a = 0; a < degree; a++) {
      const [row, next, before] = [offset[a]!, offset[a + 1]!, a > 0 ? offset[a - 1]! : 0];
      const back = a > 0 ? v11 * roots[a]! : 0;
      const scale = 1 / roots[a + 1]!;
      value[next] = (u * value[row]! - back * value[before]!) * scale;
      for (let b = 1; b < degree - a; b++) {
        value[next + b] = (u * value[row + b]! - back * value[before + b]! - v12 * roots[b]! * value[row + b - 1]!) * scale;
      }
    }
    const mass = masses[i]!;
    for (let k = 0; k < size; k++) out[k]! += mass * value[k]!;
  }
  return planeLaw(basis, frame, out);
}

const nothing = { xx: 0, xy: 0, yy: 0 };

/** The same law in another frame: polynomials go over exactly. */
export function inOtherFrame(law: PlaneLaw, frame: PlaneFrame): PlaneLaw {
  return lawOfSources(law.basis, frame, law);
}

/** Mean and covariance of sources. */
export function momentsOfSources({ masses, x, y, spread }: PlaneSources): PlaneMoments {
  let [mx, my] = [0, 0];
  for (let i = 0; i < masses.length; i++) {
    mx += masses[i]! * x[i]!;
    my += masses[i]! * y[i]!;
  }
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < masses.length; i++) {
    const [dx, dy, mass] = [x[i]! - mx, y[i]! - my, masses[i]!];
    xx += mass * (dx * dx + (spread ? spread[3 * i]! : 0));
    xy += mass * (dx * dy + (spread ? spread[3 * i + 1]! : 0));
    yy += mass * (dy * dy + (spread ? spread[3 * i + 2]! : 0));
  }
  return { x: mx, y: my, xx, xy, yy };
}

/** Mean and covariance in the frame's coordinates, straight from the coefficients: E u = c_10, E u^2 = 1 + sqrt(2) c_20. */
export function momentsInFrame({ offset }: PlaneBasis, c: Float64Array): PlaneMoments {
  const [u, v] = [c[offset[1]!]!, c[1]!];
  const root2 = Math.SQRT2;
  return { x: u, y: v, xx: 1 + root2 * c[offset[2]!]! - u * u, xy: c[offset[1]! + 1]! - u * v, yy: 1 + root2 * c[2]! - v * v };
}

/** Mean and covariance of a law. */
export function momentsOfLaw(law: PlaneLaw): PlaneMoments {
  const { a, b, c, x, y } = law.frame;
  const m = momentsInFrame(law.basis, law.coefficients);
  return {
    x: x + a * m.x,
    y: y + b * m.x + c * m.y,
    xx: a * a * m.xx,
    xy: a * b * m.xx + a * c * m.xy,
    yy: b * b * m.xx + 2 * b * c * m.xy + c * c * m.yy,
  };
}

/** The same law with its masses on another set of nodes (planeGrid). */
export function onGrid(law: PlaneLaw, grid: PlaneBasis): PlaneLaw {
  return planeLaw(grid, law.frame, law.coefficients);
}

/** E phi for values of phi at the law's nodes. */
export function expectation(law: PlaneLaw, values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += law.masses[i]! * values[i]!;
  return sum;
}
