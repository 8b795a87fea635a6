// What all figures share: panels drawn by Observable Plot, a legend above them, one SVG around all, and its bytes made the same everywhere:
// ids are numbered within the figure, coordinates rounded to a hundredth of a pixel (log axes use the engine's own logarithm).
// Colours are CSS variables with a light fallback, so that a page's colour scheme reaches a figure and a saved figure still has colours.
import * as Plot from "@observablehq/plot";
import type { ModelDescription, ProblemJson } from "../../answer/index.ts";
import { formatNumber } from "../number.ts";
import { byProcessOrder, type ProcessStyle, processStyle } from "../process-style.ts";
import { textWidth } from "../text-table.ts";
import { svgMarkup } from "./markup.ts";

export const defaults = { width: 640, fontSize: 12 } as const;

export interface FigureContext {
  /** The browser's document, or linkedom's. */
  readonly document: Document;
  /** Names, learning rate and region come from here. */
  readonly problem: ProblemJson;
  readonly descriptions?: readonly ModelDescription[];
  /** Before the ids within the SVG, where a page holds several figures of a kind. */
  readonly idPrefix?: string;
}

/** A figure's numbers: what "save the data" writes. */
export interface FigureData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export interface Figure {
  readonly kind: string;
  readonly title: string;
  /** What to look at. */
  readonly caption: string;
  /** How large the errors of what is drawn are, or that they are below the line width. */
  readonly errorNote: string;
  readonly svg: SVGSVGElement;
  readonly data: FigureData;
}

export interface Panel {
  readonly svg: Element;
  readonly width: number;
  readonly height: number;
}

export type PlotOptions = Omit<Plot.PlotOptions, "document" | "width" | "height" | "figure" | "caption" | "title"> & {
  readonly width: number;
  readonly height: number;
};

/** One plot of the figure. Its axes' labels carry no arrows. */
export function panel(options: PlotOptions, context: FigureContext): Panel {
  const svg = Plot.plot({ ...options, document: context.document, figure: false }) as unknown as Element;
  for (const style of [...svg.querySelectorAll("style")]) style.remove();
  for (const each of [svg, ...svg.querySelectorAll("*")]) {
    each.removeAttribute("aria-label");
    each.removeAttribute("aria-hidden");
    each.removeAttribute("class");
    if (each.tagName.toLowerCase() === "text" && each.textContent === "") each.remove();
  }
  svg.setAttribute("font-size", String(defaults.fontSize));
  return { svg, width: options.width, height: options.height };
}

/** Panels in rows of `perRow`, each row as high as its highest. */
export function rowsOf(panels: readonly Panel[], perRow: number, gap = 8): { panel: Panel; x: number; y: number }[] {
  const placed: { panel: Panel; x: number; y: number }[] = [];
  let y = 0;
  for (let i = 0; i < panels.length; i += perRow) {
    const row = panels.slice(i, i + perRow);
    let x = 0;
    for (const each of row) {
      placed.push({ panel: each, x, y });
      x += each.width + gap;
    }
    y += Math.max(...row.map((each) => each.height)) + gap;
  }
  return placed;
}

export interface LegendEntry {
  readonly style: ProcessStyle;
  /** Instead of the process's name. */
  readonly text?: string;
}

/** Width of a text of this font size, on the generous side; fonts differ. */
export function textPixels(text: string, fontSize: number = defaults.fontSize): number {
  return textWidth(text) * fontSize * 0.58;
}

/** A sample of each process's line and symbol with its name, wrapped to the width. */
export function legend(entries: readonly LegendEntry[], context: FigureContext, width: number = defaults.width): Panel | null {
  if (entries.length === 0) return null;
  const sample = 34;
  const rowHeight = 20;
  let x = 2;
  let row = 0;
  const places = entries.map((entry) => {
    const text = entry.text ?? entry.style.name;
    const need = sample + 6 + textPixels(text) + 16;
    if (x > 2 && x + need > width) {
      x = 2;
      row += 1;
    }
    const place = { ...entry, text, x, y: row * rowHeight + rowHeight / 2 };
    x += need;
    return place;
  });
  const marks = places.flatMap(({ style, text, x: left, y }) => [
    Plot.link([0], { x1: left, x2: left + sample, y1: y, y2: y, ...strokeOf(style) }),
    Plot.dot([0], { x: left + sample / 2, y, ...symbolOf(style) }),
    Plot.text([text], { x: left + sample + 6, y, textAnchor: "start", text: (d: string) => d }),
  ]);
  const identity = { type: "identity", axis: null } as const;
  return panel({ width, height: (row + 1) * rowHeight, margin: 0, x: identity, y: identity, marks }, context);
}

/** Colour, dash and width of a process's lines. */
export function strokeOf(style: ProcessStyle) {
  return { stroke: style.colour, strokeWidth: style.strokeWidth, strokeDasharray: style.dash === "none" ? undefined : style.dash };
}

/** Symbol and colour of a process's points. Symbols of strokes alone are not filled. */
export function symbolOf(style: ProcessStyle, hollow = false) {
  const strokesOnly = style.symbol === "plus" || style.symbol === "times" || style.symbol === "asterisk";
  const fill = strokesOnly ? "none" : hollow ? "var(--paper, #ffffff)" : style.colour;
  return { symbol: style.symbol, r: 4, fill, stroke: style.colour, strokeWidth: 1.5 };
}

/** Styles of these processes in the order of interface.md. */
export function stylesOf(ids: readonly string[], context: FigureContext): ProcessStyle[] {
  return [...ids].sort(byProcessOrder).map((id) => processStyle(id, context.descriptions));
}

/** A panel's title in bold and the name of its vertical axis below it, above the frame; needs a top margin of 46. */
export function panelTitle(title: string, axis: string, most = 40): Plot.Markish[] {
  const short = textWidth(title) > most ? `${[...title].slice(0, most - 1).join("")}…` : title;
  return [
    Plot.text([short], { frameAnchor: "top-left", dx: -44, dy: -42, fontWeight: "bold", text: (d: string) => d }),
    Plot.text([axis], { frameAnchor: "top-left", dx: -44, dy: -24, text: (d: string) => d }),
  ];
}

/** A horizontal log axis with a label at every tick: Plot's own leaves some out. Needs a bottom margin of 38. */
export function logAxisX(ticks: readonly number[], label: string): Plot.Markish[] {
  return [
    Plot.gridX(ticks, {}),
    Plot.text(ticks, { x: (d: number) => d, frameAnchor: "bottom", dy: 16, text: (d: number) => formatNumber(d, 6) }),
    Plot.text([label], { frameAnchor: "bottom-right", dy: 33, text: (d: string) => d }),
  ];
}

export const svgNamespace = "http://www.w3.org/2000/svg";

/**
 * The figure's SVG: legend, then panels where they were placed.
 * @param kind a name for ids within the SVG
 * @param label the accessible name
 */
export function assemble(
  placed: readonly { panel: Panel; x: number; y: number }[],
  options: { kind: string; label: string; legend?: Panel | null; width?: number },
  context: FigureContext,
): SVGSVGElement {
  const width = options.width ?? defaults.width;
  const top = options.legend ? options.legend.height + 6 : 0;
  const all = [...(options.legend ? [{ panel: options.legend, x: 0, y: 0 }] : []), ...placed.map((each) => ({ ...each, y: each.y + top }))];
  const height = Math.max(...all.map(({ panel: each, y }) => y + each.height));
  const svg = context.document.createElementNS(svgNamespace, "svg") as SVGSVGElement;
  setAttributes(svg, {
    xmlns: svgNamespace,
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": options.label,
    "font-family": "system-ui, sans-serif",
    fill: "currentColor",
  });
  for (const { panel: each, x, y } of all) {
    setAttributes(each.svg, { x, y });
    svg.append(each.svg);
  }
  number(svg, (context.idPrefix ?? "") + options.kind);
  roundCoordinates(svg);
  return svg;
}

export function setAttributes(element: Element, attributes: { readonly [name: string]: string | number }): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/** Plot counts its clip paths over the life of the process; here they are counted within the figure. */
function number(svg: Element, kind: string): void {
  const names = new Map<string, string>();
  for (const each of svg.querySelectorAll("[id]")) {
    const name = `${kind}-${names.size + 1}`;
    names.set(each.getAttribute("id")!, name);
    each.setAttribute("id", name);
  }
  if (names.size === 0) return;
  for (const each of svg.querySelectorAll("*"))
    for (const attribute of ["clip-path", "fill", "stroke", "mask", "marker-end", "href"]) {
      const value = each.getAttribute(attribute);
      const found = value === null ? null : /^(?:url\(#|#)([^)]+)\)?$/.exec(value);
      const name = found ? names.get(found[1]!) : undefined;
      if (value !== null && name) each.setAttribute(attribute, value.replace(found![1]!, name));
    }
}

const coordinateAttributes = ["d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "transform", "dx", "dy"];

function roundCoordinates(svg: Element): void {
  for (const each of svg.querySelectorAll("*"))
    for (const attribute of coordinateAttributes) {
      const value = each.getAttribute(attribute);
      if (value !== null && /\d\.\d{3}|\de-/.test(value)) each.setAttribute(attribute, roundNumbers(value));
    }
}

/** Every number in the text to two decimals. @example roundNumbers("M1.23456,2") // "M1.23,2" */
export function roundNumbers(text: string): string {
  return text.replace(/-?\d+\.\d+(?:e[-+]?\d+)?|-?\d+e-\d+/g, (digits) => {
    const rounded = String(Math.round(Number(digits) * 100) / 100);
    return rounded === "-0" ? "0" : rounded;
  });
}

/** The figure's SVG as a document of its own: variables give way to their light colours, on white. */
export function standaloneSvg(figure: Pick<Figure, "svg">): string {
  const text = svgMarkup(figure.svg).replace(/var\(--[\w-]+,\s*([^()]+)\)/g, "$1");
  return text.replace("<svg", '<svg style="color:#1f2328;background:#ffffff"');
}
