// Tables of every command: width, content, marks of missing figures, daggers.
import { describe, expect, test } from "vitest";
import { answerTable, hasTable } from "../../src/report/index.ts";
import { textWidth } from "../../src/report/text-table.ts";
import { compareAnswer, diagnoseAnswer, exitAnswer, lawAnswer, weakAnswer } from "./samples.ts";

const refused = {
  code: "not-embeddable",
  model: "ha-sme",
  message: "D D^T is indefinite by 3.2e-2 of its trace; --nearest projects",
  defect: 0.032,
} as const;

const answers = {
  "law in one dimension": lawAnswer("one dimension, stable"),
  "law in two dimensions": lawAnswer(),
  "law in five dimensions": lawAnswer("five dimensions, nearly flat direction", [refused]),
  weak: weakAnswer(),
  exit: exitAnswer(1, [refused]),
  diagnose: diagnoseAnswer([refused]),
  compare: compareAnswer(),
};

describe.each(Object.entries(answers))("%s", (_, answer) => {
  test.each([80, 100, 60])("no line is wider than %d", (width) => {
    const lines = answerTable(answer, { width }).split("\n");
    expect(lines.length).toBeGreaterThan(8);
    expect(lines.filter((line) => textWidth(line) > width)).toEqual([]);
  });

  test("no line ends in spaces; no figure is NaN, undefined or an object", () => {
    const text = answerTable(answer);
    expect(text).not.toMatch(/ \n|NaN|Infinity|undefined|null|\[object/);
  });

  test("every warning stands there in words", () => {
    const text = answerTable(answer).replace(/\s+/g, " ");
    for (const warning of answer.warnings) expect(text).toContain(warning.message.replace(/\s+/g, " "));
  });
});

test("the law table shows the reference numbers", () => {
  const text = answerTable(lawAnswer("one dimension, stable"));
  expect(text).toMatch(/^SGD +0\.7 +0\.212132$/m);
  // quadratic.json: squared W2 5.40e-4 at the last step, sd 0.297044.
  expect(text).toMatch(/^SME-1 .* 0\.0783 +0\.007$/m);
});

test("the weak table shows fitted orders", () => {
  const text = answerTable(weakAnswer());
  expect(text).toMatch(/^HA-SME-3 † .* 2\.99\(4\)$/m);
  expect(text).toContain("† ours, not in the paper");
});

test("the exit table shows means with errors and ratios", () => {
  const text = answerTable(exitAnswer());
  expect(text).toMatch(/^SGD +2611\.8187\(2\) +1$/m);
  expect(text).toMatch(/^HA-SME +1894\.6531 +0\.7254 /m);
});

test("a missing figure is a dash that points at its warning", () => {
  const answer = exitAnswer(1, [refused]);
  const models = {
    ...answer.result.models,
    "ha-sme": { watchedLikeSgd: { meanSteps: null, survival: [] }, watchedAlways: { meanSteps: null } },
  };
  const text = answerTable({ ...answer, result: { ...answer.result, models } });
  expect(text).toMatch(/^HA-SME +- \[1\] +- +- +-$/m);
  expect(text).toMatch(/^\[1\] HA-SME: D D\^T is indefinite/m);
});

test("warnings that say the same are told once", () => {
  const order = (model: string, title: string, phi: string) => ({
    code: "order-not-fitted" as const,
    model,
    message: `${title}, ${phi}: no order is fitted`,
  });
  const warnings = [
    order("spf", "SPF", "x"),
    order("spf", "SPF", "x"),
    order("ha-sme-3", "HA-SME-3", "x^2"),
    { code: "no-diffusion" as const, model: "spf", message: "SPF has none" },
    { code: "no-diffusion" as const, model: "spf", message: "SPF has none here: z = 1.5" },
  ];
  const text = answerTable(exitAnswer(1, warnings));
  expect(text.split("\n").filter((line) => line.startsWith("["))).toEqual([
    "[1] SPF, x; HA-SME-3 †, x^2: no order is fitted (order-not-fitted)",
    "[2] SPF has none here: z = 1.5 (no-diffusion)",
  ]);
});

test("the first screen of compare", () => {
  const answer = compareAnswer();
  const text = answerTable(
    { ...answer, warnings: [], result: { problems: [answer.result.problems[2]!] } },
    { report: "file:///tmp/report.html", command: "npx escapement compare double-well.json", next: "examples/saddle.json" },
  );
  const lines = text.split("\n");
  expect(lines[0]).toBe("smooth double well   f = x^2/2 + 1.5*exp(-x^2)   eta 0.2   sigma 0.9   T = 10 (50 steps)");
  expect(text).toMatch(/^SGD +- +- +- +2612 +- +\| - +\| -$/m);
  expect(text).toMatch(/^SME-1 +1 .* 2937 \(1\.12\) .*\| poor: 12 % slow$/m);
  expect(text).toMatch(/^HA-SME +2 .* 1895 \(0\.73\) .*\| poor: 27 % fast$/m);
  expect(text).toMatch(/^HA-SME-3 † +3 .* 2582 \(0\.99\) +good \| good \| good$/m);
  expect(text).toContain("Over the barrier f''' tilts the exponent");
  expect(lines.at(-2)).toBe("report file:///tmp/report.html   again: npx escapement compare double-well.json");
  expect(lines.at(-1)).toBe("next: examples/saddle.json");
});

test("names from a problem cannot steer the terminal", () => {
  const answer = lawAnswer();
  const text = answerTable({ ...answer, problem: { ...answer.problem, name: "evil\u001b[2J\u0007name" } });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is tested
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test("an unknown command is refused by name", () => {
  expect(hasTable("paths")).toBe(false);
  expect(() => answerTable({ ...lawAnswer(), command: "paths" })).toThrow(/no table for "paths"/);
  expect(() => answerTable({ ...lawAnswer(), command: "constructor" })).toThrow(/no table/);
});
