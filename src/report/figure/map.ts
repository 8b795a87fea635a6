// Which model to use where: above, each cell of the plane in the colour and under the symbol of its best model, with that model's error,
// the model's name in each region and hatching where even the best is poor; below, how many times better the best is than the next.
// Nothing hangs on colour: symbols, names and bounds say the same.
import * as Plot from "@observablehq/plot";
import type { MapResult } from "../../answer/index.ts";
import { axisText, errorWords, type MapPlace, measureWords, placesOf, regionsOf, shareName, sharesOf } from "../map-places.ts";
import { formatNumber } from "../number.ts";
import { regionText } from "../problem-text.ts";
import { type ProcessStyle, processName } from "../process-style.ts";
import { assemble, type Figure, type FigureContext, legend, type Panel, panel, rowsOf, stylesOf, symbolOf, textPixels } from "./frame.ts";
import { cellEnds, hatch, labelPlace, type MapGrid, mapAxes, mapGrid, markedCells, regionBounds, silentCells, zLines } from "./map-grid.ts";

const options = {
  fill: 0.32,
  labelSize: 14,
  /** Beyond this factor the shading stays as it is. */ most: 100,
};

const halo = { stroke: "var(--paper, #ffffff)", fill: "currentColor", strokeWidth: 4 };

export function mapFigure(result: MapResult, context: FigureContext): Figure | null {
  const places = placesOf(result);
  const shares = sharesOf(places);
  if (shares.length === 0) return null;
  const grid = mapGrid(result);
  const styles = stylesOf([...new Set(places.flatMap(({ best, next }) => [best, next].filter((id) => id !== null)))], context);
  const best = styles.filter(({ id }) => shares.some(({ model }) => model === id));
  const panels = [bestPanel(result, places, styles, grid, context), marginPanel(result, places, styles, grid, context)];
  const poor = places.filter(({ verdict }) => verdict === "poor").length;
  const silent = places.filter(({ best: model }) => model === null).length;
  const alike = shares.filter((share) => share.alike.length > 0);
  const region = result.question === "exit" ? ` from ${regionText(context.problem) ?? "the region"}` : "";
  const names = shares.map(({ model, places: own }) => `${processName(model)} in ${own.length}`).join(", ");
  return {
    kind: "map",
    title: "Which model to use where",
    caption: `Above: find your ${axesWords(result)}; colour, symbol and name are those of the model nearest to SGD, the number is its error, the ${measureWords[result.question]}${region}.${poor > 0 ? " Hatched: even the best is off by more than 0.05." : ""}${silent > 0 ? " A dash: no model has a figure." : ""}${alike.length > 0 ? ` Equally good: ${alike.map(shareName).join("; ")}.` : ""}${result.lines.length > 0 ? " Beyond z = 1 no diffusion follows single steps along the stiffest direction at the start; beyond z = 2 SGD leaves along it." : ""} Below: the next best model and how many times larger its error is; the darker, the more it matters which one is used.`,
    errorNote: "Errors of the numbers are not drawn; what is exact to rounding is called exact.",
    svg: assemble(
      rowsOf(panels, 1),
      {
        kind: "map",
        label: `Best model over ${axisText(result.x)} and ${axisText(result.y)}: of ${places.length} cells ${names}`,
        legend: legend(
          best.map((style) => ({
            style,
            text: `${style.name}: ${shares.find(({ model }) => model === style.id)!.places.length} of ${places.length}`,
          })),
          context,
        ),
      },
      context,
    ),
    data: {
      columns: [
        result.x.name,
        result.y.name,
        "best",
        "as_good",
        "error",
        "verdict",
        "next",
        "next_error",
        ...result.models.map((id) => `error_${id}`),
        "reason",
      ],
      rows: places.map((place) => [
        ...[place.cell.x, place.cell.y, place.best, place.ties.slice(1).join(" "), place.error, place.verdict, place.next, place.nextError],
        ...result.models.map((id) => place.cell.errors[id] ?? null),
        place.cell.reason ?? null,
      ]),
    },
  };
}

const axesWords = ({ x, y }: MapResult) => {
  const words = { eta: "learning rate", sigma: "noise", start: "start" };
  return `${words[x.name]} and ${words[y.name]}`;
};

function bestPanel(
  result: MapResult,
  places: readonly MapPlace[],
  styles: readonly ProcessStyle[],
  grid: MapGrid,
  context: FigureContext,
): Panel {
  const columns = result.x.values.length;
  const regions = regionsOf(places, columns);
  const labels = regions.flatMap((region) => {
    const name = processName(region[0]!.best!);
    const found = labelPlace(region, grid, textPixels(name, options.labelSize) + 12);
    return found ? [{ ...found, name }] : [];
  });
  const marked = markedCells(places, regions, grid).filter((place) => !labels.some(({ covers }) => covers(place)));
  const at = { x: ({ cell }: MapPlace) => cell.x, y: ({ cell }: MapPlace) => cell.y };
  return panel(
    {
      ...grid.size,
      ...grid.scales,
      marks: [
        ...mapAxes(result, grid, "Best model, and its error"),
        ...styles.map((style) =>
          Plot.rect(
            places.filter(({ best }) => best === style.id),
            { ...cellEnds(grid), fill: style.colour, fillOpacity: options.fill, stroke: "var(--paper, #ffffff)", strokeWidth: 0.75 },
          ),
        ),
        hatch(
          places.filter(({ verdict }) => verdict === "poor"),
          grid,
        ),
        regionBounds(places, columns, grid),
        ...zLines(result, grid),
        ...styles.map((style) =>
          Plot.dot(
            marked.filter(({ best }) => best === style.id),
            { ...at, ...symbolOf(style), r: 4, dy: -6 },
          ),
        ),
        Plot.text(marked, {
          ...at,
          text: ({ error, verdict }: MapPlace) => errorWords(error, verdict),
          fontSize: 10,
          dy: 8,
          ...halo,
          strokeWidth: 2.5,
        }),
        Plot.text(silentCells(places, grid), { ...at, text: () => "–", fillOpacity: 0.7 }),
        Plot.text(labels, { x: "x", y: "y", text: "name", fontSize: options.labelSize, fontWeight: "bold", ...halo }),
      ],
    },
    context,
  );
}

function marginPanel(
  result: MapResult,
  places: readonly MapPlace[],
  styles: readonly ProcessStyle[],
  grid: MapGrid,
  context: FigureContext,
): Panel {
  const shown = markedCells(places, [], grid);
  const at = { x: ({ cell }: MapPlace) => cell.x, y: ({ cell }: MapPlace) => cell.y };
  return panel(
    {
      ...grid.size,
      ...grid.scales,
      marks: [
        ...mapAxes(result, grid, "Next best model, and how many times larger its error is"),
        Plot.rect(
          places.filter(({ best }) => best !== null),
          { ...cellEnds(grid), fill: "currentColor", fillOpacity: shade, stroke: "var(--paper, #ffffff)", strokeWidth: 0.75 },
        ),
        regionBounds(places, result.x.values.length, grid),
        ...zLines(result, grid),
        ...styles.map((style) =>
          Plot.dot(
            shown.filter(({ next }) => next === style.id),
            { ...at, ...symbolOf(style), r: 4, dy: -6 },
          ),
        ),
        Plot.text(shown, { ...at, text: factorText, fontSize: 10, dy: 8, ...halo, strokeWidth: 2.5 }),
        Plot.text(silentCells(places, grid), { ...at, text: () => "–", fillOpacity: 0.7 }),
      ],
    },
    context,
  );
}

function factorOf({ error, verdict, nextError }: MapPlace): number | null {
  if (error === null || nextError === null) return null;
  return verdict === "exact" || !(error > 0) ? Number.POSITIVE_INFINITY : nextError / error;
}

function factorText(place: MapPlace): string {
  const factor = factorOf(place);
  if (factor === null) return "no other";
  if (factor >= 10_000) return "∞";
  return `×${factor < 9.95 ? factor.toFixed(1) : formatNumber(factor, 2)}`;
}

/** From 0.03 at no difference to 0.32 at a hundredfold one: 1 - 1/factor, then more slowly; no logarithm is needed. */
function shade(place: MapPlace): number {
  const factor = factorOf(place);
  if (factor === null) return 0.32;
  const held = Math.min(options.most, factor);
  return 0.03 + 0.2 * (1 - 1 / held) + (0.09 * held) / options.most;
}
