// Problem files: what is read, what is filled in, and what is refused with which words.
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { readProblem } from "../../src/problem/read.ts";

const good = {
  objective: { formula: "x^2/2", variables: ["x"] },
  noise: { gaussian: { sigma: 1 } },
  learningRate: 0.1,
  start: [1],
  steps: 5,
};
const quadratic = (matrix: number[][], more: object = {}) => ({
  ...good,
  objective: { quadratic: { matrix } },
  start: matrix.map(() => 0),
  ...more,
});
const table = {
  columns: ["a", "b", "y"],
  rows: [
    [1, 2, 1],
    [2, 1, 0],
    [0, 1, 3],
    [1, 1, 1],
  ],
};
const squares = (more: object = {}) => ({
  ...good,
  objective: { leastSquares: { data: table, target: "y", ...more } },
  noise: { minibatch: { size: 2, replacement: false } },
  start: [0, 0],
});

function refusal(raw: unknown): string {
  try {
    readProblem(raw);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error("accepted");
}

describe("what is filled in", () => {
  it("steps, tests and normal form", () => {
    const problem = readProblem({ ...good, steps: 200 });
    expect(problem.at).toEqual([1, 20, 50, 100, 200]);
    expect(problem.tests.map((t) => t.text)).toEqual(["x", "loss"]);
    expect(problem.tests[1]!.value(Float64Array.of(3))).toBe(4.5);
    expect(readProblem(problem.json).json).toEqual(problem.json);
  });
  it("names of other objectives: x1 .. xd, x y z, loss and distance", () => {
    const problem = readProblem(
      quadratic(
        [
          [2, 0],
          [0, 1],
        ],
        { tests: ["x1*y", "loss", "distance^2"], start: [1, 1] },
      ),
    );
    const at = Float64Array.of(3, 2);
    expect(problem.tests.map((t) => t.value(at))).toEqual([6, 11, 5]);
  });
  it("a formula that is a quadratic is one", () => {
    const { objective } = readProblem({ ...good, objective: { formula: "(x - 1)^2 + x*y + 2*y^2 + 3" }, start: [0, 0] });
    expect(objective.quadratic).toBeDefined();
    const at = Float64Array.of(0.3, -0.7);
    const { matrix, center, offset } = objective.quadratic!;
    expect(Array.from(matrix)).toEqual([2, 1, 1, 4]);
    const [u, v] = [at[0]! - center[0]!, at[1]! - center[1]!];
    expect((u * (2 * u + v) + v * (u + 4 * v)) / 2 + offset!).toBeCloseTo(objective.value(at), 13);
  });
});

describe("bad input names the field, what was found and what is allowed", () => {
  const cases: [string, unknown, RegExp][] = [
    ["learning rate below zero", { ...good, learningRate: -1 }, /learningRate \(--eta\): found -1; allowed: a finite number > 0/],
    ["infinite learning rate", { ...good, learningRate: Number.POSITIVE_INFINITY }, /learningRate .*Infinity/],
    ["fractional steps", { ...good, steps: 2.5 }, /steps .*2\.5.*whole number/],
    ["start of the wrong length", { ...good, start: [1, 2] }, /start .*2 entries.*allowed: 1, one for each of x/],
    ["unknown field", { ...good, learning_rate: 1 }, /learning_rate: unknown field; did you mean learningRate\?/],
    ["two noises", { ...good, noise: { gaussian: { sigma: 1 }, minibatch: { size: 2, replacement: true } } }, /noise: 2 forms/],
    [
      "minibatch for a formula",
      { ...good, noise: { minibatch: { size: 2, replacement: true } } },
      /noise\.minibatch: the objective is a formula/,
    ],
    [
      "matrix not symmetric",
      quadratic([
        [1, 2],
        [0, 1],
      ]),
      /matrix .*not symmetric: entry \(2, 1\) is 0, entry \(1, 2\) is 2/,
    ],
    ["matrix not square", quadratic([[1, 2]]), /matrix .*row 1 has 2 entries/],
    [
      "covariance indefinite",
      quadratic(
        [
          [1, 0],
          [0, 1],
        ],
        {
          noise: {
            gaussian: {
              covariance: [
                [1, 2],
                [2, 1],
              ],
            },
          },
        },
      ),
      /covariance .*not positive semidefinite/,
    ],
    ["negative sigma", { ...good, noise: { gaussian: { sigma: -1 } } }, /sigma .*below zero/],
    ["undefined at the start", { ...good, objective: { formula: "log(x)" }, start: [-1] }, /objective: .*at the start \[-1\]/],
    [
      "batch larger than the data",
      { ...squares(), noise: { minibatch: { size: 5, replacement: false } } },
      /noise\.minibatch\.size .*4 rows/,
    ],
    [
      "text among the features",
      {
        ...squares(),
        objective: {
          leastSquares: {
            data: {
              columns: ["a", "y"],
              rows: [
                [1, 2],
                ["?", 3],
              ],
            },
            target: "y",
          },
        },
      },
      /row 2, column "a": found "\?"/,
    ],
    ["no such column", squares({ features: ["aa"] }), /no column "aa".*did you mean "a"/],
    [
      "noise whose mean is not zero",
      { ...good, noise: { discrete: { values: [[1], [-2]], probabilities: [0.5, 0.5] } } },
      /noise\.discrete\.values: their mean/,
    ],
    ["step beyond the horizon", { ...good, at: [9] }, /at .*step 9 lies beyond/],
    ["start outside the region", { ...good, inside: "x < 0" }, /inside .*lies outside/],
    ["a region without a boundary", { ...good, inside: "x^2 > -1" }, /inside .*no boundary/],
    [
      "oracle, not allowed",
      { ...good, objective: { oracle: { command: ["model"] } } },
      /names a program to run: model; allowed: only with --allow-oracle/,
    ],
    ["momentum at one", { ...good, momentum: 1 }, /momentum \(--momentum\).*0 <= beta < 1/s],
    ["negative momentum", { ...good, momentum: -0.1 }, /momentum \(--momentum\).*0 <= beta < 1/s],
    ["velocity of another length", { ...good, momentum: 0.9, velocity: [1, 2, 3] }, /velocity \(--velocity\).*has 3 entries/s],
    ["velocity without momentum", { ...good, velocity: [1] }, /velocity.*goes with a momentum/s],
  ];
  it.each(cases)("%s", (_name, raw, words) => {
    expect(refusal(raw)).toMatch(words);
  });
  it("tells all faults of shape at once", () => {
    const message = refusal({ ...good, learningRate: 0, steps: 0, start: "here" });
    expect(message).toMatch(/3 things are wrong/);
    for (const field of ["learningRate", "steps", "start"]) expect(message).toContain(field);
  });
});
