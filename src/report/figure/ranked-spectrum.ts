// The spectrum of many parameters: z = eta lambda by rank, both axes logarithmic, since most eigenvalues of a network are far below the largest. Lines
// where no diffusion follows single steps (z = 1) and where SGD leaves (z = 2). Negative eigenvalues are drawn by their size, as open circles.
import * as Plot from "@observablehq/plot";
import type { DiagnoseResult } from "../../answer/index.ts";
import { formatNumber } from "../number.ts";
import { learningRate } from "../problem-text.ts";
import { assemble, defaults, type Figure, type FigureContext, panel, rowsOf } from "./frame.ts";
import { decades, tickText } from "./scales.ts";

const options = { /** Fewer stand on a line better (spectrum.ts). */ fewest: 60, decades: 8, height: 250 };

/** Null where there are few eigenvalues, or not all are known. */
export function rankedSpectrumFigure(diagnose: DiagnoseResult, context: FigureContext): Figure | null {
  const { eigenvalues, momentum } = diagnose;
  if (momentum || "largest" in eigenvalues || eigenvalues.length < options.fewest) return null;
  const eta = learningRate(context.problem);
  if (eta === null || !(eta > 0)) return null;
  const ranked = eigenvalues.map((lambda, i) => ({ rank: i + 1, lambda, z: eta * lambda, size: Math.abs(eta * lambda) }));
  const y = decades([...ranked.map((each) => each.size), 3], options.decades);
  const x = decades([1, ranked.length], 8);
  if (!y || !x) return null;
  const [low] = y.domain;
  const drawn = ranked.filter((each) => each.size >= low);
  const below = ranked.length - drawn.length;
  const limits = [
    { z: 1, text: "z = 1: one-step limit" },
    { z: 2, text: "z = 2: unstable beyond" },
  ];
  const chart = panel(
    {
      ...{ width: defaults.width, height: options.height, marginLeft: 56, marginRight: 16, marginTop: 28, marginBottom: 40 },
      x: { type: "log", domain: [1, ranked.length], axis: null },
      y: { type: "log", domain: y.domain, axis: null },
      marks: [
        Plot.axisX({
          label: "rank of the eigenvalue",
          labelArrow: "none",
          ticks: x.ticks.filter((t) => t <= ranked.length),
          tickFormat: tickText,
        }),
        Plot.axisY({ label: "|z| = learning rate × |eigenvalue|", labelArrow: "none", ticks: y.ticks, tickFormat: tickText }),
        Plot.ruleY(limits, { y: "z", stroke: "currentColor", strokeWidth: 1.5, strokeDasharray: "5 3" }),
        ...limits.map((limit) =>
          Plot.text([limit], { y: "z", text: "text", frameAnchor: "right", textAnchor: "end", dy: limit.z === 1 ? 9 : -8, fontSize: 11 }),
        ),
        Plot.dot(drawn, {
          x: "rank",
          y: "size",
          r: 2.5,
          fill: (each: { z: number }) => (each.z < 0 ? "none" : "currentColor"),
          stroke: "currentColor",
          fillOpacity: 0.75,
        }),
      ],
    },
    context,
  );
  const negative = ranked.filter((each) => each.z < 0).length;
  return {
    kind: "ranked-spectrum",
    title: "Curvatures, from the largest down",
    caption: `Every eigenvalue of the Hessian by its rank, both axes logarithmic.${negative > 0 ? ` ${negative} are negative (open circles): there the objective curves down.` : ""}${below > 0 ? ` ${below} of ${ranked.length} are below what is drawn.` : ""}`,
    errorNote: "Eigenvalues are exact to rounding of the largest.",
    svg: assemble(
      rowsOf([chart], 1),
      {
        kind: "ranked-spectrum",
        label: `${ranked.length} eigenvalues by rank, z from ${formatNumber(diagnose.zMin, 3)} to ${formatNumber(diagnose.zMax, 3)}, with lines at z = 1 and z = 2`,
      },
      context,
    ),
    data: { columns: ["rank", "eigenvalue", "z"], rows: ranked.map((each) => [each.rank, each.lambda, each.z]) },
  };
}
