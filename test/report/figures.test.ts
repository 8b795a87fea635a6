// Figures: what is drawn, names, data, errors said, the same bytes twice.
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { ellipse } from "../../src/report/figure/ellipses.ts";
import { roundNumbers } from "../../src/report/figure/frame.ts";
import { quantiles } from "../../src/report/figure/quantiles.ts";
import { decades, padded, ratioTicks, thinned } from "../../src/report/figure/scales.ts";
import {
  averagesFigure,
  cloudsFigure,
  csv,
  diagnoseFigures,
  exitFigures,
  exitLawFigure,
  exitRatiosFigure,
  type Figure,
  type FigureContext,
  lawFigures,
  problemFigures,
  quantilesFigure,
  standaloneSvg,
  survivalFigure,
  svgMarkup,
  weakAlongFigure,
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
      "averages",
      "clouds",
      "densities",
      "distances",
      "ellipses",
      "exit-law",
      "exit-ratios",
      "moments",
      "paths",
      "quantiles",
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
  expect(drawn.map((each) => each.kind)).toEqual(["exit-ratios", "survival", "exit-law"]);
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

test("shares of the exit law are differences of the survival and add up to 1", () => {
  const exit = exitAnswer();
  const { data } = exitLawFigure(exit.result, contextOf(exit.problem))!;
  expect(data.columns).toEqual(["process", "first_step", "last_step", "share", "error"]);
  for (const id of ["sgd", "sme1", "ha-sme-3"]) {
    const survival = (id === "sgd" ? exit.result.sgd : exit.result.models[id]!.watchedLikeSgd).survival;
    const rows = data.rows.filter((row) => row[0] === id);
    const shares = rows.map((row) => row[3] as number);
    // Sums of seven doubles below 1.
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
    expect(rows.map((row) => row[2])).toEqual([...survival.map(({ step }) => step), null]);
    expect(shares[1]).toBe(survival[0]!.probability!.value - survival[1]!.probability!.value);
    // Two bounds of 1e-8 add up.
    expect(rows[1]![4]).toBeCloseTo(2e-8, 20);
  }
});

test("a process that never leaves is named, not drawn", () => {
  const exit = exitAnswer();
  const stays = {
    watchedLikeSgd: {
      meanSteps: null,
      survival: exit.result.sgd.survival.map(({ step }) => ({ step, probability: { value: 1, error: 0, kind: "rounding" as const } })),
    },
    watchedAlways: { meanSteps: null },
  };
  const figure = exitLawFigure({ ...exit.result, models: { ...exit.result.models, "gradient-flow": stays } }, contextOf(exit.problem))!;
  expect(figure.caption).toContain("Not drawn: Gradient flow (none has left)");
  expect(figure.svg.getAttribute("aria-label")).toContain("5 models");
});

test("ratios beyond a thousand stand at the edge and are said", () => {
  const exit = exitAnswer();
  const far = {
    ...exit.result.models["sme1"]!,
    watchedLikeSgd: { meanSteps: { value: 1e40, error: 0, kind: "bound" as const }, survival: [] },
  };
  const figure = exitRatiosFigure({ ...exit.result, models: { ...exit.result.models, sme1: far } }, contextOf(exit.problem))!;
  expect(figure.caption).toContain("Ratios beyond 1000 stand at the edge");
  expect(svgMarkup(figure.svg)).toContain("3.8e36 times too slow");
  expect(figure.data.rows.find((row) => row[0] === "sme1")![2]).toBe(1e40);
});

test("a model's average is SGD's plus its weak error", () => {
  const { weak, problem } = compared[2]!;
  const { data, title } = averagesFigure(weak, contextOf(problem))!;
  expect(title).toBe("The average of x, step by step");
  const of = (id: string) => data.rows.filter((row) => row[2] === id).map((row) => row[4] as number);
  const along = weak.tests[0]!.rows[0]!.models["ha-sme"]!.alongTheWay!;
  expect(of("ha-sme")).toEqual(of("sgd").map((value, i) => value + along[i]!.weakError.value));
  const asLoss = { ...weak, tests: [weak.tests[0]!, { ...weak.tests[1]!, phi: "loss" }] };
  expect(averagesFigure(asLoss, contextOf(problem))!.title).toBe("The average loss, step by step");
});

test("errors of averages that show are a band and bars", () => {
  const { weak, problem } = compared[2]!;
  const wide = { value: 0.05, error: 0.05, kind: "standard-error" as const };
  const test = weak.tests[0]!;
  const rows = test.rows.map((row) => ({ ...row, sgdAlongTheWay: row.sgdAlongTheWay!.map(({ step }) => ({ step, value: wide })) }));
  expect(averagesFigure({ ...weak, tests: [{ ...test, rows }] }, contextOf(problem))!.errorNote).toContain("The band and the bars");
});

test("clouds: one dot a path, a panel a process, and none without SGD's own", () => {
  const [saddle] = compared;
  const figure = cloudsFigure(saddle!, contextOf(saddle!.problem))!;
  const dots = [...figure.svg.querySelectorAll('path[stroke-linecap="round"]')].map(
    (path) => path.getAttribute("d")!.split("M").length - 1,
  );
  expect(dots.length).toBe(Object.keys(saddle!.clouds!).length);
  // All but the few that the axes leave out, of 300.
  for (const count of dots) expect(count).toBeGreaterThan(270);
  expect(figure.data.rows.length).toBe(300 * dots.length);
  const { sgd: _, ...without } = saddle!.clouds!;
  expect(cloudsFigure({ ...saddle!, clouds: without }, contextOf(saddle!.problem))).toBeNull();
  expect(cloudsFigure({ ...saddle!, clouds: undefined }, contextOf(saddle!.problem))).toBeNull();
});

test("models that are not drawn alike are named together", () => {
  const [saddle] = compared;
  const exact = { ...saddle!.weak.tests[0]!.rows[0]!, models: { ...saddle!.weak.tests[0]!.rows[0]!.models } };
  for (const id of ["spf", "ha-sme"])
    exact.models[id] = {
      ...exact.models[id]!,
      alongTheWay: exact.models[id]!.alongTheWay!.map((each) => ({ ...each, weakError: { ...each.weakError, value: 1e-15 } })),
    };
  const test = saddle!.weak.tests[0]!;
  const two = {
    ...saddle!.weak,
    tests: [
      { ...test, rows: [exact] },
      { ...test, phi: "y", rows: [exact] },
    ],
  };
  expect(weakAlongFigure(two, contextOf(saddle!.problem))!.caption).toContain("Not drawn: SPF and HA-SME (exact to rounding).");
});

test("hostile names stay text", () => {
  const problem = {
    ...compared[2]!.problem,
    objective: { formula: "x", variables: ["<script>alert(1)</script>"] },
    inside: '"><img src=x>',
  };
  for (const figure of problemFigures(compared[2]!, contextOf(problem))) expect(svgMarkup(figure.svg)).not.toMatch(/<script|<img/);
});

describe("quantiles", () => {
  // exp(-t^2/2) on 241 points over -6 .. 6 deviations (2e-9 of the mass is beyond); normalisation is not asked for.
  const gaussian = (mean: number, sd: number) => {
    const x = Array.from({ length: 241 }, (_, i) => mean + sd * (-6 + i / 20));
    return { x, p: x.map((y) => 3 * Math.exp(-(((y - mean) / sd) ** 2) / 2)) };
  };

  test("of a normal law are the tabulated ones", () => {
    const found = quantiles(gaussian(1, 2), [0.01, 0.025, 0.05, 0.5, 0.95, 0.99])!;
    const tabulated = [-2.326348, -1.959964, -1.644854, 0, 1.644854, 2.326348];
    // The table's six digits (5e-7), and the density taken as linear in a cell of h = 1/20: h^3/72 |p''/p|, |p''/p| <= 4.4 here.
    for (const [i, each] of found.entries()) expect(Math.abs((each - 1) / 2 - tabulated[i]!)).toBeLessThan(8e-6);
  });

  test("a shift is a level curve of its size, a wider law rises", () => {
    const { law } = compared[2]!;
    const at = (mean: number, sd: number) => ({ step: 5, mean: [mean], covariance: [[sd * sd]], density: gaussian(mean, sd) });
    const model = (mean: number, sd: number) => ({ ...law.models["sme1"]!, laws: [at(mean, sd)] });
    const result = { ...law, sgd: { laws: [at(0, 2)], stationary: null }, models: { sme1: model(0.5, 2), spf: model(0, 2.4) } };
    const { data } = quantilesFigure(result, contextOf(compared[2]!.problem))!;
    const of = (id: string) => data.rows.filter((row) => row[1] === id).map((row) => row[5] as number);
    for (const shift of of("sme1")) expect(shift).toBeCloseTo(0.25, 10);
    const rising = of("spf");
    for (const [i, shift] of rising.slice(1).entries()) expect(shift).toBeGreaterThan(rising[i]!);
    expect(rising[0]! / -2.326348).toBeCloseTo(0.2, 4);
  });

  test("nothing without mass or points", () => {
    expect(quantiles({ x: [0, 1, 2, 3], p: [0, 0, 0, 0] }, [0.5])).toBeNull();
    expect(quantiles({ x: [0, 1], p: [1, 1] }, [0.5])).toBeNull();
  });
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
