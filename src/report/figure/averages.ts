// The average of one test function step by step: SGD's with the band of its error, and each model's. The objective itself (`loss`) if it
// was asked about, else the first test. A model's average is SGD's plus its weak error; how the two differ is weak-along.ts.
import * as Plot from "@observablehq/plot";
import type { Estimate, WeakResult, WeakTest } from "../../answer/index.ts";
import { halfWidth } from "../number.ts";
import { learningRate } from "../problem-text.ts";
import { plainText } from "../text-table.ts";
import {
  assemble,
  defaults,
  type Figure,
  type FigureContext,
  legend,
  panel,
  panelTitle,
  rowsOf,
  strokeOf,
  stylesOf,
  symbolOf,
} from "./frame.ts";
import { padded, thinned } from "./scales.ts";

const options = { symbols: 6, height: 290, /** Models are drawn as far as this many times SGD's own range from it. */ reach: 1.5 };

interface Point {
  readonly step: number;
  readonly value: number;
  readonly half: number;
}

export function averagesFigure(weak: WeakResult, context: FigureContext): Figure | null {
  const eta = learningRate(context.problem);
  const rowOf = (test: WeakTest) => test.rows.find((row) => row.eta === eta) ?? test.rows[0];
  const asked = weak.tests.filter((test) => (rowOf(test)?.sgdAlongTheWay?.length ?? 0) > 1);
  const test = asked.find(({ phi }) => phi.trim() === "loss") ?? asked[0];
  const row = test && rowOf(test);
  if (!test || !row?.sgdAlongTheWay) return null;
  const point = (step: number, value: number, error: Estimate): Point => ({ step, value, half: halfWidth(error) });
  const sgd = row.sgdAlongTheWay.map(({ step, value }) => point(step, value.value, value));
  const at = new Map(sgd.map((each) => [each.step, each.value]));
  const styles = stylesOf(Object.keys(row.models), context);
  const lines = styles
    .map((style) => ({
      style,
      points: (row.models[style.id]?.alongTheWay ?? []).flatMap(({ step, weakError }) =>
        at.has(step) ? [point(step, at.get(step)! + weakError.value, weakError)] : [],
      ),
    }))
    .filter(({ points }) => points.length > 0);
  const own = padded(
    sgd.flatMap((each) => [each.value - each.half, each.value + each.half]),
    options.reach,
  );
  const inside = (each: Point) => each.value >= own[0] && each.value <= own[1];
  const domain = padded([sgd, ...lines.map(({ points }) => points.filter(inside))].flat().map((each) => each.value));
  const cut = lines.filter(({ points }) => !points.every(inside)).map(({ style }) => style.name);
  const seen = domain[1] - domain[0];
  const bars = lines.flatMap(({ style, points }) =>
    points.filter((each) => inside(each) && each.half > 0.004 * seen).map((each) => ({ ...each, colour: style.colour })),
  );
  const sgdStyle = stylesOf(["sgd"], context)[0]!;
  const loss = plainText(test.phi) === "loss";
  const chart = panel(
    {
      ...{ width: defaults.width, height: options.height, marginLeft: 62, marginRight: 16, marginTop: 46, marginBottom: 36 },
      x: { label: "step k", labelArrow: "none", ticks: 6 },
      y: { domain, label: null, grid: true, ticks: 6 },
      marks: [
        ...panelTitle(loss ? "E f(x)" : `E ${plainText(test.phi)}`, ""),
        Plot.areaY(sgd, {
          x: "step",
          y1: (each: Point) => Math.max(domain[0], each.value - each.half),
          y2: (each: Point) => Math.min(domain[1], each.value + each.half),
          fill: sgdStyle.colour,
          fillOpacity: 0.2,
        }),
        Plot.line(sgd, { x: "step", y: "value", ...strokeOf(sgdStyle) }),
        ...bars.map((bar) =>
          Plot.ruleX([bar], {
            x: "step",
            y1: Math.max(domain[0], bar.value - bar.half),
            y2: Math.min(domain[1], bar.value + bar.half),
            stroke: bar.colour,
          }),
        ),
        ...lines.flatMap(({ style, points }) => [
          Plot.line(points, { x: "step", y: "value", ...strokeOf(style), clip: cut.length > 0 }),
          Plot.dot(thinned(points.filter(inside), options.symbols), { x: "step", y: "value", ...symbolOf(style) }),
        ]),
        Plot.dot(thinned(sgd, options.symbols), { x: "step", y: "value", ...symbolOf(sgdStyle) }),
      ],
    },
    context,
  );
  const largest = [sgd, ...lines.map(({ points }) => points)].flat().reduce((a, each) => Math.max(a, each.half), 0);
  return {
    kind: "averages",
    title: loss ? "The average loss, step by step" : `The average of ${plainText(test.phi)}, step by step`,
    caption: `${loss ? "E f(x_k)" : `E ${plainText(test.phi)}`} of SGD (thick, with the band of its error) and of each model at the same time. A model is right where its line lies on SGD's.${cut.length > 0 ? ` Cut off at the edge: ${cut.join(", ")}.` : ""}`,
    errorNote:
      largest === 0
        ? "The figures are exact to rounding."
        : largest < 0.004 * seen
          ? `Errors are below the line width: at most ${largest.toExponential(0)}.`
          : "The band and the bars are the figures' errors (95 %).",
    svg: assemble(
      rowsOf([chart], 1),
      {
        kind: "averages",
        label: `${loss ? "The average loss" : `The average of ${plainText(test.phi)}`} of SGD and ${lines.length} models against the step`,
        legend: legend([{ style: sgdStyle }, ...lines.map(({ style }) => ({ style }))], context),
      },
      context,
    ),
    data: {
      columns: ["phi", "eta", "process", "step", "value", "error", "kind"],
      rows: [
        ...row.sgdAlongTheWay.map(({ step, value }) => [test.phi, row.eta, "sgd", step, value.value, value.error, value.kind]),
        ...styles.flatMap(({ id }) =>
          (row.models[id]?.alongTheWay ?? []).flatMap(({ step, weakError }) =>
            at.has(step) ? [[test.phi, row.eta, id, step, at.get(step)! + weakError.value, weakError.error, weakError.kind]] : [],
          ),
        ),
      ],
    },
  };
}
