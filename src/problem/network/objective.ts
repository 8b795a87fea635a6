// f(x) = (1/n) sum_i loss_i(x) + l2 |x|^2/2 of a network, as an objective with all derivatives that products give. The Hessian as a matrix is
// there up to `largestDense` parameters (d products with unit vectors); beyond that only products are.
import type { MakeTileKernels } from "../../codegen/network/tile.ts";
import type { Matrix, Vector } from "../../numerics/arrays.ts";
import { dot } from "../../numerics/linear.ts";
import type { Objective, Samples } from "../objective.ts";
import { networkPasses } from "./passes.ts";
import type { NetworkShape } from "./shape.ts";
import type { NetworkData } from "./tiles.ts";

/** Parameters up to which the Hessian is formed: eigenvectors of 700 x 700 take seconds, of 2000 x 2000 minutes. */
export const largestDense = 700;

export function networkObjective(
  shape: NetworkShape,
  data: NetworkData,
  options: { readonly l2?: number; readonly classes?: readonly string[]; readonly kernels: MakeTileKernels },
): Objective {
  const { d } = shape;
  const { l2 = 0, classes = [] } = options;
  const passes = networkPasses(shape, data, options.kernels);
  const { n } = passes;
  const losses = new Float64Array(n);
  const unit = new Float64Array(d);
  const row = new Float64Array(d);
  const addMultiple = (factor: number, x: Vector, out: Vector): Vector => {
    if (factor !== 0) for (let i = 0; i < d; i++) out[i]! += factor * x[i]!;
    return out;
  };
  const hessianTimes = (x: Vector, v: Vector, out: Vector): Vector => addMultiple(l2, v, passes.hessianTimes(x, v, undefined, out));
  const samples: Samples = Object.freeze({
    n,
    gradient: (i: number, x: Vector, out: Vector) => addMultiple(l2, x, passes.batchGradient(x, [i], out)),
    hessianTimes: (i: number, x: Vector, v: Vector, out: Vector) => addMultiple(l2, v, passes.oneHessianTimes(x, v, i, out)),
    batchGradient: (picked: ArrayLike<number>, x: Vector, out: Vector) => addMultiple(l2, x, passes.batchGradient(x, picked, out)),
    gradients: (x: Vector, out: Float64Array) => addToRows(passes.sampleGradients(x, out), l2, x),
    allHessianTimes: (x: Vector, v: Vector, out: Float64Array) => addToRows(passes.sampleHessianTimes(x, v, out), l2, v),
    slopes(x: Vector, v: Vector, out: Vector) {
      passes.slopes(x, v, out);
      const shift = l2 * dot(x, v);
      for (let i = 0; i < n; i++) out[i]! += shift;
      return out;
    },
    combination(x: Vector, c: Vector, out: Vector) {
      let total = 0;
      for (let i = 0; i < n; i++) total += c[i]!;
      return addMultiple(l2 * total, x, passes.gradient(x, c, out));
    },
    spread(x: Vector) {
      const squares = passes.squares(x, new Float64Array(n));
      const mean = passes.gradient(x, undefined, row);
      let sum = 0;
      for (let i = 0; i < n; i++) sum += squares[i]!;
      return Math.max(0, sum / n - dot(mean, mean));
    },
  });
  const dense = {
    hessian(x: Vector, out: Matrix) {
      for (let j = 0; j < d; j++) {
        unit.fill(0)[j] = 1;
        out.set(hessianTimes(x, unit, row), j * d);
      }
      // symmetric up to rounding; the mean is so in every bit
      for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) out[i * d + j] = out[j * d + i] = 0.5 * (out[i * d + j]! + out[j * d + i]!);
      return out;
    },
  };
  return Object.freeze({
    kind: "network",
    d,
    variables: Array.from({ length: d }, (_, i) => `x${i + 1}`),
    network: Object.freeze({ passes, l2, classes, convex: shape.layers.length === 1 }),
    value(x: Vector) {
      passes.losses(x, losses);
      let sum = 0;
      for (let i = 0; i < n; i++) sum += losses[i]!;
      return sum / n + (l2 * dot(x, x)) / 2;
    },
    gradient: (x: Vector, out: Vector) => addMultiple(l2, x, passes.gradient(x, undefined, out)),
    hessianTimes,
    third: (x: Vector, v: Vector, w: Vector, out: Vector) => passes.third(x, v, w, out),
    samples,
    ...(d <= largestDense ? dense : {}),
  });
}

function addToRows(rows: Float64Array, factor: number, v: Vector): Float64Array {
  const d = v.length;
  if (factor !== 0) for (let at = 0; at < rows.length; at += d) for (let j = 0; j < d; j++) rows[at + j]! += factor * v[j]!;
  return rows;
}
