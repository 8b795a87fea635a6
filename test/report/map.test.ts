// Maps: who is best where, ties, regions, the table of letters, the figure and its data, the page.
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { hatch, mapGrid } from "../../src/report/figure/map-grid.ts";
import { answerPage, answerTable, csv, type FigureContext, mapFigure, mapPage, mapTable, svgMarkup } from "../../src/report/index.ts";
import { edgesOf, lettersOf, mapSentences, placesOf, regionsOf, sharesOf } from "../../src/report/map-places.ts";
import { textWidth } from "../../src/report/text-table.ts";
import { mapAnswer, mapModels } from "./map-sample.ts";

const answer = mapAnswer();
const { result } = answer;
const places = placesOf(result);
const newDocument = () => parseHTML("<!doctype html><html><body></body></html>").document as unknown as Document;
const context = (): FigureContext => ({ document: newDocument(), problem: answer.problem });

describe("places", () => {
  test("each cell has its least error, its ties, and the least error of the others", () => {
    expect(places.length).toBe(40);
    for (const { cell, i, j, best, ties, next, nextError, error } of places) {
      expect(cell).toBe(result.cells[j * 8 + i]);
      const known = mapModels.flatMap((id) => (cell.errors[id] === null ? [] : [cell.errors[id]!]));
      if (known.length === 0) expect([best, next, error]).toEqual([null, null, null]);
      else {
        expect(error).toBe(Math.min(...known));
        const others = mapModels.filter((id) => cell.errors[id] !== null && !ties.includes(id)).map((id) => cell.errors[id]!);
        expect(nextError).toBe(Math.min(...others));
        expect(cell.errors[next!]).toBe(nextError);
      }
    }
  });

  test("models that are exact alike are one, the first of them, whichever rounding favours", () => {
    const exact = places.filter(({ verdict }) => verdict === "exact");
    expect(new Set(exact.map(({ cell }) => cell.best))).toEqual(new Set(["ha-sme", "ha-sme-3"]));
    for (const { best, ties } of exact) expect([best, ties]).toEqual(["ha-sme", ["ha-sme", "ha-sme-3"]]);
  });

  test("errors that agree to six digits are a tie, those that do not are none", () => {
    const tie = (second: number) => {
      const cell = {
        ...result.cells.at(-8)!,
        errors: { sme1: second, "ha-sme": 0.02 },
        verdicts: { sme1: "good", "ha-sme": "good" } as const,
      };
      return placesOf({ ...result, cells: [cell] })[0]!.ties;
    };
    expect(tie(0.02 * (1 + 1e-7))).toEqual(["sme1", "ha-sme"]);
    expect(tie(0.02 * (1 + 1e-5))).toEqual(["ha-sme"]);
  });

  test("regions are what hangs together; shares count all", () => {
    const regions = regionsOf(places, 8);
    expect(regions.flat().length).toBe(places.filter(({ best }) => best !== null).length);
    expect(regions.map((region) => [region[0]!.best, region.length])).toEqual(
      [
        ["ha-sme-3", 24],
        ["ha-sme", 6],
        ["sme1", 8],
      ].sort((a, b) => (b[1] as number) - (a[1] as number)),
    );
    for (const region of regions) expect(new Set(region.map(({ best }) => best)).size).toBe(1);
    expect(sharesOf(places).map(({ model, places: own }) => [model, own.length])).toEqual([
      ["ha-sme-3", 24],
      ["sme1", 8],
      ["ha-sme", 6],
    ]);
    // Two cells that touch at a corner only are two regions.
    const corner = places.map((place) => ({
      ...place,
      best: (place.i === 1 && place.j === 1) || (place.i === 2 && place.j === 2) ? "spf" : null,
    }));
    expect(regionsOf(corner, 8).length).toBe(2);
    // The right end of a row does not touch the left end of the next.
    const ends = places.map((place) => ({
      ...place,
      best: (place.i === 7 && place.j === 1) || (place.i === 0 && place.j === 2) ? "spf" : null,
    }));
    expect(regionsOf(ends, 8).length).toBe(2);
  });

  test("edges lie between values, geometrically on a logarithmic axis", () => {
    expect(edgesOf({ name: "eta", values: [1, 4, 16], logarithmic: true })).toEqual([0.5, 2, 8, 32]);
    expect(edgesOf({ name: "start", values: [-1, 0, 2], logarithmic: false })).toEqual([-1.5, -0.5, 1, 3]);
  });

  test("letters are one a model, also for models that nobody knows", () => {
    const letters = lettersOf([...mapModels, "new", "newer"]);
    expect(new Set(letters.values()).size).toBe(7);
    expect([letters.get("ha-sme-3"), letters.get("ha-sme"), letters.get("new")]).toEqual(["3", "H", "A"]);
  });

  test("sentences say who is best where, and where nobody is good", () => {
    const sentences = mapSentences(result, places);
    expect(sentences[0]).toMatch(
      /^HA-SME-3 †: best in 24 of 40 cells, learning rate 0\.05 to 0\.362 and noise sigma 0\.6 to 1\.8, off by [\d.]+ to [\d.]+ there\.$/,
    );
    expect(sentences[2]).toMatch(/^HA-SME \(HA-SME-3 † is as good\): best in 6 of 40 cells, .*, exact there\.$/);
    expect(sentences.at(-2)).toMatch(/^In 8 of 40 cells even the best model is off by more than 0\.05\.$/);
    expect(sentences.at(-1)).toBe("In 2 cells no model has a figure: SGD's mean exit time is not resolved.");
  });
});

describe("the table of letters", () => {
  const lines = mapTable(answer).split("\n");

  test("has a row a learning rate and a letter a cell", () => {
    const rows = result.x.values.map((_, i) => lines[lines.findIndex((line) => line.includes("  0.2")) + 1 + i]!);
    const letters = rows.map((row) => row.replace(/^ *[\d.]+ {2}/, ""));
    expect(letters.slice(0, 6)).toEqual(Array(6).fill("H= 3  3  3  3"));
    expect(letters.slice(6)).toEqual(Array(2).fill("1! 1! 1! 1! ."));
  });

  test("explains letters and signs", () => {
    const text = lines.join("\n");
    expect(text).toContain("= exact to rounding   ! off by more than 0.05   . no model has a figure");
    expect(text).toMatch(/^HA-SME-3 † +3 +24 of 40 /m);
    expect(text).toMatch(/^HA-SME +H +6 of 40 +exact +exact +exact/m);
    expect(text).toContain("z = 1 at eta 0.45");
    expect(text).toContain("† ours, not in the paper");
  });

  test.each([
    [8, 5],
    [40, 6],
    [5, 30],
    [4, 90],
  ])("%d by %d: no line is wider than 80", (columns, rows) => {
    const wide = answerTable(mapAnswer(columns, rows)).split("\n");
    expect(wide.filter((line) => textWidth(line) > 80)).toEqual([]);
    // Every cell is there, also where columns go on in a further block.
    const cells = wide.flatMap((line) => /^ *[\d.e-]+ {2}(.*)$/.exec(line)?.[1]?.match(/[GH123.]/g) ?? []);
    expect(cells.length).toBe(columns * rows);
  });
});

describe("the figure", () => {
  const figure = mapFigure(result, context())!;
  const markup = svgMarkup(figure.svg);

  test("names every region and marks z = 1, without colour alone", () => {
    const texts = [...figure.svg.querySelectorAll("text")].map((each) => each.textContent);
    for (const name of ["HA-SME-3 †", "HA-SME", "SME-1"]) expect(texts).toContain(name);
    expect(texts.filter((text) => text === "z = 1").length).toBe(2);
    for (const words of ["learning rate", "noise sigma", "Best model, and its error", "exact", "∞"]) expect(texts).toContain(words);
    expect(figure.svg.getAttribute("aria-label")).toContain("of 40 cells HA-SME-3 † in 24, SME-1 in 8, HA-SME in 6");
    expect(markup).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("its caption tells what to read", () => {
    expect(figure.caption).toContain("find your learning rate and noise");
    expect(figure.caption).toContain("Hatched: even the best is off by more than 0.05.");
    expect(figure.caption).toContain("Equally good: HA-SME (HA-SME-3 † is as good)");
  });

  test("its data have every cell with every error", () => {
    expect(figure.data.rows.length).toBe(40);
    expect(figure.data.columns.slice(0, 3)).toEqual(["eta", "sigma", "best"]);
    const column = figure.data.columns.indexOf("error_sme1");
    expect(figure.data.rows.map((row) => row[column])).toEqual(result.cells.map(({ errors }) => errors.sme1));
    expect(csv(figure.data)).toContain("SGD's mean exit time is not resolved.");
  });

  test("the same bytes twice; nothing where no model has a figure", () => {
    expect(svgMarkup(mapFigure(mapAnswer().result, context())!.svg)).toBe(markup);
    const cells = result.cells.map((cell) => ({ ...cell, best: null, errors: {}, verdicts: {} }));
    expect(mapFigure({ ...result, cells }, context())).toBeNull();
  });

  test("a map of many cells keeps one mark a region and stays small", () => {
    const large = mapFigure(mapAnswer(40, 40).result, context())!;
    const texts = [...large.svg.querySelectorAll("text")].map((each) => each.textContent);
    for (const name of ["HA-SME-3 †", "HA-SME", "SME-1"]) expect(texts).toContain(name);
    expect(texts.length).toBeLessThan(400);
  });

  test("hatching stays within its cell", () => {
    const grid = mapGrid(result);
    const scale = (factor: number) => (value: number) => factor * value;
    const { document } = context();
    const path = hatch([places[0]!], grid)(
      [],
      { x: scale(1000), y: (v: number) => 500 - 100 * v } as never,
      {} as never,
      {} as never,
      { document } as never,
    )!;
    const ends = [...path.getAttribute("d")!.matchAll(/([\d.]+),([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(ends.length).toBeGreaterThan(4);
    // Tenths of a pixel.
    for (const [x, y] of ends) {
      expect(x).toBeGreaterThanOrEqual(1000 * grid.x[0]! - 0.06);
      expect(x).toBeLessThanOrEqual(1000 * grid.x[1]! + 0.06);
      expect(y).toBeGreaterThanOrEqual(500 - 100 * grid.y[1]! - 0.06);
      expect(y).toBeLessThanOrEqual(500 - 100 * grid.y[0]! + 0.06);
    }
  });
});

test("the page has sentences, the figure, and every cell", () => {
  const page = mapPage(answer, { document: newDocument(), command: "npx escapement map bowl.json" });
  expect(page).toBe(answerPage(answer, { document: newDocument(), command: "npx escapement map bowl.json" }));
  const document = parseHTML(page).document as unknown as Document;
  expect(document.querySelector("h1")!.textContent).toBe("Which model to use where: a bowl");
  expect(document.querySelectorAll("figure").length).toBe(1);
  expect(document.querySelector("main")!.textContent).toContain(
    "Varied: learning rate 0.05 to 0.8 (8 values, equal ratios) and noise sigma 0.2 to 1.8 (5 values).",
  );
  expect([...document.querySelectorAll("details tbody tr")].length).toBe(40);
});
