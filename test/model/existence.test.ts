// The one rule of existence: at a point, for closed forms, for real processes, at the edge.
import { describe, expect, it } from "vitest";
import { decideProcess, existenceAt, mendableDefect, survey } from "../../src/model/existence.ts";
import { modelById, selectModels } from "../../src/model/index.ts";
import { gaussianNoise, problemOf, quadratic } from "../law/problems.ts";

const model = modelById("ha-sme");
const at = (a: number[][], sigma: number[][], eta: number) => {
  const problem = problemOf(quadratic(a), gaussianNoise(sigma), eta, new Array(a.length).fill(1));
  return existenceAt(model, problem, problem.start);
};
const fine = at([[1]], [[1]], 0.5);
const place = (x: number, mass: number, defect: number) => ({ x: Float64Array.of(x), mass, defect });

describe("at a point", () => {
  it("exists for z < 1 and a psd D D^T", () => {
    expect(fine).toMatchObject({ exists: true, zMax: 0.5, defect: 0 });
    expect(
      at(
        [
          [1, 0],
          [0, 2],
        ],
        [
          [1, 0],
          [0, 0],
        ],
        0.3,
      ).exists,
    ).toBe(true);
    expect(
      at(
        [
          [3, 0],
          [0, 0.01],
        ],
        [
          [1, 1],
          [1, 1],
        ],
        0.3,
      ),
    ).toMatchObject({ exists: false });
    expect(at([[2]], [[1]], 0.5)).toMatchObject({ exists: false, zMax: 1, defect: null, diffusion: null });
  });
  it("without a pole in its drift a model exists at every z", () => {
    const problem = problemOf(quadratic([[3]]), gaussianNoise([[1]]), 1, [1]);
    expect(existenceAt(modelById("sme2"), problem, problem.start)).toMatchObject({ exists: true, zMax: 3 });
  });
  it("singular commuting noise in a turned basis exists: rounding is no defect", () => {
    for (let k = 1; k < 40; k++) {
      const [c, s] = [Math.cos(k), Math.sin(k)];
      const turn = (p: number, q: number) => [
        [p * c * c + q * s * s, (p - q) * c * s],
        [(p - q) * c * s, p * s * s + q * c * c],
      ];
      expect(at(turn(2, 0.1), turn(1, 0), 0.4).exists).toBe(true);
    }
  });
});

describe("for a real process", () => {
  it("mends small defects with a warning, refuses large ones, obeys strict and nearest", () => {
    const small = { ...fine, exists: false, defect: 1e-4 };
    const large = { ...fine, exists: false, defect: 0.05 };
    expect(decideProcess(model, fine, undefined, {})).toMatchObject({ answered: true, treatment: "formal", warnings: [] });
    const mended = decideProcess(model, small, undefined, {});
    expect(mended).toMatchObject({ answered: true, treatment: "nearest" });
    expect(mended.warnings[0]).toMatchObject({ code: "nearest", model: "ha-sme", defect: 1e-4 });
    expect(decideProcess(model, large, undefined, {})).toMatchObject({
      answered: false,
      warnings: [{ code: "not-embeddable", defect: 0.05 }],
    });
    expect(decideProcess(model, small, undefined, { strict: true })).toMatchObject({
      answered: false,
      warnings: [{ code: "not-embeddable" }],
    });
    expect(decideProcess(model, large, undefined, { nearest: true })).toMatchObject({ answered: true, treatment: "nearest" });
    expect(decideProcess(model, { ...fine, exists: false, defect: null, zMax: 1.5 }, undefined, {})).toMatchObject({
      answered: false,
      warnings: [{ code: "no-diffusion", z: 1.5 }],
    });
  });
  it("tells an edge from a place that matters, by SGD's mass", () => {
    const rare = survey([place(3, 4e-7, Number.NaN), place(1, 0.9, 0)], {});
    const edge = decideProcess(model, fine, rare, {});
    expect(edge).toMatchObject({ answered: true, warnings: [{ code: "edge", mass: 4e-7, place: [3] }] });
    const common = survey([place(3, 4e-7, Number.NaN), place(4, 8e-7, Number.NaN)], {});
    expect(decideProcess(model, fine, common, {})).toMatchObject({ answered: false, warnings: [{ code: "no-diffusion", place: [4] }] });
    const indefinite = survey([place(2, 1e-3, 0.2)], {});
    expect(decideProcess(model, fine, indefinite, {})).toMatchObject({ answered: false, warnings: [{ code: "no-diffusion", place: [2] }] });
    expect(decideProcess(model, fine, survey([place(2, 1e-3, 0.2)], { nearest: true }), { nearest: true })).toMatchObject({
      answered: true,
      treatment: "nearest",
      warnings: [{ code: "nearest", defect: 0.2 }],
    });
    const onTheWay = decideProcess(model, fine, survey([place(2, 0.1, 1e-3), place(2, 0.1, 1e-13)], {}), {});
    expect(onTheWay).toMatchObject({ answered: true, treatment: "nearest", warnings: [{ code: "nearest", defect: 1e-3 }] });
  });
  it("mends up to 1e-2 unless told otherwise", () => {
    expect([mendableDefect({}), mendableDefect({ strict: true }), mendableDefect({ nearest: true })]).toEqual([
      1e-2,
      1e-12,
      Number.POSITIVE_INFINITY,
    ]);
  });
});

describe("the list of models", () => {
  it("selects in its own order and names the nearest id", () => {
    expect(selectModels(["ha-sme", "sme1"]).map((m) => m.id)).toEqual(["sme1", "ha-sme"]);
    expect(selectModels(["series-2", "ha-sme", "series-0", "ha-sme"]).map((m) => m.id)).toEqual(["ha-sme", "series-0", "series-2"]);
    expect(selectModels().some(({ id }) => id.startsWith("series"))).toBe(false);
    expect(modelById("series-3")).toBe(modelById("series-3"));
    for (const id of ["series-5", "series-02", "series-", "series-1.5"])
      expect(() => modelById(id)).toThrow(/series-0 to series-4\. Did you mean series-/);
    expect(() => modelById("hasme")).toThrow(
      /allowed: gradient-flow, sme1, sme2, spf, ha-sme, ha-sme-3, ha-sme-4, .*Did you mean ha-sme\?/,
    );
    expect(() => modelById("SME_1")).toThrow(/Did you mean sme1/);
    expect(() => modelById("zzzzzzzzzzz")).toThrow(/allowed: gradient-flow.*ha-sme-4, series-0 to series-4\.$/);
  });
});
