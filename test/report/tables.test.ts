// Tables of every command: width, content, marks of missing figures, daggers.
import { describe, expect, test } from "vitest";
import { treatmentOf } from "../../src/report/compare-table.ts";
import { answerTable, hasTable, pathsTable } from "../../src/report/index.ts";
import { textWidth } from "../../src/report/text-table.ts";
import { notesOf } from "../../src/report/warning-text.ts";
import { orderText } from "../../src/report/weak-table.ts";
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
    "[1] SPF has none here: z = 1.5 (no-diffusion)",
    "[2] No order fitted: SPF for x; HA-SME-3 † for x^2 (order-not-fitted)",
  ]);
});

test("models that share a reason share a note", () => {
  const refusal = (model: string, title: string, rest: string) => ({ code: "no-diffusion" as const, model, message: title + rest });
  const order = (model: string, title: string, phi: string, why: string) => ({
    code: "order-not-fitted" as const,
    model,
    message: `${title}, ${phi}: no order is fitted: ${why}.`,
    phi,
  });
  const notes = notesOf([
    { code: "never-exits", model: "gradient-flow", message: "Gradient flow has no noise and never leaves the region." },
    refusal("spf", "SPF", " has no diffusion at the start: z = 1.5."),
    refusal("ha-sme", "HA-SME", " has no diffusion at the start: z = 1.5."),
    refusal("ha-sme-3", "HA-SME-3", " has no diffusion at the start: z = 1.5."),
    refusal("spf", "SPF", "'s moments overflow at step 3."),
    refusal("sme1", "SME-1", "'s moments overflow at step 3."),
    refusal("sme1", "SME-1", ", watched always: not resolved."),
    refusal("sme2", "SME-2", ", watched always: not resolved."),
    order("spf", "SPF", "x", "errors are at the level of rounding"),
    order("ha-sme", "HA-SME", "x", "errors are at the level of rounding"),
    order("ha-sme", "HA-SME", "y", "errors are at the level of rounding"),
    order("sme1", "SME-1", "x^2", "the largest error changes sign"),
    ...["a", "b", "c", "d", "e"].map((phi) => order("sme2", "SME-2", phi, "at least two learning rates are needed")),
  ]);
  expect(notes.map(({ text }) => text)).toEqual([
    "Gradient flow has no noise and never leaves the region.",
    "SPF, HA-SME and HA-SME-3 †: each has no diffusion at the start: z = 1.5.",
    "SPF's and SME-1's moments overflow at step 3.",
    "SME-1 and SME-2, watched always: not resolved.",
    "No order fitted: SPF for x; HA-SME for x and y (rounding); SME-1 for x^2 (sign change); SME-2 for 5 test functions (at least two learning rates are needed)",
  ]);
});

test("orders are to a hundredth, with an error of one digit", () => {
  const order = (value: number, error: number) => orderText({ value, error, slopes: [value, value] });
  expect([order(2.094, 0.0198), order(1.98, 0.002), order(3.45, 0.08), order(3.449, 0.12), order(0.2, 1.5)]).toEqual([
    "2.09(2)",
    "1.98",
    "3.45(8)",
    "3.4(2)",
    "0(2)",
  ]);
  expect(orderText({ value: 2.04, error: 0, slopes: [2.04] })).toBe("~2");
  expect(orderText(null)).toBe("-");
});

describe("formal figures", () => {
  const [saddle] = compareAnswer().result.problems;
  const warning = { code: "formal" as const, model: "ha-sme", message: "HA-SME does not exist as a process here." };
  const formal = {
    ...saddle!,
    warnings: [warning],
    law: { ...saddle!.law, models: { ...saddle!.law.models, "ha-sme": { ...saddle!.law.models["ha-sme"]!, exists: false, defect: 0.04 } } },
  };
  const answer = { ...compareAnswer(), warnings: [], result: { problems: [formal] } };

  test("are called so in the verdicts", () => {
    const text = answerTable(answer);
    expect(text).toMatch(/^HA-SME .* exact \(formal\) \| exact \(formal\)$/m);
    expect(text).toMatch(/^SME-1 .* poor +\| good$/m);
    expect(text).toContain("formal: moments that no process has");
    expect(treatmentOf(saddle!, "law", "ha-sme")).toBeNull();
  });

  test("exits never are; a projected model is nearest", () => {
    const verdict = [{ model: "ha-sme", error: 0.2, verdict: "poor" as const, why: "" }];
    const nearest = { ...warning, code: "nearest" as const };
    const problem = { ...formal, warnings: [nearest], byQuestion: { ...formal.byQuestion, exit: verdict } };
    expect(treatmentOf(problem, "exit", "ha-sme")).toBe("nearest");
    expect(treatmentOf(problem, "law", "ha-sme")).toBe("nearest");
    expect(treatmentOf({ ...problem, warnings: [warning] }, "exit", "ha-sme")).toBeNull();
    expect(treatmentOf({ ...problem, warnings: [warning, nearest] }, "law", "ha-sme")).toBe("formal");
  });

  test.each([60, 80, 100])("lines of at most %d columns also where every model is formal", (width) => {
    const exists = Object.fromEntries(Object.entries(saddle!.law.models).map(([id, model]) => [id, { ...model, exists: false }]));
    const all = {
      ...formal,
      warnings: [],
      law: { ...saddle!.law, models: exists },
      byQuestion: { ...formal.byQuestion, stationary: formal.byQuestion.law! },
    };
    const lines = answerTable({ ...answer, result: { problems: [all] } }, { width }).split("\n");
    expect(lines.filter((line) => textWidth(line) > width)).toEqual([]);
    expect(lines.join("\n")).toContain("(formal)");
  });
});

describe("paths", () => {
  const { problem } = lawAnswer();
  const sampled = (value: number, error: number) => ({ value, error, kind: "standard-error" as const });
  const result = { process: "sgd", paths: 65536, steps: 12, substeps: 1 };
  const answer = { command: "paths", version: "0.1.0", problem, seed: 1, warnings: [], result };

  test("moments with their errors", () => {
    const moments = {
      mean: [sampled(0.25, 0.003), sampled(-1, 0.02)],
      covariance: [0, 1].map((i) => [0, 1].map((j) => sampled(i === j ? 2 : 0.5, 0.01))),
    };
    const text = answerTable({ ...answer, performance: { seconds: 0.5, backend: "wasm" }, result: { ...result, moments } });
    expect(text).toContain("65536 paths of SGD, 12 steps, in 0.5 s (1.6e6 steps a second, wasm)");
    expect(text).toMatch(/^x +0\.250\(3\) +2\.000\(10\) +0\.500\(10\)$/m);
    expect(text).toMatch(/^y +-1\.00\(2\) +0\.500\(10\) +2\.000\(10\)$/m);
  });

  test("many coordinates: the first, and how many there are", () => {
    const d = 30;
    const mean = Array.from({ length: d }, () => sampled(1, 0.1));
    const moments = { mean, covariance: mean.map(() => mean) };
    const lines = answerTable({ ...answer, result: { ...result, moments }, problem: { ...problem, start: mean.map(() => 0) } }).split("\n");
    expect(lines.join("\n")).toContain("the first 12 of 30 coordinates");
    expect(lines.filter((line) => /^x\d+ /.test(line)).length).toBe(12);
    expect(lines.filter((line) => textWidth(line) > 80)).toEqual([]);
  });

  test("a file that was written, and moments that do not exist", () => {
    expect(pathsTable({ ...answer, result }, { file: "out.npz" })).toContain("written to out.npz");
    const unstable = { code: "unstable" as const, message: "3 of 65536 paths overflow" };
    const text = pathsTable({ ...answer, warnings: [unstable], result: { ...result, moments: { mean: null, covariance: null } } });
    expect(text).toMatch(/^SGD +- \[1\]$/m);
  });
});

test("the exit table tells through which comparison sampled paths left", () => {
  const answer = exitAnswer();
  const sgd = { ...answer.result.sgd, leftThrough: [0.25, 0.75] };
  const text = answerTable({ ...answer, problem: { ...answer.problem, inside: "x < 0 and x > -3" }, result: { ...answer.result, sgd } });
  expect(text).toMatch(/^ +x < 0 +x > -3$/m);
  expect(text).toMatch(/^SGD +0\.25 +0\.75$/m);
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
  expect(hasTable("studio")).toBe(false);
  expect(() => answerTable({ ...lawAnswer(), command: "studio" })).toThrow(/no table for "studio"/);
  expect(() => answerTable({ ...lawAnswer(), command: "constructor" })).toThrow(/no table/);
});
