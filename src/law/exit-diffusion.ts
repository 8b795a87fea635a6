// How long an SDE model stays in an interval, watched at t = k eta only, as SGD is: P_D = 1_D exp(eta L) 1_D with exp(eta L) on the line
// (theory.md 5). The mesh reaches beyond D by several standard deviations of one step, its ends are natural there; D's ends are
// ends of elements. At such a node 1_D u has two values: the lumped mass gives the inner one the inner element's share, which is
// the L2 projection element by element, exact for what a smooth kernel sees of the jump. P 1 = 1 holds to rounding, and what leaves is
// P applied to the complement, so that the elimination of killed-chain.ts applies. Rare exits are limited by rounding: means
// beyond about 1e9 steps lose their figures (the mean times 1e-15 is part of the error).
import type { ExitDomain } from "./exit-chain.ts";
import type { KilledChain } from "./killed-chain.ts";
import { elementWidth, smallestDeviation } from "./line-domain.ts";
import { type LineMesh, lineMesh, nodeAt } from "./line-mesh.ts";
import { lineOperator, stepMatrix } from "./line-operator.ts";
import { type LineProblem, type LineSde, mendedEdges } from "./line-problem.ts";

export interface DiffusionLevel {
  readonly tolerance: number;
  /** Elements at D's ends in standard deviations of one step, and elsewhere in those of the law near a minimum. */
  readonly atEnds: number;
  readonly width: number;
  /** Beyond D, in standard deviations of one step. */
  readonly margin: number;
  readonly squarings: number;
}

/** Found by experiment on test/reference/exitlaw1d.json: level 0 is good to about 1e-9, level 1 to 1e-11. */
export const diffusionLevels: readonly DiffusionLevel[] = [
  { tolerance: 1e-7, atEnds: 6, width: 10, margin: 5, squarings: 2 },
  { tolerance: 1e-9, atEnds: 4, width: 7, margin: 6, squarings: 3 },
  { tolerance: 1e-11, atEnds: 3, width: 5, margin: 8, squarings: 4 },
];

const degree = 16;
/** The semigroup is a dense matrix of this size at most. */
const maxNodes = 900;

/** The mesh that all models of a problem share. */
export function exitMesh(line: LineProblem, sdes: readonly LineSde[], domain: ExitDomain, level: DiffusionLevel): LineMesh | null {
  const { a, b } = domain;
  const beyond = (end: number, towards: number): number =>
    Number.isFinite(end) ? level.margin * Math.max(...sdes.map((sde) => Math.sqrt(line.eta * sde.diffusion(towards)))) : 0;
  const low = domain.low - beyond(a, domain.low) - (Number.isFinite(a) ? 0 : 0.01 * level.margin * (domain.high - domain.low));
  const high = domain.high + beyond(b, domain.high) + (Number.isFinite(b) ? 0 : 0.01 * level.margin * (domain.high - domain.low));
  const rough = [a, b].filter(Number.isFinite);
  const elsewhere = elementWidth(line, { low: domain.low, high: domain.high }, [], level.width);
  const mesh = lineMesh({
    low,
    high,
    breaks: [line.start, ...rough, ...sdes.flatMap((sde) => mendedEdges(sde, line, low, high))],
    functions: sdes.flatMap((sde) => [sde.drift, sde.diffusion]),
    degree,
    tolerance: level.tolerance,
    maxWidth: (x) =>
      rough.reduce(
        (allowed, end) => Math.min(allowed, Math.max(level.atEnds * line.deviation(end), 0.5 * Math.abs(x - end))),
        elsewhere(x),
      ),
    // Far narrower elements would spoil the generator by rounding (kolmogorov.ts).
    narrowest: (0.1 * smallestDeviation(line, { low: domain.low, high: domain.high })) / (high - low),
  });
  return mesh.nodes.length <= maxNodes ? mesh : null;
}

/** The chain of a model watched at the steps; null where its coefficients are not finite on the mesh. */
export function diffusionChain(
  line: LineProblem,
  sde: LineSde,
  domain: ExitDomain,
  mesh: LineMesh,
  level: DiffusionLevel,
): KilledChain | null {
  const operator = lineOperator(mesh, sde.drift, sde.diffusion);
  if (!operator.blocks.every(Number.isFinite)) return null;
  const P = stepMatrix(operator, line.eta, level.squarings);
  const all = mesh.nodes.length;
  const from = Number.isFinite(domain.a) ? nodeAt(mesh, domain.a) : 0;
  const to = Number.isFinite(domain.b) ? nodeAt(mesh, domain.b) : all - 1;
  const n = to - from + 1;
  const share = new Float64Array(all);
  share.fill(1, from, to + 1);
  if (from > 0) share[from] = innerShare(mesh, from, 1);
  if (to < all - 1) share[to] = innerShare(mesh, to, -1);
  const K = new Float64Array(n * n);
  const exit = new Float64Array(n);
  const row = (node: number, out: Float64Array): number => {
    let leaves = 0;
    for (let j = 0; j < all; j++) leaves += P[node * all + j]! * (1 - share[j]!);
    for (let j = from; j <= to; j++) out[j - from] = P[node * all + j]! * share[j]!;
    return leaves;
  };
  for (let i = 0; i < n; i++) exit[i] = row(from + i, K.subarray(i * n, (i + 1) * n));
  const first = new Float64Array(n);
  const firstExit = row(nodeAt(mesh, line.start), first);
  return { size: n, K, exit, first, firstExit };
}

/** Part of a shared node's lumped weight that belongs to the element on the side of `direction`. */
function innerShare(mesh: LineMesh, node: number, direction: 1 | -1): number {
  const e = node / mesh.degree;
  const left = mesh.edges[e]! - mesh.edges[e - 1]!;
  const right = mesh.edges[e + 1]! - mesh.edges[e]!;
  return (direction === 1 ? right : left) / (left + right);
}
