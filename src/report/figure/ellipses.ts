// Two dimensions: the ellipse of one standard deviation of SGD's law and of each model's at several steps, the mean as a symbol.
// For laws that are not Gaussian it is the ellipse of the covariance, not a level line of the density.
import * as Plot from "@observablehq/plot";
import type { LawAtStep, LawResult } from "../../answer/index.ts";
import { plainValue } from "../number.ts";
import { coordinateNames } from "../problem-text.ts";
import { momentErrors } from "./densities.ts";
import { assemble, defaults, type Figure, type FigureContext, legend, panel, rowsOf, strokeOf, stylesOf, symbolOf } from "./frame.ts";
import { thinned } from "./scales.ts";

const options = { panels: 4, points: 64, /** Beyond this ratio of lengths round circles would hide the shorter axis. */ mostAspect: 5 };
// cos and sin of 2 pi / 64.
const cosine = 0.9951847266721969;
const sine = 0.0980171403295606;

export function ellipsesFigure(law: LawResult, context: FigureContext): Figure | null {
  const drawn = thinned(
    law.sgd.laws.flatMap((each, i) => (each.mean?.length === 2 && each.covariance ? [i] : [])),
    options.panels,
  );
  if (drawn.length === 0) return null;
  const styles = stylesOf(["sgd", ...Object.keys(law.models)], context);
  const lawsOf = (id: string) => (id === "sgd" ? law.sgd.laws : law.models[id]!.laws);
  const names = coordinateNames(context.problem, 2);
  const perRow = drawn.length === 1 ? 1 : 2;
  const width = (defaults.width - 8) / 2;
  const panels = drawn.map((i) => {
    const shapes = styles.flatMap((style) => {
      const at = lawsOf(style.id)[i];
      const outline = at ? ellipse(at) : null;
      return outline ? [{ style, outline, mean: [plainValue(at!.mean![0]!), plainValue(at!.mean![1]!)] as const }] : [];
    });
    const all = shapes.flatMap(({ outline }) => outline);
    const middle = [0, 1].map((j) => (extreme(all, j, Math.max) + extreme(all, j, Math.min)) / 2);
    const halves = [0, 1].map((j) => 0.56 * Math.max(extreme(all, j, Math.max) - extreme(all, j, Math.min), 1e-12));
    // Both axes have the same length, so that circles look round, unless one is far shorter.
    const longest = Math.max(...halves);
    const half = halves.map((each) => (longest > options.mostAspect * each ? each : longest));
    const square = width - 64;
    return panel(
      {
        ...{ width, height: square + 64, marginLeft: 52, marginRight: 12, marginTop: 28, marginBottom: 36 },
        x: { domain: [middle[0]! - half[0]!, middle[0]! + half[0]!], label: names[0], labelArrow: "none", ticks: 4, grid: true },
        y: { domain: [middle[1]! - half[1]!, middle[1]! + half[1]!], label: names[1], labelArrow: "none", ticks: 5, grid: true },
        marks: [
          Plot.text([`step ${law.sgd.laws[i]!.step}`], { frameAnchor: "top", dy: -22, fontWeight: "bold", text: (d: string) => d }),
          ...shapes.flatMap(({ style, outline, mean }) => [
            Plot.line(outline, {
              x: (p: readonly number[]) => p[0],
              y: (p: readonly number[]) => p[1],
              ...strokeOf(style),
              ...(style.id === "sgd" ? { fill: style.colour, fillOpacity: 0.1 } : {}),
            }),
            Plot.dot([mean], { x: (p: readonly number[]) => p[0], y: (p: readonly number[]) => p[1], ...symbolOf(style) }),
          ]),
        ],
      },
      context,
    );
  });
  const rows = drawn.flatMap((i) =>
    styles.flatMap(({ id }) => {
      const at = lawsOf(id)[i];
      if (!at?.mean || !at.covariance) return [];
      return [
        [
          at.step,
          id,
          plainValue(at.mean[0]!),
          plainValue(at.mean[1]!),
          plainValue(at.covariance[0]![0]!),
          plainValue(at.covariance[0]![1]!),
          plainValue(at.covariance[1]![1]!),
        ],
      ];
    }),
  );
  return {
    kind: "ellipses",
    title: "The cloud of SGD, and each model's",
    caption:
      "Each ellipse is one standard deviation of the law at that step, its symbol the mean; SGD's is filled. A model is right where its line runs along the edge of SGD's; of lines that coincide the last in the legend is on top. Very thin ellipses have axes of different scale.",
    errorNote: momentErrors(law, drawn),
    svg: assemble(
      rowsOf(panels, perRow),
      {
        kind: "ellipses",
        label: `Ellipses of one standard deviation of SGD and ${styles.length - 1} models at steps ${drawn.map((i) => law.sgd.laws[i]!.step).join(", ")}`,
        legend: legend(
          styles.map((style) => ({ style })),
          context,
        ),
      },
      context,
    ),
    data: { columns: ["step", "process", `mean_${names[0]}`, `mean_${names[1]}`, "cov_11", "cov_12", "cov_22"], rows },
  };
}

/** Points of mean + L (cos, sin), L L^T the covariance; null where it has no real root. */
export function ellipse(at: Pick<LawAtStep, "mean" | "covariance">): [number, number][] | null {
  if (!at.mean || !at.covariance) return null;
  const [m1, m2] = [plainValue(at.mean[0]!), plainValue(at.mean[1]!)];
  const [c11, c12, c22] = [plainValue(at.covariance[0]![0]!), plainValue(at.covariance[0]![1]!), plainValue(at.covariance[1]![1]!)];
  if (c11 < 0 || c22 < 0) return null;
  const l11 = Math.sqrt(c11);
  const l21 = l11 > 0 ? c12 / l11 : 0;
  const rest = c22 - l21 * l21;
  // A formal covariance may be indefinite; rounding alone may leave -1e-16.
  if (rest < -1e-9 * c22) return null;
  const l22 = Math.sqrt(Math.max(0, rest));
  const points: [number, number][] = [];
  let [c, s] = [1, 0];
  for (let i = 0; i < options.points; i++) {
    points.push([m1 + l11 * c, m2 + l21 * c + l22 * s]);
    [c, s] = [c * cosine - s * sine, s * cosine + c * sine];
  }
  return [...points, points[0]!];
}

function extreme(points: readonly (readonly number[])[], j: number, pick: (a: number, b: number) => number): number {
  return points.map((each) => each[j]!).reduce((a, b) => pick(a, b));
}
