// |weak error| of each model along the way, one panel a test function, on a log axis. Bars are the errors of the figures where they show.
import * as Plot from "@observablehq/plot";
import type { WeakResult, WeakRow } from "../../answer/index.ts";
import { formatNumber, halfWidth } from "../number.ts";
import { learningRate } from "../problem-text.ts";
import { plainText } from "../text-table.ts";
import { listed } from "../warning-text.ts";
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
import { decades, thinned, tickText } from "./scales.ts";

/** Beyond `bars` points a line has error bars at `fewerBars` of them: one at every step would hide the lines. */
const options = { panels: 6, symbols: 6, most: 8, height: 220, bars: 30, fewerBars: 14 };

interface Point {
  readonly step: number;
  readonly size: number;
  readonly low: number;
  readonly high: number;
}

export function weakAlongFigure(weak: WeakResult, context: FigureContext): Figure | null {
  const eta = learningRate(context.problem);
  const chosen = tellingFirst(weak.tests)
    .slice(0, options.panels)
    .map((test) => ({ phi: plainText(test.phi), row: test.rows.find((row) => row.eta === eta) ?? test.rows[0] }));
  const shown = chosen.filter(
    (each): each is { phi: string; row: WeakRow } =>
      each.row !== undefined && Object.values(each.row.models).some((model) => (model.alongTheWay?.length ?? 0) > 0),
  );
  if (shown.length === 0) return null;
  const styles = stylesOf([...new Set(shown.flatMap(({ row }) => Object.keys(row.models)))], context);
  let largestError = 0;
  const perRow = shown.length === 1 ? 1 : 2;
  const width = perRow === 1 ? defaults.width : (defaults.width - 8) / 2;
  const absent: Absent[] = [];
  const panels = shown.map(({ phi, row }) => {
    const scale = typeof row.sgdStandardDeviation === "number" && row.sgdStandardDeviation > 0 ? row.sgdStandardDeviation : 1;
    const lines = styles.map((style) => ({
      style,
      points: (row.models[style.id]?.alongTheWay ?? []).map(({ step, weakError }): Point => {
        const size = Math.abs(weakError.value) / scale;
        const half = halfWidth(weakError) / scale;
        return { step, size, low: size - half, high: size + half };
      }),
    }));
    const range = decades(
      lines.flatMap(({ points }) => points.map((each) => each.size)).filter((size) => size > 1e-13),
      options.most,
    ) ?? { domain: [1e-3, 1] as [number, number], ticks: [1e-3, 1] };
    const floor = range.domain[0];
    for (const { style, points } of lines)
      if (points.length > 0 && points.every((each) => each.size < floor))
        absent.push({ name: style.name, phi, size: points.map((each) => each.size).reduce((a, b) => Math.max(a, b)) });
    const marks = lines.flatMap(({ style, points }) => {
      const visible = points.filter((each) => each.size >= floor);
      for (const each of visible) largestError = Math.max(largestError, (each.high - each.size) / each.size);
      const bars = (visible.length > options.bars ? thinned(visible, options.fewerBars) : visible)
        .filter((each) => each.high - each.low > 0.03 * each.size)
        .map((each) => ({ ...each, low: Math.max(each.low, floor), high: Math.min(each.high, range.domain[1]) }));
      return [
        Plot.line(
          points.map((each) => (each.size >= floor ? each : { ...each, size: Number.NaN })),
          { x: "step", y: "size", ...strokeOf(style) },
        ),
        Plot.ruleX(bars, { x: "step", y1: "low", y2: "high", stroke: style.colour }),
        Plot.dot(thinned(visible, options.symbols), { x: "step", y: "size", ...symbolOf(style) }),
      ];
    });
    return panel(
      {
        ...{ width, height: options.height, marginLeft: 54, marginRight: 12, marginTop: 46, marginBottom: 36 },
        x: { label: "step k", labelArrow: "none", ticks: 5 },
        y: { type: "log", domain: range.domain, ticks: range.ticks, tickFormat: tickText, label: null, grid: true },
        marks: [...panelTitle(phi, scale === 1 ? "|weak error|" : "|weak error|/sd"), ...marks],
      },
      context,
    );
  });
  const rows = shown.flatMap(({ phi, row }) =>
    styles.flatMap(({ id }) =>
      (row.models[id]?.alongTheWay ?? []).map(({ step, weakError }) => [
        phi,
        row.eta,
        id,
        step,
        weakError.value,
        weakError.error,
        weakError.kind,
      ]),
    ),
  );
  return {
    kind: "weak-along",
    title: "Errors of averages along the way",
    caption: `How far each model's average of the test function is from SGD's, step by step${shown.some(({ row }) => row.sgdStandardDeviation) ? ", in standard deviations of the test function" : ""}. Lower is better. A dip to a point is a change of sign; only the largest value on the way counts in verdicts.${weak.tests.length > shown.length ? ` ${shown.length} of ${weak.tests.length} test functions; the table has all.` : ""}${absent.length > 0 ? ` Not drawn: ${absentText(absent, shown.length)}.` : ""}`,
    errorNote: barNote(largestError),
    svg: assemble(
      rowsOf(panels, perRow),
      {
        kind: "weak-along",
        label: `Weak errors of ${styles.map((each) => each.name).join(", ")} against the step for ${shown.map((each) => each.phi).join(", ")}`,
        legend: legend(
          styles.map((style) => ({ style })),
          context,
        ),
      },
      context,
    ),
    data: { columns: ["phi", "eta", "model", "step", "weak_error", "error", "kind"], rows },
  };
}

/** Where there are more than panels, what is more than a coordinate comes first: of a network's parameters none says much. */
function tellingFirst(tests: WeakResult["tests"]): WeakResult["tests"] {
  if (tests.length <= options.panels) return tests;
  const coordinate = (phi: string): boolean => /^[a-z]\w*$/i.test(phi) && phi !== "loss" && phi !== "distance";
  return [...tests.filter(({ phi }) => !coordinate(phi)), ...tests.filter(({ phi }) => coordinate(phi))];
}

/** A model whose errors lie below the axes of a panel. */
interface Absent {
  readonly name: string;
  readonly phi: string;
  readonly size: number;
}

/** "HA-SME and HA-SME-3 † (exact to rounding); SPF for x (at most 1e-6)": models that are absent alike stand together. */
function absentText(absent: readonly Absent[], panels: number): string {
  const groups = new Map<string, string[]>();
  for (const name of new Set(absent.map((each) => each.name))) {
    const own = absent.filter((each) => each.name === name);
    const where = own.length === panels ? "" : ` for ${listed(own.map((each) => each.phi))}`;
    const rest = `${where} (${atMost(own.map((each) => each.size))})`;
    groups.set(rest, [...(groups.get(rest) ?? []), name]);
  }
  return [...groups].map(([rest, names]) => listed(names) + rest).join("; ");
}

/** How small what is not drawn is. Errors relative to a standard deviation below 1e-8 are rounding. */
export function atMost(values: readonly number[]): string {
  const largest = values.reduce((a, b) => Math.max(a, b), 0);
  return largest < 1e-8 ? "exact to rounding" : `at most ${formatNumber(largest, 1)}`;
}

/** What figures with bars say about errors: the largest relative half-width among the points drawn. */
export function barNote(largestRelative: number): string {
  if (largestRelative === 0) return "The figures are exact to rounding.";
  if (largestRelative < 0.03) return `Errors are below the line width: at most ${formatNumber(largestRelative * 100, 1)} % of a figure.`;
  return "Bars are the figures' errors (95 %); where there is none it is below the line width.";
}
