// Networks from problem files: layout of parameters, classes, starts, and bad input that names row, column or tensor.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { minibatchNoise, thirdCumulant } from "../../../src/problem/minibatch-noise.ts";
import type { Samples } from "../../../src/problem/objective.ts";
import { readProblem } from "../../../src/problem/read.ts";
import type { Tensor } from "../../../src/problem/tensors.ts";

const reference = JSON.parse(readFileSync(new URL("../../reference/networks.json", import.meta.url), "utf8"));

const rows: (string | number | null)[][] = [
  ["b", 1, 2],
  ["a", 2, -1],
  ["b", 0, 1],
  ["a", 1, 1],
];
const network = { data: { columns: ["label", "p", "q"], rows }, target: "label", hidden: [2], loss: "cross-entropy" };
const problem = (changes: object = {}, rest: object = {}) => ({
  objective: { network: { ...network, ...changes } },
  noise: { minibatch: { size: 2, replacement: false } },
  learningRate: 0.1,
  start: { seed: 4 },
  steps: 5,
  ...rest,
});

describe("reading", () => {
  it("one output a class, also for two, by code point or by number", () => {
    const read = readProblem(problem());
    expect(read.objective.d).toBe(2 * 2 + 2 + 2 * 2 + 2);
    expect(read.objective.network!.classes).toEqual(["a", "b"]);
    const numbered = rows.map(([label, ...rest]) => [label === "a" ? 10 : 9, ...rest]);
    expect(readProblem(problem({ data: { columns: network.data.columns, rows: numbered } })).objective.network!.classes).toEqual([
      "9",
      "10",
    ]);
  });

  it("value of a network worked out by hand", () => {
    // one hidden unit tanh(0.5 p - q + 0.1), outputs 2 h + 0.3 and -h
    const x = [0.5, -1, 0.1, 2, -1, 0.3, 0];
    const { objective, start } = readProblem(problem({ hidden: [1], l2: 0.2 }, { start: x }));
    let want = 0.1 * x.reduce((sum, v) => sum + v * v, 0);
    for (const [label, p, q] of rows as [string, number, number][]) {
      const h = Math.tanh(0.5 * p - q + 0.1);
      const outputs = [2 * h + 0.3, -h];
      const own = label === "a" ? 0 : 1;
      want += (Math.log(Math.exp(outputs[0]!) + Math.exp(outputs[1]!)) - outputs[own]!) / rows.length;
    }
    expect(objective.value(start)).toBeCloseTo(want, 14);
  });

  it("the same seed, the same start; loss and distance as test functions", () => {
    const a = readProblem(problem({}, { tests: ["loss - distance^2", "x1"] }));
    const b = readProblem(problem());
    expect(a.start).toEqual(b.start);
    expect(readProblem(problem({}, { start: { seed: 5 } })).start).not.toEqual(a.start);
    const away = a.start.map((v) => v + 0.5);
    expect(a.tests[0]!.value(away)).toBeCloseTo(a.objective.value(away) - 0.25 * a.objective.d, 12);
    expect(a.tests[1]!.value(away)).toBe(away[0]);
  });

  it("weights from a file, and what is written of them", () => {
    const tensors: Tensor[] = [
      { name: "0.weight", shape: [2, 2], values: Float64Array.of(1, 2, 3, 4) },
      { name: "0.bias", shape: [2], values: Float64Array.of(5, 6) },
      { name: "2.weight", shape: [2, 2], values: Float64Array.of(7, 8, 9, 10) },
      { name: "2.bias", shape: [2], values: Float64Array.of(11, 12) },
    ];
    const file = problem({ weights: "w.npz" }, { start: "weights" });
    expect(Array.from(readProblem(file, { loadTensors: () => tensors }).start)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const wrong = tensors.with(2, { ...tensors[2]!, shape: [1, 4] });
    expect(() => readProblem(file, { loadTensors: () => wrong })).toThrow(/w\.npz: tensor "2\.weight".*\[1, 4\].*\[2, 2\]/);
    expect(() => readProblem(problem({}, { start: "weights" }))).toThrow(/names no file/);
  });

  it.each([
    [rows.with(2, ["b", null, 1]), /row 3, column "p": found an empty cell/],
    [rows.with(1, ["a", "many", 1]), /row 2, column "p": found "many"/],
    [rows.with(1, ["", 1, 1]), /row 2, column "label": found an empty cell/],
    [rows.with(3, ["c", 1, 1]), /row 2, column "label": class "a" has this one row/],
    [rows.map(([, ...rest]) => ["a", ...rest]), /column "label" has one class, a/],
  ])("bad data %#", (wrong, message) => {
    expect(() => readProblem(problem({ data: { columns: network.data.columns, rows: wrong } }))).toThrow(message);
  });

  it("bad starts and targets", () => {
    expect(() => readProblem(problem({}, { start: [1, 2] }))).toThrow(/start.*has 2 entries.*12/s);
    expect(() => readProblem(problem({ loss: "squared-error" }))).toThrow(/row 1, column "label": found "b"/);
    expect(() => readProblem(problem({ target: "lable" }))).toThrow(/did you mean "label"/);
  });
});

it("third cumulants and covariances of batches are those of enumeration", () => {
  expect(reference.minibatch).toHaveLength(2);
  for (const { objective, start, parameters, sampleGradients, batches } of reference.minibatch) {
    const n = sampleGradients.length;
    const x = Float64Array.from((parameters ?? start) as number[]);
    const d = x.length;
    const given: Samples = {
      n,
      gradient: (i, _x, out) => {
        out.set(sampleGradients[i]);
        return out;
      },
    };
    const samples = objective ? readProblem(problem({}, { objective, start })).objective.samples! : given;
    for (let i = 0; i < n; i++) {
      const row = samples.gradient(i, x, new Float64Array(d));
      sampleGradients[i].forEach((v: number, j: number) => expect(row[j]).toBeCloseTo(v, 14));
    }
    expect(batches).toHaveLength(6);
    for (const { size, replacement, Sigma, K } of batches) {
      const sigma = minibatchNoise({ size, replacement }, samples, d).covariance(x, new Float64Array(d * d));
      // gradients of size 1, a few sums of them
      Sigma.flat().forEach((v: number, i: number) => expect(sigma[i]).toBeCloseTo(v, 13));
      const cumulant = thirdCumulant({ size, replacement }, samples, x);
      K.flat(2).forEach((v: number, i: number) => expect(cumulant[i]).toBeCloseTo(v, 13));
    }
  }
});
