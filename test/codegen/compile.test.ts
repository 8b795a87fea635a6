// Objectives and their derivatives: closed forms, finite differences, and formulas as large as the interface allows.
import { describe, expect, it } from "vitest";
import { compile, compileObjective } from "../../src/codegen/compile.ts";
import type { Expr } from "../../src/expr/node.ts";
import { parseFormula } from "../../src/expr/parse.ts";
import { randomNumbers } from "../numerics/special-numbers.ts";

const parse = (text: string, variables?: string[]) => parseFormula(text, variables === undefined ? {} : { variables });

describe("compileObjective", () => {
  it("agrees with closed forms", () => {
    const { expr, variables } = parse("x^2/2 + 1.5*exp(-x^2)");
    const f = compileObjective(expr, variables);
    const draw = randomNumbers(1);
    for (let i = 0; i < 200; i += 1) {
      const x = 4 * draw() - 2;
      const e = 1.5 * Math.exp(-x * x);
      const at = Float64Array.of(x);
      const out = new Float64Array(1);
      // A dozen roundings of terms below 30.
      const near = (got: number, want: number) => expect(Math.abs(got - want)).toBeLessThan(30 * 12 * Number.EPSILON);
      near(f.value(at), (x * x) / 2 + e);
      near(f.gradient(at, out)[0]!, x - 2 * x * e);
      near(f.hessian(at, out)[0]!, 1 + (4 * x * x - 2) * e);
      near(f.third(at, Float64Array.of(1), Float64Array.of(2), out)[0]!, 2 * (12 * x - 8 * x ** 3) * e);
      near(f.derivatives(0, at, out)[0]!, (x * x) / 2 + e);
      near(f.derivatives(4, at, out)[0]!, (12 - 48 * x * x + 16 * x ** 4) * e);
    }
  });

  const formulas: [string, number][] = [
    ["(x^2 - 1)^2/4 + y^2/2 + 0.3 x y + cos(3x + y)", 2],
    ["log(1 + x^2 + y^2) + erf(x - y) + sqrt(2 + sin(x)) + atan(x y)", 2],
    ["tanh(x + 2y) sigmoid(z) + softplus(x z) + (1 + x^2)^1.5/cosh(y) + expm1(z/4) + log1p(y^2) + sinh(x)/3", 3],
    ["(2 + x^2)^(y/3) + tan(x/4) + exp(-abs(y))", 2],
  ];
  it.each(formulas)("derivatives of %s against differences of the order below", (text, d) => {
    const names = ["x", "y", "z"].slice(0, d);
    const f = compileObjective(parse(text, names).expr, names);
    const draw = randomNumbers(2);
    const h = 1e-4;
    // Richardson-extrapolated central differences: h^4 times a fifth derivative (below 1e3 here), and rounding epsilon/h.
    const tolerance = 1e3 * h ** 4 * 30 + 1e4 * (Number.EPSILON / h) + 1e-9;
    for (let trial = 0; trial < 20; trial += 1) {
      const x = Float64Array.from({ length: d }, () => 0.3 + 1.2 * draw());
      for (let order = 1; order <= 3; order += 1) {
        const size = d ** order;
        const exact = f.derivatives(order, x, new Float64Array(size));
        const below = (i: number, step: number) => {
          const moved = x.slice();
          moved[i]! += step;
          return f.derivatives(order - 1, moved, new Float64Array(size / d));
        };
        for (let i = 0; i < d; i += 1) {
          const [a, b, c, e] = [below(i, h), below(i, -h), below(i, 2 * h), below(i, -2 * h)];
          for (let rest = 0; rest < size / d; rest += 1) {
            const difference = (8 * (a[rest]! - b[rest]!) - (c[rest]! - e[rest]!)) / (12 * h);
            const got = exact[rest * d + i]!;
            expect(Math.abs(got - difference), `order ${order} at ${x}`).toBeLessThan(tolerance * Math.max(1, Math.abs(got)));
          }
        }
      }
      // The contraction against the tensor: both are sums of d^2 terms of this size.
      const [v, w] = [0, 1].map(() => Float64Array.from({ length: d }, () => 2 * draw() - 1)) as [Float64Array, Float64Array];
      const tensor = f.derivatives(3, x, new Float64Array(d ** 3));
      const third = f.third(x, v, w, new Float64Array(d));
      const scale = tensor.reduce((m, t) => Math.max(m, Math.abs(t)), 1);
      for (let i = 0; i < d; i += 1) {
        let sum = 0;
        for (let j = 0; j < d; j += 1) for (let k = 0; k < d; k += 1) sum += tensor[(i * d + j) * d + k]! * v[j]! * w[k]!;
        expect(Math.abs(third[i]! - sum)).toBeLessThan(200 * d * d * scale * Number.EPSILON);
      }
    }
  });

  it.each(formulas)("weighted contractions of %s against the tensors", (text, d) => {
    const names = ["x", "y", "z"].slice(0, d);
    const f = compileObjective(parse(text, names).expr, names);
    const draw = randomNumbers(3);
    for (let trial = 0; trial < 20; trial += 1) {
      const x = Float64Array.from({ length: d }, () => 0.3 + 1.2 * draw());
      const v = Float64Array.from({ length: d }, () => 2 * draw() - 1);
      const s = new Float64Array(d * d);
      for (let j = 0; j < d; j += 1) for (let k = 0; k <= j; k += 1) s[j * d + k] = s[k * d + j] = 2 * draw() - 1;
      const [third, fourth] = [3, 4].map((order) => f.derivatives(order, x, new Float64Array(d ** order))) as [Float64Array, Float64Array];
      const [over, along] = [f.thirdOver(x, s, new Float64Array(d)), f.fourth(x, v, s, new Float64Array(d))];
      const scale = [...third, ...fourth].reduce((m, t) => Math.max(m, Math.abs(t)), 1);
      for (let i = 0; i < d; i += 1) {
        let [a, b] = [0, 0];
        for (let jk = 0; jk < d * d; jk += 1) {
          a += third[i * d * d + jk]! * s[jk]!;
          for (let j = 0; j < d; j += 1) b += fourth[(i * d + j) * d * d + jk]! * v[j]! * s[jk]!;
        }
        // Two groupings of up to d^3 terms of this size, each the result of some dozens of roundings.
        expect(Math.abs(over[i]! - a)).toBeLessThan(200 * d ** 3 * scale * Number.EPSILON);
        expect(Math.abs(along[i]! - b)).toBeLessThan(200 * d ** 3 * scale * Number.EPSILON);
      }
    }
  });

  it("gives symmetric tensors in every bit, gradient and hessian as derivatives(1) and (2)", () => {
    const names = ["x", "y", "z"];
    const f = compileObjective(parse("exp(x y) sin(y z) + x^3 z^2/(1 + y^2)", names).expr, names);
    const x = Float64Array.of(0.3, -0.7, 1.1);
    const hessian = f.hessian(x, new Float64Array(9));
    const third = f.derivatives(3, x, new Float64Array(27));
    for (let i = 0; i < 3; i += 1)
      for (let j = 0; j < 3; j += 1) {
        expect(hessian[3 * i + j]).toBe(hessian[3 * j + i]);
        for (let k = 0; k < 3; k += 1) expect(third[9 * i + 3 * j + k]).toBe(third[9 * k + 3 * i + j]);
      }
    expect(f.derivatives(2, x, new Float64Array(9))).toEqual(hessian);
    expect(f.derivatives(1, x, new Float64Array(3))).toEqual(f.gradient(x, new Float64Array(3)));
  });

  it("has kinks without curvature", () => {
    const f = compileObjective(parse("abs(x) + 2 relu(x)", ["x"]).expr, ["x"]);
    const out = new Float64Array(1);
    expect([-1, 0, 1].map((x) => f.gradient(Float64Array.of(x), out)[0])).toEqual([-1, 0, 3]);
    expect([-1, 0, 1].map((x) => f.hessian(Float64Array.of(x), out)[0])).toEqual([0, 0, 0]);
  });
});

describe("large formulas", () => {
  const bothAgree = (expr: Expr, variables: readonly string[], x: Float64Array): number => {
    const [wasm, plain] = (["wasm", "javascript"] as const).map(
      (backend) => compile([expr], variables, { backend }).evaluate(x, new Float64Array(1))[0]!,
    );
    expect(wasm).toBe(plain);
    return wasm!;
  };

  it("64 kB of text: value, gradient, Hessian and third", () => {
    let text = "x";
    let value = 0.3;
    const [x, y] = [0.3, 1.1];
    while (text.length < 65_500) {
      const [a, n] = [(text.length % 97) / 10 + 0.05, 2 + (text.length % 3)];
      text += ` + sin(${a} x) y^${n}/100`;
      value += (Math.sin(a * x) * y ** n) / 100;
    }
    const { expr, variables } = parse(text, ["x", "y"]);
    const at = Float64Array.of(x, y);
    // About 3000 terms below 0.02, each and each partial sum rounded.
    expect(Math.abs(bothAgree(expr, variables, at) - value)).toBeLessThan(3000 * 60 * Number.EPSILON);
    const f = compileObjective(expr, variables);
    for (const out of [f.gradient(at, new Float64Array(2)), f.hessian(at, new Float64Array(4)), f.third(at, at, at, new Float64Array(2))])
      expect(out.every(Number.isFinite)).toBe(true);
  });

  it("one sum of 10 000 different products: a single tree, cut into several functions", () => {
    const variables = Array.from({ length: 200 }, (_, i) => `x${i}`);
    const terms: string[] = [];
    for (let i = 0; i < 100; i += 1) for (let j = 100; j < 200; j += 1) terms.push(`x${i} x${j}`);
    const x = Float64Array.from(variables, (_, i) => 1 + i / 1000);
    const got = bothAgree(parse(terms.join("+"), variables).expr, variables, x);
    let [left, right] = [0, 0];
    for (let i = 0; i < 100; i += 1) {
      left += x[i]!;
      right += x[100 + i]!;
    }
    // 10 000 partial sums below 1.3e4: their roundings, in the worst case.
    expect(Math.abs(got - left * right)).toBeLessThan(1e4 * 1.3e4 * Number.EPSILON);
  });

  it("nesting of 500", () => {
    let text = "x";
    let value = 0.5;
    for (let i = 0; i < 500; i += 1) {
      text = `sin(1 + ${text})`;
      value = Math.sin(1 + value);
    }
    const { expr, variables } = parse(text, ["x"]);
    // The slope of sin(1 + x) at its fixed point is 0.36: errors do not grow.
    expect(Math.abs(bothAgree(expr, variables, Float64Array.of(0.5)) - value)).toBeLessThan(4 * Number.EPSILON);
    expect(Number.isFinite(compileObjective(expr, variables).hessian(Float64Array.of(0.5), new Float64Array(1))[0]!)).toBe(true);
  });
});
