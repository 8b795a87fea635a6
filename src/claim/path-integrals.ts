// Integrals between a minimum m and a top s of an objective of one variable, which exponents of escape times are made of (theory.md 9).
import { DomainError } from "../errors.ts";
import { gaussLegendre } from "../numerics/quadrature.ts";
import type { Objective } from "../problem/objective.ts";

/** Pieces of 24 nodes: spectral accuracy for smooth f over a distance of a few units. */
const options = { nodes: 24, pieces: 8 };

const at = (x: number): Float64Array => Float64Array.of(x);

export function gradientAt(objective: Objective, x: number): number {
  return objective.gradient(at(x), new Float64Array(1))[0]!;
}

export function curvature(objective: Objective, x: number): number {
  if (!objective.hessian) throw new DomainError("claim/derivatives", "An objective without a Hessian has no exponents of escape times.");
  return objective.hessian(at(x), new Float64Array(1))[0]!;
}

function third(objective: Objective, x: number): number {
  if (!objective.third)
    throw new DomainError("claim/derivatives", "An objective without third derivatives has no exponents of escape times.");
  return objective.third(at(x), at(1), at(1), new Float64Array(1))[0]!;
}

/** J = int_m^s f''' f'^2 dx. */
export function thirdIntegral(objective: Objective, m: number, s: number): number {
  const { nodes, weights } = gaussLegendre(options.nodes);
  const half = (s - m) / (2 * options.pieces);
  let sum = 0;
  for (let piece = 0; piece < options.pieces; piece++) {
    const middle = m + (2 * piece + 1) * half;
    nodes.forEach((node, i) => {
      const x = middle + half * node;
      const g = gradientAt(objective, x);
      sum += half * weights[i]! * third(objective, x) * g * g;
    });
  }
  return sum;
}
