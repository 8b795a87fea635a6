// When paths leave: the share of them whose exit step lies in each interval between the steps asked about, and beyond the last; SGD beside
// each model watched as SGD is. It is the survival figure differenced: where survival is known at few steps, the intervals are wide.
import * as Plot from "@observablehq/plot";
import type { Estimate, ExitResult, Survival } from "../../answer/index.ts";
import { halfWidth } from "../number.ts";
import { regionText } from "../problem-text.ts";
import { assemble, defaults, type Figure, type FigureContext, legend, panel, rowsOf, stylesOf, symbolOf } from "./frame.ts";
import { thinned } from "./scales.ts";

const options = { height: 280, intervals: 9 };

interface Share {
  /** Exit steps after + 1 .. to; null: later than that. */
  readonly after: number;
  readonly to: number | null;
  readonly value: number;
  readonly half: number;
  readonly error: number;
}

export function exitLawFigure(exit: ExitResult, context: FigureContext): Figure | null {
  const asked = exit.sgd.survival.filter(({ step, probability }) => probability && step >= 1);
  if (asked.length < 3) return null;
  const steps = thinned(
    asked.map(({ step }) => step),
    options.intervals - 1,
  );
  const survivalOf = (id: string): readonly Survival[] =>
    id === "sgd" ? exit.sgd.survival : (exit.models[id]?.watchedLikeSgd.survival ?? []);
  const known = stylesOf(["sgd", ...Object.keys(exit.models)], context)
    .map((style) => ({ style, shares: sharesOf(survivalOf(style.id), steps) }))
    .filter(({ shares }) => shares.length > 0);
  // Where none has left by the last step the one bar of height 1 would dwarf all others.
  const staying = known.filter(({ shares }) => shares.at(-1)!.to === null && shares.at(-1)!.value === 1);
  const lines = known.filter((each) => !staying.includes(each));
  const domain = [...steps.map((step) => `to ${step}`), "later"];
  const highest = lines.flatMap(({ shares }) => shares.map((each) => each.value + each.half)).reduce((a, b) => Math.max(a, b), 0);
  if (!(highest > 0)) return null;
  const largest = lines.flatMap(({ shares }) => shares.map((each) => each.half)).reduce((a, b) => Math.max(a, b), 0);
  const band = ({ to }: Share) => (to === null ? "later" : `to ${to}`);
  const apart = Math.min(14, (((defaults.width - 70) / domain.length) * 0.8) / lines.length);
  const chart = panel(
    {
      ...{ width: defaults.width, height: options.height, marginLeft: 50, marginRight: 16, marginTop: 26, marginBottom: 38 },
      x: { type: "band", domain, label: "exit step, from the step before", labelArrow: "none", labelAnchor: "right", padding: 0.1 },
      y: { domain: [0, highest * 1.06], label: "share of the paths", labelArrow: "none", grid: true, ticks: 5 },
      marks: [
        ...lines.flatMap(({ style, shares }, i) => {
          const dx = (i - (lines.length - 1) / 2) * apart;
          return [
            Plot.ruleX(shares, {
              ...{ x: band, y1: () => 0, y2: "value", stroke: style.colour, dx },
              strokeWidth: style.id === "sgd" ? 4 : 1.75,
            }),
            Plot.ruleX(
              shares.filter((each) => each.half > 0.004),
              {
                x: band,
                y1: (each: Share) => Math.max(0, each.value - each.half),
                y2: (each: Share) => each.value + each.half,
                stroke: "currentColor",
                dx: dx + 3,
              },
            ),
            Plot.dot(shares, { x: band, y: "value", dx, ...symbolOf(style) }),
          ];
        }),
        Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.5 }),
      ],
    },
    context,
  );
  const region = regionText(context.problem) ?? "the region";
  return {
    kind: "exit-law",
    title: `When paths leave ${region}`,
    caption: `The share of paths that leave in each interval of steps, SGD first, then the models in the legend's order, each looked at when SGD is. Higher than SGD at the left: the model leaves too soon; higher at the right: too late.${staying.length > 0 ? ` Not drawn: ${staying.map(({ style }) => style.name).join(", ")} (none has left).` : ""}`,
    errorNote:
      largest < 0.004
        ? `Errors are below the line width: at most ${largest === 0 ? "rounding" : largest.toExponential(0)}.`
        : "Thin bars are the figures' errors (95 %).",
    svg: assemble(
      rowsOf([chart], 1),
      {
        kind: "exit-law",
        label: `Share of paths that leave ${region} in each of ${domain.length} intervals of steps, SGD and ${lines.length - 1} models`,
        legend: legend(
          lines.map(({ style }) => ({ style })),
          context,
        ),
      },
      context,
    ),
    data: {
      columns: ["process", "first_step", "last_step", "share", "error"],
      rows: known.flatMap(({ style, shares }) => shares.map((each) => [style.id, each.after + 1, each.to, each.value, each.error])),
    },
  };
}

/** Differences of the survival at these steps, 1 at the start; those without both ends are left out. */
function sharesOf(survival: readonly Survival[], steps: readonly number[]): Share[] {
  const at = (step: number): Estimate | null =>
    step === 0 ? { value: 1, error: 0, kind: "rounding" } : (survival.find((each) => each.step === step)?.probability ?? null);
  const shares = steps.flatMap((step, i): Share[] => {
    const after = steps[i - 1] ?? 0;
    const [before, then] = [at(after), at(step)];
    if (!before || !then) return [];
    const share = { value: Math.max(0, before.value - then.value), ...differenceError(before, then) };
    return [{ after, to: step, ...share, half: halfWidth(share) }];
  });
  const last = at(steps.at(-1)!);
  return last ? [...shares, { after: steps.at(-1)!, to: null, value: last.value, half: halfWidth(last), error: last.error }] : shares;
}

/** Bounds add; standard errors add in squares, which is enough: being inside at two steps is positively correlated. */
function differenceError(a: Estimate, b: Estimate): Pick<Estimate, "error" | "kind"> {
  const sampled = a.kind === "standard-error" || b.kind === "standard-error";
  const error = sampled ? Math.sqrt(a.error * a.error + b.error * b.error) : a.error + b.error;
  return { error, kind: sampled ? "standard-error" : "bound" };
}
