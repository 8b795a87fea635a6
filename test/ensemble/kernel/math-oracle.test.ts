// A second oracle, of other stuff than all backends: Philox on big integers, normals and formulas by Math.*, HA-SME's substep by powers instead of
// chains of roots. Kernels agree with it to 1e-9; the last digits are not theirs to share.
import { describe, expect, it } from "vitest";
import { blockRunner } from "../../../src/ensemble/kernel/backends.ts";
import { singleProgram } from "../../../src/ensemble/single.ts";
import { modelById } from "../../../src/model/index.ts";
import type { NormalKind } from "../../../src/numerics/normals.ts";
import { drawWord, keyOf, stepWord } from "../../../src/numerics/philox.ts";
import { problemOf } from "../problems.ts";

const seed = 7;
const paths = 100;
const substeps = 4;
const mask = 0xffffffffn;

/** Salmon et al. 2011: ten rounds, the key raised before each but the first. */
function philox(counter: readonly number[], key: readonly [number, number]): bigint[] {
  let [a, b, c, d] = counter.map((word) => BigInt(word >>> 0)) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map((word) => BigInt(word >>> 0)) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const [p, q] = [a * 0xd2511f53n, c * 0xcd9e8d57n];
    [a, b, c, d] = [(q >> 32n) ^ b ^ k0, q & mask, (p >> 32n) ^ d ^ k1, p & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [a, b, c, d];
}

/** The normals of a block: four fast ones of 40 and 23 bits, or two of 52 bits. */
function normalsOf(words: readonly bigint[], kind: NormalKind): number[] {
  const halves = [(words[1]! << 32n) | words[0]!, (words[3]! << 32n) | words[2]!] as const;
  if (kind === "fast")
    return halves.flatMap((half) => {
      const u = 1 - (Number(half >> 24n) + 0.5) * 2 ** -40;
      const turn = (Number((half >> 1n) & 0x7fffffn) + 0.5) * 2 ** -23 - 0.5;
      const radius = Math.sqrt(-2 * Math.log(u));
      return [((half & 1n) === 1n ? -1 : 1) * radius * Math.cos(Math.PI * turn), radius * Math.sin(Math.PI * turn)];
    });
  const [u, v] = halves.map((half) => (Number(half >> 12n) + 0.5) * 2 ** -52) as [number, number];
  const radius = ((halves[1] & 1n) === 1n ? -1 : 1) * Math.sqrt(-2 * Math.log(u));
  return [radius * Math.cos((2 * v - 1) * (Math.PI / 2)), radius * Math.sin((2 * v - 1) * (Math.PI / 2))];
}

interface Case {
  readonly problem: ReturnType<typeof problemOf>;
  readonly eta: number;
  readonly sigma: number;
  readonly gradient: (x: readonly number[]) => number[];
  readonly hessian: (x: readonly number[]) => number[][];
}

const well: Case = {
  problem: problemOf({
    objective: { formula: "x^2/2 + 1.5*exp(-x^2)", variables: ["x"] },
    noise: { gaussian: { sigma: 0.9 } },
    learningRate: 0.2,
    start: [-1.05],
    steps: 12,
  }),
  eta: 0.2,
  sigma: 0.9,
  gradient: ([x]) => [x! - 3 * x! * Math.exp(-x! * x!)],
  hessian: ([x]) => [[1 + (6 * x! * x! - 3) * Math.exp(-x! * x!)]],
};

const plane: Case = {
  problem: problemOf({
    objective: { formula: "x^2/2 + y^2 + 0.5*cos(x*y) + 0.3*sin(x+2*y)", variables: ["x", "y"] },
    noise: { gaussian: { sigma: 0.5 } },
    learningRate: 0.1,
    start: [1, 1],
    steps: 12,
  }),
  eta: 0.1,
  sigma: 0.5,
  gradient: ([x, y]) => [
    x! - 0.5 * y! * Math.sin(x! * y!) + 0.3 * Math.cos(x! + 2 * y!),
    2 * y! - 0.5 * x! * Math.sin(x! * y!) + 0.6 * Math.cos(x! + 2 * y!),
  ],
  hessian: ([x, y]) => {
    const [c, s, far] = [Math.cos(x! * y!), Math.sin(x! * y!), Math.sin(x! + 2 * y!)];
    const off = -0.5 * (s + x! * y! * c) - 0.6 * far;
    return [
      [1 - 0.5 * y! * y! * c - 0.3 * far, off],
      [off, 2 - 0.5 * x! * x! * c - 1.2 * far],
    ];
  },
};

/** Eigenvalues and unit eigenvectors by the angle of the axes. */
function axes(h: readonly (readonly number[])[]): { value: number; vector: number[] }[] {
  if (h.length === 1) return [{ value: h[0]![0]!, vector: [1] }];
  const angle = 0.5 * Math.atan2(2 * h[0]![1]!, h[0]![0]! - h[1]![1]!);
  const along = (v: readonly number[]) => v[0]! * v[0]! * h[0]![0]! + 2 * v[0]! * v[1]! * h[0]![1]! + v[1]! * v[1]! * h[1]![1]!;
  return [
    [Math.cos(angle), Math.sin(angle)],
    [-Math.sin(angle), Math.cos(angle)],
  ].map((vector) => ({ value: along(vector), vector }));
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** x + (r^{1/n} - 1) H^{-1} grad f - eta sigma ((r^{2/n} - 1)/(r^2 - 1))^{1/2} n, r = I - eta H. */
function haSmeSubstep({ eta, sigma, gradient, hessian }: Case, x: readonly number[], normal: readonly number[]): number[] {
  const g = gradient(x);
  const moved = [...x];
  for (const { value, vector } of axes(hessian(x))) {
    const r = 1 - eta * value;
    const step =
      ((r ** (1 / substeps) - 1) / value) * dot(vector, g) -
      eta * sigma * Math.sqrt((r ** (2 / substeps) - 1) / (r * r - 1)) * dot(vector, normal);
    for (let i = 0; i < x.length; i++) moved[i]! += step * vector[i]!;
  }
  return moved;
}

const sgdStep = ({ eta, sigma, gradient }: Case, x: readonly number[], normal: readonly number[]): number[] => {
  const g = gradient(x);
  return x.map((value, i) => value - eta * (g[i]! + sigma * normal[i]!));
};

/** The last states of all paths. */
function simulate(one: Case, model: boolean, kind: NormalKind): number[][] {
  const { low, high } = keyOf(seed);
  const d = one.problem.start.length;
  const sharing = (kind === "fast" ? 4 : 2) / d;
  return Array.from({ length: paths }, (_, path) => {
    let x: number[] = Array.from(one.problem.start);
    for (let k = 0; k < one.problem.steps; k++)
      for (let j = 0; j < (model ? substeps : 1); j++) {
        const words = philox([Math.floor(path / sharing), 0, stepWord(k, j), drawWord("normals", k, 0)], [low, high]);
        const normal = normalsOf(words, kind).slice((path % sharing) * d, (path % sharing) * d + d);
        x = model ? haSmeSubstep(one, x, normal) : sgdStep(one, x, normal);
      }
    return x;
  });
}

describe.each([
  ["one dimension", well],
  ["two dimensions", plane],
] as const)("%s, by Math.*", (_, one) => {
  it.each([
    ["sgd", "fast"],
    ["sgd", "full"],
    ["ha-sme", "fast"],
    ["ha-sme", "full"],
  ] as const)("%s, %s normals", (id, kind) => {
    const process = id === "sgd" ? id : modelById(id);
    const scheme = { problem: one.problem, process, substeps: id === "sgd" ? 1 : substeps };
    const { moments } = blockRunner(singleProgram(scheme, { kind: "state" }, [], [one.problem.steps], seed, kind)).run(0, paths);
    const states = simulate(one, id !== "sgd", kind);
    for (let i = 0; i < one.problem.start.length; i++) {
      const values = states.map((x) => x[i]!);
      const mean = values.reduce((a, b) => a + b) / paths;
      const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
      expect(squares).toBeGreaterThan(1);
      expect(Math.abs(moments.mean[i]! - mean)).toBeLessThan(1e-9);
      expect(Math.abs(moments.squares[i]! - squares)).toBeLessThan(1e-9 * squares);
    }
  });
});
