// The rule on when a model's figures may be shown (interface.md), on paths.
import { describe, expect, it } from "vitest";
import { sampleLaw } from "../../src/ensemble/law.ts";
import { sampleWeak } from "../../src/ensemble/weak.ts";
import { modelById } from "../../src/model/index.ts";
import { cosine, problemOf } from "./problems.ts";

const codes = (warnings: readonly { readonly code: string; readonly model?: string }[]) =>
  warnings.map((w) => `${w.code}${w.model ? ` ${w.model}` : ""}`);
/** Covariance of rank one whose range is not invariant under H: HA-SME's D D^T is indefinite, more so the smaller the rest. */
const tilted = (rest: number, learningRate: number) =>
  problemOf({
    objective: { formula: "x^2/2 + y^2/4 + 0.01*cos(y)", variables: ["x", "y"] },
    noise: {
      gaussian: {
        covariance: [
          [1 + rest, 1],
          [1, 1 + rest],
        ],
      },
    },
    learningRate,
    start: [0.1, 0.1],
    steps: 3,
    tests: ["x"],
  });

describe("existence on paths", () => {
  it("z >= 1 at the start: no figures of the models that need z < 1, and SGD's are there", async () => {
    const problem = cosine({ learningRate: 0.9, start: [0.1], steps: 2 });
    const { rows, warnings } = await sampleWeak(problem, ["sme1", "spf", "ha-sme"].map(modelById), { paths: 512, substeps: 2 });
    expect(codes(warnings)).toEqual(["no-diffusion spf", "no-diffusion ha-sme"]);
    expect(rows[0]!.sgd).not.toBeNull();
    expect(rows[0]!.models["ha-sme"]).toEqual({ value: null, weakError: null, maxWeakError: null });
    expect(rows[0]!.models["sme1"]!.weakError).not.toBeNull();
  });

  it("z >= 1 on the way, on more than a millionth of the paths: null, with the place", async () => {
    // f'' = 1 + cos(x)/2: z < 1 at x = pi (0.4), z >= 1 near 0 (1.2)
    const problem = cosine({ learningRate: 0.8, start: [3.0], steps: 4 });
    const { rows, warnings } = await sampleWeak(problem, [modelById("ha-sme")], { paths: 512, substeps: 2 });
    expect(codes(warnings)).toEqual(["no-diffusion ha-sme"]);
    expect(warnings[0]!["mass"]).toBeGreaterThan(0.5);
    expect(0.8 * (1 + Math.cos((warnings[0]!["place"] as number[])[0]!) / 2)).toBeGreaterThanOrEqual(1);
    expect(rows[0]!.models["ha-sme"]!.value).toBeNull();
  });

  it("a small defect is mended with a warning, a large one is not unless told to, none is in strict mode", async () => {
    const models = [modelById("ha-sme")];
    const options = { paths: 512, substeps: 2 };
    const small = tilted(0, 0.2);
    const mended = await sampleWeak(small, models, options);
    expect(codes(mended.warnings)).toEqual(["nearest ha-sme"]);
    const { defect } = mended.warnings[0]! as unknown as { defect: number };
    expect(defect).toBeGreaterThan(1e-6);
    expect(defect).toBeLessThan(1e-2);
    expect(mended.rows[0]!.models["ha-sme"]!.value).not.toBeNull();
    const strict = await sampleWeak(small, models, { ...options, strict: true });
    expect(codes(strict.warnings)).toEqual(["not-embeddable ha-sme"]);
    expect(strict.rows[0]!.models["ha-sme"]!.value).toBeNull();
    const large = tilted(0, 0.95);
    expect(codes((await sampleWeak(large, models, options)).warnings)).toEqual(["not-embeddable ha-sme"]);
    const told = await sampleWeak(large, models, { ...options, nearest: true });
    expect(codes(told.warnings)).toEqual(["nearest ha-sme"]);
    expect(told.rows[0]!.models["ha-sme"]!.value).not.toBeNull();
    expect((await sampleWeak(tilted(0.5, 0.2), models, options)).warnings).toEqual([]);
  });

  it("paths that overflow make the averages null, with the rate", async () => {
    const problem = problemOf({
      objective: { formula: "x^4", variables: ["x"] },
      noise: { gaussian: { sigma: 3 } },
      learningRate: 0.3,
      start: [0],
      steps: 12,
      tests: ["x"],
      at: [1, 12],
    });
    const { result, warnings } = await sampleLaw(problem, [], { paths: 512, substeps: 2 });
    const unstable = warnings.find((w) => w.code === "unstable")!;
    expect(unstable["rate"]).toBeGreaterThan(0.05);
    expect(unstable["rate"]).toBeLessThan(1);
    expect(result.sgd.laws[0]!.mean).not.toBeNull();
    expect(result.sgd.laws[1]!.mean).toBeNull();
    expect(result.sgd.laws[1]!.covariance).toBeNull();
  });
});

describe("sampled laws", () => {
  it("means and covariances of a quadratic against the recursion of theory.md 4", async () => {
    const lambda = [1, 0.5];
    const eta = 0.4;
    const sigma = 0.7;
    const problem = problemOf({
      objective: { formula: "x^2/2 + y^2/4", variables: ["x", "y"] },
      noise: { gaussian: { sigma } },
      learningRate: eta,
      start: [1, -2],
      steps: 6,
      at: [2, 6],
    });
    const ids = ["gradient-flow", "sme1", "ha-sme"];
    const { result } = await sampleLaw(problem, ids.map(modelById), { paths: 8192, substeps: 4 });
    const far: number[] = [];
    problem.at.forEach((k, place) => {
      const check = (laws: typeof result.sgd.laws, mean: (l: number) => number, variance: (l: number) => number) => {
        const law = laws[place]!;
        for (let i = 0; i < 2; i++) {
          for (let j = 0; j < 2; j++) {
            const entry = law.covariance![i]![j]! as { value: number; error: number };
            const want = i === j ? variance(lambda[i]!) : 0;
            if (want !== 0 || entry.error > 1e-12) far.push(Math.abs(entry.value - want) / entry.error);
            else expect(Math.abs(entry.value)).toBeLessThan(1e-12);
          }
          const entry = law.mean![i]! as { value: number; error: number };
          far.push(Math.abs(entry.value - mean(lambda[i]!) * problem.start[i]!) / entry.error);
        }
      };
      check(
        result.sgd.laws,
        (l) => (1 - eta * l) ** k,
        (l) => (eta * sigma) ** 2 * (((1 - eta * l) ** (2 * k) - 1) / ((1 - eta * l) ** 2 - 1)),
      );
      check(
        result.models["sme1"]!.laws,
        (l) => Math.exp(-l * eta * k),
        (l) => (eta * sigma ** 2 * (1 - Math.exp(-2 * l * eta * k))) / (2 * l),
      );
      check(
        result.models["ha-sme"]!.laws,
        (l) => (1 - eta * l) ** k,
        (l) => (eta * sigma) ** 2 * (((1 - eta * l) ** (2 * k) - 1) / ((1 - eta * l) ** 2 - 1)),
      );
      check(
        result.models["gradient-flow"]!.laws,
        (l) => Math.exp(-l * eta * k),
        () => 0,
      );
    });
    expect(far.length).toBeGreaterThan(30);
    expect(Math.max(...far)).toBeLessThan(4.5); // false alarm 7e-6 a figure
  });
});
