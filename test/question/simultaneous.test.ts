// Errors of a figure chosen from several: tabulated quantiles, and coverage of the largest of independent figures.
import { expect, it } from "vitest";
import { createStream } from "../../src/numerics/random.ts";
import { simultaneousFactor } from "../../src/question/simultaneous.ts";

it("quantiles of the normal law at 1 - 0.025/m", () => {
  expect(simultaneousFactor(1)).toBe(1);
  // tables: 2.2414, 2.8070, 3.2272
  expect(1.96 * simultaneousFactor(2)).toBeCloseTo(2.2414, 4);
  expect(1.96 * simultaneousFactor(10)).toBeCloseTo(2.807, 4);
  expect(1.96 * simultaneousFactor(40)).toBeCloseTo(3.2272, 4);
});

it("the largest of 20 figures is held in 95 % of cases, which its own error does not do", () => {
  const stream = createStream(7).moveTo(0, 0, "start");
  const factor = simultaneousFactor(20);
  let [held, alone] = [0, 0];
  const runs = 2000;
  for (let run = 0; run < runs; run++) {
    // all true values are 0, all errors 1
    const largest = Math.max(...Array.from({ length: 20 }, () => Math.abs(stream.normal())));
    if (largest <= 1.96 * factor) held++;
    if (largest <= 1.96) alone++;
  }
  // 5 standard errors of 2000 cases at 95 %: 0.024
  expect(held / runs).toBeGreaterThan(0.95 - 0.024);
  expect(alone / runs).toBeLessThan(0.5);
});
