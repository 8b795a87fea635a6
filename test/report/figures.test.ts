// Figures: what is drawn, names, data, errors said, the same bytes twice.
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { ellipse } from "../../src/report/figure/ellipses.ts";
import { roundNumbers } from "../../src/report/figure/frame.ts";
import { decades, padded, ratioTicks, thinned } from "../../src/report/figure/scales.ts";
import {
  csv,
  diagnoseFigures,
  exitFigures,
  type Figure,
  type FigureContext,
  lawFigures,
  problemFigures,
  standaloneSvg,
  survivalFigure,
  svgMarkup,
  weakFigures,
} from "../../src/report/index.ts";
import { compareAnswer, diagnoseAnswer, exitAnswer, lawAnswer, weakAnswer } from "./samples.ts";

const newDocument = () => parseHTML("<!doctype html><html><body></body></html>").document as unknown as Document;
const compared = compareAnswer().result.problems;
const contextOf = (problem: FigureContext["problem"], more: Partial<FigureContext> = {}): FigureContext => ({
  document: newDocument(),
  problem,
  ...more,
});

function all(): Figure[] {
  const law = lawAnswer("one dimension, stable");
  const weak = weakAnswer();
  const exit = exitAnswer();
  const diagnose = diagnoseAnswer();
  return [
    ...compared.flatMap((each) => problemFigures(each, contextOf(each.problem, { descriptions: each.descriptions }))),
    ...lawFigures(law.result, contextOf(law.problem)),
    ...weakFigures(weak.result, contextOf(weak.problem)),
    ...exitFigures(exit.result, contextOf(exit.problem)),
    ...diagnoseFigures(diagnose.result, contextOf(diagnose.problem)),
  ];
}

const figures = all();

test("each kind of figure is there", () => {
  expect([...new Set(figures.map((each) => each.kind))].sort()).toEqual(
    [
      "densities",
      "distances",
      "ellipses",
      "exit-ratios",
      "moments",
      "paths",
      "spectrum",
      "stationary",
      "survival",
      "verdicts",
      "weak-along",
      "weak-orders",
    ].sort(),
  );
});

describe.each(figures.map((each, i) => [`${i} ${each.kind}`, each] as const))("%s", (_, figure) => {
  test("is an image with a name, a caption and a word on its errors", () => {
    expect(figure.svg.tagName.toLowerCase()).toBe("svg");
    expect(figure.svg.getAttribute("role")).toBe("img");
    expect(figure.svg.getAttribute("aria-label")!.length).toBeGreaterThan(10);
    expect(figure.caption.length).toBeGreaterThan(30);
    expect(figure.errorNote).toMatch(/error|rounding/i);
  });

  test("has no broken coordinate, no address and no script", () => {
    const markup = svgMarkup(figure.svg);
    expect(markup).not.toMatch(/NaN|Infinity|undefined|\[object/);
    expect(markup.replaceAll("http://www.w3.org/", "")).not.toMatch(/https?:|<script|<style|javascript:/);
  });

  test("has rounded coordinates and ids of its own", () => {
    for (const element of figure.svg.querySelectorAll("*"))
      for (const name of ["d", "x", "y", "transform", "width", "height", "cx", "cy"])
        expect(element.getAttribute(name) ?? "").not.toMatch(/\d\.\d{3}/);
    for (const [, id] of svgMarkup(figure.svg).matchAll(/ id="([^"]*)"/g)) expect(id).toMatch(new RegExp(`^${figure.kind}-\\d+$`));
    for (const [, id] of svgMarkup(figure.svg).matchAll(/url\(#([^)]*)\)/g))
      expect(figure.svg.querySelector(`[id="${id}"]`)).not.toBeNull();
  });

  test("its data is a table of as many cells in each row as columns", () => {
    expect(figure.data.rows.length).toBeGreaterThan(0);
    for (const row of figure.data.rows) expect(row.length).toBe(figure.data.columns.length);
  });

  test("stands alone without variables", () => {
    expect(standaloneSvg(figure)).not.toContain("var(");
    expect(standaloneSvg(figure)).toMatch(/^<svg style="color:#1f2328;background:#ffffff" /);
  });
});

test("the same answers give the same bytes, in whatever order they are drawn", () => {
  const again = all();
  expect(again.map((each) => svgMarkup(each.svg))).toEqual(figures.map((each) => svgMarkup(each.svg)));
  expect(again.map((each) => csv(each.data))).toEqual(figures.map((each) => csv(each.data)));
});

test("a model's missing law, exit or average leaves the others drawn", () => {
  const exit = exitAnswer();
  const models = {
    ...exit.result.models,
    "ha-sme": {
      watchedLikeSgd: { meanSteps: null, survival: exit.result.sgd.survival.map(({ step }) => ({ step, probability: null })) },
      watchedAlways: { meanSteps: null },
    },
  };
  const drawn = exitFigures({ ...exit.result, models }, contextOf(exit.problem));
  expect(drawn.map((each) => each.kind)).toEqual(["exit-ratios", "survival"]);
  expect(svgMarkup(drawn[0]!.svg)).toContain("no figure");
  const law = lawAnswer();
  const without = {
    ...law.result.models["ha-sme"]!,
    exists: false,
    laws: law.result.sgd.laws.map(({ step }) => ({ step, mean: null, covariance: null })),
  };
  const clouds = lawFigures({ ...law.result, models: { ...law.result.models, "ha-sme": without } }, contextOf(law.problem));
  expect(clouds[0]!.kind).toBe("ellipses");
  expect(clouds[0]!.data.rows.some((row) => row[1] === "ha-sme")).toBe(false);
});

test("without any figure nothing is drawn", () => {
  const exit = exitAnswer();
  const nothing = { ...exit.result, sgd: { meanSteps: null, survival: [] } };
  expect(exitFigures(nothing, contextOf(exit.problem))).toEqual([]);
  expect(survivalFigure(nothing, contextOf(exit.problem))).toBeNull();
});

test("errors that show are drawn as bars and said", () => {
  const exit = exitAnswer();
  const wide = { ...exit.result, sgd: { ...exit.result.sgd, meanSteps: { value: 2612, error: 150, kind: "standard-error" as const } } };
  const [ratios] = exitFigures(wide, contextOf(exit.problem));
  expect(ratios!.errorNote).toContain("Bars are");
  expect(svgMarkup(ratios!.svg)).toContain('stroke-width="3"');
});

test("hostile names stay text", () => {
  const problem = {
    ...compared[2]!.problem,
    objective: { formula: "x", variables: ["<script>alert(1)</script>"] },
    inside: '"><img src=x>',
  };
  for (const figure of problemFigures(compared[2]!, contextOf(problem))) expect(svgMarkup(figure.svg)).not.toMatch(/<script|<img/);
});

describe("parts", () => {
  test("csv quotes, keeps full precision and defuses formulas", () => {
    expect(
      csv({
        columns: ["a", "b"],
        rows: [
          ['x,"y"', 0.1 + 0.2],
          ["=1+1", null],
          ["line\nbreak", -1],
        ],
      }),
    ).toBe('a,b\r\n"x,""y""",0.30000000000000004\r\n\'=1+1,\r\n"line\nbreak",-1\r\n');
  });

  test("roundNumbers", () => expect(roundNumbers("M1.23456,-2.5e-7L3,4.005translate(1,-0.001)")).toBe("M1.23,0L3,4.01translate(1,0)"));

  test("an ellipse has the covariance it is drawn for", () => {
    const points = ellipse({
      mean: [1, -2],
      covariance: [
        [4, 1.2],
        [1.2, 0.5],
      ],
    })!.slice(0, -1);
    // The points' second moments over the circle are half the covariance.
    const moment = (i: 0 | 1, j: 0 | 1) =>
      (2 * points.reduce((sum, p) => sum + (p[i] - [1, -2][i]!) * (p[j] - [1, -2][j]!), 0)) / points.length;
    expect([moment(0, 0), moment(0, 1), moment(1, 1)].map((x) => Math.round(x * 1e12) / 1e12)).toEqual([4, 1.2, 0.5]);
    expect(
      ellipse({
        mean: [0, 0],
        covariance: [
          [1, 2],
          [2, 1],
        ],
      }),
    ).toBeNull();
  });

  test("scales", () => {
    expect(decades([3e-4, 0.2], 8)!.domain).toEqual([1e-4, 1]);
    expect(decades([1e-30, 1], 8)!.domain).toEqual([1e-8, 1]);
    expect(decades([0, -1], 8)).toBeNull();
    expect(padded([2])).toEqual([1.8, 2.2]);
    expect(padded([])).toEqual([0, 1]);
    expect(ratioTicks([0.4, 2.2])).toEqual([0.5, 0.7, 1, 1.5, 2]);
    expect(thinned([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1, 4, 7]);
  });
});
