// How far each model's law is from SGD's, step by step: W2/sd on a log axis, with the limit of "good" at 0.05.
import * as Plot from "@observablehq/plot";
import type { LawResult } from "../../answer/index.ts";
import { lawDistance } from "../law-distance.ts";
import { formatNumber, halfWidth } from "../number.ts";
import { listed } from "../warning-text.ts";
import { assemble, defaults, type Figure, type FigureContext, legend, panel, rowsOf, strokeOf, stylesOf, symbolOf } from "./frame.ts";
import { decades, tickText } from "./scales.ts";
import { atMost, barNote } from "./weak-along.ts";

const options = { floor: 1e-9, most: 7, good: 0.05 };

export function distancesFigure(law: LawResult, context: FigureContext): Figure | null {
  const lines = stylesOf(Object.keys(law.models), context).map((style) => ({
    style,
    points: law.sgd.laws.flatMap((sgd, i) => {
      const distance = lawDistance(law.models[style.id]!.laws[i], sgd);
      return distance ? [{ step: sgd.step, value: distance.value, half: halfWidth(distance) }] : [];
    }),
  }));
  const drawn = lines.filter(({ points }) => points.some((each) => each.value > options.floor));
  const steps = new Set(lines.flatMap(({ points }) => points.map((each) => each.step)));
  if (steps.size < 2 || drawn.length === 0) return null;
  const range = decades(
    [...drawn.flatMap(({ points }) => points.map((each) => each.value).filter((value) => value > options.floor)), options.good],
    options.most,
  )!;
  const inside = (each: { value: number }) => each.value >= range.domain[0];
  const absent = new Map<string, string[]>();
  for (const { style, points } of lines) {
    if (points.length === 0 || points.some(inside)) continue;
    const size = atMost(points.map((each) => each.value));
    absent.set(size, [...(absent.get(size) ?? []), style.name]);
  }
  const largest = drawn
    .flatMap(({ points }) => points.filter(inside).map((each) => each.half / each.value))
    .reduce((a, b) => Math.max(a, b), 0);
  const chart = panel(
    {
      ...{ width: defaults.width, height: 270, marginLeft: 56, marginRight: 16, marginTop: 26, marginBottom: 36 },
      x: { label: "step k", labelArrow: "none" },
      y: {
        type: "log",
        domain: range.domain,
        ticks: range.ticks,
        tickFormat: tickText,
        label: "distance (W2/sd)",
        labelArrow: "none",
        grid: true,
      },
      marks: [
        Plot.ruleY([options.good], { stroke: "currentColor", strokeDasharray: "4 3" }),
        Plot.text(["good below"], { y: () => options.good, frameAnchor: "right", dy: 9, dx: -4, fontSize: 11, text: (d: string) => d }),
        ...drawn.flatMap(({ style, points }) => [
          Plot.line(
            points.map((each) => (inside(each) ? each : { ...each, value: Number.NaN })),
            { x: "step", y: "value", ...strokeOf(style) },
          ),
          Plot.ruleX(
            points.filter((each) => inside(each) && each.half > 0.03 * each.value),
            {
              x: "step",
              y1: (each: { value: number; half: number }) => Math.max(range.domain[0], each.value - each.half),
              y2: (each: { value: number; half: number }) => Math.min(range.domain[1], each.value + each.half),
              stroke: style.colour,
            },
          ),
          Plot.dot(points.filter(inside), { x: "step", y: "value", ...symbolOf(style) }),
        ]),
      ],
    },
    context,
  );
  return {
    kind: "distances",
    title: "How far each model's law is from SGD's",
    caption: `The Wasserstein-2 distance of the two laws at each step, in SGD's standard deviations. Lower is better; below the dashed line at 0.05 is good.${absent.size > 0 ? ` Not drawn: ${[...absent].map(([size, names]) => `${listed(names)} (${size})`).join("; ")}.` : ""}`,
    errorNote: barNote(largest),
    svg: assemble(
      rowsOf([chart], 1),
      {
        kind: "distances",
        label: `Distance of each model's law from SGD's against the step: ${drawn.map(({ style, points }) => `${style.name} ${formatNumber(points.at(-1)!.value, 2)} at the last`).join(", ")}`,
        legend: legend(
          drawn.map(({ style }) => ({ style })),
          context,
        ),
      },
      context,
    ),
    data: {
      columns: ["model", "step", "w2_over_sd", "half_width"],
      rows: lines.flatMap(({ style, points }) => points.map((each) => [style.id, each.step, each.value, each.half])),
    },
  };
}
