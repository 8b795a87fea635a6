// Largest weak error against learning rate on two log axes, with the fitted orders beside and lines of slope 1 to 4 to compare with.
import * as Plot from "@observablehq/plot";
import type { WeakResult, WeakTest } from "../../answer/index.ts";
import { halfWidth } from "../number.ts";
import { plainText } from "../text-table.ts";
import { orderText } from "../weak-table.ts";
import {
  assemble,
  defaults,
  type Figure,
  type FigureContext,
  legend,
  logAxisX,
  type Panel,
  panel,
  panelTitle,
  rowsOf,
  strokeOf,
  stylesOf,
  symbolOf,
} from "./frame.ts";
import { decades, thinned, tickText } from "./scales.ts";
import { barNote } from "./weak-along.ts";

const options = { panels: 6, most: 9, height: 250 };

export function weakOrdersFigure(weak: WeakResult, context: FigureContext): Figure | null {
  const tests = weak.tests.filter((test) => test.rows.length > 1).slice(0, options.panels);
  const ids = [...new Set(tests.flatMap((test) => test.rows.flatMap((row) => Object.keys(row.models))))];
  if (tests.length === 0 || ids.length === 0) return null;
  const styles = stylesOf(ids, context);
  const perRow = tests.length === 1 ? 1 : 2;
  const width = perRow === 1 ? defaults.width : (defaults.width - 8) / 2;
  const drawn = tests.map((test) => orders(test, styles, width, context));
  const rows = tests.flatMap((test) =>
    test.rows.flatMap((row) =>
      styles.map(({ id }) => [
        test.phi,
        row.eta,
        id,
        row.models[id]?.maxWeakError?.value ?? null,
        row.models[id]?.maxWeakError?.error ?? null,
        test.orders[id]?.value ?? null,
        test.orders[id]?.error ?? null,
      ]),
    ),
  );
  return {
    kind: "weak-orders",
    title: "How errors shrink with the learning rate",
    caption:
      "The largest weak error on the way at each learning rate, for the same horizon T. A model of order p falls by 2^p when the learning rate is halved: compare with the grey guides of slope 1 to 4. Fitted orders stand at the right of each panel; - is no fit.",
    errorNote: barNote(drawn.reduce((largest, each) => Math.max(largest, each.largest), 0)),
    svg: assemble(
      rowsOf(drawn, perRow),
      {
        kind: "weak-orders",
        label: `Largest weak errors against learning rate; orders: ${tests.map((test) => `${plainText(test.phi)}: ${styles.map(({ id, name }) => `${name} ${orderText(test.orders[id])}`).join(", ")}`).join("; ")}`,
        legend: legend(
          styles.map((style) => ({ style })),
          context,
        ),
      },
      context,
    ),
    data: { columns: ["phi", "eta", "model", "largest_weak_error", "error", "order", "order_error"], rows },
  };
}

function orders(test: WeakTest, styles: ReturnType<typeof stylesOf>, width: number, context: FigureContext): Panel & { largest: number } {
  const phi = plainText(test.phi);
  const lines = styles.map((style) => ({
    style,
    points: test.rows.flatMap((row) => {
      const figure = row.models[style.id]?.maxWeakError;
      return figure && figure.value > 1e-14
        ? [{ eta: row.eta, size: figure.value, low: figure.value - halfWidth(figure), high: figure.value + halfWidth(figure) }]
        : [];
    }),
  }));
  const sizes = lines.flatMap(({ points }) => points.map((each) => each.size));
  const range = decades(sizes, options.most) ?? { domain: [1e-3, 1] as [number, number], ticks: [1e-3, 1] };
  const etas = test.rows.map((row) => row.eta);
  const high = etas.reduce((a, b) => Math.max(a, b));
  const low = etas.reduce((a, b) => Math.min(a, b));
  const top = sizes.reduce((a, b) => Math.max(a, b), range.domain[0]);
  const guides = [1, 2, 3, 4].map((slope) => {
    // Down from the largest error by the slope, cut where it leaves the axes.
    let size = top;
    for (let i = 0; i < slope; i++) size *= low / high;
    return { slope: String(slope), x1: high, y1: top, x2: low, y2: size };
  });
  const inside = (each: { size: number }) => each.size >= range.domain[0];
  // The largest error of a point drawn, relative to the point.
  const largest = lines
    .flatMap(({ points }) => points.filter(inside).map((each) => (each.high - each.size) / each.size))
    .reduce((a, b) => Math.max(a, b), 0);
  const chart = panel(
    {
      ...{ width, height: options.height, marginLeft: 52, marginRight: 80, marginTop: 46, marginBottom: 38 },
      x: { type: "log", domain: [low / 1.15, high * 1.15], axis: null },
      y: { type: "log", domain: range.domain, ticks: range.ticks, tickFormat: tickText, label: null, grid: true, clamp: false },
      marks: [
        ...logAxisX(
          thinned(
            [...etas].sort((a, b) => a - b),
            5,
          ),
          "learning rate",
        ),
        ...panelTitle(phi, "largest |weak error|"),
        Plot.link(guides, {
          x1: "x1",
          y1: "y1",
          x2: "x2",
          y2: "y2",
          stroke: "currentColor",
          strokeOpacity: 0.35,
          strokeWidth: 1,
          clip: true,
        }),
        Plot.text(
          guides.filter((each) => each.y2 >= range.domain[0]),
          { x: "x2", y: "y2", text: "slope", dx: -7, fillOpacity: 0.6, fontSize: 11 },
        ),
        ...lines.flatMap(({ style, points }) => [
          Plot.line(points.filter(inside), { x: "eta", y: "size", ...strokeOf(style) }),
          Plot.ruleX(
            points.filter(inside).filter((each) => each.high - each.low > 0.03 * each.size),
            { x: "eta", y1: (each: { low: number }) => Math.max(each.low, range.domain[0]), y2: "high", stroke: style.colour },
          ),
          Plot.dot(points.filter(inside), { x: "eta", y: "size", ...symbolOf(style) }),
        ]),
        Plot.text(["order"], { frameAnchor: "top-right", textAnchor: "start", dx: 26, dy: -16, fontSize: 11, text: (d: string) => d }),
        ...styles.flatMap((style, i) => [
          Plot.dot([0], { frameAnchor: "top-right", dx: 14, dy: 8 + i * 20, ...symbolOf(style) }),
          Plot.text([orderText(test.orders[style.id])], {
            frameAnchor: "top-right",
            textAnchor: "start",
            dx: 26,
            dy: 2 + i * 20,
            fontSize: 11,
            text: (d: string) => d,
          }),
        ]),
      ],
    },
    context,
  );
  return { ...chart, largest };
}
