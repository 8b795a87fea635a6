// Gaussian quadrature in one dimension, and bisection.
// Legendre nodes by Newton from the classical asymptotic guess; Hermite nodes by bisection of the interlacing roots
// (both: Davis & Rabinowitz, Methods of Numerical Integration, section 2.7). Rules are computed once and kept.
// Does not do: several dimensions, infinite intervals other than the Gaussian weight, oscillatory or singular weights.
import { cos, exp } from "./elementary.ts";

/** Nodes ascending and weights. */
export interface QuadratureRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

const legendreRules = new Map<number, QuadratureRule>();
const hermiteRules = new Map<number, QuadratureRule>();

/**
 * Gauss-Legendre rule on [-1, 1].
 * @param n  number of nodes, 1 .. a few hundred; exact for polynomials of degree 2n - 1
 * @returns nodes and weights, relative error below 1e-14 (test/numerics/quadrature.test.ts)
 */
export function gaussLegendre(n: number): QuadratureRule {
  const kept = legendreRules.get(n);
  if (kept !== undefined) return kept;
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < Math.ceil(n / 2); i++) {
    let x = cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    // Newton from this guess converges in at most 5 steps for every n; the last pass fixes the derivative at the root.
    for (let pass = 0; pass < 6; pass++) {
      let previous = 1;
      let value = x;
      for (let k = 2; k <= n; k++) [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k];
      slope = (n * (x * value - previous)) / (x * x - 1);
      x -= value / slope;
    }
    nodes[i] = -x;
    nodes[n - 1 - i] = x;
    weights[i] = weights[n - 1 - i] = 2 / ((1 - x * x) * slope * slope);
  }
  if (n % 2 === 1) nodes[(n - 1) / 2] = 0;
  const rule = { nodes, weights };
  legendreRules.set(n, rule);
  return rule;
}

/**
 * Gauss-Hermite rule for the standard normal weight: E g(Z) = sum_q weights_q g(nodes_q), Z ~ N(0, 1).
 * @param n  number of nodes, 1 .. 128; exact for polynomials of degree 2n - 1
 */
export function gaussHermite(n: number): QuadratureRule {
  const kept = hermiteRules.get(n);
  if (kept !== undefined) return kept;
  // Orthonormal functions h_k(x) exp(-x²/4): no overflow, and the roots are those of the polynomials.
  const value = (degree: number, x: number): [number, number] => {
    let previous = 0;
    let current = exp((-x * x) / 4);
    for (let k = 1; k <= degree; k++) [previous, current] = [current, (x * current - Math.sqrt(k - 1) * previous) / Math.sqrt(k)];
    return [current, previous];
  };
  // The roots of degree k - 1 separate those of degree k; all lie within 2 sqrt(k).
  let roots: number[] = [];
  for (let k = 1; k <= n; k++) {
    const bound = 2 * Math.sqrt(k) + 1;
    const walls = [-bound, ...roots, bound];
    roots = [];
    for (let i = 0; i < k; i++) roots.push(bisect((x) => value(k, x)[0], walls[i]!, walls[i + 1]!));
  }
  const nodes = Float64Array.from(roots);
  // weight = 1 / (n h_{n-1}(x)²) for orthonormal polynomials; the factor exp(-x²/4) of both is divided out.
  const weights = nodes.map((x) => {
    const last = value(n, x)[1];
    return exp((-x * x) / 2) / (n * last * last);
  });
  const rule = { nodes, weights };
  hermiteRules.set(n, rule);
  return rule;
}

/** A root of a function that changes sign between a and b, to the last bit or so; the midpoint sequence is deterministic. */
export function bisect(f: (x: number) => number, a: number, b: number): number {
  let low = a;
  let high = b;
  const lowSign = f(low) > 0;
  for (let pass = 0; pass < 200; pass++) {
    const middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    if (f(middle) > 0 === lowSign) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}
