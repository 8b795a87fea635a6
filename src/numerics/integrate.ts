// Adaptive integration in one dimension, for functions that are smooth but for kinks, jumps and narrow peaks.
// Does not do: infinite intervals, strong singularities, oscillations faster than some thousand panels.
import { lobatto } from "./lobatto.ts";
import { gaussLegendre, type QuadratureRule } from "./quadrature.ts";

/** An integral and what it may be off by. */
export interface Integral {
  readonly value: number;
  /** Sum over panels of the difference between rules on the panel and on its halves: a generous bound for what is returned. */
  readonly error: number;
}

/** Halvings of a panel, and panels in all: more mean a function that is not integrable, or noise. */
const depthLimit = 48;
const panelLimit = 5000;
/** Differences below this part of a panel's integral of |f| are the rounding of f and of sixteen sums. */
const roundingOfPanels = 5e-15;

/**
 * Integral of f over [a, b] by bisection of panels with Gauss-Legendre rules of 16 points, on a panel against its halves, and where
 * these agree also against a Lobatto rule: Gauss points do not see a kink in the sliver between an end and the first of them, Lobatto
 * points do. Kinks and jumps are found by bisection.
 * @param tolerance  absolute, for the whole
 * @param pieces     equal panels to start with, so that a narrow peak is not stepped over
 */
export function integrate(f: (x: number) => number, a: number, b: number, tolerance: number, pieces = 1): Integral {
  const gauss: QuadratureRule = gaussLegendre(16);
  const withEnds: QuadratureRule = lobatto(17);
  const panel = (low: number, high: number, { nodes, weights } = gauss): readonly [value: number, size: number] => {
    const half = 0.5 * (high - low);
    const middle = 0.5 * (low + high);
    let sum = 0;
    let size = 0;
    for (let q = 0; q < nodes.length; q++) {
      const term = weights[q]! * f(middle + half * nodes[q]!);
      sum += term;
      size += Math.abs(term);
    }
    return [half * sum, half * size];
  };
  let value = 0;
  let error = 0;
  let panels = 0;
  const refine = (low: number, high: number, [whole, size]: readonly [number, number], allowed: number, depth: number): void => {
    const middle = 0.5 * (low + high);
    const left = panel(low, middle);
    const right = panel(middle, high);
    const sum = left[0] + right[0];
    let difference = Math.abs(sum - whole);
    if (difference <= Math.max(allowed, roundingOfPanels * size))
      difference = Math.max(difference, Math.abs(sum - panel(low, high, withEnds)[0]));
    panels += 2;
    if (!(difference > Math.max(allowed, roundingOfPanels * size)) || depth >= depthLimit || panels >= panelLimit) {
      value += sum;
      error += difference;
      return;
    }
    refine(low, middle, left, allowed / 2, depth + 1);
    refine(middle, high, right, allowed / 2, depth + 1);
  };
  for (let i = 0; i < pieces; i++) {
    const low = a + ((b - a) * i) / pieces;
    const high = i === pieces - 1 ? b : a + ((b - a) * (i + 1)) / pieces;
    refine(low, high, panel(low, high), tolerance / pieces, 0);
  }
  return { value, error };
}
