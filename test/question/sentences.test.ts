// What is said of sampled figures: a model whose error bar reaches what is good is not called wrong.
import { expect, it } from "vitest";
import type { ModelVerdict } from "../../src/answer/index.ts";
import { bestByQuestion } from "../../src/question/sentences.ts";

const row = (model: string, error: number, uncertainty?: number): ModelVerdict => ({
  model,
  error,
  verdict: error < 0.05 ? "good" : "poor",
  why: "",
  ...(uncertainty === undefined ? {} : { uncertainty }),
});

it.each([
  [[row("ha-sme", 0.16, 0.13), row("sme1", 0.6, 0.1)], /these paths do not tell HA-SME from SGD; .*0\.16, with a standard error of 0\.13/],
  [[row("ha-sme", 0.16, 0.03)], /no model is right; the nearest, HA-SME, is off by 0\.16/],
  [[row("ha-sme", 0.16)], /no model is right/],
  [[row("ha-sme", 0.01, 0.2), row("sme1", 0.3, 0.2)], /HA-SME is nearest, off by 0\.010/],
] as const)("%j", (weak, words) => {
  expect(bestByQuestion({ weak }).join(" ")).toMatch(words);
});
