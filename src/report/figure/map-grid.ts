// The grid that both panels of a map are drawn on: cells, axes with the values themselves as ticks, bounds between regions, hatching, the
// lines of constant z, and where the marks in the cells go so that they do not run into each other.
import * as Plot from "@observablehq/plot";
import type { MapAxis, MapResult } from "../../answer/index.ts";
import { axisWords, edgesOf, type MapPlace } from "../map-places.ts";
import { formatNumber } from "../number.ts";
import { defaults, setAttributes, svgNamespace, textPixels } from "./frame.ts";

const options = {
  /** Pixels: a mark fits into a cell of `tight`; where it does not, marks stand `apart`. */
  across: { tight: 42, apart: 58 },
  up: { tight: 28, apart: 40 },
  cellHeight: 34,
  least: 190,
  most: 380,
  margins: { marginLeft: 64, marginRight: 16, marginTop: 50, marginBottom: 42 },
};

export interface MapGrid {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly size: { readonly width: number; readonly height: number } & typeof options.margins;
  readonly scales: { readonly x: Plot.ScaleOptions; readonly y: Plot.ScaleOptions };
  /** Left and right, bottom and top of a column or row in pixels within the frame. */
  column(i: number): [number, number];
  row(j: number): [number, number];
}

export function mapGrid(result: MapResult): MapGrid {
  const [x, y] = [edgesOf(result.x), edgesOf(result.y)];
  const { marginLeft, marginRight, marginTop, marginBottom } = options.margins;
  const frameHeight = Math.min(options.most, Math.max(options.least, result.y.values.length * options.cellHeight));
  const frameWidth = defaults.width - marginLeft - marginRight;
  const scale = (axis: MapAxis, edges: readonly number[]): Plot.ScaleOptions => ({
    type: axis.logarithmic ? "log" : "linear",
    domain: [edges[0]!, edges.at(-1)!],
    axis: null,
    nice: false,
  });
  // On a log axis values have equal ratios, so that cells are equally wide: no logarithm is needed to know where they lie.
  const span = (axis: MapAxis, edges: readonly number[], length: number) => {
    const place = (k: number) =>
      (length * (axis.logarithmic ? k : edges[k]! - edges[0]!)) / (axis.logarithmic ? edges.length - 1 : edges.at(-1)! - edges[0]!);
    return (k: number): [number, number] => [place(k), place(k + 1)];
  };
  return {
    ...{ x, y },
    size: { ...options.margins, width: defaults.width, height: marginTop + frameHeight + marginBottom },
    scales: { x: scale(result.x, x), y: scale(result.y, y) },
    column: span(result.x, x, frameWidth),
    row: span(result.y, y, frameHeight),
  };
}

export const cellEnds = (grid: MapGrid) => ({
  x1: ({ i }: MapPlace) => grid.x[i],
  x2: ({ i }: MapPlace) => grid.x[i + 1],
  y1: ({ j }: MapPlace) => grid.y[j],
  y2: ({ j }: MapPlace) => grid.y[j + 1],
});

/** Values as ticks where they have room, names of the axes, and the panel's title. */
export function mapAxes(result: MapResult, grid: MapGrid, title: string): Plot.Markish[] {
  const text = (value: number) => formatNumber(value, 3);
  const widest = result.x.values.map((value) => textPixels(text(value))).reduce((a, b) => Math.max(a, b), 0);
  const across = grid.column(result.x.values.length - 1)[1];
  const up = grid.row(result.y.values.length - 1)[1];
  const xTicks = everyNth(result.x.values, Math.max(2, Math.floor(across / (widest + 14))));
  const yTicks = everyNth(result.y.values, Math.max(2, Math.floor(up / 22)));
  return [
    Plot.text([title], { frameAnchor: "top-left", dx: -60, dy: -46, fontWeight: "bold", text: (d: string) => d }),
    Plot.text(xTicks, { x: (d: number) => d, frameAnchor: "bottom", dy: 16, text }),
    Plot.text(yTicks, { y: (d: number) => d, frameAnchor: "left", textAnchor: "end", dx: -6, text }),
    Plot.text([axisWords[result.x.name]], { frameAnchor: "bottom-right", dy: 34, text: (d: string) => d }),
    Plot.text([axisWords[result.y.name]], { frameAnchor: "top-left", dx: -60, dy: -18, text: (d: string) => d }),
  ];
}

/** Every second, third, ... from the first on, so that they stand evenly: at most `most`. */
function everyNth<T>(values: readonly T[], most: number): T[] {
  const step = Math.ceil(values.length / most);
  return values.filter((_, i) => i % step === 0);
}

/** Lines between cells of different best models. */
export function regionBounds(places: readonly MapPlace[], columns: number, grid: MapGrid): Plot.Markish {
  const bounds = places.flatMap((place) => {
    const { i, j, best } = place;
    const right = i + 1 < columns ? places[j * columns + i + 1] : undefined;
    const above = places[(j + 1) * columns + i];
    return [
      ...(right && right.best !== best ? [{ x1: grid.x[i + 1]!, x2: grid.x[i + 1]!, y1: grid.y[j]!, y2: grid.y[j + 1]! }] : []),
      ...(above && above.best !== best ? [{ x1: grid.x[i]!, x2: grid.x[i + 1]!, y1: grid.y[j + 1]!, y2: grid.y[j + 1]! }] : []),
    ];
  });
  return Plot.link(bounds, { x1: "x1", x2: "x2", y1: "y1", y2: "y2", stroke: "currentColor", strokeWidth: 2, strokeLinecap: "square" });
}

/** Diagonals through these cells, as one path: a pattern would need an id that outlives the figure. */
export function hatch(places: readonly MapPlace[], grid: MapGrid, apart = 7): Plot.RenderFunction {
  return (_index, { x, y }, _values, _dimensions, { document }) => {
    const lines = places.flatMap(({ i, j }) => {
      const [left, right] = [x!(grid.x[i]), x!(grid.x[i + 1])] as [number, number];
      const [bottom, top] = [y!(grid.y[j]), y!(grid.y[j + 1])] as [number, number];
      // Where x + y is a multiple of `apart`, so that the lines go on from cell to cell.
      const found: string[] = [];
      for (let sum = Math.ceil((left + top) / apart) * apart; sum < right + bottom; sum += apart) {
        const [from, to] = [Math.max(left, sum - bottom), Math.min(right, sum - top)];
        if (from < to) found.push(`M${tenths(from)},${tenths(sum - from)}L${tenths(to)},${tenths(sum - to)}`);
      }
      return found;
    });
    if (lines.length === 0) return null;
    const path = document.createElementNS(svgNamespace, "path");
    setAttributes(path, { d: lines.join(""), fill: "none", stroke: "currentColor", "stroke-width": 0.8, "stroke-opacity": 0.45 });
    return path;
  };
}

const tenths = (pixels: number) => Math.round(10 * pixels) / 10;

/** z = 1 and z = 2, with their names at the upper end. */
export function zLines(result: MapResult, grid: MapGrid): Plot.Markish[] {
  const halo = { stroke: "var(--paper, #ffffff)", fill: "currentColor", strokeWidth: 4 };
  return result.lines.flatMap(({ name, points }) => {
    // From edge to edge where it goes on through the outer cells; where it leaves sideways, as far as it is known.
    const [first, last] = [points[0]!, points.at(-1)!];
    const ends = [
      ...(first[1] === result.y.values[0] ? [[first[0], grid.y[0]!] as const] : []),
      ...points,
      ...(last[1] === result.y.values.at(-1) ? [[last[0], grid.y.at(-1)!] as const] : []),
    ];
    const at = { x: (p: readonly number[]) => p[0], y: (p: readonly number[]) => p[1] };
    return [
      Plot.line(ends, { ...at, stroke: "var(--paper, #ffffff)", strokeWidth: 5 }),
      Plot.line(ends, { ...at, stroke: "currentColor", strokeWidth: 2, strokeDasharray: "7 4" }),
      Plot.text([ends.at(-1)!], { ...at, text: () => name, dy: -8, fontWeight: "bold", fontSize: 11, ...halo }),
    ];
  });
}

/** The cells that get a mark: all where there is room, else every second, third, ... in either direction. */
function regularCells(places: readonly MapPlace[], grid: MapGrid): MapPlace[] {
  const every = ([from, to]: [number, number], { tight, apart }: { tight: number; apart: number }) =>
    to - from >= tight ? 1 : Math.ceil(apart / Math.max(1, to - from));
  return places.filter(({ i, j }) => {
    const [across, up] = [every(grid.column(i), options.across), every(grid.row(j), options.up)];
    return i % across === Math.floor(across / 2) && j % up === Math.floor(up / 2);
  });
}

/** These, and one of every region that has none of them. */
export function markedCells(places: readonly MapPlace[], regions: readonly (readonly MapPlace[])[], grid: MapGrid): MapPlace[] {
  const marked = new Set(regularCells(places, grid));
  for (const region of regions) if (!region.some((place) => marked.has(place))) marked.add(region[Math.floor(region.length / 2)]!);
  return places.filter((place) => marked.has(place) && place.best !== null);
}

/** Those without figures among the regular ones, or one of them where there are none. */
export function silentCells(places: readonly MapPlace[], grid: MapGrid): MapPlace[] {
  const silent = places.filter(({ best }) => best === null);
  const regular = regularCells(places, grid).filter(({ best }) => best === null);
  return regular.length > 0 ? regular : silent.slice(Math.floor(silent.length / 2)).slice(0, 1);
}

export interface RegionLabel {
  readonly x: number;
  readonly y: number;
  /** Whether a mark in this cell would run into the text. */
  covers(place: MapPlace): boolean;
}

/** The widest and, of equals, the most central row of a region that has room for a text; null where there is none. */
export function labelPlace(region: readonly MapPlace[], grid: MapGrid, textWidth: number): RegionLabel | null {
  const rows = new Map<number, MapPlace[]>();
  for (const place of region) rows.set(place.j, [...(rows.get(place.j) ?? []), place]);
  const middle = region.reduce((sum, { j }) => sum + j, 0) / region.length;
  let best: { score: number; label: RegionLabel } | null = null;
  for (const [j, row] of rows) {
    const sorted = [...row].sort((a, b) => a.i - b.i);
    for (let from = 0; from < sorted.length; ) {
      let to = from;
      while (to + 1 < sorted.length && sorted[to + 1]!.i === sorted[to]!.i + 1) to++;
      const run = sorted.slice(from, to + 1);
      const [left, right] = [grid.column(run[0]!.i)[0], grid.column(run.at(-1)!.i)[1]];
      // Room beyond the double of what is needed is no gain: then the middle of the region counts.
      const score = Math.min(2, (right - left) / textWidth) - Math.abs(j - middle) / (1 + rows.size);
      if (right - left >= textWidth && (best === null || score > best.score)) best = { score, label: labelIn(run, grid, textWidth) };
      from = to + 1;
    }
  }
  return best?.label ?? null;
}

/** In the middle cell of an odd run, between the middle two of an even one. */
function labelIn(run: readonly MapPlace[], grid: MapGrid, textWidth: number): RegionLabel {
  const [a, b] = [run[Math.floor((run.length - 1) / 2)]!, run[Math.ceil((run.length - 1) / 2)]!];
  const [left, right] = [grid.column(a.i)[0], grid.column(b.i)[1]];
  const middle = (left + right) / 2;
  const height = centre(grid.row(a.j));
  return {
    x: a === b ? a.cell.x : grid.x[b.i]!,
    y: a.cell.y,
    // A mark with its number is about 36 pixels wide and 26 high, the text 16 high.
    covers: ({ i, j }) => Math.abs(centre(grid.column(i)) - middle) < textWidth / 2 + 18 && Math.abs(centre(grid.row(j)) - height) < 21,
  };
}

const centre = ([from, to]: [number, number]) => (from + to) / 2;
