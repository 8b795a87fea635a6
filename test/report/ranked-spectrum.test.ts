// The spectrum by rank: for many eigenvalues that are all known, negative ones told, small ones counted.
import { expect, it } from "vitest";
import type { DiagnoseResult } from "../../src/answer/index.ts";
import { createDocument } from "../../src/node/document.ts";
import { rankedSpectrumFigure } from "../../src/report/figure/index.ts";
import { diagnoseAnswer } from "./samples.ts";

const answer = diagnoseAnswer();
const context = { document: createDocument(), problem: { ...answer.problem, learningRate: 0.5 }, descriptions: [], idPrefix: "t-" };
const withEigenvalues = (eigenvalues: DiagnoseResult["eigenvalues"]) => ({ ...answer.result, eigenvalues }) as DiagnoseResult;
// 2/k down from 1, then one of rounding's size and two negative ones
const many = [...Array.from({ length: 80 }, (_, k) => 1 / (k + 1)), 1e-16, -0.001, -0.01];

it("draws every eigenvalue that is within reach", () => {
  const figure = rankedSpectrumFigure(withEigenvalues(many), context)!;
  expect(figure.svg.querySelectorAll("circle")).toHaveLength(82);
  expect(figure.caption).toContain("2 are negative");
  expect(figure.caption).toContain("1 of 83 are below");
  expect(figure.data.rows).toHaveLength(83);
  expect(figure.data.rows[1]).toEqual([2, 0.5, 0.25]);
});

it("is not drawn for few eigenvalues, nor where only the ends are known", () => {
  expect(rankedSpectrumFigure(withEigenvalues([1, 0.5]), context)).toBeNull();
  expect(rankedSpectrumFigure(withEigenvalues({ largest: [], smallest: [] }), context)).toBeNull();
});
