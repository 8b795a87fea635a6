// Functions on numbers that expr defines itself, against big numbers.
import { all, type BigNumber, create } from "mathjs";
import { describe, expect, it } from "vitest";
import { integerPower, logSlope, numberFunction } from "../../src/expr/functions.ts";
import { functionNames, internalFunctionNames } from "../../src/expr/node.ts";

const math = create(all, { number: "BigNumber", precision: 200 });

describe("integerPower", () => {
  it("errs by less than |n| roundings", () => {
    for (const n of [1, 2, 3, 7, 15, 31, 63, 64, -1, -5, -64]) {
      for (const x of [1.1, -0.7, 3.3]) {
        const expected = (math.bignumber(x) as BigNumber).pow(n).toNumber();
        expect(Math.abs(integerPower(x, n) / expected - 1)).toBeLessThan(Math.abs(n) * Number.EPSILON);
      }
    }
    expect(integerPower(0, -2)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("logSlope", () => {
  /** K_n by its series in 200 digits near 1, by the upward recurrence elsewhere. */
  function reference(order: number, p: number): number {
    const x = math.bignumber(p) as BigNumber;
    const w = x.minus(1);
    if (w.isZero()) {
      let value = 1 / (order + 1);
      for (let n = 1; n <= order; n++) value *= -n;
      return value;
    }
    let value = (math.evaluate("log(abs(p))", { p: x }) as BigNumber).dividedBy(w);
    let rest = (math.bignumber(1) as BigNumber).dividedBy(x);
    for (let n = 1; n <= order; n++) {
      value = rest.minus(value.times(n)).dividedBy(w);
      rest = rest.times(-n).dividedBy(x);
    }
    return value.toNumber();
  }

  it.each([
    [0, 1e-15],
    [1, 2e-14],
    [2, 5e-14],
    [3, 1e-13],
    [4, 1e-13],
  ])("order %d errs by less than %d", (order, bound) => {
    const points = [
      1,
      1 + 1e-15,
      1 - 1e-9,
      1 + 1e-5,
      0.71,
      0.69,
      0.999,
      1.3,
      1.74,
      1.76,
      2,
      0.5,
      0.1,
      1e-8,
      1e-300,
      30,
      1e10,
      -0.3,
      -1,
      -2,
      -50,
    ];
    const worst = points.map((p) => {
      const expected = reference(order, p);
      const found = logSlope(order, p);
      return found === expected || (!Number.isFinite(expected) && !Number.isFinite(found)) ? 0 : Math.abs(found / expected - 1);
    });
    worst.forEach((error, i) => {
      // K(-1) = 0 is a zero of log|p|, exact; its derivatives are ordinary
      expect(error, `at p = ${points[i]}`).toBeLessThan(bound);
    });
  });
});

describe("numberFunction", () => {
  it("knows every name", () => {
    for (const name of [...functionNames, ...internalFunctionNames]) expect(Number.isFinite(numberFunction(name)(0.5)), name).toBe(true);
  });

  it("has sign(0) = step(0) = 0", () => {
    expect([-2, -0, 0, 3].map(numberFunction("sign")).map((s) => s + 0)).toEqual([-1, 0, 0, 1]);
    expect([-2, -0, 0, 3].map(numberFunction("step"))).toEqual([0, 0, 0, 1]);
    expect(numberFunction("sign")(Number.NaN)).toBeNaN();
  });
});
