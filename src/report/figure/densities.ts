// The densities of SGD (filled) and of each model (line) at several steps: a row a model, a column a step. Heights are relative to SGD's
// highest at that step, so that steps can be compared. One dimension only: other problems have no density on the answer.
import * as Plot from "@observablehq/plot";
import type { LawAtStep, LawResult } from "../../answer/index.ts";
import { lawDistance } from "../law-distance.ts";
import { formatNumber, halfWidth } from "../number.ts";
import { coordinateNames, learningRate } from "../problem-text.ts";
import { assemble, defaults, type Figure, type FigureContext, panel, rowsOf, strokeOf, stylesOf } from "./frame.ts";
import { thinned } from "./scales.ts";

/** As for verdicts: what is smaller is rounding. */
const exactBelow = 1e-8;

const options = { columns: 4, points: 90, rowHeight: 62, tail: 1e-3 };

interface Point {
  readonly step: string;
  readonly model: string;
  readonly x: number;
  readonly height: number;
}

export function densitiesFigure(law: LawResult, context: FigureContext): Figure | null {
  const drawn = thinned(
    law.sgd.laws.flatMap((each, i) => (each.density ? [i] : [])),
    options.columns,
  );
  const styles = stylesOf(Object.keys(law.models), context).filter(({ id }) => drawn.some((i) => law.models[id]!.laws[i]?.density));
  if (drawn.length === 0 || styles.length === 0) return null;
  const eta = learningRate(context.problem);
  const name = coordinateNames(context.problem, 1)[0]!;
  const title = (step: number) => `step ${step}${eta === null ? "" : `, t = ${formatNumber(step * eta, 4)}`}`;
  const [low, high] = support(drawn.map((i) => law.sgd.laws[i]!));
  const sgd: Point[] = [];
  const lines = styles.map((style) => ({ style, points: [] as Point[] }));
  const notes: { step: string; model: string; text: string }[] = [];
  for (const i of drawn) {
    const own = law.sgd.laws[i]!;
    const scale = own.density!.p.reduce((a, b) => Math.max(a, b), 0);
    const points = (at: LawAtStep, model: string) =>
      curve(at, low, high).map(([x, p]) => ({ step: title(own.step), model, x, height: p / scale }));
    for (const { style, points: line } of lines) {
      const other = law.models[style.id]!.laws[i];
      sgd.push(...points(own, style.id));
      if (other?.density) line.push(...points(other, style.id));
      const distance = lawDistance(other, own);
      notes.push({
        step: title(own.step),
        model: style.id,
        text: other?.density ? (distance ? (distance.value < exactBelow ? "exact" : formatNumber(distance.value, 2)) : "") : "no figure",
      });
    }
  }
  const highest = Math.max(...lines.flatMap(({ points }) => points.map((each) => each.height)), 1);
  const facet = { fx: "step", fy: "model" };
  const height = 24 + 34 + options.rowHeight * styles.length;
  const first = title(law.sgd.laws[drawn[0]!]!.step);
  const grid = panel(
    {
      ...{ width: defaults.width, height, marginLeft: 96, marginRight: 6, marginTop: 24, marginBottom: 34 },
      x: { domain: [low, high], label: name, labelArrow: "none", ticks: 3, inset: 9 },
      y: { axis: null, domain: [0, highest * 1.05] },
      fx: { domain: drawn.map((i) => title(law.sgd.laws[i]!.step)), label: null, padding: 0.06 },
      fy: { domain: styles.map(({ id }) => id), axis: null, padding: 0.08 },
      marks: [
        Plot.areaY(sgd, { ...facet, x: "x", y: "height", fill: "var(--process-sgd, #1f2328)", fillOpacity: 0.18 }),
        Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.4 }),
        ...lines.map(({ style, points }) => Plot.line(points, { ...facet, x: "x", y: "height", ...strokeOf(style) })),
        Plot.text(notes, { ...facet, text: "text", frameAnchor: "top-right", fontSize: 11, dy: 2, dx: -2 }),
        ...styles.map((style) =>
          Plot.text([style], {
            fx: () => first,
            fy: "id",
            text: "name",
            frameAnchor: "left",
            textAnchor: "end",
            dx: -8,
            fontWeight: "bold",
          }),
        ),
      ],
    },
    context,
  );
  const rows = drawn.flatMap((i) =>
    [
      { id: "sgd", law: law.sgd.laws[i]! },
      ...styles.flatMap(({ id }) => (law.models[id]!.laws[i] ? [{ id, law: law.models[id]!.laws[i]! }] : [])),
    ].flatMap(({ id, law: at }) => (at.density?.x ?? []).map((x, j) => [at.step, id, x, Number(at.density!.p[j]!.toPrecision(9))])),
  );
  return {
    kind: "densities",
    title: "Where SGD is, and where each model puts it",
    caption: `Filled: the density of SGD's ${name} at a step; line: the model's. Where the line leaves the filled shape the model is wrong. The number in each cell is the distance of the two laws (Wasserstein-2) in SGD's standard deviations: below 0.05 is good.`,
    errorNote: momentErrors(law, drawn),
    svg: assemble(
      rowsOf([grid], 1),
      {
        kind: "densities",
        label: `Densities of SGD and of ${styles.map((each) => each.name).join(", ")} at steps ${drawn.map((i) => law.sgd.laws[i]!.step).join(", ")}`,
      },
      context,
    ),
    data: { columns: ["step", "process", "x", "density"], rows },
  };
}

/** The points between low and high, thinned. */
function curve(at: LawAtStep, low: number, high: number): [number, number][] {
  const { x, p } = at.density!;
  return thinned(
    x.flatMap((each, i): [number, number][] => (each >= low && each <= high ? [[each, Math.max(0, p[i]!)]] : [])),
    options.points,
  );
}

/** Where any of SGD's densities is above a thousandth of its highest. */
function support(laws: readonly LawAtStep[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { density } of laws) {
    const top = density!.p.reduce((a, b) => Math.max(a, b), 0);
    density!.p.forEach((p, i) => {
      if (p < options.tail * top) return;
      low = Math.min(low, density!.x[i]!);
      high = Math.max(high, density!.x[i]!);
    });
  }
  const more = (high - low) * 0.08;
  return [low - more, high + more];
}

/** The largest error of a mean or variance of the laws drawn, in SGD's standard deviations and variances. */
export function momentErrors(law: LawResult, steps: readonly number[]): string {
  let largest = 0;
  for (const i of steps) {
    const scale = law.sgd.laws[i]?.covariance?.map((row, j) => Math.abs(typeof row[j] === "number" ? row[j] : row[j]!.value)) ?? [];
    for (const each of [law.sgd, ...Object.values(law.models)]) {
      const at = each.laws[i];
      at?.mean?.forEach((figure, j) => {
        const variance = scale[j] ?? 0;
        if (variance > 0)
          largest = Math.max(
            largest,
            halfWidth(figure) / Math.sqrt(variance),
            at.covariance ? halfWidth(at.covariance[j]![j]!) / variance : 0,
          );
      });
    }
  }
  if (largest === 0) return "Means and variances are exact to rounding.";
  const size = `the largest error of a mean or variance is ${formatNumber(largest, 1)} of SGD's own standard deviation or variance`;
  return largest < 0.005 ? `Errors are below the line width: ${size}.` : `Errors are not drawn: ${size}.`;
}
