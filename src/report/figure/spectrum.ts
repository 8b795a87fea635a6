// The Hessian's eigenvalues on a line, below as lambda, above as z = eta lambda, with z = 1 (no diffusion follows single steps beyond) and
// z = 2 (SGD leaves along such directions).
import * as Plot from "@observablehq/plot";
import type { DiagnoseResult, Estimate } from "../../answer/index.ts";
import { formatNumber, halfWidth } from "../number.ts";
import { learningRate } from "../problem-text.ts";
import { assemble, defaults, type Figure, type FigureContext, panel, rowsOf } from "./frame.ts";
import { padded, tickText } from "./scales.ts";

export function spectrumFigure(diagnose: DiagnoseResult, context: FigureContext): Figure | null {
  const { eigenvalues } = diagnose;
  const exact = !("largest" in eigenvalues);
  const values: Estimate[] =
    "largest" in eigenvalues
      ? [...eigenvalues.largest, ...eigenvalues.smallest]
      : eigenvalues.map((value) => ({ value, error: 0, kind: "rounding" }));
  if (values.length === 0) return null;
  const largest = values.reduce((a, b) => Math.max(a, b.value), Number.NEGATIVE_INFINITY);
  const eta = learningRate(context.problem) ?? (largest > 0 ? diagnose.zMax / largest : null);
  if (eta === null || !(eta > 0)) return null;
  const points = values.map((each) => ({ z: eta * each.value, half: eta * halfWidth(each) }));
  const { flips, leaves, words } = limitsOf(diagnose);
  const domain = padded([...points.map((each) => each.z), 0, 1.075 * leaves], 0.04);
  const limits = [
    { z: flips, text: `z = ${formatNumber(flips, 4)}: one-step limit` },
    { z: leaves, text: `z = ${formatNumber(leaves, 4)}: unstable beyond` },
  ];
  const stacked = stack(points, (domain[1] - domain[0]) / 60);
  const highest = stacked.reduce((a, b) => Math.max(a, b.level), 0);
  const height = 150 + Math.min(110, highest * 7);
  const chart = panel(
    {
      ...{ width: defaults.width, height, marginLeft: 16, marginRight: 16, marginTop: 56, marginBottom: 44 },
      x: { domain, axis: null },
      y: { domain: [0, Math.max(4, highest + 1.5)], axis: null },
      marks: [
        Plot.rectX(
          [
            { x1: domain[0], x2: flips, o: 0 },
            { x1: flips, x2: leaves, o: 0.08 },
            { x1: leaves, x2: domain[1], o: 0.18 },
          ],
          { x1: "x1", x2: "x2", fillOpacity: "o", fill: "currentColor", y1: () => 0, y2: () => Math.max(4, highest + 1.5) },
        ),
        Plot.axisX({
          anchor: "bottom",
          label: `eigenvalue (z / ${formatNumber(eta, 4)})`,
          labelArrow: "none",
          labelAnchor: "left",
          tickFormat: (z: number) => formatNumber(z / eta, 3),
          ticks: 7,
        }),
        Plot.axisX({
          anchor: "top",
          label: "z = learning rate × eigenvalue",
          labelArrow: "none",
          labelAnchor: "left",
          tickFormat: tickText,
          ticks: 7,
        }),
        Plot.ruleX(limits, { x: "z", stroke: "currentColor", strokeWidth: 1.5, strokeDasharray: "5 3" }),
        Plot.text(limits.slice(0, 1), { x: "z", text: "text", frameAnchor: "top", textAnchor: "end", dx: -5, dy: 4, fontSize: 11 }),
        Plot.text(limits.slice(1), {
          x: "z",
          text: "text",
          frameAnchor: "top",
          textAnchor: "end",
          dx: -5,
          dy: leaves - flips < 0.5 ? 18 : 4,
          fontSize: 11,
        }),
        Plot.ruleX([0], { stroke: "currentColor", strokeOpacity: 0.4 }),
        Plot.ruleY([0], { stroke: "currentColor" }),
        Plot.link(
          stacked.filter((each) => each.half > 0),
          {
            x1: (each: Stacked) => each.z - each.half,
            x2: (each: Stacked) => each.z + each.half,
            y1: "level",
            y2: "level",
            stroke: "currentColor",
          },
        ),
        Plot.dot(stacked, {
          x: "z",
          y: "level",
          r: highest > 14 ? 2.5 : 4.5,
          fill: "currentColor",
          fillOpacity: 0.75,
          stroke: "var(--paper, #ffffff)",
        }),
      ],
    },
    context,
  );
  const widest = points.reduce((a, b) => Math.max(a, b.half), 0);
  return {
    kind: "spectrum",
    title: "Curvatures, and where diffusions end",
    caption: `One dot an eigenvalue of the Hessian at the point${exact ? "" : " (the largest and the smallest that were found)"}, equal ones on top of each other. Left of 0 the objective curves down; ${words}`,
    errorNote: widest === 0 ? "Eigenvalues are exact to rounding." : `Bars are errors; the largest is ${formatNumber(widest, 1)} in z.`,
    svg: assemble(
      rowsOf([chart], 1),
      {
        kind: "spectrum",
        label: `${values.length} eigenvalues, z from ${formatNumber(diagnose.zMin, 3)} to ${formatNumber(diagnose.zMax, 3)}, with marks at z = ${formatNumber(flips, 4)} and z = ${formatNumber(leaves, 4)}`,
      },
      context,
    ),
    data: { columns: ["eigenvalue", "error", "z"], rows: values.map((each) => [each.value, each.error, eta * each.value]) },
  };
}

/** Where SGD changes sign every step, and where it leaves. */
function limitsOf({ momentum }: DiagnoseResult): { flips: number; leaves: number; words: string } {
  if (!momentum) return { flips: 1, leaves: 2, words: "beyond z = 1 SGD jumps across the valley at every step; beyond z = 2 it leaves." };
  const root = Math.sqrt(momentum.beta);
  const swings = formatNumber((1 - root) * (1 - root), 2);
  return {
    flips: (1 + root) * (1 + root),
    leaves: 2 + 2 * momentum.beta,
    words: `from z = ${swings} on SGD with momentum swings about the valley's floor; beyond the dashed lines, (1 + sqrt(beta))^2 and 2 + 2 beta, it jumps across at every step, and leaves.`,
  };
}

interface Stacked {
  readonly z: number;
  readonly half: number;
  readonly level: number;
}

/** Neighbours closer than a dot stand on top of each other. */
function stack(points: readonly { z: number; half: number }[], apart: number): Stacked[] {
  const sorted = [...points].sort((a, b) => a.z - b.z);
  const placed: Stacked[] = [];
  let from = 0;
  sorted.forEach((each, i) => {
    if (i > 0 && each.z - sorted[from]!.z >= apart) from = i;
    placed.push({ ...each, level: i - from + 0.6 });
  });
  return placed;
}
