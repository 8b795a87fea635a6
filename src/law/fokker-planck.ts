// Densities of SDE models on the line at given steps: the row vectors of line-operator.ts divided by the lumped mass, that is, the Fokker-
// Planck equation on spectral elements without flux through the ends, started from a point. Elements are as narrow as the law at the
// first step asked about, where that is narrower than elsewhere. Does not do: errors (two levels are compared by line-laws.ts).
import { elementWidth, largestCurvature, type Range, smallestDeviation } from "./line-domain.ts";
import { type LineMesh, lineMesh, nodeAt } from "./line-mesh.ts";
import { lineOperator, type Propagator, propagator } from "./line-operator.ts";
import { type LineProblem, type LineSde, mendedEdges } from "./line-problem.ts";

export interface DensityLevel {
  readonly tolerance: number;
  /** Width of elements in standard deviations of the law near a minimum, and of the first law asked about. */
  readonly width: number;
  readonly narrow: number;
  readonly margin: number;
  /** Pieces of time in the first step and in every doubling of the time; and the latter over what the drift's turnover allows. */
  readonly first: number;
  readonly every: number;
}

/** Found by experiment: level 0 is good to about 1e-9 of the largest density, level 1 to 1e-12. */
export const densityLevels: readonly DensityLevel[] = [
  { tolerance: 1e-9, width: 5, narrow: 3.5, margin: 0.1, first: 8, every: 1 },
  { tolerance: 1e-11, width: 4, narrow: 2.5, margin: 0.2, first: 12, every: 2 },
  { tolerance: 1e-12, width: 3, narrow: 1.8, margin: 0.3, first: 24, every: 3 },
];

const degree = 16;
const maxNodes = 6000;

/** One mesh for all models; null where it would be too fine. */
export function densityMesh(
  line: LineProblem,
  sdes: readonly LineSde[],
  range: Range,
  firstStep: number,
  level: DensityLevel,
): LineMesh | null {
  const width = range.high - range.low;
  const low = range.low - level.margin * width;
  const high = range.high + level.margin * width;
  const wide = elementWidth(line, range, [], level.width);
  const narrow = level.narrow * line.deviation(line.start) * Math.sqrt(firstStep);
  // The law keeps at least this width only while it is young: later it is as wide as `wide` says.
  const mesh = lineMesh({
    low,
    high,
    breaks: [line.start, range.low, range.high, ...sdes.flatMap((sde) => mendedEdges(sde, line, low, high))],
    functions: sdes.flatMap((sde) => [sde.drift, sde.diffusion]),
    degree,
    tolerance: level.tolerance,
    maxWidth: (x) => Math.min(wide(x), Math.max(narrow, 0.35 * Math.abs(x - line.start) - 4 * narrow)),
    narrowest: (0.1 * smallestDeviation(line, range)) / (high - low),
  });
  return mesh.nodes.length <= maxNodes ? mesh : null;
}

/** Nodal densities at the steps (ascending, from 1), started from the problem's start; null where the coefficients are not finite. */
export function densities(
  line: LineProblem,
  sde: LineSde,
  mesh: LineMesh,
  range: Range,
  steps: readonly number[],
  level: DensityLevel,
): Float64Array[] | null {
  const operator = lineOperator(mesh, sde.drift, sde.diffusion);
  if (!operator.blocks.every(Number.isFinite)) return null;
  const propagators = new Map<number, Propagator>();
  const w = new Float64Array(mesh.nodes.length);
  w[nodeAt(mesh, line.start)] = 1;
  // Steps of SGD in which the drift turns a law over: pieces of time are some part of it.
  const turnover = 1 / (line.eta * largestCurvature(line, range));
  const out: Float64Array[] = [];
  let at = 0;
  for (const target of steps) {
    while (at < target) {
      // A law of age t has lost what decays in t/30: pieces of t/8 serve it, as eight pieces serve a point (rational-exponential.ts).
      const next = Math.min(target, at === 0 ? 1 : 2 * at);
      const longest = Math.min(at === 0 ? 1 / level.first : at / level.first, (0.7 * turnover) / level.every);
      const pieces = Math.ceil((next - at) / longest);
      const length = (next - at) / pieces;
      let step = propagators.get(length);
      if (step === undefined) propagators.set(length, (step = propagator(operator, length * line.eta)));
      for (let piece = 0; piece < pieces; piece++) step.apply(w);
      at = next;
    }
    out.push(w.map((mass, i) => mass / mesh.weights[i]!));
  }
  return out;
}
