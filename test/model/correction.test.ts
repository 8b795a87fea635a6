// Corrections by both routes, whole tensors (the oracle) and products, in up to six dimensions; what a problem may lack.
import { describe, expect, it } from "vitest";
import { bindCorrection, correctionDefaults, lackingFor } from "../../src/model/correction.ts";
import { existenceAt } from "../../src/model/existence.ts";
import { modelById } from "../../src/model/index.ts";
import { maxAbs } from "../../src/numerics/linear.ts";
import type { SgdProblem } from "../../src/problem/problem.ts";
import { readProblem } from "../../src/problem/read.ts";
import { diagnose } from "../../src/question/diagnose.ts";
import { weak } from "../../src/question/weak.ts";
import { uniform } from "../sbea/random-tensors.ts";

const coupled = (d: number, varying: boolean): SgdProblem => {
  const variables = Array.from({ length: d }, (_, i) => `x${i + 1}`);
  const next = (i: number) => variables[(i + 1) % d]!;
  return readProblem({
    objective: {
      formula: variables.map((v, i) => `${v}^2/2 + 0.3*cos(${v} + ${next(i)}/2) + 0.02*${v}^4*${next(i)}`).join(" + "),
      variables,
    },
    noise: {
      gaussian: {
        covariance: variables.map((v, i) =>
          variables.map((_, j) => (i === j ? (varying ? `1 + 0.2*sin(${v})` : 1) : 0.3 / (1 + Math.abs(i - j)))),
        ),
      },
    },
    learningRate: 0.3,
    start: variables.map(() => 0.5),
    steps: 1,
  });
};

describe("both routes", () => {
  it.each(
    [1, 2, 3, 6].flatMap((d) =>
      ["ha-sme-3", "ha-sme-4", "series-3"].flatMap((id) => [false, true].map((varying) => [d, id, varying] as const)),
    ),
  )("d = %i, %s, varying noise %s", (d, id, varying) => {
    const problem = coupled(d, varying);
    const [tensors, products] = (["tensors", "products"] as const).map((route) => bindCorrection(modelById(id), problem, { route })!);
    const random = uniform(d);
    for (let trial = 0; trial < 5; trial++) {
      const x = Float64Array.from({ length: d }, random);
      const g = problem.objective.gradient(x, new Float64Array(d));
      const [b, c, p, q] = [d, d, d * d, d * d].map((size) => new Float64Array(size)) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      tensors!.addDrift(x, g, b);
      products!.addDrift(x, g, c);
      tensors!.addDiffusion(x, g, p);
      products!.addDiffusion(x, g, q);
      // Sums of up to 6^4 products below 1, in another order.
      expect(maxAbs(b.map((v, i) => v - c[i]!))).toBeLessThan(1e-14 * Math.max(maxAbs(b), 1));
      expect(maxAbs(p.map((v, i) => v - q[i]!))).toBeLessThan(1e-14 * Math.max(maxAbs(p), 1));
      for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) expect(q[i * d + j]).toBe(q[j * d + i]);
      if (d > 1) expect(maxAbs(c)).toBeGreaterThan(1e-4);
    }
  });

  it("the point is noticed to move, and to stay", () => {
    const problem = coupled(3, true);
    let asked = 0;
    const counting: SgdProblem = {
      ...problem,
      objective: {
        ...problem.objective,
        fourth: (x, v, s, out) => {
          asked++;
          return problem.objective.fourth!(x, v, s, out);
        },
      },
    };
    const correction = bindCorrection(modelById("ha-sme-4"), counting)!;
    const x = Float64Array.of(0.1, 0.2, 0.3);
    const g = (at: Float64Array) => problem.objective.gradient(at, new Float64Array(3));
    const at = (): Float64Array => {
      const b = new Float64Array(3);
      correction.addDrift(x, g(x), b);
      return b;
    };
    const first = at();
    correction.addDiffusion(x, g(x), new Float64Array(9));
    expect(at()).toEqual(first);
    expect(asked).toBe(1);
    x[2] = 0.4;
    expect(at()).not.toEqual(first);
    x[2] = 0.3;
    expect(at()).toEqual(first);
    expect(asked).toBe(3);
  });

  it("HA-SME-4 in 20 dimensions forms no tensor", () => {
    const problem = coupled(20, false);
    const refusing: SgdProblem = {
      ...problem,
      objective: {
        ...problem.objective,
        derivatives: (order) => {
          throw new Error(`the tensor of order ${order} was asked for`);
        },
      },
    };
    const correction = bindCorrection(modelById("ha-sme-4"), refusing)!;
    const { start } = problem;
    const g = problem.objective.gradient(start, new Float64Array(20));
    const b = new Float64Array(20);
    correction.addDrift(start, g, b);
    correction.addDiffusion(start, g, new Float64Array(400));
    expect(maxAbs(b)).toBeGreaterThan(1e-3);
  });
});

describe("what a problem lacks", () => {
  const whole = coupled(3, true);
  const { fourth: _f, derivatives: _d, ...upToThird } = whole.objective;
  const poor: SgdProblem = { ...whole, objective: upToThird };
  it("is nothing for formulas, and is named otherwise", () => {
    for (const id of ["ha-sme", "ha-sme-3", "ha-sme-4", "series-4"]) expect(lackingFor(modelById(id), whole)).toBeUndefined();
    expect(lackingFor(modelById("ha-sme-3"), poor)).toBeUndefined();
    expect(lackingFor(modelById("ha-sme-4"), poor)).toBe("derivatives of f of order 4");
    const { cumulant: _c, ...firstOnly } = whole.noise;
    expect(lackingFor(modelById("series-3"), { ...whole, noise: firstOnly })).toBe(
      "derivatives of order 2 of the noise's cumulant of order 2",
    );
    expect(lackingFor(modelById("ha-sme-4"), { ...whole, noise: firstOnly })).toBeUndefined();
  });
  it("is a tensor too large to derive", () => {
    const large = coupled(20, false);
    expect(20 ** 5).toBeGreaterThan(correctionDefaults.mostEntries);
    expect(lackingFor(modelById("series-4"), large)).toBe("tensors of 20^5 entries");
    expect(lackingFor(modelById("ha-sme-4"), large)).toBeUndefined();
  });
  it("makes the model one that does not exist there, with a warning and no verdict of trust", async () => {
    const found = existenceAt(modelById("ha-sme-4"), poor, poor.start);
    expect(found).toMatchObject({ exists: false, defect: null, lacks: "derivatives of f of order 4" });
    const { result, warnings } = await diagnose(poor, { models: ["ha-sme-3", "ha-sme-4"], vectors: true });
    expect(warnings.filter((w) => w.model === "ha-sme-4").map((w) => w.code)).toEqual(["not-applicable"]);
    expect(result.verdicts.map(({ trust }) => trust === "none")).toEqual([false, true]);
    expect(result.drift!["ha-sme-4"]).toBeNull();
  });
});

describe("on the line", () => {
  it("a model that lacks a derivative has no figures and a warning, the others have theirs", async () => {
    const rows = [
      [1, 2],
      [2, 3],
      [3, 5],
    ];
    const problem = readProblem({
      objective: { leastSquares: { data: { columns: ["a", "y"], rows }, target: "y" } },
      noise: { minibatch: { size: 1, replacement: true } },
      learningRate: 0.05,
      start: [0],
      steps: 5,
      tests: ["cos(x1)"],
    });
    const { result, warnings } = await weak(problem, { models: ["ha-sme", "series-3"] });
    const { models } = result.tests[0]!.rows[0]!;
    expect(models["ha-sme"]!.value).not.toBeNull();
    expect(models["series-3"]!.value).toBeNull();
    expect(warnings.filter((w) => w.model === "series-3").map((w) => w.message)).toEqual([
      "Series-3 needs derivatives of order 2 of the noise's cumulant of order 2, which this problem does not give.",
    ]);
  });
});
