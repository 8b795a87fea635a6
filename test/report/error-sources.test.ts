// The figure of error sources: a row for each source and order, what is filled, hollow or left out, its words and its data.
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { ErrorSources } from "../../src/answer/index.ts";
import { csv, errorSourcesFigure, svgMarkup } from "../../src/report/index.ts";

const document = parseHTML("<!doctype html><html><body></body></html>").document as unknown as Document;
const sources: ErrorSources = {
  time: 0.25,
  length: 0.2,
  sources: [
    { source: "skewness", order: 2, carried: false, size: 0.03 },
    { source: "ha-sme", order: 1, carried: true, size: 0.5 },
    { source: "third-derivative", order: 2, carried: true, size: 0 },
    { source: "noise-derivative", order: 3, carried: true, size: null },
    { source: "noise-derivative", order: 3, carried: false, size: 2e-12 },
  ],
};
const draw = (given: ErrorSources) => errorSourcesFigure(given, { document, problem: {} });

describe("the figure of error sources", () => {
  const figure = draw(sources)!;
  it("names every row with its size, also those that are not drawn", () => {
    expect(figure.svg.getAttribute("aria-label")).toBe(
      "Sizes of the modified equation's terms at the start: curvature, noise (HA-SME's own), η 0.5; third and higher derivatives, η² 0; variation of the noise, η³ not known; variation of the noise, η³ * 2e-12; skewness of the noise, η² * 0.03",
    );
    const texts = [...figure.svg.querySelectorAll("text")].map((each) => each.textContent);
    for (const text of ["not known", "2e-12", "0.03", "size at the start"]) expect(texts).toContain(text);
  });
  it("draws what is on the axis: HA-SME's own filled, skewness hollow", () => {
    const dots = [...figure.svg.querySelectorAll("circle")].map((each) => each.getAttribute("fill"));
    expect(dots).toEqual(["currentColor", "var(--paper, #ffffff)"]);
    expect(figure.caption).toMatch(/no SDE has/);
  });
  it("has its data, and the same bytes twice", () => {
    expect(csv(figure.data).split("\r\n").slice(0, 3)).toEqual([
      "source,order,carried_by_an_sde,size",
      "ha-sme,1,yes,0.5",
      "third-derivative,2,yes,0",
    ]);
    expect(csv(figure.data)).toContain("noise-derivative,3,yes,\r\n");
    expect(svgMarkup(draw(sources)!.svg)).toBe(svgMarkup(figure.svg));
  });
  it("is left out where nothing has a size, and speaks of stars only where there are some", () => {
    expect(draw({ ...sources, sources: [] })).toBeNull();
    expect(draw({ ...sources, sources: sources.sources.map((each) => ({ ...each, size: 0 })) })).toBeNull();
    expect(draw({ ...sources, sources: sources.sources.filter((each) => each.carried) })!.caption).not.toMatch(/Hollow/);
  });
});
