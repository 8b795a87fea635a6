// Where in the law a model is wrong, in one dimension: the model's quantile less SGD's against the probability, in SGD's standard
// deviations. The root mean square of a curve is the Wasserstein-2 distance of the two laws. Quantiles are read off the densities of the
// answer: the distribution function by a rule of fourth order, inverted cell by cell; the outermost percent on either side is left out.
import * as Plot from "@observablehq/plot";
import type { LawResult } from "../../answer/index.ts";
import { spread } from "../law-distance.ts";
import { formatNumber } from "../number.ts";
import { learningRate } from "../problem-text.ts";
import { momentErrors } from "./densities.ts";
import {
  assemble,
  defaults,
  type Figure,
  type FigureContext,
  legend,
  panel,
  panelTitle,
  rowsOf,
  strokeOf,
  stylesOf,
  symbolOf,
} from "./frame.ts";
import { padded, thinned } from "./scales.ts";

const options = {
  panels: 4,
  height: 230,
  symbols: 5,
  /** Axes hold the curves between these probabilities, */ core: 0.04,
  /** and no more than so many standard deviations. */ most: 4,
  good: 0.05,
};

/** Quantiles are no better than nine digits. */
const rounded = (value: number) => Number(value.toPrecision(9));

/** 0.01 .. 0.99. */
const probabilities = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);

export function quantilesFigure(law: LawResult, context: FigureContext): Figure | null {
  const drawn = thinned(
    law.sgd.laws.flatMap((each, i) => (each.density && (spread(each.covariance)?.value ?? 0) > 0 ? [i] : [])),
    options.panels,
  );
  const styles = stylesOf(Object.keys(law.models), context).filter(({ id }) => drawn.some((i) => law.models[id]!.laws[i]?.density));
  if (drawn.length === 0 || styles.length === 0) return null;
  const curves = drawn.map((i) => {
    const own = law.sgd.laws[i]!;
    const scale = spread(own.covariance)!.value;
    const reference = quantiles(own.density!, probabilities);
    const lines = styles.flatMap((style) => {
      const density = law.models[style.id]!.laws[i]?.density;
      if (!density || reference === null) return [];
      const quantile = quantiles(density, probabilities);
      if (quantile === null) return [];
      const points = probabilities.map((p, j) => ({
        p,
        sgd: reference[j]!,
        model: quantile[j]!,
        shift: (quantile[j]! - reference[j]!) / scale,
      }));
      return [{ style, points }];
    });
    return { step: own.step, lines };
  });
  const all = curves.flatMap(({ lines }) => lines.flatMap(({ points }) => points));
  if (all.length === 0) return null;
  const core = all.flatMap(({ p, shift }) =>
    p >= options.core && p <= 1 - options.core ? [Math.min(options.most, Math.max(-options.most, shift))] : [],
  );
  const domain = padded([-options.good, options.good, ...core], 0.25);
  const inside = ({ shift }: { shift: number }) => shift >= domain[0] && shift <= domain[1];
  const eta = learningRate(context.problem);
  const perRow = curves.length === 1 ? 1 : 2;
  const width = perRow === 1 ? defaults.width : (defaults.width - 8) / 2;
  const panels = curves.map(({ step, lines }) =>
    panel(
      {
        ...{ width, height: options.height, marginLeft: 50, marginRight: 18, marginTop: 46, marginBottom: 38 },
        x: {
          domain: [0, 1],
          ticks: [0, 0.25, 0.5, 0.75, 1],
          tickFormat: (p: number) => formatNumber(p),
          label: "probability",
          labelArrow: "none",
        },
        y: { domain, ticks: 5, label: null, grid: true },
        marks: [
          ...panelTitle(`step ${step}${eta === null ? "" : `, t = ${formatNumber(step * eta, 4)}`}`, "quantile less SGD's, in sd"),
          Plot.rectY([0], { x1: 0, x2: 1, y1: -options.good, y2: options.good, fill: "currentColor", fillOpacity: 0.08 }),
          Plot.ruleY([0], { stroke: "var(--process-sgd, #1f2328)", strokeWidth: 2 }),
          ...lines.flatMap(({ style, points }, k) => [
            Plot.line(points, { x: "p", y: "shift", ...strokeOf(style), clip: true }),
            // Symbols of different models stand at different probabilities, so that lines that coincide can be told.
            Plot.dot(thinned(points.slice(4 + k * 3, 80 + k * 3), options.symbols).filter(inside), {
              x: "p",
              y: "shift",
              ...symbolOf(style),
            }),
          ]),
        ],
      },
      context,
    ),
  );
  const drawnStyles = styles.filter((style) => curves.some(({ lines }) => lines.some((line) => line.style === style)));
  return {
    kind: "quantiles",
    title: "Where in the law each model is wrong",
    caption:
      "At each probability, the model's quantile less SGD's, in SGD's standard deviations; SGD is the line at 0. A level curve: the model's law is shifted. Rising: it spreads too widely; falling: too little. Bent at one end: that tail is wrong. Shaded: within 0.05." +
      (all.every(inside) ? "" : " Curves that leave the axes at an end are cut."),
    errorNote: momentErrors(law, drawn),
    svg: assemble(
      rowsOf(panels, perRow),
      {
        kind: "quantiles",
        label: `Quantiles of ${drawnStyles.map((each) => each.name).join(", ")} less SGD's against the probability at steps ${curves.map(({ step }) => step).join(", ")}`,
        legend: legend(
          drawnStyles.map((style) => ({ style })),
          context,
        ),
      },
      context,
    ),
    data: {
      columns: ["step", "model", "probability", "sgd_quantile", "model_quantile", "difference_over_sd"],
      rows: curves.flatMap(({ step, lines }) =>
        lines.flatMap(({ style, points }) =>
          points.map(({ p, sgd, model, shift }) => [step, style.id, p, rounded(sgd), rounded(model), rounded(shift)]),
        ),
      ),
    },
  };
}

/**
 * Quantiles of a density on a grid of equal steps, which need not be normalised.
 * @param ascending probabilities in (0, 1), ascending
 * @returns one a probability, with an error of third order in the grid's step; null for fewer than four points or no mass
 */
export function quantiles(
  density: { readonly x: readonly number[]; readonly p: readonly number[] },
  ascending: readonly number[],
): number[] | null {
  const { x, p } = density;
  const n = x.length;
  if (n < 4) return null;
  const cumulative = [0];
  for (let i = 0; i + 1 < n; i++) {
    const h = x[i + 1]! - x[i]!;
    // The cubic through four neighbours; at the ends, where a density has vanished, the trapezoid will do.
    const cell = i > 0 && i + 2 < n ? (h / 24) * (13 * (p[i]! + p[i + 1]!) - p[i - 1]! - p[i + 2]!) : (h / 2) * (p[i]! + p[i + 1]!);
    cumulative.push(cumulative[i]! + Math.max(0, cell));
  }
  const mass = cumulative[n - 1]!;
  if (!(mass > 0)) return null;
  let i = 0;
  return ascending.map((probability) => {
    const target = probability * mass;
    while (i + 2 < n && cumulative[i + 1]! < target) i++;
    const cell = cumulative[i + 1]! - cumulative[i]!;
    const part = cell > 0 ? Math.min(1, Math.max(0, (target - cumulative[i]!) / cell)) : 0;
    // Within the cell the density is taken as linear: a s^2/2 + p_i s = part of the cell's mass.
    const [left, right] = [Math.max(0, p[i]!), Math.max(0, p[i + 1]!)];
    const both = left + right;
    const root = Math.sqrt(left * left + (right * right - left * left) * part);
    const s = both > 0 && left + root > 0 ? (both * part) / (left + root) : part;
    return x[i]! + s * (x[i + 1]! - x[i]!);
  });
}
