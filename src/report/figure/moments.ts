// Mean +- standard deviation of each coordinate: at several steps (moments) or in the long run (stationary), SGD beside each model.
import * as Plot from "@observablehq/plot";
import type { LawResult, StationaryLaw } from "../../answer/index.ts";
import { root } from "../law-distance.ts";
import { errorOf, formatNumber, halfWidth, plainValue } from "../number.ts";
import { coordinateNames } from "../problem-text.ts";
import type { ProcessStyle } from "../process-style.ts";
import { momentErrors } from "./densities.ts";
import { assemble, defaults, type Figure, type FigureContext, legend, type Panel, panel, rowsOf, stylesOf, symbolOf } from "./frame.ts";
import { padded, thinned } from "./scales.ts";

const options = { coordinates: 3, steps: 8, height: 190 };

interface Interval {
  readonly step: string;
  readonly style: ProcessStyle;
  readonly mean: number;
  readonly sd: number;
}

export function momentsFigure(law: LawResult, context: FigureContext): Figure | null {
  const styles = stylesOf(["sgd", ...Object.keys(law.models)], context);
  const drawn = thinned(
    law.sgd.laws.flatMap((each, i) => (each.mean ? [i] : [])),
    options.steps,
  );
  const length = law.sgd.laws[drawn[0] ?? 0]?.mean?.length ?? 0;
  if (drawn.length === 0 || length === 0) return null;
  const names = coordinateNames(context.problem, length);
  const lawsOf = (id: string) => (id === "sgd" ? law.sgd.laws : law.models[id]!.laws);
  const panels = names.slice(0, options.coordinates).map((name, j) => {
    const intervals = styles.flatMap((style) =>
      drawn.flatMap((i): Interval[] => {
        const at = lawsOf(style.id)[i];
        if (!at?.mean || !at.covariance || at.mean[j] === undefined) return [];
        return [{ step: String(at.step), style, mean: plainValue(at.mean[j]), sd: root(at.covariance[j]![j]!).value }];
      }),
    );
    return coordinatePanel(
      name,
      intervals,
      drawn.map((i) => String(law.sgd.laws[i]!.step)),
      styles,
      context,
    );
  });
  const rows = styles.flatMap(({ id }) =>
    lawsOf(id).flatMap((at) =>
      (at.mean ?? []).map((mean, j) => [
        id,
        at.step,
        names[j] ?? `x${j + 1}`,
        plainValue(mean),
        errorOf(mean),
        at.covariance ? root(at.covariance[j]![j]!).value : null,
      ]),
    ),
  );
  return {
    kind: "moments",
    title: "Means and spreads along the way",
    caption: `Symbol: the mean; bar: one standard deviation to either side; at each step SGD first, then the models in the legend's order.${length > options.coordinates ? ` The first ${options.coordinates} of ${length} coordinates; the saved data has all.` : ""}`,
    errorNote: momentErrors(law, drawn),
    svg: assemble(
      rowsOf(panels, 1),
      {
        kind: "moments",
        label: `Mean and standard deviation of ${names.slice(0, options.coordinates).join(", ")} for SGD and ${styles.length - 1} models at ${drawn.length} steps`,
        legend: legend(
          styles.map((style) => ({ style })),
          context,
        ),
      },
      context,
    ),
    data: { columns: ["process", "step", "coordinate", "mean", "mean_error", "sd"], rows },
  };
}

function coordinatePanel(
  name: string,
  intervals: readonly Interval[],
  steps: readonly string[],
  styles: readonly ProcessStyle[],
  context: FigureContext,
): Panel {
  const space = (defaults.width - 70) / steps.length;
  const apart = Math.min(14, (space * 0.75) / styles.length);
  return panel(
    {
      ...{ width: defaults.width, height: options.height, marginLeft: 54, marginRight: 12, marginTop: 24, marginBottom: 36 },
      x: { type: "band", domain: steps, label: "step k", labelArrow: "none", labelAnchor: "right" },
      y: {
        domain: padded(intervals.flatMap((each) => [each.mean - each.sd, each.mean + each.sd])),
        label: name,
        labelArrow: "none",
        grid: true,
        ticks: 5,
      },
      marks: styles.flatMap((style, i) => {
        const own = intervals.filter((each) => each.style === style);
        const dx = (i - (styles.length - 1) / 2) * apart;
        return [
          Plot.ruleX(own, {
            x: "step",
            y1: (each: Interval) => each.mean - each.sd,
            y2: (each: Interval) => each.mean + each.sd,
            stroke: style.colour,
            strokeWidth: style.strokeWidth,
            dx,
          }),
          Plot.dot(own, { x: "step", y: "mean", dx, ...symbolOf(style) }),
        ];
      }),
    },
    context,
  );
}

export function stationaryFigure(law: LawResult, context: FigureContext): Figure | null {
  const stationaryOf = (id: string): StationaryLaw | null => (id === "sgd" ? law.sgd.stationary : (law.models[id]?.stationary ?? null));
  const styles = stylesOf(["sgd", ...Object.keys(law.models)], context).filter(({ id }) => stationaryOf(id));
  if (!law.sgd.stationary || styles.length < 2) return null;
  const length = law.sgd.stationary.mean.length;
  const names = coordinateNames(context.problem, length);
  const sd = (id: string, j: number) => {
    const variance = stationaryOf(id)?.covariance[j]?.[j];
    return variance === undefined ? null : root(variance);
  };
  let largest = 0;
  const panels = names.slice(0, options.coordinates).map((name, j) => {
    const own = sd("sgd", j)!;
    const rows = styles.flatMap((style) => {
      const spread = sd(style.id, j);
      if (!spread) return [];
      const mean = stationaryOf(style.id)!.mean[j]!;
      if (own.value > 0) largest = Math.max(largest, (halfWidth(spread) + halfWidth(mean)) / own.value);
      const relative = own.value > 0 ? spread.value / own.value : 1;
      return [
        {
          style,
          name: style.name,
          mean: plainValue(mean),
          low: plainValue(mean) - spread.value,
          high: plainValue(mean) + spread.value,
          text: style.id === "sgd" ? `sd ${formatNumber(spread.value, 3)}` : `${relative.toFixed(3)} × SGD's`,
        },
      ];
    });
    return panel(
      {
        ...{ width: defaults.width, height: 62 + 26 * rows.length, marginLeft: 100, marginRight: 110, marginTop: 10, marginBottom: 38 },
        x: { domain: padded(rows.flatMap((each) => [each.low, each.high])), label: name, labelArrow: "none", grid: true },
        y: { type: "band", domain: rows.map((each) => each.name), axis: null },
        marks: [
          Plot.ruleX([rows[0]!.low, rows[0]!.high], { stroke: "var(--process-sgd, #1f2328)", strokeOpacity: 0.5, strokeDasharray: "2 3" }),
          ...rows.flatMap((row) => [
            Plot.link([row], {
              x1: "low",
              x2: "high",
              y1: "name",
              y2: "name",
              stroke: row.style.colour,
              strokeWidth: row.style.strokeWidth + 0.5,
            }),
            Plot.dot([row], { x: "mean", y: "name", ...symbolOf(row.style), r: 5 }),
            Plot.text([row], { y: "name", text: "name", frameAnchor: "left", textAnchor: "end", dx: -8, fontWeight: "bold" }),
            Plot.text([row], { y: "name", text: "text", frameAnchor: "right", textAnchor: "start", dx: 8 }),
          ]),
        ],
      },
      context,
    );
  });
  const rows = styles.flatMap(({ id }) =>
    names.map((name, j) => [id, name, plainValue(stationaryOf(id)!.mean[j] ?? 0), sd(id, j)?.value ?? null, sd(id, j)?.error ?? null]),
  );
  return {
    kind: "stationary",
    title: "In the long run",
    caption: `Mean and one standard deviation of the stationary law; dotted: SGD's. A shorter bar means that the model underestimates how widely SGD wanders at rest.${length > options.coordinates ? ` The first ${options.coordinates} of ${length} coordinates; the saved data has all.` : ""}`,
    errorNote:
      largest === 0
        ? "The figures are exact to rounding."
        : `Errors are ${largest < 0.005 ? "below the line width" : "not drawn"}: at most ${formatNumber(largest, 1)} of SGD's standard deviation.`,
    svg: assemble(
      rowsOf(panels, 1),
      {
        kind: "stationary",
        label: `Stationary mean and standard deviation of ${names.slice(0, options.coordinates).join(", ")} for ${styles.map((each) => each.name).join(", ")}`,
      },
      context,
    ),
    data: { columns: ["process", "coordinate", "mean", "sd", "sd_error"], rows },
  };
}
