// Verdicts follow from tests, tests from figures with their errors, exponents from points.
import { describe, expect, it } from "vitest";
import { estimate } from "../../src/answer/estimate.ts";
import type { ClaimTest } from "../../src/answer/reproduce.ts";
import { exponentOf, orderTowardsZero } from "../../src/claim/fit.ts";
import { agrees, surelyAbove, surelyBelow, verdictOf, whyOf } from "../../src/claim/verdict.ts";

const test = (decides: ClaimTest["decides"], passed: boolean): ClaimTest => ({ decides, passed, rule: `${decides} rule`, found: "0.1" });

describe("verdicts", () => {
  it("a claim falls with any of its tests, and has a limit where another fails", () => {
    expect(verdictOf([test("claim", true), test("limit", true)])).toBe("holds");
    expect(verdictOf([test("claim", true), test("limit", false)])).toBe("holds-with-limit");
    expect(verdictOf([test("claim", true), test("claim", false), test("limit", true)])).toBe("does-not-hold");
  });
  it("nothing holds without a test of the claim", () => {
    expect(verdictOf([])).toBe("does-not-hold");
    expect(verdictOf([test("limit", true)])).toBe("does-not-hold");
  });
  it("tells what decides", () => {
    expect(whyOf([test("claim", true), test("limit", false)])).toBe("Claim rule: 0.1. Limit: limit rule: 0.1.");
    expect(whyOf([test("claim", false), test("limit", false)], ["A note."])).toBe("Fails: claim rule: 0.1. A note.");
  });
});

describe("a figure passes a bound with its whole error or not at all", () => {
  const sampled = estimate(1, 0.1, "standard-error");
  it("five standard errors, one bound", () => {
    expect(surelyBelow(sampled, 1.49)).toBe(false);
    expect(surelyBelow(sampled, 1.51)).toBe(true);
    expect(surelyAbove({ ...sampled, kind: "bound" }, 0.89)).toBe(true);
    expect(surelyAbove({ ...sampled, kind: "bound" }, 0.91)).toBe(false);
    expect(agrees(sampled, 1.4)).toBe(true);
    expect(agrees(sampled, 1.6)).toBe(false);
  });
});

describe("exponents", () => {
  const points = (ratio: number, size: (x: number) => number, error = 0) =>
    [1, ratio, ratio ** 2, ratio ** 3].map((at) => ({ at, size: estimate(size(at), error * size(at), "bound") }));
  it("of a power: exact to rounding", () => {
    expect(exponentOf(points(2, (s) => 3 * s ** 1.5))!.value).toBeCloseTo(1.5, 12);
    expect(orderTowardsZero(points(0.5, (eta) => 3 * eta ** 2))!.value).toBeCloseTo(2, 12);
  });
  it("towards zero, with a next term: the extrapolated slope is nearer than the last, and its error covers what is left", () => {
    const order = orderTowardsZero(points(0.5, (eta) => 0.1 * (0.2 * eta) ** 2 * (1 + 3 * 0.2 * eta)))!;
    expect(Math.abs(order.value - 2)).toBeLessThan(0.03);
    expect(Math.abs(order.value - 2)).toBeLessThan(order.error);
  });
  it("no exponent where points are not told from 0", () => {
    expect(exponentOf(points(2, (s) => s, 0.6))).toBeNull();
    expect(orderTowardsZero(points(0.5, (s) => s, 0.6))).toBeNull();
    expect(orderTowardsZero(points(0.5, () => 0))).toBeNull();
  });
});
