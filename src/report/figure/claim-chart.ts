// A figure of a claim: lines of processes over one parameter, as the claim's chart says. Points carry the bars of their errors; predictions are hollow.
import * as Plot from "@observablehq/plot";
import type { ClaimChart, Estimate } from "../../answer/index.ts";
import { halfWidth } from "../number.ts";
import { processStyles } from "../process-style.ts";
import {
  assemble,
  defaults,
  type Figure,
  type FigureContext,
  legend,
  logAxisX,
  panel,
  panelTitle,
  rowsOf,
  strokeOf,
  symbolOf,
} from "./frame.ts";
import { decades, padded, ratioTicks } from "./scales.ts";

const options = { height: 330, mostDecades: 14 };

interface Point {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

export function claimFigure(chart: ClaimChart, context: FigureContext): Figure {
  const shown = (y: number) => Number.isFinite(y) && (!chart.y.logarithmic || y > 0);
  const styles = processStyles([...new Set(chart.lines.map(({ process }) => process))], context.descriptions);
  const lines = chart.lines.map(({ process, predicted, points }) => ({
    style: styles.find(({ id }) => id === process)!,
    predicted: predicted === true,
    points: points.filter(({ x, y }) => shown(y.value) && (!chart.x.logarithmic || x > 0)).map(({ x, y }) => pointOf(x, y)),
  }));
  const all = lines.flatMap(({ points }) => points);
  const scale = chart.y.logarithmic
    ? decades(
        all.map(({ y }) => y),
        options.mostDecades,
      )
    : null;
  const domain = scale?.domain ?? padded(all.flatMap(({ low, high }) => [low, high]));
  const xs = [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b);
  const wide: [number, number] = chart.x.logarithmic && xs.length > 0 ? [xs[0]! * 0.85, xs.at(-1)! * 1.15] : padded(xs, 0.06);
  const clipped = (y: number) => Math.min(Math.max(y, domain[0]), domain[1]);
  const seen = all.filter(({ low, high, y }) => high - low > 0.004 * Math.abs(y));
  const plot = panel(
    {
      ...{ width: defaults.width, height: options.height, marginLeft: 70, marginRight: 16, marginTop: 46, marginBottom: 40 },
      x: chart.x.logarithmic
        ? { type: "log", domain: wide, axis: null }
        : {
            domain: wide,
            label: chart.x.label,
            labelArrow: "none",
            ...(xs.length > 0 && xs.every(Number.isInteger) ? { ticks: xs, tickFormat: "d" } : { ticks: 6 }),
          },
      y: scale
        ? {
            type: "log",
            domain,
            label: null,
            grid: true,
            ticks: scale.ticks,
            tickFormat: (d: number) => (d >= 0.001 && d < 1e5 ? String(d) : d.toExponential(0).replace("+", "")),
          }
        : { domain, label: null, grid: true, ticks: 6 },
      marks: [
        ...panelTitle(chart.title, chart.y.label, 80),
        ...(chart.x.logarithmic ? logAxisX(xs.length <= 8 ? xs : ratioTicks(wide), chart.x.label) : []),
        ...lines.flatMap(({ style, points, predicted }) => [
          Plot.ruleX(
            points.filter((each) => seen.includes(each)),
            {
              ...{ x: "x", y1: (p: Point) => clipped(p.low), y2: (p: Point) => clipped(p.high), stroke: style.colour, strokeWidth: 1.25 },
            },
          ),
          ...(predicted || chart.x.cases ? [] : [Plot.line(points, { x: "x", y: (p: Point) => clipped(p.y), ...strokeOf(style) })]),
          Plot.dot(points, { x: "x", y: (p: Point) => clipped(p.y), ...symbolOf(style, predicted) }),
        ]),
      ],
    },
    context,
  );
  const entries = lines.filter(({ points }) => points.length > 0);
  return {
    kind: chart.kind,
    title: chart.title,
    caption: chart.caption,
    errorNote:
      seen.length === 0
        ? "Errors are below the symbols' size."
        : "Bars are the figures' errors (95 %, or bounds); where there is none it is below the symbol's size.",
    svg: assemble(
      rowsOf([plot], 1),
      {
        kind: chart.kind,
        label: `${chart.title}: ${chart.y.label} against ${chart.x.label}`,
        legend: legend(
          entries.map(({ style, predicted }) => ({ style, ...(predicted ? { text: `${style.name} (hollow)` } : {}) })),
          context,
        ),
      },
      context,
    ),
    data: {
      columns: ["process", "predicted", chart.x.label, chart.y.label, "error", "kind"],
      rows: chart.lines.flatMap(({ process, predicted, points }) =>
        points.map(({ x, y }) => [process, predicted ? "yes" : "no", x, y.value, y.error, y.kind]),
      ),
    },
  };
}

function pointOf(x: number, y: Estimate): Point {
  const half = halfWidth(y);
  return { x, y: y.value, low: y.value - half, high: y.value + half };
}
