// Two dimensions: where paths of SGD and of each model are at the last step, a panel a process. Each panel has SGD's ellipse of one
// standard deviation (filled) and the process's own (line): what a law has beyond mean and covariance (bends, several clumps, tails) is
// what the points show and the ellipses do not.
import * as Plot from "@observablehq/plot";
import type { ComparedProblem, LawAtStep, LawResult } from "../../answer/index.ts";
import { formatNumber } from "../number.ts";
import { coordinateNames, stepCount } from "../problem-text.ts";
import { ellipse } from "./ellipses.ts";
import {
  assemble,
  defaults,
  type Figure,
  type FigureContext,
  panel,
  rowsOf,
  setAttributes,
  strokeOf,
  stylesOf,
  svgNamespace,
} from "./frame.ts";
import { padded } from "./scales.ts";

const options = {
  columns: 3,
  /** Share of SGD's points that the axes leave out at each end. */ tail: 0.002,
  /** As for ellipses. */ mostAspect: 5,
  digits: 7,
};

type Points = readonly (readonly number[])[];

export function cloudsFigure(problem: Pick<ComparedProblem, "clouds" | "law">, context: FigureContext): Figure | null {
  const clouds = problem.clouds ?? {};
  const styles = stylesOf(
    Object.keys(clouds).filter((id) => clouds[id]!.length > 1 && clouds[id]!.every((x) => x.length === 2 && x.every(Number.isFinite))),
    context,
  );
  const sgd = clouds["sgd"];
  if (!sgd || styles[0]?.id !== "sgd") return null;
  const names = coordinateNames(context.problem, 2);
  const step = stepCount(context.problem);
  const shapeOf = (id: string) => outline(id, clouds[id]!, problem.law, step);
  const reference = shapeOf("sgd");
  const [xDomain, yDomain] = axes(
    sgd,
    styles.flatMap(({ id }) => [shapeOf(id) ?? []]),
  );
  const width = (defaults.width - 8 * (options.columns - 1)) / options.columns;
  let outside = 0;
  const panels = styles.map((style, i) => {
    const inside = clouds[style.id]!.filter(([x, y]) => x! >= xDomain[0] && x! <= xDomain[1] && y! >= yDomain[0] && y! <= yDomain[1]);
    outside = Math.max(outside, 1 - inside.length / clouds[style.id]!.length);
    const own = style.id === "sgd" ? null : shapeOf(style.id);
    const at = { x: (p: readonly number[]) => p[0], y: (p: readonly number[]) => p[1] };
    const first = i % options.columns === 0;
    return panel(
      {
        ...{ width, height: width + 20, marginLeft: 44, marginRight: 10, marginTop: 26, marginBottom: 40 },
        x: { domain: xDomain, label: names[0], labelArrow: "none", ticks: 3 },
        y: { domain: yDomain, label: first ? names[1] : null, labelArrow: "none", ticks: 4 },
        marks: [
          Plot.line(reference ?? [], {
            ...at,
            fill: "currentColor",
            fillOpacity: 0.12,
            stroke: "currentColor",
            strokeWidth: 1,
            clip: true,
          }),
          points(inside, style.colour),
          ...(own ? [Plot.line(own, { ...at, ...strokeOf(style), strokeWidth: 2.25, clip: true })] : []),
          Plot.text([style.name], { frameAnchor: "top", dy: -20, fontWeight: "bold", text: (d: string) => d }),
        ],
      },
      context,
    );
  });
  const count = sgd.length;
  const percent = formatNumber(100 * outside, 2);
  return {
    kind: "clouds",
    title: step === null ? "Where paths end" : `Where paths are after ${step} steps`,
    caption: `Each dot is one path's last state (${count} of SGD). Grey in every panel: SGD's ellipse of one standard deviation; coloured line: the model's own. A right model has SGD's cloud in shape as well as in size.${outside > 0 ? ` At most ${percent} % of a cloud lies outside the axes.` : ""}`,
    errorNote: "Dots are single draws and have no error; ellipses are the laws', or where these are not known the dots' own.",
    svg: assemble(
      rowsOf(panels, options.columns),
      { kind: "clouds", label: `Final states of paths of ${styles.map((each) => each.name).join(", ")}` },
      context,
    ),
    data: {
      columns: ["process", ...names],
      rows: styles.flatMap(({ id }) =>
        clouds[id]!.map(([x, y]) => [id, Number(x!.toPrecision(options.digits)), Number(y!.toPrecision(options.digits))]),
      ),
    },
  };
}

/** The law's own ellipse at the last step; of the points' moments where the answer has none at that step. */
function outline(id: string, cloud: Points, law: LawResult, step: number | null): [number, number][] | null {
  const laws = id === "sgd" ? law.sgd.laws : (law.models[id]?.laws ?? []);
  const known = laws.find((each) => each.step === step && each.mean !== null && each.covariance !== null);
  return ellipse(known ?? momentsOf(cloud));
}

function momentsOf(cloud: Points): Pick<LawAtStep, "mean" | "covariance"> {
  const mean = [0, 1].map((i) => cloud.reduce((sum, x) => sum + x[i]!, 0) / cloud.length);
  const entry = (i: number, j: number) => cloud.reduce((sum, x) => sum + (x[i]! - mean[i]!) * (x[j]! - mean[j]!), 0) / cloud.length;
  return {
    mean,
    covariance: [
      [entry(0, 0), entry(0, 1)],
      [entry(1, 0), entry(1, 1)],
    ],
  };
}

/** Axes of one length for both coordinates, round nearly all of SGD's points and two standard deviations of every law; of their own where one is far shorter. */
function axes(sgd: Points, shapes: readonly Points[]): [[number, number], [number, number]] {
  const ranges = [0, 1].map((j) => {
    const sorted = sgd.map((x) => x[j]!).sort((a, b) => a - b);
    const skip = Math.floor(options.tail * sorted.length);
    return padded([...sorted.slice(skip, sorted.length - skip), ...shapes.flatMap((shape) => twice(shape.map((x) => x[j]!)))]);
  });
  const halves = ranges.map(([low, high]) => (high - low) / 2);
  const longest = Math.max(...halves);
  const [x, y] = ranges.map(([low, high], j): [number, number] => {
    const half = longest > options.mostAspect * halves[j]! ? halves[j]! : longest;
    return [(low + high) / 2 - half, (low + high) / 2 + half];
  });
  return [x!, y!];
}

/** The ends of a range twice as long round the same middle. */
function twice(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  const [low, high] = padded(values, 0.5);
  return [low, high];
}

/** All points as one path of round dots: a circle each would make pages of megabytes. Tenths of a pixel will do. */
function points(cloud: Points, colour: string): Plot.RenderFunction {
  return (_index, { x, y }, _values, _dimensions, { document }) => {
    const tenths = (pixels: number) => Math.round(10 * pixels) / 10;
    const path = document.createElementNS(svgNamespace, "path");
    setAttributes(path, {
      d: cloud.map((point) => `M${tenths(x!(point[0]))},${tenths(y!(point[1]))}h0`).join(""),
      ...{ fill: "none", stroke: colour, "stroke-width": 2.4, "stroke-linecap": "round", "stroke-opacity": 0.4 },
    });
    return path;
  };
}
