// Mean exit times over SGD's on a log axis: filled, watched as SGD is; hollow, watched always. The line at 1 is SGD.
import * as Plot from "@observablehq/plot";
import type { Estimate, ExitResult } from "../../answer/index.ts";
import { exitRatio } from "../exit-table.ts";
import { fastOrSlow, halfWidth } from "../number.ts";
import { regionText } from "../problem-text.ts";
import { assemble, defaults, type Figure, type FigureContext, logAxisX, panel, rowsOf, stylesOf, symbolOf } from "./frame.ts";
import { ratioTicks } from "./scales.ts";
import { barNote } from "./weak-along.ts";

const options = { /** Ratios beyond this, either way, stand at the edge. */ furthest: 1000 };

const held = (value: number) => Math.min(options.furthest, Math.max(1 / options.furthest, value));

export function exitRatiosFigure(exit: ExitResult, context: FigureContext): Figure | null {
  const sgd = exit.sgd.meanSteps;
  if (!sgd) return null;
  const rows = stylesOf(Object.keys(exit.models), context).map((style) => {
    const model = exit.models[style.id]!;
    return { style, like: exitRatio(model.watchedLikeSgd.meanSteps, sgd), always: exitRatio(model.watchedAlways.meanSteps, sgd) };
  });
  const known = rows.flatMap(({ like, always }) => [like, always]).filter((each): each is Estimate => each !== null && each.value > 0);
  if (known.length === 0) return null;
  const ends = known.flatMap((each) => [each.value + halfWidth(each), Math.max(each.value - halfWidth(each), each.value / 2)]).map(held);
  const domain: [number, number] = [ends.reduce((a, b) => Math.min(a, b), 1) / 1.12, ends.reduce((a, b) => Math.max(a, b), 1) * 1.12];
  const names = rows.map(({ style }) => style.name);
  const bars = rows.flatMap(({ style, like, always }) =>
    [like, always].flatMap((each) =>
      each && halfWidth(each) > 0.01 * each.value
        ? [
            {
              style,
              name: style.name,
              low: Math.max(each.value - halfWidth(each), domain[0]),
              high: Math.min(each.value + halfWidth(each), domain[1]),
            },
          ].filter(({ low, high }) => low < high)
        : [],
    ),
  );
  const chart = panel(
    {
      ...{ width: defaults.width, height: 70 + 34 * rows.length, marginLeft: 100, marginRight: 150, marginTop: 26, marginBottom: 40 },
      x: { type: "log", domain, axis: null },
      y: { type: "band", domain: names, axis: null },
      marks: [
        ...logAxisX(ratioTicks(domain), "mean exit time over SGD's"),
        Plot.ruleX([1], { stroke: "var(--process-sgd, #1f2328)", strokeWidth: 2.5 }),
        Plot.text(["SGD"], { x: () => 1, frameAnchor: "top", dy: -18, fontWeight: "bold", text: (d: string) => d }),
        ...rows.flatMap(({ style, like, always }) => [
          Plot.text([style.name], {
            y: (d: string) => d,
            frameAnchor: "left",
            textAnchor: "end",
            dx: -8,
            fontWeight: "bold",
            text: (d: string) => d,
          }),
          Plot.link(like && always ? [0] : [], {
            x1: () => held(always!.value),
            x2: () => held(like!.value),
            y1: () => style.name,
            y2: () => style.name,
            stroke: style.colour,
            strokeOpacity: 0.5,
          }),
          Plot.dot(always ? [always] : [], { x: (each: Estimate) => held(each.value), y: () => style.name, ...symbolOf(style, true) }),
          Plot.dot(like ? [like] : [], { x: (each: Estimate) => held(each.value), y: () => style.name, ...symbolOf(style), r: 5.5 }),
          Plot.text([like ? ratioText(like.value) : always ? "only watched always" : "no figure"], {
            y: () => style.name,
            frameAnchor: "right",
            textAnchor: "start",
            dx: 8,
            text: (d: string) => d,
          }),
        ]),
        ...bars.map((bar) => Plot.link([bar], { x1: "low", x2: "high", y1: "name", y2: "name", stroke: bar.style.colour, strokeWidth: 3 })),
      ],
    },
    context,
  );
  const region = regionText(context.problem);
  return {
    kind: "exit-ratios",
    title: region === null ? "How long until the region is left" : `How long until ${region} is left`,
    caption:
      "Filled symbols: the model is looked at only when SGD is, at t = k eta, so this compares like with like. Hollow: looked at all the time, which always finds exits sooner. Left of the line: the model leaves too soon; right: too late." +
      (known.some((each) => held(each.value) !== each.value) ? ` Ratios beyond ${options.furthest} stand at the edge.` : ""),
    errorNote: barNote(known.map((each) => halfWidth(each) / each.value).reduce((a, b) => Math.max(a, b), 0)),
    svg: assemble(
      rowsOf([chart], 1),
      {
        kind: "exit-ratios",
        label: `Mean exit times over SGD's: ${rows.map(({ style, like }) => `${style.name} ${like ? like.value.toFixed(3) : "no figure"}`).join(", ")}`,
      },
      context,
    ),
    data: {
      columns: ["process", "watched", "mean_steps", "error", "ratio", "ratio_error"],
      rows: [
        ["sgd", "like sgd", sgd.value, sgd.error, 1, 0],
        ...rows.flatMap(({ style, like, always }) => {
          const model = exit.models[style.id]!;
          const row = (watched: string, steps: Estimate | null, relative: Estimate | null) => [
            style.id,
            watched,
            steps?.value ?? null,
            steps?.error ?? null,
            relative?.value ?? null,
            relative?.error ?? null,
          ];
          return [row("like sgd", model.watchedLikeSgd.meanSteps, like), row("always", model.watchedAlways.meanSteps, always)];
        }),
      ],
    },
  };
}

/** "1.124: 12 % slow", "2.3 times too slow". */
function ratioText(value: number): string {
  return value > 0.5 && value < 2 ? `${value.toFixed(3)}: ${fastOrSlow(value)}` : fastOrSlow(value);
}
