// Pages: self-contained, escaped, named for screen readers, the same bytes twice.
import { createHash } from "node:crypto";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import type { Answer, CompareResult } from "../../src/answer/index.ts";
import { answerPage, comparePage } from "../../src/report/index.ts";
import { pageScript, pageScriptHash } from "../../src/report/page-script.ts";
import { mapAnswer } from "./map-sample.ts";
import { compareAnswer, diagnoseAnswer, exitAnswer, lawAnswer, weakAnswer } from "./samples.ts";

const newDocument = () => parseHTML("<!doctype html><html><body></body></html>").document as unknown as Document;
const context = (command = "npx escapement compare a.json") => ({ document: newDocument(), command });
const read = (page: string) => parseHTML(page).document as unknown as Document;

const pages: [string, string][] = [
  ["compare", comparePage(compareAnswer(), context())],
  ...[lawAnswer(), lawAnswer("five dimensions, nearly flat direction"), weakAnswer(), exitAnswer(), diagnoseAnswer(), mapAnswer()].map(
    (answer): [string, string] => [answer.command, answerPage(answer, context())],
  ),
];

test("the policy names the script's hash", () => {
  expect(pageScriptHash).toBe(createHash("sha256").update(pageScript).digest("base64"));
  expect(() => new Function(pageScript)).not.toThrow();
});

describe.each(pages)("%s", (_, page) => {
  const document = read(page);

  test("is one document that fetches nothing", () => {
    expect(page.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
    const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]')!.getAttribute("content")!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src 'sha256-${pageScriptHash}'`);
    expect(document.querySelectorAll("[src], link, iframe, object, embed, base, form, img, image, use").length).toBe(0);
    expect(/@import|url\((?!#)/.exec(page)?.[0]).toBeUndefined();
    for (const [address] of page.matchAll(/https?:\/\/[^\s"'<)&]+/g))
      expect(address).toMatch(/^http:\/\/www\.w3\.org\/|^https:\/\/arxiv\.org\/abs\/2405\.18373$/);
    expect([...document.querySelectorAll("script:not([type])")].map((each) => each.textContent)).toEqual([pageScript]);
  });

  test("has no broken figure", () => {
    expect(/NaN|Infinity|undefined|\[object/.exec(page.replace(pageScript, ""))?.[0]).toBeUndefined();
  });

  test("ids are unique and references lead somewhere", () => {
    const ids = [...document.querySelectorAll("[id]")].map((each) => each.getAttribute("id")!);
    expect(new Set(ids).size).toBe(ids.length);
    for (const each of document.querySelectorAll("[aria-labelledby]")) expect(ids).toContain(each.getAttribute("aria-labelledby"));
    for (const each of document.querySelectorAll('a[href^="#"]')) expect(ids).toContain(each.getAttribute("href")!.slice(1));
    for (const each of document.querySelectorAll("[data-figure]"))
      expect(ids).toEqual(expect.arrayContaining([each.getAttribute("data-figure"), `${each.getAttribute("data-figure")}-data`]));
  });

  test("figures have names, captions, drawing and data to save", () => {
    const figures = [...document.querySelectorAll("figure")];
    expect(figures.length).toBeGreaterThan(0);
    for (const figure of figures) {
      expect(figure.querySelector('svg[role="img"]')!.getAttribute("aria-label")).toBeTruthy();
      expect(figure.querySelector("figcaption")!.textContent!.length).toBeGreaterThan(40);
      expect([...figure.querySelectorAll("button")].map((each) => each.getAttribute("data-save"))).toEqual(["svg", "csv"]);
      const data = JSON.parse(figure.querySelector('script[type="application/json"]')!.textContent!) as string;
      expect(data.split("\r\n").length).toBeGreaterThan(2);
    }
  });

  test("tables have captions and scoped headers and scroll in their own box", () => {
    for (const table of document.querySelectorAll("table")) {
      expect(table.querySelector("caption")!.textContent).toBeTruthy();
      expect(table.parentElement!.getAttribute("class")).toBe("scroll");
      expect(table.parentElement!.getAttribute("tabindex")).toBe("0");
      for (const header of table.querySelectorAll("th")) expect(header.getAttribute("scope")).toMatch(/^(col|row)$/);
    }
  });

  test("headings go down by one level at a time, from one h1", () => {
    const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map((each) => Number(each.tagName.slice(1)));
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    for (const [i, level] of levels.slice(1).entries()) expect(level).toBeLessThanOrEqual(levels[i]! + 1);
  });

  test("tells how to get it again and what to cite", () => {
    expect(document.querySelector("footer")!.textContent).toContain("npx escapement compare a.json");
    expect(page).toContain("eprint        = {2405.18373}");
    expect(page).toContain("version = {0.1.0}");
  });
});

test("the same answer gives the same bytes", () => {
  expect(comparePage(compareAnswer(), context())).toBe(pages[0]![1]);
});

test("several problems have contents, one section each, and the best models", () => {
  const document = read(pages[0]![1]);
  expect([...document.querySelectorAll("nav a")].map((each) => each.textContent)).toEqual([
    "escape from a saddle",
    "a quadratic",
    "smooth double well",
  ]);
  expect(document.querySelectorAll("main > section").length).toBe(4);
  expect(document.querySelector("main table")!.textContent).toContain("HA-SME-3 †");
});

test("verdicts, reasons, warnings, mathematics and the problem file are there", () => {
  const text = read(pages[0]![1]).querySelector("main")!.textContent!;
  for (const piece of [
    "poor 0.32",
    "Over the barrier f''' tilts the exponent",
    "largest defect 2e-5",
    '"inside": "x < 0"',
    "How close does each continuous-time model come to SGD",
  ])
    expect(text).toContain(piece);
  expect(read(pages[0]![1]).querySelectorAll("math").length).toBeGreaterThan(20);
});

test("text from a problem is never markup", () => {
  const hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script></script><!--';
  const answer = compareAnswer();
  const problems = answer.result.problems.map((each) => ({
    ...each,
    problem: {
      ...each.problem,
      name: hostile,
      objective: { formula: hostile, variables: each.landscape ? [hostile] : [hostile, hostile] },
      inside: hostile,
      tests: [hostile],
    },
    warnings: [{ code: "formal" as const, model: hostile, message: hostile }],
    sentences: [hostile],
    weak: { method: hostile, tests: each.weak.tests.map((test) => ({ ...test, phi: hostile })) },
    byQuestion: { ...each.byQuestion, law: each.byQuestion.law!.map((row) => ({ ...row, why: hostile })) },
    descriptions: each.descriptions.map((row) => ({ ...row, title: hostile, driftTex: hostile, diffusionTex: hostile })),
  }));
  const evil: Answer<CompareResult> = { ...answer, warnings: [{ code: "edge", message: hostile }], result: { problems } };
  const page = comparePage(evil, context(hostile));
  expect(/<img|<script>alert/.exec(page)?.[0]).toBeUndefined();
  const document = read(page);
  expect(document.querySelectorAll("script:not([type])").length).toBe(1);
  expect(document.querySelector("h2[id=problem-1]")!.textContent).toBe(hostile);
  const data = document.querySelector('figure[id="p3-weak-along"] script')!.textContent!;
  expect(JSON.parse(data)).toContain("<img src=x");
});

test("one problem has its name in the title and no contents", () => {
  const answer = compareAnswer();
  const document = read(comparePage({ ...answer, result: { problems: [answer.result.problems[2]!] } }, context()));
  expect(document.querySelector("title")!.textContent).toBe("Which model of SGD is right? smooth double well");
  expect(document.querySelector("nav")).toBeNull();
});

test("an unknown command is refused by name", () => {
  expect(() => answerPage({ ...lawAnswer(), command: "paths" }, context())).toThrow(/no page for "paths"/);
});
