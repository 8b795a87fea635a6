// The elementary functions that kernels use (elementary/lean.ts) against 50-digit values and against Math at a million arguments each. Errors over
// 1e7 arguments (test/slow/elementary.test.ts): exp 1.02, log 0.8, sin 1.91, cos 1.97 ulp.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as printed from "../../src/numerics/elementary/numbers.ts";
import { randomNumbers, specialNumbers, ulp } from "./special-numbers.ts";

type NumberFunction = (x: number) => number;
const ours = printed as unknown as Record<string, NumberFunction>;
const theirs = Math as unknown as Record<string, NumberFunction>;
const reference = JSON.parse(readFileSync(new URL("../reference/elementary.json", import.meta.url), "utf8")) as Record<string, number[][]>;

/** Name, the function it stands for, the largest error measured (rounded up), a range of arguments. */
const functions = [
  ["leanExp", "exp", 0.95, -745, 710],
  ["leanLog", "log", 0.78, 0, 30],
  ["leanSin", "sin", 1.92, -1.3e5, 1.3e5],
  ["leanCos", "cos", 1.97, -1.3e5, 1.3e5],
] as const;

describe.each(functions)("%s", (lean, full, bound, from, to) => {
  const f = ours[lean]!;
  const g = theirs[full]!;

  it(`within ${bound} ulp of 50 digits`, () => {
    const rows = reference[full]!;
    expect(rows.length).toBeGreaterThan(250);
    for (const [x, high, low] of rows as [number, number, number][]) {
      const error = Math.abs(f(x) - high - low) / ulp(high);
      // a subnormal result is rounded twice: 1 ulp
      expect(error, `${lean}(${x})`).toBeLessThanOrEqual(bound);
    }
  });

  it("within 3 ulps of Math at a million arguments", () => {
    // results within 1.97 and 0.9 ulp of the exact value are at most 3 apart
    const draw = randomNumbers(17);
    let worst = { error: 0, x: 0 };
    for (let i = 0; i < 1e6; i++) {
      const u = draw();
      const x =
        i % 3 === 0 ? from + (to - from) * u : i % 3 === 1 ? (from < 0 ? 8 * u - 4 : 4 * u) : (1 + u) * 2 ** Math.floor(90 * draw() - 80);
      const [y, z] = [f(x), g(x)];
      const error = Object.is(y, z) ? 0 : Math.abs(y - z) / ulp(z);
      if (!(error <= worst.error)) worst = { error, x };
    }
    expect(worst.error, `at ${worst.x}`).toBeLessThanOrEqual(3);
  });

  it("special values are those of Math", () => {
    for (const x of specialNumbers) {
      const [y, z] = [f(x), g(x)];
      // the sign of a zero is not kept: sin(-0) is 0
      if (!Number.isFinite(z) || z === 0) expect(y + 0, `${lean}(${x})`).toBe(z + 0);
      else expect(Math.abs(y - z) / ulp(z), `${lean}(${x})`).toBeLessThanOrEqual(3);
    }
  });
});
