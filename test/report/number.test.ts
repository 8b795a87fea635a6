// Figures as text: the digits that the error justifies, the same on every engine.
import { describe, expect, test } from "vitest";
import type { ErrorKind } from "../../src/answer/index.ts";
import { fastOrSlow, formatEstimate, formatFigure, formatNumber, halfWidth, ratio } from "../../src/report/number.ts";

const estimate = (value: number, error: number, kind: ErrorKind = "bound") => ({ value, error, kind });

describe("formatEstimate", () => {
  test.each([
    [2611.81874, 0.0002, 9, "2611.8187(2)"],
    [2611.81874, 0.0002, 8, "2611.8187(2)"],
    [2611.81874, 0.0002, 7, "2611.819"],
    [0.123456, 0.00123, 7, "0.1235(13)"],
    [0.123456, 0.0031, 7, "0.123(4)"],
    [2936.8, 30, 7, "2940(30)"],
    [0.001, 0.02, 7, "0.00(2)"],
    [-0.0004, 0.02, 7, "0.00(2)"],
    [1.234567e-7, 2e-10, 7, "1.235(2)e-7"],
    [5.1e9, 3e7, 7, "5.10(3)e9"],
    [0, 0.5, 7, "0.0(5)"],
    [9.96, 0.0999, 7, "9.96(10)"],
  ])("%d +- %d in %d digits", (value, error, digits, text) => expect(formatEstimate(estimate(value, error), digits)).toBe(text));

  test("the parenthesis is never smaller than the error", () => {
    let state = 12345;
    const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    for (let i = 0; i < 2000; i++) {
      const value = (uniform() - 0.5) * 10 ** Math.floor(uniform() * 12 - 6);
      const error = Math.abs(value) * 10 ** (-uniform() * 5);
      const text = formatEstimate(estimate(value, error), 8);
      const found = /^(-?[\d.]+)\((\d+)\)(?:e(-?\d+))?$/.exec(text);
      expect(found, text).not.toBeNull();
      const decimals = found![1]!.split(".")[1]?.length ?? 0;
      const place = 10 ** (Number(found![3] ?? 0) - decimals);
      // One ulp of the products above.
      expect(Number(found![2]) * place).toBeGreaterThanOrEqual(error * (1 - 1e-12));
      expect(Math.abs(Number(found![1]) * 10 ** Number(found![3] ?? 0) - value)).toBeLessThanOrEqual(
        0.5 * place * (1 + 1e-9) * Math.max(1, Number(found![2]) >= 10 && decimals === 0 ? Number(found![2]) : 1),
      );
    }
  });

  test("rounding shows digits alone, what does not exist a dash", () => {
    expect(formatEstimate(estimate(0.0452251169874, 1e-17, "rounding"))).toBe("0.04522512");
    expect(formatEstimate(null)).toBe("-");
    expect(formatFigure(undefined)).toBe("-");
    expect(formatEstimate(estimate(Number.NaN, 1))).toBe("-");
  });
});

test.each([
  [2612, "2612"],
  [1234567890, "1.234568e9"],
  [0.1 + 0.2, "0.3"],
  [1e-5, "1e-5"],
  [-0, "0"],
  [Number.POSITIVE_INFINITY, "-"],
])("formatNumber(%d)", (x, text) => expect(formatNumber(x)).toBe(text));

test("ratios add relative errors in quadrature", () => {
  const found = ratio(estimate(200, 6, "standard-error"), estimate(100, 4, "standard-error"));
  expect(found.value).toBe(2);
  expect(found.error).toBeCloseTo(0.1, 12);
  expect(found.kind).toBe("standard-error");
  expect(halfWidth(found)).toBeCloseTo(0.196, 12);
});

test("exit-time ratios in words", () => {
  expect([0.725, 1.124, 2.3, 0.2, 0.989, 1.0001].map(fastOrSlow)).toEqual([
    "28 % fast",
    "12 % slow",
    "2.3 times too slow",
    "5 times too fast",
    "1.1 % fast",
    "as SGD",
  ]);
});
