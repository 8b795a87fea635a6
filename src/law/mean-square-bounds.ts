// Where does E|x|^2 start to grow (mean-square-operator.ts), for more parameters than that map of matrices has room for? Two sure sides of the
// learning rate, for H positive definite at the point; L M = H M + M H, K M = kappa (mean_i H_i M H_i - H M H) + H M H, both self-adjoint in tr AB:
//  - stable below. SGD's map on second moments is positive (M >= 0 stays so) and self-adjoint. If it takes the identity to something
//    smaller, E |x|^2 falls at every step, from anywhere: E (I - eta H_B)^2 < I. That is eta A < 2 H with
//        A = kappa (mean_i H_i^2 - H^2) + H^2,
//    so eta < 2/(largest eigenvalue of the pencil A, H), found in d dimensions by Lanczos's method in the scalar product of H.
//  - unstable above. The threshold is the least eta at which eta K = L somewhere, 1/max <M, K M>/<M, L M>: every M bounds it from above. M ranges
//    over the symmetric matrices on a space of few dimensions: the pencil's largest eigenvectors, which see samples of large curvature however
//    rare their directions, and those of H. There it is the small map itself. (M = u u^T for the steepest u alone gives 2 lambda/(lambda^2 + kappa Var u^T H_i u).)
// In one dimension both are the threshold. Between the two nothing is said. As with every eigenvalue by Lanczos, what the start vector does
// not contain is not seen (probability 0), and what is found has the error of its residual, which the lower side allows for.
import type { MeanSquareBounds } from "../answer/diagnose.ts";
import type { Vector } from "../numerics/arrays.ts";
import { symmetricEigen, toEigenbasis } from "../numerics/eigen.ts";
import { dot } from "../numerics/linear.ts";
import { createStream } from "../numerics/random.ts";
import type { Objective } from "../problem/objective.ts";
import { conjugateGradients } from "./conjugate-gradients.ts";
import { combine, norm, subtract, type Times } from "./krylov.ts";
import { largestRatio } from "./mean-square-operator.ts";

export const meanSquareBoundsDefaults = {
  /** Products with A, and the relative error of its eigenvalue at which fewer are enough. */
  steps: 60,
  tolerance: 1e-3,
  /** Of the residual of H s = b, and products with H for one. */
  solve: 1e-8,
  maxProducts: 4000,
  /** Doubles for all H_i v at once; beyond, one at a time. */
  entries: 2e7,
  /** Eigenvectors of the pencil in the small space. */
  directions: 12,
};

export interface MeanSquareAsk {
  /** 1/B, or (n-B)/(B (n-1)) without replacement, one for each batch size. */
  readonly kappas: readonly number[];
  /** Unit eigenvectors of H, those of its largest eigenvalues. */
  readonly steepest: readonly Vector[];
  readonly seed?: number;
  readonly onStep?: (done: number, most: number) => void;
}

/** One pair of bounds for each kappa; null where H is found not to be positive definite, or too near to singular to be solved with. */
export function meanSquareBounds(objective: Objective, x: Vector, ask: MeanSquareAsk): (MeanSquareBounds | null)[] {
  const { d } = objective;
  const hessianTimes: Times = (v, out) => objective.hessianTimes!(x, v, out);
  const inverse = solver(hessianTimes);
  const each = eachSampleTimes(objective, x);
  const squaresTimes = sampleSquaresTimes(objective, x, each);
  const { steps } = meanSquareBoundsDefaults;
  const count = ask.kappas.length;
  return ask.kappas.map((kappa, at) => {
    const twice = new Float64Array(d);
    const times: Times = (v, out) => {
      const once = hessianTimes(v, new Float64Array(d));
      hessianTimes(once, twice);
      squaresTimes(v, out);
      for (let i = 0; i < d; i++) out[i] = kappa * (out[i]! - twice[i]!) + twice[i]!;
      return out;
    };
    const pencil = largestOfPencil(times, hessianTimes, inverse, d, ask.seed ?? 1, (done) =>
      ask.onStep?.(at * steps + done, count * steps),
    );
    if (pencil === null) return null;
    const basis = orthonormal([...pencil.vectors, ...ask.steepest]);
    return { stableBelow: 2 / pencil.bound, unstableAbove: 1 / ratioOn(objective.samples!.n, each, basis, kappa) };
  });
}

/** out = H^-1 v; the residual's accuracy is in the defaults. Null where H is not positive definite. */
function solver(times: Times): (v: Vector, out: Vector) => Vector | null {
  const { solve, maxProducts } = meanSquareBoundsDefaults;
  return (v, out) => {
    const { solution, converged } = conjugateGradients(times, v, solve, maxProducts);
    if (!converged) return null;
    out.set(solution);
    return out;
  };
}

/** Calls `visit` with H_i v of each sample, in order. */
type EachTimes = (v: Vector, visit: (i: number, product: Vector) => void) => void;

function eachSampleTimes({ d, samples }: Objective, x: Vector): EachTimes {
  const { n, hessianTimes, allHessianTimes } = samples!;
  if (allHessianTimes && n * d <= meanSquareBoundsDefaults.entries) {
    // tiles full of samples cost a pass over one sample each
    const rows = new Float64Array(n * d);
    return (v, visit) => {
      allHessianTimes(x, v, rows);
      for (let i = 0; i < n; i++) visit(i, rows.subarray(i * d, (i + 1) * d));
    };
  }
  const product = new Float64Array(d);
  return (v, visit) => {
    for (let i = 0; i < n; i++) visit(i, hessianTimes!(i, x, v, product));
  };
}

/** out = mean_i H_i^2 v. */
function sampleSquaresTimes({ d, samples }: Objective, x: Vector, each: EachTimes): Times {
  const { n, hessianTimes } = samples!;
  const twice = new Float64Array(d);
  return (v, out) => {
    out.fill(0);
    each(v, (i, once) => {
      hessianTimes!(i, x, once, twice);
      for (let j = 0; j < d; j++) out[j]! += twice[j]! / n;
    });
    return out;
  };
}

/** The largest eigenvalue of A u = mu H u, raised by its error, and the eigenvectors of the largest ones. */
function largestOfPencil(
  times: Times,
  hessianTimes: Times,
  inverse: (v: Vector, out: Vector) => Vector | null,
  d: number,
  seed: number,
  onStep: (done: number) => void,
): { readonly bound: number; readonly vectors: readonly Vector[] } | null {
  const { steps, tolerance, directions } = meanSquareBoundsDefaults;
  const stream = createStream(seed).moveTo(0, 4, "start");
  /** H-orthonormal q, with H q and A q. */
  const basis: Vector[] = [];
  const images: Vector[] = [];
  const moved: Vector[] = [];
  const projected: number[][] = [];
  let next: Vector = Float64Array.from({ length: d }, () => stream.normal());
  for (;;) {
    for (let pass = 0; pass < 2; pass++) for (let i = 0; i < basis.length; i++) subtract(dot(next, images[i]!), basis[i]!, next);
    const image = hessianTimes(next, new Float64Array(d));
    const square = dot(next, image);
    const complete = !(square > 0) || basis.length === d;
    if (basis.length === 0 && complete) return null;
    if (!complete) {
      const size = Math.sqrt(square);
      basis.push(next.map((v) => v / size));
      images.push(image.map((v) => v / size));
      moved.push(times(basis.at(-1)!, new Float64Array(d)));
      projected.push(basis.map((q) => dot(q, moved.at(-1)!)));
      onStep(basis.length);
    }
    const m = basis.length;
    const last = complete || m === Math.min(d, steps);
    if (last || m % 5 === 0) {
      const { values, vectors } = symmetricEigen(
        Float64Array.from({ length: m * m }, (_, k) => {
          const [i, j] = [Math.floor(k / m), k % m];
          return projected[Math.max(i, j)]![Math.min(i, j)]!;
        }),
        m,
      );
      const top = values[m - 1]!;
      const column = (k: number): Vector => Float64Array.from({ length: m }, (_, i) => vectors[i * m + k]!);
      // r = A y - mu H y: an eigenvalue lies within the square root of r^T H^-1 r of mu, or its square over the gap
      const residual = combine(moved, column(m - 1));
      subtract(top, combine(images, column(m - 1)), residual);
      const solved = inverse(residual, new Float64Array(d));
      if (solved === null) return null;
      const distance = Math.sqrt(Math.max(0, dot(residual, solved)));
      const error = m > 1 ? Math.min(distance, (2 * distance * distance) / (top - values[m - 2]!)) : distance;
      if (last || error <= tolerance * top) {
        const kept = Math.min(m, directions);
        return { bound: top + error, vectors: Array.from({ length: kept }, (_, k) => combine(basis, column(m - 1 - k))) };
      }
    }
    const solved = inverse(moved[m - 1]!, new Float64Array(d));
    if (solved === null) return null;
    next = solved;
  }
}

/** Modified Gram-Schmidt, twice; what depends on those before is left out. */
function orthonormal(vectors: readonly Vector[]): Vector[] {
  const basis: Vector[] = [];
  for (const vector of vectors) {
    const size = norm(vector);
    const rest = vector.map((v) => v / size);
    for (let pass = 0; pass < 2; pass++) for (const q of basis) subtract(dot(rest, q), q, rest);
    const left = norm(rest);
    if (left > 1e-6) basis.push(rest.map((v) => v / left));
  }
  return basis;
}

/** max <M, K M>/<M, L M> over the symmetric matrices on the space of an orthonormal basis. */
function ratioOn(n: number, each: EachTimes, basis: readonly Vector[], kappa: number): number {
  const r = basis.length;
  const hessians = new Float64Array(n * r * r);
  const mean = new Float64Array(r * r);
  basis.forEach((u, a) => {
    each(u, (i, product) => {
      for (let b = 0; b < r; b++) hessians[(i * r + a) * r + b] = dot(product, basis[b]!);
    });
  });
  for (let i = 0; i < n; i++) for (let k = 0; k < r * r; k++) mean[k]! += hessians[i * r * r + k]! / n;
  const { values, vectors } = symmetricEigen(mean, r);
  const scratch = new Float64Array(r * r);
  for (let i = 0; i < n; i++) toEigenbasis(hessians.subarray(i * r * r, (i + 1) * r * r), vectors, r, scratch);
  return largestRatio(values, hessians, n, kappa, 8 * r * Number.EPSILON * values[r - 1]!);
}
