// Laws on the line against closed ones on a quadratic, which these solvers do not know of; stationary laws; discrete noise; no noise.
import { describe, expect, it } from "vitest";
import type { Figure } from "../../src/answer/law.ts";
import { gaussianLaws } from "../../src/law/gaussian.ts";
import { lineLaws } from "../../src/law/line-laws.ts";
import { models } from "../../src/model/index.ts";
import { problemOf, well } from "./line-problems.ts";

const value = (figure: Figure): number => (typeof figure === "number" ? figure : figure.value);
const error = (figure: Figure): number => (typeof figure === "number" ? 0 : figure.error);

describe.each([
  { objective: "0.7*(x - 0.1)^2", sigma: 0.8, eta: 0.3, start: 1.2 },
  { objective: "-0.4*x^2", sigma: 0.4, eta: 0.1, start: 0.2 },
])("on $objective", (c) => {
  const at = [1, 2, 7, 20];
  const problem = problemOf({ ...c, steps: 20 });
  const line = lineLaws(problem, models, at);
  const closed = gaussianLaws(problem, models, at).result;
  it("moments, densities, KL and W2 are those of the closed laws, within the errors that are stated", () => {
    expect(line.warnings).toEqual([]);
    at.forEach((_, i) => {
      const [own, exact] = [line.sgd.laws[i]!, closed.sgd.laws[i]!];
      expect(Math.abs(value(own.mean![0]!) - value(exact.mean![0]!))).toBeLessThan(1e-13);
      expect(Math.abs(value(own.covariance![0]![0]!) / value(exact.covariance![0]![0]!) - 1)).toBeLessThan(1e-12);
      for (const { id } of models) {
        const [law, want] = [line.models[id]!.laws[i]!, closed.models[id]!.laws[i]!];
        const see = (got: Figure, wanted: Figure, slack: number): void => {
          expect(Math.abs(value(got) - value(wanted))).toBeLessThanOrEqual(error(got) + slack);
        };
        see(law.mean![0]!, want.mean![0]!, 1e-14);
        see(law.covariance![0]![0]!, want.covariance![0]![0]!, 1e-14);
        expect(error(law.mean![0]!)).toBeLessThan(1e-9);
        if (id === "gradient-flow") continue;
        see(law.klFromSgd!, want.klFromSgd!, 1e-13);
        expect(error(law.klFromSgd!)).toBeLessThan(1e-5);
        see(law.w2SquaredFromSgd!, want.w2SquaredFromSgd!, 1e-14);
        expect(error(law.w2SquaredFromSgd!)).toBeLessThan(1e-9);
        const { x, p } = law.density!;
        const [m, v] = [value(want.mean![0]!), value(want.covariance![0]![0]!)];
        x.forEach((y, k) => {
          expect(Math.abs(p[k]! * Math.sqrt(2 * Math.PI * v) - Math.exp(-((y - m) ** 2) / (2 * v)))).toBeLessThan(1e-8);
        });
      }
    });
  });
  it("stationary laws exist where they do, and are the closed ones", () => {
    const both = [{ own: line.sgd, exact: closed.sgd }, ...models.map(({ id }) => ({ own: line.models[id]!, exact: closed.models[id]! }))];
    let compared = 0;
    for (const { own, exact } of both) {
      if (own.stationary === null) continue;
      compared++;
      expect(Math.abs(value(own.stationary.mean[0]!) - value(exact.stationary!.mean[0]!))).toBeLessThan(1e-12);
      expect(Math.abs(value(own.stationary.covariance[0]![0]!) / value(exact.stationary!.covariance[0]![0]!) - 1)).toBeLessThan(1e-12);
    }
    // gradient flow has no density to settle to
    expect(compared).toBe(c.objective.startsWith("-") ? 0 : models.length);
  });
});

it("a double well: SGD's stationary law covers both wells, however rarely they are exchanged", () => {
  const { sgd, models: byModel } = lineLaws(problemOf({ objective: well, sigma: 0.9, eta: 0.05, start: -1, steps: 10 }), models, [1, 10]);
  // wells at +-1.048: variance near 1.1, mean 0 by symmetry
  expect(Math.abs(value(sgd.stationary!.mean[0]!))).toBeLessThan(1e-9);
  expect(value(sgd.stationary!.covariance[0]![0]!)).toBeGreaterThan(1.05);
  expect(Math.abs(value(byModel["ha-sme"]!.stationary!.covariance[0]![0]!) / value(sgd.stationary!.covariance[0]![0]!) - 1)).toBeLessThan(
    0.01,
  );
  // after ten steps the other well has not been seen
  expect(value(sgd.laws[1]!.covariance![0]![0]!)).toBeLessThan(0.05);
  expect(value(byModel["sme1"]!.laws[0]!.klFromSgd!)).toBeGreaterThan(0);
});

it("without noise everything is a point", () => {
  const { sgd, models: byModel } = lineLaws(problemOf({ objective: "x^4/4", sigma: 0, eta: 0.1, start: 1.2, steps: 5 }), models, [1, 5]);
  let x = 1.2;
  for (let k = 0; k < 5; k++) x -= 0.1 * x ** 3;
  expect(Math.abs(value(sgd.laws[1]!.mean![0]!) - x)).toBeLessThan(1e-15);
  const { mean, covariance, w2SquaredFromSgd } = byModel["gradient-flow"]!.laws[1]!;
  const flow = 1.2 / Math.sqrt(1 + 2 * 1.44 * 0.5);
  expect(Math.abs(value(mean![0]!) - flow)).toBeLessThan(1e-12);
  expect(value(covariance![0]![0]!)).toBe(0);
  expect(Math.abs(value(w2SquaredFromSgd!) - (flow - x) ** 2)).toBeLessThan(1e-13);
});

it("discrete noise: moments by enumeration, no density, no divergence; the models have theirs", () => {
  const noise = { discrete: { values: [[-1], [1]], probabilities: [0.5, 0.5] } };
  const { sgd, models: byModel } = lineLaws(problemOf({ objective: "x^2/2", noise, eta: 0.2, start: 1, steps: 3 }), models, [1, 3]);
  expect(Math.abs(value(sgd.laws[1]!.mean![0]!) - 0.8 ** 3)).toBeLessThan(1e-15);
  expect(Math.abs(value(sgd.laws[1]!.covariance![0]![0]!) - (0.04 * (1 - 0.64 ** 3)) / 0.36)).toBeLessThan(1e-15);
  expect(sgd.laws[1]!.density).toBeUndefined();
  expect(byModel["sme1"]!.laws[1]!.klFromSgd).toBeNull();
  expect(byModel["sme1"]!.laws[1]!.mean).not.toBeNull();
});

describe.each([
  { objective: well, sigma: 0.9, eta: 0.2, start: -1.05 },
  { objective: well, sigma: 0.3, eta: 0.1, start: 3 },
  { objective: "x^4/4", sigma: 1, eta: 0.1, start: 1 },
  { objective: "-0.4*x^2", sigma: 0.4, eta: 0.1, start: 0.2 },
])("drafts on $objective from $start", (c) => {
  const at = [1, 3, 20];
  const problem = problemOf({ ...c, steps: 20 });
  const four = models.filter(({ id }) => ["sme1", "sme2", "ha-sme", "ha-sme-3"].includes(id));
  const [draft, full] = (["draft", "densities"] as const).map((detail) => lineLaws(problem, four, at, { detail }));
  it("are within the errors that they state, which are small", () => {
    let compared = 0;
    for (const id of ["sgd", ...four.map((model) => model.id)])
      at.forEach((_, i) => {
        const [rough, good] = [draft!, full!].map((laws) => (id === "sgd" ? laws.sgd : laws.models[id]!).laws[i]!);
        const top = Math.max(...good!.density!.p);
        expect(good!.density!.error!).toBeLessThan(1e-8 * top);
        expect(rough!.density!.error!).toBeLessThan(1e-3 * top);
        // a draft's moments may be left open where its density is not
        if (rough!.mean)
          expect(Math.abs(value(rough!.mean[0]!) - value(good!.mean![0]!))).toBeLessThanOrEqual(
            error(rough!.mean[0]!) + error(good!.mean![0]!) + 1e-9,
          );
        rough!.density!.x.forEach((x, k) => {
          const p = interpolated(good!.density!, x);
          // 2e-6: eight points of the other grid, which is a hundredth of the law's width or so
          if (p !== null) expect(Math.abs(p - rough!.density!.p[k]!)).toBeLessThanOrEqual(rough!.density!.error! + 2e-6 * top);
          compared++;
        });
        expect(rough!.klFromSgd ?? null).toBeNull();
      });
    expect(compared).toBeGreaterThan(3000);
  });
});

/** The polynomial through eight neighbours of a grid; null near its ends. */
function interpolated({ x, p }: { readonly x: readonly number[]; readonly p: readonly number[] }, at: number): number | null {
  const first = Math.floor((at - x[0]!) / (x[1]! - x[0]!)) - 3;
  if (first < 0 || first + 8 > x.length) return null;
  let sum = 0;
  for (let i = first; i < first + 8; i++) {
    let weight = 1;
    for (let j = first; j < first + 8; j++) if (j !== i) weight *= (at - x[j]!) / (x[i]! - x[j]!);
    sum += weight * p[i]!;
  }
  return sum;
}
