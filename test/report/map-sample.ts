// A map made by formulas: HA-SME best below z = 1 at small noise (exact with HA-SME-3, as on a quadratic), HA-SME-3 at larger noise, SME-1
// beyond, and a corner without figures.
import type { Answer, MapCell, MapResult, Verdict } from "../../src/answer/index.ts";

export const mapModels = ["gradient-flow", "sme1", "sme2", "ha-sme", "ha-sme-3"];

/** The errors by model at learning rate x, noise y; null: no figure. */
function errorsAt(x: number, y: number): { [id: string]: number | null } {
  if (x > 0.5 && y > 1.5) return Object.fromEntries(mapModels.map((id) => [id, null]));
  const beyond = x > 0.45;
  return {
    "gradient-flow": 0.9 + y,
    sme1: 0.2 * x + 0.01 * y,
    sme2: 0.3 * x + 0.02 * y,
    "ha-sme": beyond ? null : y < 0.5 ? 1e-13 : 0.03 * y,
    // Where both are exact rounding decides, cell by cell, which is smaller.
    "ha-sme-3": beyond ? null : y < 0.5 ? (Math.round(x * 1e4) % 2 === 0 ? 1e-14 : 1e-12) : 0.004 * y + 0.1 * x * x * x,
  };
}

const verdict = (error: number | null): Verdict => (error === null ? "none" : error < 1e-8 ? "exact" : error < 0.05 ? "good" : "poor");

export function mapAnswer(columns = 8, rows = 5): Answer<MapResult> {
  const eta = Array.from({ length: columns }, (_, i) => 0.05 * 16 ** (i / (columns - 1)));
  const sigma = Array.from({ length: rows }, (_, j) => 0.2 + (1.6 * j) / (rows - 1));
  const cells = sigma.flatMap((y) =>
    eta.map((x): MapCell => {
      const errors = errorsAt(x, y);
      const ranked = mapModels.filter((id) => errors[id] !== null).sort((a, b) => errors[a]! - errors[b]!);
      return {
        ...{ x, y, best: ranked[0] ?? null, runnerUp: ranked[1] ?? null, errors },
        verdicts: Object.fromEntries(mapModels.map((id) => [id, verdict(errors[id]!)])),
        ...(ranked.length === 0 ? { reason: "SGD's mean exit time is not resolved." } : {}),
      };
    }),
  );
  const result: MapResult = {
    ...{ question: "weak", models: mapModels, cells },
    x: { name: "eta", values: eta, logarithmic: true },
    y: { name: "sigma", values: sigma, logarithmic: false },
    lines: [{ name: "z = 1", points: sigma.map((y): [number, number] => [0.45, y]) }],
    shares: mapModels
      .map((model) => ({ model, cells: cells.filter(({ best }) => best === model).length }))
      .filter((each) => each.cells > 0)
      .sort((a, b) => b.cells - a.cells),
  };
  const problem = {
    ...{ name: "a bowl", objective: { formula: "x^2/2 + x^4/40", variables: ["x"] }, noise: { gaussian: { sigma: 0.5 } } },
    ...{ learningRate: 0.1, start: [1], steps: 50, tests: ["x"] },
  };
  return { command: "map", version: "0.1.0", problem, seed: 1, warnings: [], result };
}
