// Derivatives of every function, orders 1 to 4, against central differences in 120 digits: the functions are written out there in terms
// of what mathjs has for big numbers, so nothing is shared with src.
import { all, type BigNumber, create } from "mathjs";
import { describe, expect, it } from "vitest";
import { build } from "../../src/expr/build.ts";
import { differentiate, directional, gradientOf } from "../../src/expr/differentiate.ts";
import { evaluate } from "../../src/expr/evaluate.ts";
import { type Expr, functionNames } from "../../src/expr/node.ts";
import { exprOps } from "../../src/expr/ops.ts";
import { parseFormula } from "../../src/expr/parse.ts";

const math = create(all, { number: "BigNumber", precision: 120 });
const big = (x: number | string): BigNumber => math.bignumber(x);
const ev = (text: string, x: BigNumber): BigNumber => math.evaluate(text, { x }) as BigNumber;

/** 2/sqrt(pi) sum_n (-1)^n x^(2n+1)/(n! (2n+1)). */
function bigErf(x: BigNumber): BigNumber {
  let term = x;
  let sum = x;
  for (let n = 1; n < 400; n++) {
    term = term.times(x).times(x).dividedBy(-n);
    sum = sum.plus(term.dividedBy(2 * n + 1));
  }
  return sum.times(2).dividedBy(ev("sqrt(pi)", x));
}

/** sum_k (-1)^k C(n, k) f(x + (n/2 - k) h)/h^n: error h^2 f^(n+2) n/24, far below a double's. */
function difference(f: (x: BigNumber) => BigNumber, x: number, order: number): number {
  const h = big("1e-15");
  let sum = big(0);
  for (let k = 0, binomial = 1; k <= order; binomial = (binomial * (order - k)) / (k + 1), k++) {
    const at = big(x).plus(h.times(order).dividedBy(2)).minus(h.times(k));
    sum = sum.plus(f(at).times(k % 2 === 0 ? binomial : -binomial));
  }
  return sum.dividedBy(h.pow(order)).toNumber();
}

const derivative = (expr: Expr, order: number): Expr => {
  let result = expr;
  for (let k = 0; k < order; k++) result = differentiate(result, "x");
  return result;
};

const at = (expr: Expr, x: number): number => evaluate([expr], new Map([["x", x]]))[0]!;
const read = (text: string): Expr => parseFormula(text, { variables: ["x", "y"] }).expr;

const cases: [formula: string, reference: (x: BigNumber) => BigNumber, points: number[]][] = [
  ["exp(x)", (x) => ev("exp(x)", x), [-3, 0.3, 2]],
  ["log(x)", (x) => ev("log(x)", x), [0.01, 1, 7]],
  ["sqrt(x)", (x) => ev("sqrt(x)", x), [0.01, 1, 7]],
  ["sin(x)", (x) => ev("sin(x)", x), [-3, 0.3, 2]],
  ["cos(x)", (x) => ev("cos(x)", x), [-3, 0.3, 2]],
  ["tan(x)", (x) => ev("tan(x)", x), [-1, 0.3, 1.4]],
  ["sinh(x)", (x) => ev("sinh(x)", x), [-3, 0.3, 2]],
  ["cosh(x)", (x) => ev("cosh(x)", x), [-3, 0.3, 2]],
  ["tanh(x)", (x) => ev("tanh(x)", x), [-3, 0.3, 2, 15]],
  ["atan(x)", (x) => ev("atan(x)", x), [-3, 0.3, 2]],
  ["abs(x)", (x) => ev("abs(x)", x), [-3, 0.3]],
  ["erf(x)", bigErf, [-3, 0.3, 2]],
  ["log1p(x)", (x) => ev("log(1 + x)", x), [-0.9, 1e-9, 7]],
  ["expm1(x)", (x) => ev("exp(x) - 1", x), [-3, 1e-9, 2]],
  ["sigmoid(x)", (x) => ev("1/(1 + exp(-x))", x), [-20, 0.3, 2, 20]],
  ["softplus(x)", (x) => ev("log(1 + exp(x))", x), [-20, 0.3, 2, 20]],
  ["relu(x)", (x) => (x.isNegative() ? big(0) : x), [-2, 3]],
  ["x^7", (x) => x.pow(7), [-2, 0.3]],
  ["x^-3", (x) => x.pow(-3), [-2, 0.3]],
  ["x^2.5", (x) => ev("x^2.5", x), [0.3, 4]],
  ["2^x", (x) => ev("2^x", x), [-2, 3]],
  ["x^x", (x) => ev("x^x", x), [0.3, 2]],
  ["1/(1 + x^2)", (x) => ev("1/(1 + x^2)", x), [-2, 0.3]],
  ["x/sqrt(x^2 + x + 1)", (x) => ev("x/sqrt(x^2 + x + 1)", x), [-2, 0.3]],
  ["exp(x)/(cosh(x)^2 x)", (x) => ev("exp(x)/(cosh(x)^2*x)", x), [-2, 0.3]],
  ["exp(-x^2/2) sin(3x)", (x) => ev("exp(-x^2/2)*sin(3*x)", x), [-2, 0.3]],
  ["tanh(sin(exp(x)))", (x) => ev("tanh(sin(exp(x)))", x), [-2, 0.3]],
];

describe("derivatives against differences in 120 digits", () => {
  it("cover every function", () => {
    for (const name of functionNames)
      expect(
        cases.some(([text]) => text === `${name}(x)`),
        name,
      ).toBe(true);
  });

  it.each(cases)("%s", (text, reference, points) => {
    for (const x of points) {
      for (const order of [1, 2, 3, 4]) {
        const expected = difference(reference, x, order);
        const found = at(derivative(read(text), order), x);
        // Terms of one size add up: some hundred roundings; sigmoid's fourth derivative cancels a digit more.
        expect(Math.abs(found - expected), `order ${order} at ${x}: ${found}, not ${expected}`).toBeLessThanOrEqual(
          1e-12 * Math.abs(expected) + 1e-16,
        );
      }
    }
  });
});

describe("kinks", () => {
  it("have the slopes that interface.md gives them, and no curvature", () => {
    expect(at(derivative(read("abs(x)"), 1), 0)).toBe(0);
    expect(at(derivative(read("relu(x)"), 1), 0)).toBe(0);
    expect(derivative(read("abs(x)"), 2)).toBe(build.constant(0));
    expect(derivative(read("relu(x)"), 2)).toBe(build.constant(0));
    expect(at(derivative(read("relu(x)^2"), 2), 0)).toBe(0);
    expect(at(derivative(read("abs(x)^3"), 2), -2)).toBe(12);
  });
});

describe("large arguments", () => {
  it("give no infinity over infinity", () => {
    for (const text of ["tanh(x)", "sigmoid(x)", "softplus(x)", "atan(x)", "erf(x)", "exp(-x^2)"]) {
      for (const x of [-800, 800]) {
        for (const order of [1, 2, 3])
          expect(at(derivative(read(text), order), x), `${text}, order ${order}`).toBeCloseTo(
            order === 1 && text === "softplus(x)" && x > 0 ? 1 : 0,
            5,
          );
      }
    }
  });
});

describe("several variables", () => {
  it("give gradients, mixed derivatives that agree, and directions", () => {
    const f = read("sin(x y) + x^2 exp(-y)");
    const [fx, fy] = gradientOf(f, ["x", "y"]);
    const point = new Map([
      ["x", 0.7],
      ["y", -0.4],
    ]);
    const [xy, yx] = evaluate([differentiate(fx!, "y"), differentiate(fy!, "x")], point);
    expect(xy).toBeCloseTo(yx!, 14);
    expect(evaluate([fx!, fy!], point)[0]).toBeCloseTo(-0.4 * Math.cos(-0.28) + 1.4 * Math.exp(0.4), 14);
    const along = directional(f, ["x", "y"], [read("y"), build.constant(2)]);
    const [a, b, c] = evaluate([along, fx!, fy!], point);
    expect(a).toBeCloseTo(-0.4 * b! + 2 * c!, 14);
    expect(directional(f, ["x", "y"], [build.constant(0), build.constant(0)])).toBe(build.constant(0));
  });

  it("differentiates a shared node once", () => {
    let text = "x + y";
    for (let k = 0; k < 200; k++) text = `sin(${text})^2`;
    let expr = read("x + y");
    for (let k = 0; k < 40; k++) expr = build.multiply(build.add(expr, build.constant(1)), build.call("sin", expr));
    // written out, this would have 2^40 terms
    expect(gradientOf(expr, ["x", "y"])).toHaveLength(2);
    expect(gradientOf(read(text), ["x"])).toHaveLength(1);
  });
});

describe("the drift factor", () => {
  it("has derivatives that are right at z = 0, too", () => {
    const c = exprOps.logRatio(build.negate(build.variable("x")));
    // c(z) = sum z^p/(p + 1)
    [1, 1 / 2, 2 / 3, 6 / 4, 24 / 5].forEach((value, order) => {
      expect(at(derivative(c, order), 0)).toBeCloseTo(value, 13);
    });
    const reference = (x: BigNumber) => ev("-log(1 - x)/x", x);
    for (const z of [-30, -2, -0.5, -1e-4, 1e-6, 0.1, 0.31, 0.8, 0.99]) {
      for (const order of [1, 2, 3, 4]) {
        const expected = difference(reference, z, order);
        // above z = 0.3 the recurrence goes upwards and loses up to a digit an order
        expect(Math.abs(at(derivative(c, order), z) / expected - 1), `order ${order} at ${z}`).toBeLessThan(2e-13);
      }
    }
    const beyond = (x: BigNumber) => ev("-log(x - 1)/x", x);
    for (const z of [1.2, 3]) expect(at(derivative(c, 1), z)).toBeCloseTo(difference(beyond, z, 1), 13);
  });

  it("and the diffusion factor follow theory.md", () => {
    const m = exprOps.logMean(build.variable("x"), build.variable("y"));
    const value = (u: number, v: number) =>
      evaluate(
        [m],
        new Map([
          ["x", u],
          ["y", v],
        ]),
      )[0]!;
    for (const [u, v] of [
      [0.3, -0.2],
      [0.9, 0.5],
      [-3, -4],
      [1.5, 0.2],
      [0.5, -1 + 1e-9],
      [1e-9, -1e-9],
    ] as const) {
      const expected = math.evaluate("(log(abs(1-u)) + log(abs(1-v)))/((1-u)*(1-v) - 1)", { u: big(u), v: big(v) }) as BigNumber;
      expect(Math.abs(value(u, v) / expected.toNumber() - 1)).toBeLessThan(2e-15);
    }
    expect(value(0, 0)).toBe(1);
    expect(value(0.5, -1)).toBe(1);
    const du = differentiate(m, "x");
    const expected = difference((u) => math.evaluate("(log(1-u) + log(1-v))/((1-u)*(1-v) - 1)", { u, v: big(-0.4) }) as BigNumber, 0.2, 1);
    expect(
      evaluate(
        [du],
        new Map([
          ["x", 0.2],
          ["y", -0.4],
        ]),
      )[0],
    ).toBeCloseTo(expected, 14);
  });
});
