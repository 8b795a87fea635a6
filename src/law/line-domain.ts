// Where on the line an equation is solved, and how finely: the range of the laws with margins at both ends, coefficients that let nothing
// sharp arise in the margins, and widths of elements. All of it concerns places without mass, or the mesh; none of it moves a figure by more than
// the mass there (checked by comparing levels with different margins).
import { hasPole } from "../model/define.ts";
import type { LineProblem, LineSde } from "./line-problem.ts";

const defaults = {
  /** Elements for the sake of their width alone are no more than this over that width in deviations: vanishing noise needs none. */
  elements: 1440,
  /** Margin at least, over the range. */
  margin: 0.1,
  /** b times the margin over D² at the ends: layers are a quarter of it or so. */
  spongePeclet: 4,
  /** The margin beyond the range ends where z is larger. */
  nearPole: 0.9,
};

export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * The range and a margin, in standard deviations: natural ends disturb their neighbourhood. The margin ends early where f or phi is not
 * defined or a model comes near z = 1: there is no mass, and nothing to be gained from resolving a singularity. (Functions that are
 * smooth up to the end matter: a kink in the margin would send waves back that the elements do not resolve.)
 */
export function domainRound(
  line: LineProblem,
  sdes: readonly LineSde[],
  functions: readonly ((x: number) => number)[],
  range: Range,
  margin: number,
): [number, number] {
  const unit = elementWidth(line, range, [], 1);
  const least = defaults.margin * (range.high - range.low);
  const pole = sdes.some((sde) => hasPole(sde.model));
  const regular = (x: number): boolean =>
    !(pole && line.eta * line.curvature(x) > defaults.nearPole) &&
    sdes.every(
      (sde) => Number.isFinite(sde.drift(x)) && sde.diffusion(x) > 0 && Number.isFinite(sde.diffusion(x)) && !(sde.defect(x) > 0),
    ) &&
    functions.every((phi) => Number.isFinite(phi(x)));
  const end = (from: number, direction: 1 | -1): number => {
    const reach = Math.max(margin * unit(from), least);
    let last = from;
    for (let i = 1; i <= 32; i++) {
      const x = from + (direction * reach * i) / 32;
      if (!regular(x)) return last;
      last = x;
    }
    return last;
  };
  return [end(range.low, -1), end(range.high, 1)];
}

/**
 * The coefficients, changed in the margins, where no mass comes, so that nothing sharp arises there. A natural end that the drift points to
 * is a wall, and the kink that walls make in E phi(X_t) wanders in along the characteristics: so the drift is turned inwards. An end
 * that the drift leaves has a boundary layer as thin as D²/b, and elements that do not resolve it send waves inwards: so D² grows until
 * the layer is a good part of the margin. Both over the whole margin, with two continuous derivatives.
 */
export function withSponge(
  sde: LineSde,
  range: Range,
  low: number,
  high: number,
): { drift(x: number): number; diffusion(x: number): number } {
  const margin = (end: number, width: number, direction: 1 | -1) => {
    const outwards = direction * sde.drift(end);
    const speed = Math.max(Math.abs(outwards), (4 * sde.diffusion(end)) / width);
    return {
      turned: outwards > 0,
      drift: -direction * speed,
      diffusion: Math.max(sde.diffusion(end), (speed * width) / defaults.spongePeclet),
    };
  };
  const above = high > range.high ? margin(range.high, high - range.high, 1) : null;
  const below = low < range.low ? margin(range.low, range.low - low, -1) : null;
  const place = (x: number): { part: number; side: NonNullable<typeof above> } | null => {
    if (above && x > range.high) return { part: (x - range.high) / (high - range.high), side: above };
    if (below && x < range.low) return { part: (range.low - x) / (range.low - low), side: below };
    return null;
  };
  const blend = (own: number, other: number, part: number): number =>
    own + part * part * part * (10 - 15 * part + 6 * part * part) * (other - own);
  return {
    drift: (x) => {
      const at = place(x);
      return at?.side.turned ? blend(sde.drift(x), at.side.drift, at.part) : sde.drift(x);
    },
    diffusion: (x) => {
      const at = place(x);
      return at ? blend(sde.diffusion(x), at.side.diffusion, at.part) : sde.diffusion(x);
    },
  };
}

/**
 * Elements are no wider than a few standard deviations (eta Sigma/(2 |f''|))^(1/2): the scale of layers between wells and at the ends. Near
 * rough points they are as narrow as the noise of one step.
 */
export function elementWidth(line: LineProblem, range: Range, rough: readonly number[], width: number): (x: number) => number {
  const curvature = largestCurvature(line, range);
  const floor = ((range.high - range.low) * width) / defaults.elements;
  return (x) => {
    const inner = Math.min(Math.max(x, range.low), range.high);
    let allowed = curvature > 0 ? width * Math.sqrt((line.eta * line.variance(inner)) / (2 * curvature)) : Number.POSITIVE_INFINITY;
    allowed = Math.max(allowed, floor);
    for (const point of rough) allowed = Math.min(allowed, Math.max(0.7 * width * line.deviation(point), 0.5 * Math.abs(x - point)));
    return allowed;
  };
}

/**
 * The same for smooth phi: E phi(X_t) is then smooth as a function of the start on the scale of f and phi, but for layers where paths
 * separate (f'' < 0) and at the ends; away from these, elements may grow with the distance.
 */
export function smoothWidth(line: LineProblem, range: Range, width: number): (x: number) => number {
  const narrow = elementWidth(line, range, [], width);
  const points = 256;
  const at = (i: number): number => range.low + ((range.high - range.low) * i) / points;
  const separating = Array.from({ length: points + 1 }, (_, i) => at(i)).filter((x) => line.curvature(x) < 0);
  const sensitive = [range.low, range.high, ...separating];
  return (x) => Math.max(narrow(x), 0.35 * sensitive.reduce((least, y) => Math.min(least, Math.abs(x - y)), Number.POSITIVE_INFINITY));
}

/** Largest |f''| at 65 points of the range. */
export function largestCurvature(line: LineProblem, { low, high }: Range): number {
  let largest = 0;
  for (let i = 0; i <= 64; i++) largest = Math.max(largest, Math.abs(line.curvature(low + ((high - low) * i) / 64)) || 0);
  return largest;
}

/** Smallest standard deviation of one step at 65 points of the range, zeros left out. */
export function smallestDeviation(line: LineProblem, { low, high }: Range): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= 64; i++) {
    const deviation = line.deviation(low + ((high - low) * i) / 64);
    if (deviation > 0) smallest = Math.min(smallest, deviation);
  }
  return smallest;
}
