// Bound models at points of non-quadratic problems with varying, non-commuting noise: against the integral forms of theory.md 2 (no
// eigenvectors, no logarithms) and difference quotients of H and Sigma; treatments, regimes, and the two routes of corrections.
import { describe, expect, it } from "vitest";
import { bind } from "../../src/model/bind.ts";
import { shapeOf } from "../../src/model/correction.ts";
import { defineModel } from "../../src/model/define.ts";
import { haSme3 } from "../../src/model/ha-sme-3.ts";
import { modelById, models } from "../../src/model/index.ts";
import type { SdeModel } from "../../src/model/model.ts";
import { constantDiffusionFactor, driftPolynomial } from "../../src/model/polynomial.ts";
import { tensorsAt } from "../../src/model/tensors.ts";
import { symmetricEigen } from "../../src/numerics/eigen.ts";
import { luFactor, luSolve, maxAbs, multiply } from "../../src/numerics/linear.ts";
import { psdDefect } from "../../src/numerics/semidefinite.ts";
import type { GradientNoise } from "../../src/problem/noise.ts";
import type { Objective } from "../../src/problem/objective.ts";
import type { SgdProblem } from "../../src/problem/problem.ts";
import { evaluateTerm } from "../../src/sbea/contract.ts";
import { gaussianNoise, problemOf, quadratic } from "../law/problems.ts";

// f = x^2/2 + x^2 y + y^4/4 + x z + z^2, every derivative by hand.
const objective: Objective = {
  kind: "formula",
  d: 3,
  variables: ["x", "y", "z"],
  value: ([x, y, z]) => (x! * x!) / 2 + x! * x! * y! + y! ** 4 / 4 + x! * z! + z! * z!,
  gradient: ([x, y, z], out) => {
    out.set([x! + 2 * x! * y! + z!, x! * x! + y! ** 3, x! + 2 * z!]);
    return out;
  },
  hessian: ([x, y], out) => {
    out.set([1 + 2 * y!, 2 * x!, 1, 2 * x!, 3 * y! * y!, 0, 1, 0, 2]);
    return out;
  },
  third: ([, y], v, w, out) => {
    out.set([2 * (v[0]! * w[1]! + v[1]! * w[0]!), 2 * v[0]! * w[0]! + 6 * y! * v[1]! * w[1]!, 0]);
    return out;
  },
};
// Sigma = B B^T with B = [[1, 0], [x, 1], [0.3, y]] + 0.5 I.
const sigmaAt = ([x, y]: Float64Array | number[]): number[] => {
  const b = [
    [1, 0],
    [x!, 1],
    [0.3, y!],
  ];
  return b.flatMap((p, i) => b.map((q, j) => p[0]! * q[0]! + p[1]! * q[1]! + (i === j ? 0.5 : 0)));
};
const noise: GradientNoise = {
  ...gaussianNoise([[0]]),
  constant: false,
  covariance: (x, out) => {
    out.set(sigmaAt(x));
    return out;
  },
  // Quadratic in x: central differences are exact to rounding.
  covarianceAlong: (x, v, out) => {
    const plus = sigmaAt(x.map((a, i) => a + v[i]!));
    const minus = sigmaAt(x.map((a, i) => a - v[i]!));
    out.set(plus.map((a, k) => (a - minus[k]!) / 2));
    return out;
  },
};
const eta = 0.2;
const problem: SgdProblem = problemOf(objective, noise, eta, [0.3, -0.4, 0.2]);
const points = [
  [0.3, -0.4, 0.2],
  [-0.5, 0.8, 0.1],
  [0.2, 0.7, -0.6],
].map((p) => Float64Array.from(p));

/** 40-point Gauss-Legendre on (0, 1) by Newton's method on the Legendre polynomial. */
function gauss(n: number): { s: number; w: number }[] {
  return Array.from({ length: n }, (_, i) => {
    let t = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let k = 0; k < 50; k++) {
      let [p0, p1] = [1, t];
      for (let m = 2; m <= n; m++) [p0, p1] = [p1, ((2 * m - 1) * t * p1 - (m - 1) * p0) / m];
      slope = (n * (t * p1 - p0)) / (t * t - 1);
      t -= p1 / slope;
    }
    return { s: (1 + t) / 2, w: 1 / ((1 - t * t) * slope * slope) };
  });
}
const resolvent = (h: Float64Array, s: number, b: Float64Array, columns: number) =>
  luSolve(
    luFactor(
      h.map((v, k) => (k % 4 === 0 ? 1 : 0) - s * eta * v),
      3,
    ),
    b,
    columns,
  );

describe("HA-SME at a point", () => {
  it.each([0, 1, 2])("drift and D D^T are the integrals of resolvents at point %i", (p) => {
    const at = points[p]!;
    const h = objective.hessian!(at, new Float64Array(9));
    const g = objective.gradient(at, new Float64Array(3));
    const sigma = Float64Array.from(sigmaAt(at));
    const drift = new Float64Array(3);
    const diffusion = new Float64Array(9);
    for (const { s, w } of gauss(40)) {
      const step = resolvent(h, s, g, 1);
      for (let i = 0; i < 3; i++) drift[i]! -= w * step[i]!;
      const right = resolvent(
        h,
        1 - s,
        Float64Array.from({ length: 9 }, (_, k) => (k % 4 === 0 ? 1 : 0)),
        3,
      );
      const both = multiply(resolvent(h, s, sigma, 3), right, 3);
      for (let k = 0; k < 9; k++) diffusion[k]! += w * eta * both[k]!;
    }
    const sde = bind(modelById("ha-sme"), problem);
    const b = sde.drift(at, new Float64Array(3));
    const dd = new Float64Array(9);
    const defect = sde.diffusionMatrix(at, dd);
    // 40 points resolve z < 0.8 to rounding.
    expect(maxAbs(b.map((v, i) => v - drift[i]!))).toBeLessThan(1e-14 * Math.max(1, maxAbs(drift)));
    expect(maxAbs(dd.map((v, k) => v - diffusion[k]!))).toBeLessThan(3e-15);
    expect(Math.abs(defect - psdDefect(diffusion, 3))).toBeLessThan(1e-13);
  });
  it("HA-SME-3 adds eta^2 (D3f:Sigma/4 - D3f[g,g]/12) and (eta^2/2) D Sigma[g]", () => {
    for (const x of points) {
      const g = objective.gradient(x, new Float64Array(3));
      const sigma = sigmaAt(x);
      // d_i f_jk by central differences of H, which is quadratic here: exact to rounding.
      const third = (i: number, j: number, k: number) => {
        const h = 0.5;
        const plus = objective.hessian!(
          x.map((v, l) => v + (l === i ? h : 0)),
          new Float64Array(9),
        );
        const minus = objective.hessian!(
          x.map((v, l) => v - (l === i ? h : 0)),
          new Float64Array(9),
        );
        return (plus[3 * j + k]! - minus[3 * j + k]!) / (2 * h);
      };
      const base = bind(modelById("ha-sme"), problem);
      const sde = bind(haSme3, problem);
      const b0 = base.drift(x, new Float64Array(3));
      const b3 = sde.drift(x, new Float64Array(3));
      for (let i = 0; i < 3; i++) {
        let added = 0;
        for (let j = 0; j < 3; j++) for (let k = 0; k < 3; k++) added += third(i, j, k) * (sigma[3 * j + k]! / 4 - (g[j]! * g[k]!) / 12);
        expect(Math.abs(b3[i]! - b0[i]! - eta * eta * added)).toBeLessThan(1e-14);
      }
      const along = noise.covarianceAlong(x, g, new Float64Array(9));
      const [d0, d3] = [new Float64Array(9), new Float64Array(9)];
      base.diffusionMatrix(x, d0);
      sde.diffusionMatrix(x, d3);
      expect(maxAbs(d3.map((v, k) => v - d0[k]! - (eta * eta * along[k]!) / 2))).toBeLessThan(1e-15);
    }
  });
});

describe("corrections", () => {
  it("are the same by the short cuts and by whole tensors", () => {
    expect([...haSme3.correction!.drift, ...haSme3.correction!.diffusion].map(shapeOf)).toEqual([
      "third[gradient,gradient]",
      "third:covariance",
      "covariance along gradient",
    ]);
    const tensor = (order: number, x: Float64Array, out: Float64Array) => {
      if (order !== 3) throw new Error("only order 3 is asked here");
      const unit = (j: number) => Float64Array.from({ length: 3 }, (_, i) => (i === j ? 1 : 0));
      for (let j = 0; j < 3; j++)
        for (let k = 0; k < 3; k++)
          objective.third!(x, unit(j), unit(k), new Float64Array(3)).forEach((v, i) => {
            out[9 * i + 3 * j + k] = v;
          });
      return out;
    };
    const { third: _third, ...rest } = objective;
    const whole: SgdProblem = { ...problem, objective: { ...rest, derivatives: tensor } };
    for (const x of points) {
      const a = bind(haSme3, problem).drift(x, new Float64Array(3));
      const b = bind(haSme3, whole).drift(x, new Float64Array(3));
      expect(maxAbs(a.map((v, i) => v - b[i]!))).toBeLessThan(1e-15);
    }
  });
  it("tensors built from derivatives along vectors give D Sigma[g] and D3f:Sigma by the general evaluator", () => {
    for (const x of points) {
      const tensors = tensorsAt(objective, noise, x);
      const g = objective.gradient(x, new Float64Array(3));
      const along = noise.covarianceAlong(x, g, new Float64Array(9));
      const term = haSme3.correction!.diffusion[0]!;
      expect(maxAbs(evaluateTerm(term, tensors, new Float64Array(9)).map((v, k) => v - along[k]! / 2))).toBeLessThan(1e-14);
      // f_ijk is symmetric in all its indices.
      const third = tensors.f(3);
      for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) expect(third[9 * i + 3 * j]).toBe(third[9 * j + 3 * i]);
    }
    expect(() => tensorsAt(objective, noise, points[0]!).f(4)).toThrow(/no derivatives of order 4/);
    expect(() => tensorsAt(objective, noise, points[0]!).cumulant(2, 2)).toThrow(/no derivatives of order 2/);
    expect(maxAbs(tensorsAt(objective, noise, points[0]!).cumulant(3, 0))).toBe(0);
  });
  it("vanish on quadratics with constant noise", () => {
    const simple = problemOf(
      quadratic([
        [1, 0.2],
        [0.2, 2],
      ]),
      gaussianNoise([
        [1, 0.3],
        [0.3, 2],
      ]),
      0.3,
      [1, 1],
    );
    const [a, b] = [new Float64Array(4), new Float64Array(4)];
    bind(modelById("ha-sme"), simple).diffusionMatrix(simple.start, a);
    bind(haSme3, simple).diffusionMatrix(simple.start, b);
    expect(a).toEqual(b);
  });
});

describe("routes and regimes", () => {
  it("polynomial factors are recognised and agree with the eigenvectors' route", () => {
    expect(models.map(driftPolynomial)).toEqual([[1], [1], [1, 0.5], null, null, null, null]);
    expect(models.map(constantDiffusionFactor)).toEqual([0, 1, 1, 1, null, null, null]);
    // SME-2 with its factor disguised as c(z) = (1 + z/2) exp(0).
    const sme2 = modelById("sme2");
    const disguised: SdeModel = { ...sme2, driftFactor: (o, z) => o.multiply(sme2.driftFactor(o, z), o.exp(o.constant(0))) };
    expect(driftPolynomial(disguised)).toBeNull();
    for (const x of points) {
      const a = bind(sme2, problem).drift(x, new Float64Array(3));
      const b = bind(disguised, problem).drift(x, new Float64Array(3));
      expect(maxAbs(a.map((v, i) => v - b[i]!))).toBeLessThan(1e-14);
    }
  });
  it("one dimension is the scalar formula", () => {
    const line = problemOf(quadratic([[2]]), gaussianNoise([[0.5]]), 0.3, [1.5]);
    const z = 0.6;
    const out = new Float64Array(1);
    expect(bind(modelById("ha-sme"), line).drift(line.start, out)[0]! / ((Math.log1p(-z) / z) * 3)).toBeCloseTo(1, 15);
    bind(modelById("ha-sme"), line).diffusionMatrix(line.start, out);
    expect(out[0]! / ((0.3 * 0.5 * 2 * Math.log1p(-z)) / ((1 - z) ** 2 - 1))).toBeCloseTo(1, 15);
  });
  it("z >= 1 has no diffusion in one step, has one in two, and has one where z is held below 1", () => {
    const steep = problemOf(
      quadratic([
        [2, 0],
        [0, 0.5],
      ]),
      gaussianNoise([
        [1, 0],
        [0, 1],
      ]),
      0.7,
      [1, 1],
    );
    const out = new Float64Array(2);
    const matrix = new Float64Array(4);
    for (const id of ["spf", "ha-sme", "ha-sme-3"]) expect(bind(modelById(id), steep).drift(steep.start, out)[0]).toBeNaN();
    expect(bind(modelById("ha-sme"), steep).diffusionMatrix(steep.start, matrix)).toBeNaN();
    expect(bind(modelById("sme2"), steep).drift(steep.start, out).every(Number.isFinite)).toBe(true);
    const two = bind(modelById("ha-sme"), steep, { regime: "two-step" });
    expect(two.drift(steep.start, out)[0]! / (Math.log(0.4) / 0.7)).toBeCloseTo(1, 14);
    expect(two.diffusionMatrix(steep.start, matrix)).toBe(0);
    const held = bind(modelById("ha-sme"), steep, { largestZ: 0.9 });
    expect(held.diffusionMatrix(steep.start, matrix)).toBe(0);
  });
  it("the nearest treatment returns the defect before and leaves a psd matrix", () => {
    const thin = problemOf(
      quadratic([
        [3, 0],
        [0, 0.01],
      ]),
      gaussianNoise([
        [1, 1],
        [1, 1],
      ]),
      0.3,
      [1, 1],
    );
    const [formal, nearest] = [new Float64Array(4), new Float64Array(4)];
    const d0 = bind(modelById("ha-sme"), thin).diffusionMatrix(thin.start, formal);
    const d1 = bind(modelById("ha-sme"), thin, { treatment: "nearest" }).diffusionMatrix(thin.start, nearest);
    expect(d0).toBeGreaterThan(0.01);
    expect(d1).toBe(d0);
    expect(psdDefect(nearest, 2)).toBeLessThan(1e-15);
    const { values } = symmetricEigen(formal, 2);
    expect(nearest[0]! + nearest[3]!).toBeCloseTo(values[1]!, 14);
  });
  it("a Hessian that is missing is said so by the models that need it", () => {
    const { hessian: _h, quadratic: _q, ...rest } = quadratic([[1]]);
    const blind = problemOf(rest, gaussianNoise([[1]]), 0.1, [1]);
    expect(bind(modelById("sme1"), blind).drift(blind.start, new Float64Array(1))[0]).toBe(-1);
    expect(() => bind(modelById("ha-sme"), blind).drift(blind.start, new Float64Array(1))).toThrow(/needs the Hessian/);
  });
  it("definitions that are no models are refused", () => {
    const sme1 = modelById("sme1");
    expect(() => defineModel({ ...sme1, driftFactor: (o) => o.constant(2) })).toThrow(/c\(0\) = 2/);
  });
});
