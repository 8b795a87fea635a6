// Where the errors come from: a row for each source and order of the modified equation's terms at the start, its size on a log axis. Filled:
// operators that an SDE carries; hollow: of third and higher order, which none does.
import * as Plot from "@observablehq/plot";
import type { ErrorSource, ErrorSources } from "../../answer/index.ts";
import { formatNumber } from "../number.ts";
import { assemble, defaults, type Figure, type FigureContext, logAxisX, panel, rowsOf } from "./frame.ts";
import { decades } from "./scales.ts";

const options = { most: 6, rowHeight: 22, left: 236, right: 64 };

const sourceWords: { readonly [S in ErrorSource["source"]]: string } = {
  "ha-sme": "curvature, noise (HA-SME's own)",
  "third-derivative": "third and higher derivatives",
  "noise-derivative": "variation of the noise",
  skewness: "skewness of the noise",
};

const orderText = (order: number): string => `η${["", "", "²", "³", "⁴"][order] ?? `^${order}`}`;
const rowName = ({ source, order, carried }: ErrorSource): string => `${sourceWords[source]}, ${orderText(order)}${carried ? "" : " *"}`;

export function errorSourcesFigure({ sources, time, length }: ErrorSources, context: FigureContext): Figure | null {
  const rows = Object.keys(sourceWords).flatMap((source) => sources.filter((each) => each.source === source));
  const range = decades(
    rows.flatMap(({ size }) => (size === null ? [] : [size])),
    options.most,
  );
  if (range === null) return null;
  const [least, top] = range.domain;
  const drawn = rows.map((each) => ({
    ...each,
    name: rowName(each),
    x: each.size !== null && each.size >= least ? each.size : null,
    text: each.size === null ? "not known" : each.size === 0 ? "0" : formatNumber(each.size, 2),
  }));
  const chart = panel(
    {
      width: defaults.width,
      height: 58 + options.rowHeight * drawn.length,
      ...{ marginLeft: options.left, marginRight: options.right, marginTop: 10, marginBottom: 48 },
      x: { type: "log", domain: [least, top], axis: null },
      y: { type: "band", domain: drawn.map(({ name }) => name), axis: null, padding: 0.1 },
      marks: [
        ...logAxisX(range.ticks, "size at the start"),
        Plot.text(drawn, { y: "name", text: "name", frameAnchor: "left", textAnchor: "end", dx: -8 }),
        Plot.text(drawn, { y: "name", text: "text", frameAnchor: "right", textAnchor: "start", dx: 8 }),
        Plot.ruleY(
          drawn.filter(({ x }) => x !== null),
          { y: "name", x1: least, x2: "x", stroke: "currentColor", strokeOpacity: 0.35, strokeWidth: 1.5 },
        ),
        Plot.dot(
          drawn.filter(({ x }) => x !== null),
          {
            x: "x",
            y: "name",
            r: 4.5,
            fill: (d: ErrorSource) => (d.carried ? "currentColor" : "var(--paper, #ffffff)"),
            stroke: "currentColor",
            strokeWidth: 1.5,
          },
        ),
      ],
    },
    context,
  );
  const beyond = rows.some(({ carried }) => !carried) ? " Hollow, with a star: operators of third or higher order, which no SDE has." : "";
  return {
    kind: "error-sources",
    title: "What the errors are made of",
    caption: `The terms of SGD's modified equation at the start, by what they live on and by power of the learning rate: how much they change, within the time ${formatNumber(time, 2)} in which the curvature there acts, a function that varies over ${formatNumber(length, 2)}, the noise's spread in that time. HA-SME keeps all of its own and none of the others; HA-SME-3 keeps those with η² as well, but skewness; HA-SME-4 also those with η³, but what lives on the noise.${beyond} Far from the start, as over a barrier, it may be otherwise.`,
    errorNote: "Sizes of terms, exact to rounding; they rank the causes and are no errors of averages.",
    svg: assemble(
      rowsOf([chart], 1),
      {
        kind: "error-sources",
        label: `Sizes of the modified equation's terms at the start: ${drawn.map(({ name, text }) => `${name} ${text}`).join("; ")}`,
      },
      context,
    ),
    data: {
      columns: ["source", "order", "carried_by_an_sde", "size"],
      rows: rows.map(({ source, order, carried, size }) => [source, order, carried ? "yes" : "no", size]),
    },
  };
}
