// A few SGD paths as they are: steps against x with the landscape f beside it (one dimension), in the plane (two), by coordinate (more).
import * as Plot from "@observablehq/plot";
import type { ComparedProblem } from "../../answer/index.ts";
import { coordinateNames } from "../problem-text.ts";
import { processStyle } from "../process-style.ts";
import { assemble, defaults, type Figure, type FigureContext, type Panel, panel, rowsOf } from "./frame.ts";
import { padded } from "./scales.ts";

const options = { height: 250, coordinates: 3, landscapeWidth: 190 };

type Path = readonly (readonly number[])[];

export function pathsFigure(problem: Pick<ComparedProblem, "paths" | "landscape">, context: FigureContext): Figure | null {
  const paths = problem.paths ?? [];
  const d = paths[0]?.[0]?.length ?? 0;
  if (paths.length === 0 || d === 0) return null;
  const names = coordinateNames(context.problem, d);
  const panels =
    d === 1
      ? line(paths, problem.landscape, names[0]!, context)
      : d === 2
        ? [plane(paths, names, context)]
        : names.slice(0, options.coordinates).map((name, i) => steps(paths, i, name, defaults.width, 170, undefined, context));
  const landscape = d === 1 && problem.landscape ? " Right: the objective f on the same vertical axis; SGD tends to where it is low." : "";
  const more = d > options.coordinates ? ` The first ${options.coordinates} of ${d} coordinates.` : "";
  const rows = paths.flatMap((path, i) => path.map((x, k) => [i + 1, k, ...x]));
  return {
    kind: "paths",
    title: "What SGD does",
    caption: `${paths.length === 1 ? "One path" : `${paths.length} paths`} of SGD itself from the same start${d === 2 ? " (marked by a ring)" : ""}, each step a corner.${landscape}${more}`,
    errorNote: "Paths are single draws and have no error.",
    svg: assemble(
      rowsOf(panels, d === 1 ? 2 : 1),
      { kind: "paths", label: `${paths.length} SGD paths of ${paths[0]!.length - 1} steps${landscape ? " and the objective f" : ""}` },
      context,
    ),
    data: { columns: ["path", "step", ...names], rows },
  };
}

const look = (i: number) => ({ stroke: processStyle("sgd").colour, strokeWidth: i === 0 ? 1.8 : 1, strokeOpacity: i === 0 ? 1 : 0.45 });

function steps(
  paths: readonly Path[],
  coordinate: number,
  name: string,
  width: number,
  height: number,
  domain: [number, number] | undefined,
  context: FigureContext,
): Panel {
  return panel(
    {
      ...{ width, height, marginLeft: 46, marginTop: 22, marginBottom: 36 },
      x: { label: "step k", labelArrow: "none", ticks: 6 },
      y: { label: name, labelArrow: "none", ticks: 5, domain, grid: true },
      marks: paths.map((path, i) =>
        Plot.line(path, { x: (_: unknown, k: number) => k, y: (x: readonly number[]) => x[coordinate], ...look(i) }),
      ),
    },
    context,
  );
}

function line(paths: readonly Path[], landscape: ComparedProblem["landscape"], name: string, context: FigureContext): Panel[] {
  if (!landscape) return [steps(paths, 0, name, defaults.width, options.height, undefined, context)];
  // As much again to either side as the paths take, as far as f is known: barriers nearby come into view.
  const [low, high] = padded(
    paths.flatMap((path) => path.map((x) => x[0]!)),
    0.08,
  );
  const ends = padded(landscape.x, 0);
  const domain: [number, number] = [Math.min(low, Math.max(ends[0], 2 * low - high)), Math.max(high, Math.min(ends[1], 2 * high - low))];
  const left = steps(paths, 0, name, defaults.width - options.landscapeWidth - 8, options.height, domain, context);
  const points = landscape.x.flatMap((x, i) =>
    x >= domain[0] && x <= domain[1] && Number.isFinite(landscape.f[i]!) ? [{ x, f: landscape.f[i]! }] : [],
  );
  // Beside the ring, on the side where there is room.
  const heights = points.map(({ f }) => f);
  const beside = 2 * nearest(points, paths[0]![0]![0]!) > padded(heights)[0] + padded(heights)[1] ? -8 : 8;
  const right = panel(
    {
      ...{ width: options.landscapeWidth, height: options.height, marginLeft: 12, marginRight: 12, marginTop: 22, marginBottom: 36 },
      x: { label: `f(${name})`, labelArrow: "none", ticks: 3 },
      y: { domain, axis: null, grid: true },
      marks: [
        Plot.line(points, { x: "f", y: "x", stroke: "currentColor", strokeWidth: 1.75 }),
        Plot.dot([paths[0]![0]![0]!], {
          x: (x: number) => nearest(points, x),
          y: (x: number) => x,
          r: 4.5,
          stroke: "currentColor",
          strokeWidth: 2,
          fill: "var(--paper, #ffffff)",
        }),
        Plot.text(["start"], {
          x: () => nearest(points, paths[0]![0]![0]!),
          y: () => paths[0]![0]![0]!,
          dx: beside,
          textAnchor: beside > 0 ? "start" : "end",
        }),
      ],
    },
    context,
  );
  return [left, right];
}

function nearest(points: readonly { x: number; f: number }[], x: number): number {
  return points.reduce((best, each) => (Math.abs(each.x - x) < Math.abs(best.x - x) ? each : best), points[0] ?? { x, f: 0 }).f;
}

function plane(paths: readonly Path[], names: readonly string[], context: FigureContext): Panel {
  const square = 420;
  return panel(
    {
      ...{ width: square + 60, height: square, marginLeft: 50, marginTop: 22, marginBottom: 36 },
      x: { label: names[0], labelArrow: "none", domain: padded(paths.flatMap((path) => path.map((x) => x[0]!))), grid: true },
      y: { label: names[1], labelArrow: "none", domain: padded(paths.flatMap((path) => path.map((x) => x[1]!))), grid: true },
      marks: [
        ...paths.map((path, i) => Plot.line(path, { x: (x: readonly number[]) => x[0], y: (x: readonly number[]) => x[1], ...look(i) })),
        Plot.dot([paths[0]![0]!], {
          x: (x: readonly number[]) => x[0],
          y: (x: readonly number[]) => x[1],
          r: 6,
          stroke: "currentColor",
          strokeWidth: 2,
        }),
      ],
    },
    context,
  );
}
