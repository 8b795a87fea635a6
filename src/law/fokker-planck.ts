// Densities of SDE models on the line at given steps: the row vectors of line-operator.ts divided by the lumped mass, that is, the Fokker-
// Planck equation on spectral elements without flux through the ends, started from a point. Elements are as narrow as the law at the
// first step asked about, where that is narrower than elsewhere. Does not do: errors (two levels are compared by line-laws.ts).
import { elementWidth, largestCurvature, type Range, smallestDeviation } from "./line-domain.ts";
import { type LineMesh, lineMesh, nodeAt } from "./line-mesh.ts";
import { lineOperator, type Propagator, propagator } from "./line-operator.ts";
import { type LineProblem, type LineSde, mendedEdges } from "./line-problem.ts";

export interface DensityLevel {
  /** Of the polynomials on an element. */
  readonly degree: number;
  readonly tolerance: number;
  /** Width of elements in standard deviations of the law near a minimum, and of the first law asked about. */
  readonly width: number;
  readonly narrow: number;
  readonly margin: number;
  /** Pieces of time in the first step and in every doubling of the time; and the latter over what the drift's turnover allows. */
  readonly first: number;
  readonly every: number;
  /** Pieces of any stretch of time beyond what it needs: levels that cut time alike would agree on its error. */
  readonly more: number;
  /** How far the law moves in a piece of time, in its own standard deviations, and by how much its width changes. */
  readonly moved: number;
  readonly grown: number;
  /** Nodes times pieces of time, at most: a draft that would take longer is left to the full laws. */
  readonly work?: number;
}

/**
 * Found by experiment: level 0 is good to about 1e-9 of the largest density, level 1 to 1e-12; time alone to 1e-10, 1e-12 and 1e-13 of it, so
 * that two levels differ by what elements leave open and not by chance.
 */
export const densityLevels: readonly DensityLevel[] = [
  { degree: 16, tolerance: 1e-9, width: 5, narrow: 3.5, margin: 0.1, first: 5, every: 0.33, more: 0, moved: 0.5, grown: 0.1 },
  { degree: 16, tolerance: 1e-11, width: 4, narrow: 2.5, margin: 0.2, first: 7, every: 0.5, more: 1, moved: 0.4, grown: 0.07 },
  { degree: 16, tolerance: 1e-12, width: 3, narrow: 1.8, margin: 0.3, first: 9, every: 0.7, more: 2, moved: 0.33, grown: 0.05 },
];

/**
 * For pictures: a twentieth of the work. Good to about 1e-3 and 1e-4 of the largest density; what they leave open goes on to finer elements. The work
 * is some 6 ms a level and model (0.3 us a node and piece); the gallery's problems need 2e3 to 2e4, a law that moves by hundreds of its own
 * widths 1e5 and more.
 */
export const draftLevels: readonly DensityLevel[] = [
  { degree: 10, tolerance: 1e-4, width: 6, narrow: 4.5, margin: 0.05, first: 2, every: 0.2, more: 0, moved: 1.2, grown: 0.3, work: 4e4 },
  { degree: 12, tolerance: 1e-4, width: 6, narrow: 4.5, margin: 0.05, first: 3, every: 0.25, more: 0, moved: 1, grown: 0.25, work: 4e4 },
  { degree: 16, tolerance: 1e-5, width: 8, narrow: 6, margin: 0.05, first: 4, every: 0.33, more: 1, moved: 0.8, grown: 0.18, work: 4e4 },
];

const maxNodes = 6000;
/** Pieces of time: more are a law that moves by thousands of its own widths. */
const maxPieces = 20_000;

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
    degree: level.degree,
    tolerance: level.tolerance,
    maxWidth: (x) => Math.min(wide(x), Math.max(narrow, 0.35 * Math.abs(x - line.start) - 4 * narrow)),
    narrowest: (0.1 * smallestDeviation(line, range)) / (high - low),
  });
  return mesh.nodes.length <= maxNodes ? mesh : null;
}

/**
 * Nodal densities at the steps (ascending, from 1), started from the problem's start; null where the coefficients are not finite, the law
 * moves by too many of its own widths, or the level's work does not reach.
 */
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
  let propagate: Propagator | undefined;
  const w = new Float64Array(mesh.nodes.length);
  w[nodeAt(mesh, line.start)] = 1;
  const out: Float64Array[] = [];
  const times = [...schedule(line, range, steps, level)];
  const needed = times.reduce((sum, { pieces }) => sum + pieces, 0);
  if (needed > Math.min(maxPieces, (level.work ?? Number.POSITIVE_INFINITY) / mesh.nodes.length)) return null;
  for (const { length, pieces, asked } of times) {
    const time = length * line.eta;
    if (propagate === undefined) propagate = propagator(operator, time);
    else if (propagate.time !== time) propagate.retime(time);
    for (let piece = 0; piece < pieces; piece++) propagate.apply(w);
    if (asked) out.push(w.map((mass, i) => mass / mesh.weights[i]!));
  }
  return out;
}

/** Pieces of time, in steps, one after the other; `asked` where the last of them ends at a step that is asked about. */
function* schedule(
  line: LineProblem,
  range: Range,
  steps: readonly number[],
  level: DensityLevel,
): Generator<{ readonly length: number; readonly pieces: number; readonly asked: boolean }> {
  const pace = paceOf(line, steps.at(-1) ?? 0);
  // Steps of SGD in which the drift turns a law over: pieces of time are some part of it.
  const turnover = 1 / (line.eta * largestCurvature(line, range));
  let at = 0;
  for (const target of steps) {
    while (at < target) {
      // A law of age t has lost what decays in t/30: pieces of t/8 serve it, as eight pieces serve a point (rational-exponential.ts).
      const next = Math.min(target, at === 0 ? 1 : 2 * at);
      let needed = 0;
      for (let k = at; k < next; k++) needed = Math.max(needed, pace.moved[k]! / level.moved, pace.grown[k]! / level.grown);
      const longest = Math.min(at === 0 ? 1 / level.first : at / level.first, (0.7 * turnover) / level.every, 1 / needed);
      const pieces = Math.ceil((next - at) / longest) + level.more;
      yield { length: (next - at) / pieces, pieces, asked: next === target };
      at = next;
    }
  }
}

/**
 * How far the law moves from step k to the next, in its own standard deviations, and by how much the drift changes its width (at six
 * deviations it moves by six times that): SGD's, linearised along its path without noise. What a law of width s holds, exp(iux/s) with
 * exp(-u²/2), turns by u times the way in s; R (rational-exponential.ts) is off by 3e-7 of the way to the 11th power.
 */
function paceOf(line: LineProblem, steps: number): { readonly moved: Float64Array; readonly grown: Float64Array } {
  const [moved, grown] = [new Float64Array(steps), new Float64Array(steps)];
  let x = line.start;
  let variance = 0;
  for (let k = 0; k < steps; k++) {
    const next = line.mean(x);
    const stretch = 1 - line.eta * line.curvature(x);
    const after = stretch * stretch * variance + line.deviation(x) ** 2;
    const gone = Math.abs(next - x) / Math.sqrt(k === 0 ? after : variance);
    // Beyond z = 2 the path leaves its law: what it does there concerns nobody.
    if (!Number.isFinite(gone)) break;
    moved[k] = gone;
    grown[k] = Math.max(0, stretch - 1, k === 0 ? 0 : 1 - Math.sqrt(after / variance));
    x = next;
    variance = after;
  }
  return { moved, grown };
}
