// P(exit step > k): the share of paths that are still inside, for SGD and for each model watched as SGD is.
import * as Plot from "@observablehq/plot";
import type { ExitResult, Survival } from "../../answer/index.ts";
import { halfWidth } from "../number.ts";
import { regionText } from "../problem-text.ts";
import {
  assemble,
  defaults,
  type Figure,
  type FigureContext,
  legend,
  logAxisX,
  panel,
  rowsOf,
  strokeOf,
  stylesOf,
  symbolOf,
} from "./frame.ts";
import { thinned } from "./scales.ts";

export function survivalFigure(exit: ExitResult, context: FigureContext): Figure | null {
  if (exit.sgd.survival.filter((each) => each.probability).length < 2) return null;
  const styles = stylesOf(["sgd", ...Object.keys(exit.models)], context);
  const survivalOf = (id: string): readonly Survival[] => (id === "sgd" ? exit.sgd.survival : exit.models[id]!.watchedLikeSgd.survival);
  const lines = styles
    .map((style) => ({
      style,
      points: survivalOf(style.id).flatMap(({ step, probability }) =>
        probability ? [{ step, p: probability.value, half: halfWidth(probability) }] : [],
      ),
    }))
    .filter(({ points }) => points.length > 0);
  const steps = lines.flatMap(({ points }) => points.map((each) => each.step));
  const widest = steps.reduce((a, b) => Math.max(a, b)) / steps.reduce((a, b) => Math.min(a, b));
  const largest = lines.flatMap(({ points }) => points.map((each) => each.half)).reduce((a, b) => Math.max(a, b), 0);
  const chart = panel(
    {
      ...{ width: defaults.width, height: 290, marginLeft: 46, marginRight: 30, marginTop: 26, marginBottom: 38 },
      x: widest > 50 ? { type: "log", axis: null } : { label: "step k", labelArrow: "none" },
      y: { domain: [0, 1], label: "still inside after k steps", labelArrow: "none", grid: true },
      marks: [
        ...(widest > 50
          ? logAxisX(
              thinned(
                exit.sgd.survival.map((each) => each.step),
                7,
              ),
              "step k",
            )
          : []),
        ...lines.flatMap(({ style, points }) => [
          Plot.line(points, { x: "step", y: "p", ...strokeOf(style) }),
          Plot.ruleX(
            points.filter((each) => each.half > 0.004),
            {
              x: "step",
              y1: (each: { p: number; half: number }) => Math.max(0, each.p - each.half),
              y2: (each: { p: number; half: number }) => Math.min(1, each.p + each.half),
              stroke: style.colour,
            },
          ),
          Plot.dot(points, { x: "step", y: "p", ...symbolOf(style) }),
        ]),
      ],
    },
    context,
  );
  const region = regionText(context.problem) ?? "the region";
  return {
    kind: "survival",
    title: `How many are still inside ${region}`,
    caption:
      "The probability that a path has not left after k steps, each model looked at when SGD is. Compare each line with SGD's: below it, paths leave too soon.",
    errorNote:
      largest < 0.004
        ? `Errors are below the line width: at most ${largest === 0 ? "rounding" : largest.toExponential(0)}.`
        : "Bars are the figures' errors (95 %).",
    svg: assemble(
      rowsOf([chart], 1),
      {
        kind: "survival",
        label: `Probability of not having left ${region} against the step, SGD and ${lines.length - 1} models`,
        legend: legend(
          lines.map(({ style }) => ({ style })),
          context,
        ),
      },
      context,
    ),
    data: {
      columns: ["process", "step", "probability", "error", "kind"],
      rows: styles.flatMap(({ id }) =>
        survivalOf(id).map(({ step, probability }) => [
          id,
          step,
          probability?.value ?? null,
          probability?.error ?? null,
          probability?.kind ?? null,
        ]),
      ),
    },
  };
}
