// Every derivative against differences of the one before it, and what is told by sample against what is told in sum: on random data, for every
// activation and loss. The differences know nothing of the passes.
import { describe, expect, it } from "vitest";
import type { Activation } from "../../../src/codegen/network/elementwise.ts";
import { dot } from "../../../src/numerics/linear.ts";
import { centeredGradients, minibatchNoise } from "../../../src/problem/minibatch-noise.ts";
import { randomNetwork } from "./problems.ts";

const losses = ["cross-entropy", "squared-error"] as const;
const activations: readonly Activation[] = ["tanh", "softplus", "sigmoid", "relu"];
const cases = losses.flatMap((loss) => [
  { hidden: [], activation: "tanh" as Activation, loss },
  ...activations.flatMap((activation) => [
    { hidden: [5], activation, loss },
    { hidden: [4, 6, 3], activation, loss },
  ]),
]);

/** Central difference of fourth order: error h^4/30 times a fifth derivative, and epsilon/h of rounding: 1e-10 or so at h = 3e-4. */
function slope(f: (t: number) => Float64Array | number): Float64Array {
  const h = 3e-4;
  const at = (t: number): Float64Array => {
    const value = f(t);
    return typeof value === "number" ? Float64Array.of(value) : value.slice();
  };
  const [a, b, c, d] = [at(-2 * h), at(-h), at(h), at(2 * h)];
  return a.map((v, i) => (v - 8 * b[i]! + 8 * c[i]! - d[i]!) / (12 * h));
}

const close = (got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number): void => {
  const size = Math.max(1e-3, ...Array.from(want, Math.abs));
  const gap = Math.max(...Array.from(got, (v, i) => Math.abs(v - want[i]!)));
  expect(got.length).toBe(want.length);
  expect(gap / size).toBeLessThan(tolerance);
};

describe.each(cases)("$activation $hidden, $loss", ({ hidden, activation, loss }) => {
  const { objective, x, direction } = randomNetwork(hidden, activation, loss);
  const { d } = objective;
  const [u, v] = [direction(), direction()];
  const moved = (w: Float64Array, t: number): Float64Array => x.map((value, i) => value + t * w[i]!);
  const out = (): Float64Array => new Float64Array(d);
  // relu: a step over a kink spoils the difference, so it is compared where the step is short beside the distance to kinks
  const tolerance = activation === "relu" && hidden.length > 0 ? 2e-2 : 2e-8;

  it("gradient", () => {
    close(
      [dot(objective.gradient(x, out()), u)],
      slope((t) => objective.value(moved(u, t))),
      tolerance,
    );
  });

  it("Hessian-vector product, Hessian and its diagonal", () => {
    const product = objective.hessianTimes!(x, u, out());
    if (tolerance < 1e-3)
      close(
        product,
        slope((t) => objective.gradient(moved(u, t), out())),
        tolerance,
      );
    const h = objective.hessian!(x, new Float64Array(d * d));
    close(
      product,
      Float64Array.from({ length: d }, (_, i) => dot(h.subarray(i * d, (i + 1) * d), u)),
      1e-12,
    );
    close(
      objective.network!.passes.hessianDiagonal(x, out()).map((entry) => entry + objective.network!.l2),
      Float64Array.from({ length: d }, (_, i) => h[i * d + i]!),
      1e-12,
    );
  });

  it("third derivative", () => {
    const third = objective.third!(x, u, v, out());
    if (tolerance < 1e-3)
      close(
        third,
        slope((t) => objective.hessianTimes!(moved(v, t), u, out())),
        tolerance,
      );
    close(third, objective.third!(x, v, u, out()), 1e-12);
  });

  it("samples, one by one and together", () => {
    const samples = objective.samples!;
    const { n } = samples;
    const rows = samples.gradients!(x, new Float64Array(n * d));
    const hessianRows = samples.allHessianTimes!(x, u, new Float64Array(n * d));
    const slopes = samples.slopes!(x, u, new Float64Array(n));
    const mean = out();
    for (let i = 0; i < n; i++) {
      const row = rows.subarray(i * d, (i + 1) * d);
      if (i % 7 === 0) {
        close(samples.gradient(i, x, out()), row, 1e-13);
        close(samples.hessianTimes!(i, x, u, out()), hessianRows.subarray(i * d, (i + 1) * d), 1e-13);
      }
      close([slopes[i]!], [dot(row, u)], 1e-10);
      for (let j = 0; j < d; j++) mean[j]! += row[j]! / n;
    }
    close(mean, objective.gradient(x, out()), 1e-13);
    const picked = [3, 3, 40, 7, ...Array.from({ length: 40 }, (_, i) => i)];
    const batch = out();
    for (const i of picked) for (let j = 0; j < d; j++) batch[j]! += rows[i * d + j]! / picked.length;
    close(samples.batchGradient!(picked, x, out()), batch, 1e-13);
  });

  it("covariance: matrix, product and trace", () => {
    const samples = objective.samples!;
    const noise = minibatchNoise({ size: 5, replacement: false }, samples, d);
    const sigma = noise.covariance(x, new Float64Array(d * d));
    close(
      noise.covarianceTimes!(x, u, out()),
      Float64Array.from({ length: d }, (_, i) => dot(sigma.subarray(i * d, (i + 1) * d), u)),
      1e-12,
    );
    const centered = centeredGradients(samples, x, new Float64Array(samples.n * d));
    close([samples.spread!(x)], [dot(centered, centered) / samples.n], 1e-12);
  });
});

it("the plain twin gives the same bits", () => {
  for (const activation of activations) {
    const [fast, plain] = [false, true].map((twin) => randomNetwork([4, 3], activation, "cross-entropy", { plain: twin }));
    const [u, v] = [fast!.direction(), fast!.direction()];
    const { d } = fast!.objective;
    for (const ask of ["value", "gradient", "hessianTimes", "third"] as const) {
      const of = ({ objective, x }: typeof fast & object) => {
        const out = new Float64Array(d);
        if (ask === "value") out[0] = objective.value(x);
        else if (ask === "gradient") objective.gradient(x, out);
        else if (ask === "hessianTimes") objective.hessianTimes!(x, u, out);
        else objective.third!(x, u, v, out);
        return out;
      };
      expect(of(fast!)).toEqual(of(plain!));
    }
  }
});
